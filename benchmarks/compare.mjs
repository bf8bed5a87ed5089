// Whether a change made steps faster: two built packages, slices of their steps in turn.
// Usage: node benchmarks/compare.mjs DIST DIST [W2 W5 ...]   (Node 20: with --experimental-wasm-relaxed-simd)
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { open } from './engines/trainyard.mjs';
import { median } from './measure.mjs';
import { batches, parameters, workloads } from './workloads.mjs';

const sliceMs = 40;
const slices = 50;
const [first, second, ...chosen] = process.argv.slice(2);
const trained = Object.keys(workloads).filter((id) => workloads[id].kind !== 'gemm');
const built = (dist) => existsSync(resolve(dist, 'index.js'));
if (second === undefined || ![first, second].every(built) || chosen.some((id) => !trained.includes(id))) {
  console.error(`node benchmarks/compare.mjs DIST DIST [${trained.join(' ')}]`);
  process.exit(2);
}

async function start(dist, w) {
  const folder = pathToFileURL(`${resolve(dist)}/`);
  const engine = await open({
    package: new URL('index.js', folder).href,
    build: 'relaxed',
    isolated: false,
    worker: false,
  });
  return engine.train(w, parameters(w), batches(w));
}

/** Milliseconds of `steps` steps. */
async function time(run, steps) {
  const begin = performance.now();
  await run.steps(0, steps);
  return performance.now() - begin;
}

for (const id of chosen.length > 0 ? chosen : ['W2', 'W2b', 'W3', 'W4', 'W4b', 'W5']) {
  const w = workloads[id];
  const runs = [await start(first, w), await start(second, w)];
  for (const run of runs) await time(run, 8);
  const steps = Math.max(1, Math.round((8 * sliceMs) / (await time(runs[0], 8))));
  for (const run of runs) await time(run, 8 * steps);
  const taken = [[], []];
  for (let i = 0; i < slices; i++) {
    for (const r of i % 2 === 0 ? [0, 1] : [1, 0]) taken[r].push((await time(runs[r], steps)) / steps);
  }
  const [a, b] = taken.map((list) => `${median(list).toPrecision(4)} (${Math.min(...list).toPrecision(4)})`);
  const pairs = median(taken[0].map((ms, i) => ms / taken[1][i]));
  const best = Math.min(...taken[0]) / Math.min(...taken[1]);
  console.log(`${id}: ${a} and ${b} ms a step, ${pairs.toFixed(3)} times as fast (best slices ${best.toFixed(3)})`);
  for (const run of runs) await run.close();
}
process.exit(0);
