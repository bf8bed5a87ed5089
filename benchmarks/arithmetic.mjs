// What a training step of a workload must compute, from its shapes alone.
import { classes } from './workloads.mjs';

/**
 * Floating-point operations of a training step: those of products, convolutions, recurrences and attention, forward and
 * for the gradients of both factors. What reads the data itself needs no gradient of them. What multiplies an
 * embedding's rows has to do it once for every row of the table at most. Activations, norms, the loss and the optimizer
 * do not count, nor does what an engine computes twice.
 */
export function flopsPerStep(w) {
  const multiplyAdds = productsOf(w).reduce((sum, { each, times, data, table = Infinity }) => {
    return sum + each * Math.min(w.batch * times, table) * (data ? 2 : 3);
  }, 0);
  return 2 * multiplyAdds;
}

/** The same forward alone and for one example, in multiply-adds: what `engine.ledger` calls so. */
export const multiplyAdds = (w) => productsOf(w).reduce((sum, { each, times }) => sum + each * times, 0);

/**
 * Every product of an example's way forward: multiply-adds, how often, whether its input is the data, and how many
 * different rows its input can have if they are looked up in a table.
 */
function productsOf(w) {
  if (w.kind === 'lstm') {
    const { input, hidden, steps, outputs } = w;
    return [
      { each: input * 4 * hidden, times: steps, data: !w.vocab, table: w.vocab },
      { each: hidden * 4 * hidden, times: steps },
      { each: hidden * outputs, times: w.everyStep ? steps : 1 },
    ];
  }
  if (w.kind === 'gpt') {
    const { width, context } = w;
    const pairs = (context * (context + 1)) / 2; // of positions that see each other
    return [
      { each: 12 * width * width, times: w.layers * context },
      { each: 2 * width, times: w.layers * pairs },
      { each: width * w.vocab, times: context },
    ];
  }
  const layers = layersOf(w);
  return layers.map(({ inputs, outputs, times }, i) => ({ each: inputs * outputs, times, data: i === 0 }));
}

/** Layers of an mlp or a cnn; a filter is a neuron that looks at many places. `reads`: numbers of the layer's input. */
function layersOf(w) {
  const layers = [];
  let units = w.sizes?.[0];
  if (w.kind === 'cnn') {
    let [side, , channels] = w.image;
    for (const filters of w.filters) {
      const reads = side * side * channels;
      layers.push({ inputs: 9 * channels, outputs: filters, times: (side - 2) ** 2, reads });
      side = Math.floor((side - 2) / 2);
      channels = filters;
    }
    units = side * side * channels;
  }
  for (const outputs of w.dense ?? w.sizes.slice(1)) {
    layers.push({ inputs: units, outputs, times: 1, reads: units });
    units = outputs;
  }
  return layers;
}

/** Numbers that training changes: those of `parameters` in workloads.mjs. */
export function parameterCount(w) {
  const dense = (inputs, outputs) => (inputs + 1) * outputs;
  if (w.kind === 'lstm') {
    const { vocab = 0, input, hidden, outputs } = w;
    return vocab * input + dense(input + hidden, 4 * hidden) + dense(hidden, outputs);
  }
  if (w.kind === 'gpt') {
    const { vocab, context, width } = w;
    const block = dense(width, 3 * width) + dense(width, width) + dense(width, 4 * width) + dense(4 * width, width);
    return (vocab + context) * width + w.layers * (block + 4 * width) + 2 * width + dense(width, classes(w));
  }
  return layersOf(w).reduce((sum, { inputs, outputs }) => sum + dense(inputs, outputs), 0);
}

/** Numbers of an example's input. */
export const inputCount = (w) =>
  w.vocab ? (w.steps ?? w.context) : w.steps ? w.steps * w.input : layersOf(w)[0].reads;

/**
 * Numbers that an example's way forward must leave for its way back: what every product and every gate reads, the data
 * and what is looked up in a table aside, and the answers.
 */
export function activationCount(w) {
  if (w.kind === 'lstm') {
    const gates = 4 * w.hidden;
    const state = 2 * w.hidden;
    return w.steps * (gates + state) + w.outputs * (w.everyStep ? w.steps : 1);
  }
  if (w.kind === 'gpt') {
    // A block: both norms' results, queries, keys and values, what attention mixes, the wide layer's result.
    const block = w.width * (1 + 3 + 1 + 1 + 4);
    return w.context * (w.layers * block + w.width + w.vocab);
  }
  const [, ...inner] = layersOf(w);
  return inner.reduce((sum, { reads }) => sum + reads, classes(w));
}

/** What a step goes through: pictures, points or sequences, or where every one of a text's characters is answered, those. */
export const itemsPerStep = (w) => w.batch * (w.vocab ? (w.steps ?? w.context) : 1);
