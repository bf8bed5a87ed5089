// Fails when a folder of src/ includes a folder above it, when anything but src/simd includes xsimd, or when a kernel
// includes the graph's world. The order is the one list that CMake links by.
import { readFileSync } from 'node:fs';
import { files, root } from '../lib/files.mjs';

const list = readFileSync(`${root}/cmake/folders.cmake`, 'utf8');
const order = /set\(TRAINYARD_FOLDERS([^)]*)\)/.exec(list)[1].trim().split(/\s+/);
const failures = [];
const sources = files(/^src\/[^/]+\/.*\.(cpp|hpp)$/);

for (const path of sources) {
  const folder = path.split('/')[1];
  const place = order.indexOf(folder);
  if (place < 0) failures.push(`${path}: src/${folder} is not in cmake/folders.cmake`);
  readFileSync(`${root}/${path}`, 'utf8')
    .split('\n')
    .forEach((line, index) => {
      const include = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/.exec(line);
      if (!include) return;
      const [, bracket, target] = include;
      const where = `${path}:${index + 1}: includes ${target}`;
      if (target.startsWith('xsimd/') && folder !== 'simd') failures.push(`${where}; only src/simd knows xsimd`);
      if (bracket === '<') return;
      const included = order.indexOf(target.split('/')[0]);
      if (included < 0) failures.push(`${where}; write it from src/ ("folder/file.hpp")`);
      else if (included > place) failures.push(`${where}, a folder above src/${folder}`);
    });
}
failures.forEach((failure) => console.error(failure));
console.log(`includes: ${sources.length} files, ${failures.length} out of order`);
process.exit(failures.length === 0 && sources.length > 0 ? 0 : 1);
