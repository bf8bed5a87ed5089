// Fails when a folder of src/ includes a folder above it, when anything but src/simd includes xsimd, when a kernel
// includes the graph's world, or when a file does not include, itself or by way of others, the header of a type or a
// function that it names: compiled as one with its neighbours it would not be missed. The order is the one list that
// CMake links by.
import { readFileSync } from 'node:fs';
import { files, root } from '../lib/files.mjs';
import { facts } from '../lib/sources.mjs';

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

const all = files(/^(src|bindings|tests|benchmarks)\/.*\.[ch]pp$/);
const declaredIn = new Map();
for (const header of all.filter((path) => path.endsWith('.hpp'))) {
  const names = [...facts(header).names].map((full) => full.split('::').at(-1));
  new Set(names).forEach((name) => declaredIn.set(name, [...(declaredIn.get(name) ?? []), header]));
}
for (const path of all) {
  const seen = [path, ...facts(path).headers];
  const text = readFileSync(`${root}/${path}`, 'utf8')
    .replace(/\/\/.*|\/\*[^]*?\*\/|R"\([^]*?\)"|"(?:\\.|[^"\\\n])*"/g, ' ')
    .replace(/^[A-Z_]+\(\w+, \w+|\b(?:std|testing)::\w+/gm, '');
  for (const name of new Set(text.match(/(?<![\w.>])(?:[A-Z][a-z]\w*|\w+_\w+(?=\())/g))) {
    const headers = declaredIn.get(name) ?? [];
    if (headers.length === 0 || headers.some((header) => seen.includes(header))) continue;
    if (
      seen.some(
        (file) => facts(file).anywhere.has(name) || [...facts(file).names].some((full) => full.endsWith(`::${name}`)),
      )
    )
      continue;
    failures.push(`${path}: names ${name} without ${headers.join(' or ')}`);
  }
}
failures.forEach((failure) => console.error(failure));
console.log(`includes: ${all.length} files, ${failures.length} out of order or missing`);
process.exit(failures.length === 0 && sources.length > 0 ? 0 : 1);
