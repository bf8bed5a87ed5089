// Trainyard as its users have it: the built package, the shipped wasm, in its worker or, on request, on the page itself.
import { describe, input, optimizer, parameterName, product } from '../describe.mjs';
import { stack, toPyTorch } from '../layout.mjs';

/** options: package, the address of its index.js; build 'relaxed' | 'simd128'; isolated: with threads; worker. */
export async function open({ package: address, build, isolated, worker = true }) {
  const trainyard = await import(/* @vite-ignore */ address);
  return adapt(trainyard, await trainyard.load({ build: isolated ? `${build}-threads` : build, worker }));
}

/** The adapter of an engine that is loaded, and of the package that loaded it. */
export const adapt = ({ data }, engine) => ({
  version: engine.info.version,
  threads: engine.info.threads,
  variant: engine.info.build,
  gemm: (test) => gemm(engine, test),
  infer: (w, parameters, asked) => infer(engine, w, parameters, asked),
  train: (w, parameters, batches) => train({ engine, data }, w, parameters, batches),
  // WebAssembly's memory never shrinks: what it is now is the most that it was.
  async memory() {
    const { heapBytes, usedBytes } = await engine.memory();
    return { peakBytes: heapBytes, usedBytes };
  },
  peak: (milliseconds, allThreads) => engine.peak(milliseconds, { allThreads }),
  close: () => engine.dispose(),
});

/** Its two factors are one example each. */
async function gemm(engine, { n, orientation, a, b, index }) {
  const model = await engine.model(product(orientation), { inputs: { a: [n, n], b: [n, n] } });
  const one = ({ data }) => ({ data, shape: [1, n, n] });
  return {
    async run(count) {
      const { milliseconds, outputs } = await model.benchmark({ a: one(a), b: one(b) }, count);
      return { ms: milliseconds, value: outputs.c.data[index] };
    },
    close: () => model.dispose(),
  };
}

async function train({ engine, data }, w, parameters, batches) {
  const arrays = (some) => data.arrays({ x: stack(w, some, 'x'), y: stack(w, some, 'y') });
  const [all, firstBatch] = [arrays(batches), arrays(batches.slice(0, 1))];
  const model = await engine.model(describe(w), { input: input(w) });
  await setParameters(w, await model.parameters(), parameters);
  const options = { loss: w.loss, batchSize: w.batch, optimizer: optimizer(w.optimizer) };
  const run = model.fit(all, { ...options, steps: 1e9, shuffle: false, paused: true });
  return {
    steps: async (_, count) => (await run.step(count)).loss,
    loss: async () => (await model.evaluate(firstBatch, { loss: w.loss })).loss,
    async close() {
      await run.stop();
      model.dispose();
    },
  };
}

async function infer(engine, w, parameters, asked) {
  const model = await engine.model(describe(w), { input: input(w) });
  await setParameters(w, await model.parameters(), parameters);
  const close = () => model.dispose();
  if (w.kind === 'gpt') return { write: (...how) => write(model, w, asked, ...how), close };
  const x = { data: asked.x, shape: [1, ...input(w)] };
  return {
    async run(count) {
      let answer;
      const start = performance.now();
      for (let i = 0; i < count; i++) answer = await model.predict(x);
      return { ms: performance.now() - start, done: count, value: Array.from(answer.data) };
    },
    async inside(count) {
      const { milliseconds } = await model.benchmark(x, count);
      return { ms: milliseconds, done: count };
    },
    close,
  };
}

/** A text; `telling`: with what the last token's probabilities were. The clock runs from the first token on. */
async function write(model, w, { prompt, tokens }, telling) {
  const options = { maxTokens: tokens, temperature: 0, candidates: telling ? w.vocab : 0 };
  let start;
  let last;
  for await (last of model.generate(prompt, options)) start ??= performance.now();
  const ms = performance.now() - start;
  const value = [];
  for (const { id, probability } of last.candidates) value[id] = probability;
  return { ms, done: tokens - 1, value };
}

/** Gives a workload's model the bench's weights ("parameters" in workloads.mjs). */
async function setParameters(w, parameters, tensors) {
  for (const [name, tensor] of Object.entries(tensors)) {
    const parameter = parameters.find((p) => p.name === parameterName(w, name));
    await parameter.set(toPyTorch(w, name, tensor));
  }
  // The others' gates have one bias; PyTorch's second one stays zero.
  const second = parameters.find((p) => p.name.endsWith('.bias_hh_l0'));
  await second?.set(new Float32Array(second.size));
  await second?.freeze();
}
