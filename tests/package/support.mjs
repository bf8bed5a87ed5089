// What the package's tests share: the built package, the builds that this Node runs, small data sets.
import assert from 'node:assert/strict';
import { data, load, TrainyardError } from 'trainyard';

/** Relaxed SIMD is behind a flag in Node 20: run with --experimental-wasm-relaxed-simd (scripts/stages.mjs does). */
export const builds = ['simd128', 'relaxed', 'simd128-threads', 'relaxed-threads'];

/** Runs `use` with a fresh engine, which ends with it. */
export async function withEngine(options, use) {
  const engine = await load(options);
  try {
    return await use(engine);
  } finally {
    engine.dispose();
  }
}

/** Runs `use` with the list of the workers that this thread starts meanwhile. */
export async function withWorkers(use) {
  const threads = process.getBuiltinModule('node:worker_threads');
  const { Worker } = threads;
  const started = [];
  threads.Worker = class extends Worker {
    constructor(...how) {
      super(...how);
      started.push(this);
    }
  };
  try {
    return await use(started);
  } finally {
    threads.Worker = Worker;
  }
}

export const xor = () =>
  data.arrays({
    x: [[0, 0], [0, 1], [1, 0], [1, 1]], // prettier-ignore
    y: Int32Array.of(0, 1, 1, 0),
  });

/** The 8×8 digits: 1,797 of them, 17 levels. */
export const digits = () =>
  data.idx({
    images: new URL('data/digits8x8-images.idx.gz', import.meta.url),
    labels: new URL('data/digits8x8-labels.idx.gz', import.meta.url),
    scale: 1 / 16,
  });

/** The error of a rejected promise, which must be a TrainyardError (with this code, if one is given). */
export async function failureOf(promise, code) {
  const error = await promise.then(
    (value) => assert.fail(`no error, but ${JSON.stringify(value)}`),
    (thrown) => thrown,
  );
  assert.ok(error instanceof TrainyardError, `${error?.stack ?? error}`);
  if (code !== undefined) assert.equal(error.code, code, error.message);
  return error;
}

/** Bytes as a short text, to compare weights. */
export async function hash(bytes) {
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return Buffer.from(digest).toString('hex');
}
