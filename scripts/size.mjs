// Sizes of the built package against their budgets, and where each module's bytes come from. Fails past a budget.
// Usage: node scripts/size.mjs (after npm run build)
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { builds, dist } from './lib/bundle.mjs';
import { root } from './lib/files.mjs';

const kB = 1000;
// As servers pack it: the zlib inside Node is built for speed and packs some 2 % worse.
const gzip = (bytes) => execFileSync('gzip', ['-9c'], { input: bytes }).length;
const brotli = (bytes) => brotliCompressSync(bytes).length;

const rows = [
  { file: 'index.js', what: 'the page’s part, gzip', size: gzip, budget: 20 * 1.024 * kB },
  ...builds.map((build) => ({
    file: `trainyard.${build}.js`,
    what: 'worker with glue, gzip',
    size: gzip,
    budget: 25 * kB,
  })),
  ...builds.map((build) => ({
    file: `trainyard.${build}.wasm`,
    what: 'engine, brotli',
    size: brotli,
    budget: 250 * kB,
  })),
];

let over = 0;
const text = (bytes) => (bytes / kB).toFixed(1).padStart(8);
console.log(`${'file'.padEnd(34)}${'kB'.padStart(8)}${'packed'.padStart(9)}${'budget'.padStart(9)}`);
for (const { file, what, size, budget } of rows) {
  const bytes = readFileSync(`${dist}/${file}`);
  const packed = size(bytes);
  if (packed > budget) over += 1;
  console.log(
    `${file.padEnd(34)}${text(bytes.length)} ${text(packed)} ${text(budget)}  ${what}${packed > budget ? '  OVER' : ''}`,
  );
}

/** Bytes of code and data by the library that brought them, as the linker placed them (before wasm-opt). */
function shares(build) {
  const map = readFileSync(`${root}/build/wasm-${build}/trainyard.${build}.map`, 'utf8');
  const sum = new Map();
  for (const [, hex, input] of map.matchAll(/^\s*\S+\s+[0-9a-f]+\s+([0-9a-f]+) {9}(\S.*)$/gm)) {
    const folder = /libtrainyard_(\w+)\.a\(/.exec(input)?.[1];
    const place = folder
      ? `src/${folder}`
      : /bindings\/embind/.test(input)
        ? 'bindings'
        : /\.a\(|\.o:/.test(input)
          ? 'system libraries'
          : null;
    if (place) sum.set(place, (sum.get(place) ?? 0) + parseInt(hex, 16));
  }
  return [...sum].sort((a, b) => b[1] - a[1]);
}

for (const build of builds) {
  const list = shares(build);
  const total = list.reduce((sum, [, bytes]) => sum + bytes, 0);
  if (total === 0) throw new Error(`nothing found in the linker's map of ${build}`);
  const parts = list.map(([place, bytes]) => `${place} ${((100 * bytes) / total).toFixed(1)} %`);
  console.log(`\n${build}: ${parts.join(', ')}`);
}
process.exit(over === 0 ? 0 : 1);
