// Trainyard as its users have it: the built package, the shipped wasm, in its worker.
// Its layouts are PyTorch's (images channels first, weights [out, in] and [out, in, kh, kw]).
import { channelsFirst, describe, input, optimizer, parameterName, product } from '../describe.mjs';

/** options: package, the address of its index.js; build 'relaxed' | 'simd128'; isolated: with threads. */
export async function open({ package: address, build, isolated }) {
  const trainyard = await import(/* @vite-ignore */ address);
  return adapt(trainyard, await trainyard.load({ build: isolated ? `${build}-threads` : build }));
}

/** The adapter of an engine that is loaded, and of the package that loaded it. */
export const adapt = ({ data }, engine) => ({
  version: engine.info.version,
  threads: engine.info.threads,
  variant: engine.info.build,
  gemm: (test) => gemm(engine, test),
  train: (w, parameters, batches) => train({ engine, data }, w, parameters, batches),
  peak: (milliseconds) => engine.peak(milliseconds),
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

/** Gives a workload's model the bench's weights ("parameters" in workloads.mjs). */
export async function setParameters(w, parameters, tensors) {
  const values = Object.entries(tensors).map(([name, tensor]) => toPyTorch(w, name, tensor));
  if (w.kind === 'mlp' || w.kind === 'cnn') {
    for (const [i, parameter] of parameters.entries()) await parameter.set(values[i]);
    return;
  }
  for (const [i, name] of Object.keys(tensors).entries()) {
    const parameter = parameters.find((p) => p.name === parameterName(w, name));
    await parameter.set(values[i]);
  }
  // The others' gates have one bias; PyTorch's second one stays zero.
  const second = parameters.find((p) => p.name.endsWith('.bias_hh_l0'));
  await second?.set(new Float32Array(second.size));
  await second?.freeze();
}

/** All batches below one another, images channels first. */
function stack(w, batches, key) {
  const tensors = batches.map((batch) => batch[key]);
  const rows = tensors.length * w.batch;
  const each = tensors[0].shape.slice(1);
  const length = tensors[0].data.length;
  const data = new tensors[0].data.constructor(rows * (length / w.batch));
  tensors.forEach((tensor, i) => data.set(tensor.data, i * length));
  if (each.length !== 3) return { data, shape: [rows, ...each] };
  return { data: permute(data, [rows, ...each], [0, 3, 1, 2]), shape: [rows, ...channelsFirst(each)] };
}

/** A tensor of workloads.mjs in PyTorch's layout. */
function toPyTorch(w, name, { data, shape }) {
  if (shape.length === 4) return permute(data, shape, [3, 2, 0, 1]);
  if (shape.length === 1 || ['embedding', 'tokens', 'positions'].includes(name)) return data;
  const channels = w.filters?.at(-1);
  if (name !== 'dense1.w' || !channels) return permute(data, shape, [1, 0]);
  // After flatten the inputs of the first dense layer are ordered by channel, then place.
  return permute(data, [shape[0] / channels, channels, shape[1]], [2, 1, 0]);
}

/** The data of a tensor with its axes in another order: axis i of the result is axis order[i] of the source. */
function permute(data, shape, order) {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const out = new data.constructor(data.length);
  const sizes = order.map((axis) => shape[axis]);
  const steps = order.map((axis) => strides[axis]);
  const index = sizes.map(() => 0);
  for (let i = 0, from = 0; i < out.length; i++) {
    out[i] = data[from];
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      from += steps[axis];
      if (++index[axis] < sizes[axis]) break;
      from -= steps[axis] * sizes[axis];
      index[axis] = 0;
    }
  }
  return out;
}
