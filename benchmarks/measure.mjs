// How it is measured: a warm-up, then one slice of every engine in turn, several times over, so that the machine's
// noise hits all alike. README.md describes the rows. The demo's page measures with this file too: nothing of Node here.
// `timing` is {rounds, sliceMs, warmUpMs, peakMs}: how many slices, and how long are a slice, the warm-up before the first
// one and the look at the peak after each.
import { footprintBytes, rooflineMs } from './roofline.mjs';

const CHECK_STEP = 5; // the loss after this many steps must be the same in all engines
const BUDGET_MS = 15_000; // an engine slower than that in all its slices of one workload gets fewer of them
// A page's clock ticks in tenths of a millisecond: a shorter call seems to take no time at all.
const SHORTEST_MS = 5; // what tells how fast a step is
const SHORTEST_SLICE_MS = 3;
const MOST_STEPS = 1e8;
export const usual = { warmUpMs: 1500, peakMs: 50 };

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/**
 * Measures one workload in every cell, and gives the rows as they come: one of every cell at a time, which for products
 * is one size and orientation, and at last their peaks.
 */
export async function* measureWorkload(place, w, cells, lengths) {
  const timing = { ...usual, ...lengths };
  const runs = await openAll(place, cells);
  try {
    if (w.kind !== 'gemm') return yield await measureTraining(w, runs, timing);
    for (const n of w.sizes) for (const o of w.orientations) yield await measureGemm(w, runs, n, o, timing);
    yield peakRows(runs);
  } finally {
    for (const run of runs) await run.close?.();
  }
}

/** A run is a cell (engines.mjs) while it is measured: {…cell, call, info, samples, error}. */
export async function openAll(place, cells) {
  const runs = cells.map((cell) => ({ ...cell, info: {}, samples: [], peaks: [], bounds: [] }));
  for (const run of runs) await attempt(run, async () => Object.assign(run, await place.open(run)));
  return runs;
}

/** Rows of one training workload. */
async function measureTraining(w, runs, timing) {
  const { rounds, sliceMs } = timing;
  const advance = async (run, count) => {
    const result = await run.call('steps', run.done, count);
    run.done += count;
    return result;
  };
  for (const run of runs) {
    await attempt(run, async () => {
      const first = await run.call('startTraining', w.id);
      Object.assign(run, { firstStepMs: first.ms, lossStart: first.value, done: 1 });
      run.lossCheck = (await advance(run, CHECK_STEP - 1)).value;
      await warmUp(run, timing, (count) => advance(run, count));
      if (run.info.hasPeak) await run.call('peak', timing.warmUpMs / 3);
    });
  }
  await interleave(runs, rounds, async (run) => {
    await takeSlice(run, sliceMs, (count) => advance(run, count));
    if (run.info.hasPeak) run.bounds.push(await lookAtBounds(run, footprintBytes(w), timing));
  });
  for (const run of runs) {
    await attempt(run, async () => {
      run.memory = await run.call('memory');
      run.lossEnd = await run.call('firstLoss');
      if (!(run.lossEnd < run.lossStart)) throw new Error(`loss did not fall: ${run.lossStart} -> ${run.lossEnd}`);
    });
  }
  checkLosses(runs);
  return runs.map((run) => {
    const { lossStart, lossCheck, lossEnd } = run;
    return row(w, run, {
      lossStart,
      lossCheck,
      lossEnd,
      ...run.memory,
      ...roofline(run, (bound) => rooflineMs(w, bound)),
    });
  });
}

/**
 * What the machine can do right after a slice: {peak, copy}, GFLOP/s of one thread and GB/s in `bytes` of memory; with
 * several threads also `gain`, how many times as much as one they do in registers alone.
 */
export async function lookAtBounds(run, bytes, { peakMs }) {
  const peak = await run.call('peak', peakMs);
  const copy = await run.call('copy', bytes, peakMs / 2);
  return { peak, copy, gain: run.info.threads > 1 ? (await run.call('peak', peakMs, true)) / peak : undefined };
}

/** A step against its roofline: every slice against that of its own moment, and the best against the best. */
export function roofline({ bounds, samples, info: { threads } }, least) {
  if (!bounds.length) return {};
  const [peak, copy] = ['peak', 'copy'].map((key) => Math.max(...bounds.map((bound) => bound[key])));
  const best = least({ peak, copy, threads });
  return {
    rooflineMs: best,
    timesRoofline: median(bounds.map((bound, i) => samples[i] / least({ ...bound, threads }))),
    timesRooflineMin: Math.min(...samples) / best,
    peakGflops: peak,
    copyGBs: copy,
    ...(threads > 1 && { peakGain: median(bounds.map((bound) => bound.gain)) }),
  };
}

/** Rows of one product; with them the register-only peak, measured right after every slice of the same engine. */
async function measureGemm(w, runs, n, orientation, timing) {
  const { rounds, sliceMs, warmUpMs, peakMs } = timing;
  for (const run of runs) {
    if (run.call) Object.assign(run, { error: undefined, samples: [], shares: [] });
    await attempt(run, async () => {
      if (run.info.hasPeak && !run.peaks.length) await run.call('peak', warmUpMs / 3);
      run.firstStepMs = (await run.call('startGemm', n, orientation)).ms;
      await warmUp(run, timing, (count) => run.call('products', count));
    });
  }
  const flops = 2 * n ** 3;
  await interleave(runs, rounds, async (run) => {
    const ms = await takeSlice(run, sliceMs, (count) => run.call('products', count));
    if (!run.info.hasPeak) return;
    const peak = await run.call('peak', peakMs);
    run.peaks.push(peak);
    run.shares.push(flops / ms / 1e6 / peak);
  });
  return runs.map((run) =>
    row(w, run, {
      size: n,
      orientation,
      gflops: flops / median(run.samples) / 1e6,
      gflopsMax: flops / Math.min(...run.samples) / 1e6,
      ...(run.shares?.length && {
        shareOfPeak: median(run.shares),
        shareOfPeakMax: flops / Math.min(...run.samples) / 1e6 / Math.max(...run.peaks),
      }),
    }),
  );
}

/** Rows of the register-only peak: what one thread of this machine can do in this build, whatever the kernel. */
const peakRows = (runs) =>
  runs
    .filter((run) => run.peaks.length)
    .map((run) => ({
      ...identity({ id: 'peak' }, run),
      threads: 1,
      gflops: round(median(run.peaks)),
      gflopsMax: round(Math.max(...run.peaks)),
    }));

/** Runs for a while, which also tells how many steps fill a slice; the fastest call counts, not one that had to wait. */
export async function warmUp(run, { sliceMs, warmUpMs }, steps) {
  run.perSlice = 1;
  for (let count = 1, spent = 0; spent < warmUpMs; count *= 2) {
    if (count > MOST_STEPS) throw takesNoTime();
    const { ms } = await steps(count);
    spent += ms;
    if (ms >= SHORTEST_MS) fillSlice(run, sliceMs, ms / count);
  }
}

/** Measures one slice and gives its time for a step. A warm-up that had to wait left `perSlice` too small: then again. */
export async function takeSlice(run, sliceMs, steps) {
  for (; run.perSlice <= MOST_STEPS; run.perSlice *= 2) {
    const { ms } = await steps(run.perSlice);
    if (ms < SHORTEST_SLICE_MS) continue;
    const msPerStep = ms / run.perSlice;
    run.samples.push(msPerStep);
    fillSlice(run, sliceMs, msPerStep);
    return msPerStep;
  }
  throw takesNoTime();
}

/** A slice gets as many steps as fill it at the best speed seen. */
function fillSlice(run, sliceMs, msPerStep) {
  run.perSlice = Math.max(run.perSlice, Math.min(MOST_STEPS, Math.round(sliceMs / msPerStep)));
}

const takesNoTime = () => new Error('steps take no time: are they finished when the promise resolves?');

export async function interleave(runs, rounds, slice) {
  for (let i = 0; i < rounds; i++) {
    for (const run of runs) {
      if (run.samples.length > 1 && run.samples.length * run.perSlice * Math.min(...run.samples) > BUDGET_MS) continue;
      await attempt(run, () => slice(run));
    }
  }
}

/** Runs `work` unless this run has failed before; a failure becomes the row's error. */
export async function attempt(run, work) {
  if (run.error) return;
  try {
    await work();
  } catch (error) {
    run.error = error.message.replace(/^page\.evaluate: (Error: )?/, '').split('\n')[0];
  }
}

/** The same weights and batches must give the same loss; brain.js alone minimizes something else. */
function checkLosses(runs) {
  const comparable = runs.filter((run) => !run.error && run.name !== 'brain.js');
  for (const key of ['lossStart', 'lossCheck']) {
    const expected = median(comparable.map((run) => run[key]));
    for (const run of comparable) {
      if (Math.abs(run[key] - expected) > 2e-3 * Math.abs(expected)) {
        run.error = `${key} ${run[key]} differs from the others' ${expected}`;
      }
    }
  }
}

const round = (value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);

const identity = (w, { name, engine, info, isolated }) => ({
  workload: w.id,
  engine: name,
  version: info.version ?? engine.version,
  variant: info.variant,
  threads: info.threads,
  ...(!engine.command && { isolated }), // a page; programs have none
});

export function row(w, run, figures) {
  const { firstStepMs, samples, error, info } = run;
  if (error)
    return {
      ...identity(w, run),
      ...(figures.size && { size: figures.size, orientation: figures.orientation }),
      error,
    };
  const msPerStep = median(samples);
  const all = {
    ...identity(w, run),
    msPerStep,
    msPerStepMin: Math.min(...samples),
    stepsPerSecond: 1000 / msPerStep,
    firstStepMs,
    loadMs: info.loadMs,
    slices: samples.length,
    ...figures,
  };
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [key, round(value)]));
}
