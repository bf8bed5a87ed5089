// The regression gate: node benchmarks/gate.mjs (the stage `speed` of npm test). How fast the package is, in Node with one
// thread, as ratios within this run: never a time, which belongs to a machine. A slice of ours is timed in processor time
// between two looks at its bound: whoever else uses the machine slows down both. He also empties the caches, which hits ours
// alone, so of many such ratios the better quarter counts. What fails is measured twice more.
import { createCopy } from './copy.mjs';
import { adapt } from './engines/trainyard.mjs';
import { median } from './measure.mjs';
import { footprintBytes, rooflineMs } from './roofline.mjs';
import { batches, gemmCase, parameters, workloads } from './workloads.mjs';

const ROUNDS = 25;
const SLICE_MS = 15;
const LOOKS = 5; // at a bound, each so short that it is seldom interrupted
const LOOK_MS = 0.4;
const TRIES = 3;

const trainyard = await import(new URL('../dist/index.js', import.meta.url).href);
// Without a worker: messages would wait for a free core.
const engine = await trainyard.load({ threads: 1, worker: false });
const { gemm, train } = adapt(trainyard, engine);
const copy = createCopy();

/** Milliseconds of a call of `job(count)`, which makes so many calls and tells how long they took. */
async function each(job) {
  let count = 1;
  // Until the code is optimized, and a slice is long enough.
  for (const end = performance.now() + 300; performance.now() < end;) {
    const ms = await job(count);
    if (ms < SLICE_MS) count = Math.ceil(count * Math.min(4, Math.max(1.1, SLICE_MS / ms)));
  }
  return async () => (await job(count)) / count;
}

/** Milliseconds of the processor, which a busy machine takes away in between. */
async function timed(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The median of a few looks, which an interruption does not change. */
async function look(work) {
  const values = [];
  for (let i = 0; i < LOOKS; i++) values.push(await work());
  return median(values);
}

/** GFLOP/s in registers alone, GB/s read and written by a copy. */
const peak = () => look(() => engine.peak(LOOK_MS));
const copied = (bytes) => look(() => copy(bytes, LOOK_MS));

/** Of a computation through `benchmark(count)`, whose way in and out of the engine is taken off. */
const inside = (benchmark) =>
  each(async (count) => {
    const outside = await timed(() => benchmark(1));
    return Math.max(0, (await timed(() => benchmark(1 + count))) - outside);
  });

/** Checks: what is timed, what it is held against, and the ratio of both. */
async function product(n, orientation) {
  const job = await gemm(gemmCase(n, orientation));
  const ours = await inside((count) => job.run(count));
  return { ours, bound: peak, ratio: (ms, gflops) => (2 * n ** 3) / (ms * 1e6) / gflops };
}

async function productBesideLoops(n) {
  const { a, b } = gemmCase(n, 'AB');
  const c = new Float32Array(n * n);
  const loops = () => {
    c.fill(0);
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < n; k++) {
        const factor = a.data[i * n + k];
        for (let j = 0; j < n; j++) c[i * n + j] += factor * b.data[k * n + j];
      }
    }
  };
  const { ours } = await product(n, 'AB');
  return { ours, bound: () => timed(loops), ratio: (ms, theirs) => theirs / ms };
}

async function step(w) {
  const job = await train(w, parameters(w), batches(w));
  const ours = await each((count) => timed(() => job.steps(0, count)));
  const bound = async () => rooflineMs(w, { peak: await peak(), copy: await copied(footprintBytes(w)) });
  return { ours, bound, ratio: (ms, least) => ms / least };
}

/** Operations at the peak in the time that one number takes on its way through an activation. */
async function activation(type) {
  const n = 16384; // in a fast cache
  const x = { data: Float32Array.from({ length: n }, (_, i) => (16 * i) / n - 8), shape: [1, n] };
  const model = await engine.model({ trainyard: 1, layers: [{ type }] }, { input: [n] });
  const ours = await inside((count) => model.benchmark(x, count));
  return { ours, bound: peak, ratio: (ms, gflops) => (ms * 1e6 * gflops) / n };
}

const checks = [
  ...['AB', 'AtB', 'ABt'].map((orientation) => ({
    name: `product of 512, ${orientation}, part of the register-only peak`,
    least: 0.4,
    make: () => product(512, orientation),
  })),
  { name: 'product of 128, times as fast as plain loops', least: 20, make: () => productBesideLoops(128) },
  // W1 is all overhead: a multiple of what its arithmetic alone would take.
  ...Object.entries({ W1: 40, W2b: 3.2, W3: 4.5, W4: 3.5, W5: 3.2 }).map(([id, most]) => ({
    name: `step of ${id}, times its roofline`,
    most,
    make: () => step(workloads[id]),
  })),
  { name: 'GELU, operations of the peak a number', most: 85, make: () => activation('gelu') },
  { name: 'sigmoid, operations of the peak a number', most: 85, make: () => activation('sigmoid') },
];

/** Measures a check, and says whether its ratio will do. */
async function measure(check) {
  const { ours, bound, ratio } = (check.made ??= await check.make());
  const ratios = [];
  let before = await bound();
  for (let round = 0; round < ROUNDS; round++) {
    const ms = await ours();
    const after = await bound();
    ratios.push(ratio(ms, (before + after) / 2));
    before = after;
  }
  const { name, least, most } = check;
  ratios.sort((a, b) => (most === undefined ? b - a : a - b));
  const value = ratios[ROUNDS >> 2];
  check.passed = most === undefined ? value >= least : value <= most;
  const limit = most === undefined ? `at least ${least}` : `at most ${most}`;
  console.log(`${check.passed ? 'ok    ' : 'FAILED'} ${name}: ${value.toPrecision(3)}, ${limit}`);
}

console.log(`${engine.info.build}, Node ${process.version}`);
const failed = () => checks.filter(({ passed }) => !passed);
for (let attempt = 1; attempt <= TRIES; attempt++) for (const check of failed()) await measure(check);
console.log(`${checks.length - failed().length} ratios passed, ${failed().length} failed`);
engine.dispose();
process.exit(failed().length === 0 ? 0 : 1);
