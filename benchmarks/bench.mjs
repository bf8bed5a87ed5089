// Where the clock runs: one engine, one workload at a time. run.mjs drives it from outside the measured page
// (measured.mjs); in Node, and in the demo's page "How fast is this machine?", it is called directly.
import { createCopy } from './copy.mjs';
import { batches, gemmCase, inferences, parameters, question, workloads } from './workloads.mjs';

export function createBench(importModule) {
  let engine;
  let job;
  let copy;
  const timed = async (work) => {
    const start = performance.now();
    const value = await work();
    return { ms: performance.now() - start, value };
  };

  return {
    /** Loads an engine's adapter and its backend. */
    async open(url, options) {
      const { ms } = await timed(async () => (engine = await (await importModule(url)).open(options)));
      const { version, threads, variant, peak } = engine;
      return { loadMs: ms, version, threads, variant, hasPeak: Boolean(peak) };
    },

    /** Builds a model and takes its first step, compilation included; value: the loss of that step. */
    startTraining(id) {
      const w = workloads[id];
      if (!engine.train) throw new Error('training is not supported');
      const [p, b] = [parameters(w), batches(w)];
      return timed(async () => {
        job = await engine.train(w, p, b);
        return job.steps(0, 1);
      });
    },

    /** Optimizer steps on batches[i % batches.length] from i = first on; value: the loss of the last one. */
    steps: (first, count) => timed(() => job.steps(first, count)),

    /** The loss of the first batch now. */
    firstLoss: () => (job.loss ? job.loss() : job.steps(0, 1)),

    /** {peakBytes, usedBytes}: the most memory that the engine had, and what it uses of that; what it can tell. */
    memory: async () => (engine.memory ? engine.memory() : { peakBytes: globalThis.wasmBytes?.() }),

    async startGemm(n, orientation) {
      if (!engine.gemm) throw new Error('GEMM is not supported');
      const test = gemmCase(n, orientation);
      await job?.close?.();
      const { ms, value: first } = await timed(async () => {
        job = await engine.gemm(test);
        return job.run(1);
      });
      const value = first.value ?? first;
      if (!(Math.abs(value - test.expected) < 1e-4 * n))
        throw new Error(`wrong product: ${value}, not ${test.expected}`);
      return { ms };
    },

    /** Computes the product `count` times. An engine that copies its factors with every call times itself. */
    async products(count) {
      const { ms, value } = await timed(() => job.run(count));
      return { ms: value.ms ?? ms };
    },

    /** Builds an inference workload's network and asks it once; value: the numbers that it answers. */
    startInference(id) {
      const w = inferences[id];
      const [p, q] = [parameters(w), question(w)];
      return timed(async () => {
        job = await engine.infer(w, p, q);
        return (await (job.write ?? job.run)(1)).value;
      });
    },

    /** Answers, at least so many: {ms, done}. A text times its tokens itself, the first of them aside. */
    async answers(count) {
      if (job.run) return job.run(count);
      const all = { ms: 0, done: 0 };
      while (all.done < count) {
        const { ms, done } = await job.write();
        all.ms += ms;
        all.done += done;
      }
      return all;
    },

    /** The same without the way in and out of the engine, where it can tell; else nothing. */
    answersInside: (count) => job.inside?.(count),

    async close() {
      await job?.close?.();
      await engine?.close?.();
    },

    /** Register-only multiply-adds for about `milliseconds`; value: GFLOP/s. */
    peak: (milliseconds, allThreads) => engine.peak(milliseconds, allThreads),

    /** A copy in a buffer of so many bytes; value: GB/s, read and written. */
    copy: (bytes, milliseconds) => (copy ??= createCopy())(bytes, milliseconds),
  };
}
