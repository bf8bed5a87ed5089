// Writes into determinism.json the hashes that the built package finds, strict and in one thread.
// Usage: node tests/golden/determinism.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { hashesAfter, runs } from '../support/determinism.mjs';

const file = new URL('determinism.json', import.meta.url);
const { hashes } = await hashesAfter({ url: 'trainyard', runs, options: { deterministic: true, threads: 1 } });
const found = Object.values(hashes);
writeFileSync(
  file,
  readFileSync(file, 'utf8').replace(/"hash": "\w*"/g, () => `"hash": "${found.shift()}"`),
);
console.log(hashes);
