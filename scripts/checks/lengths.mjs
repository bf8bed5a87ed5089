// Fails when a source file is longer than 400 lines: there are two ideas inside.
import { readFileSync } from 'node:fs';
import { files, root } from '../lib/files.mjs';

const limit = 400;
const sources = files(/\.(cpp|hpp|ts|mts|js|mjs|svelte|css|html|py|sh|cmake)$/).filter(
  (path) => !/(^|\/)generated\//.test(path),
);
const long = sources
  .map((path) => ({ path, lines: readFileSync(`${root}/${path}`, 'utf8').split('\n').length - 1 }))
  .filter(({ lines }) => lines > limit);
long.forEach(({ path, lines }) => console.error(`${path}: ${lines} lines`));
console.log(`lengths: ${sources.length} files, ${long.length} over ${limit} lines`);
process.exit(long.length === 0 && sources.length > 0 ? 0 : 1);
