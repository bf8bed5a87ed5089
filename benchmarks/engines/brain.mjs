// brain.js: only multilayer perceptrons, trained one sample at a time with squared error. A "step" here is one pass
// over the batch; the sum of work is the same, the mathematics (batch size 1) is not.
import * as module from 'brain.js/browser.js';
import { classes, oneHot } from '../workloads.mjs';

const brain = module.default ?? module;

export async function open() {
  return { threads: 1, variant: 'per-sample SGD, MSE', train };
}

function train(w, parameters, batches) {
  if (w.kind !== 'mlp') throw new Error(`brain.js has no comparable model for ${w.kind}`);
  if (w.optimizer.kind !== 'sgd') throw new Error('brain.js: Adam is left out, it is not comparable per sample');
  const net = new brain.NeuralNetwork({ activation: w.activation, hiddenLayers: w.sizes.slice(1, -1) });
  net.sizes = w.sizes;
  net.initialize();
  Object.assign(net.trainOpts, { learningRate: (2 * w.optimizer.rate) / w.batch, momentum: 0 });
  net.setActivation();
  w.sizes.slice(1).forEach((units, i) => {
    const { data } = parameters[`dense${i + 1}.w`];
    for (let unit = 0; unit < units; unit++) {
      net.biases[i + 1][unit] = 0;
      net.weights[i + 1][unit] = Float32Array.from({ length: w.sizes[i] }, (_, k) => data[k * units + unit]);
    }
  });

  const row = ({ data }, i) =>
    Array.from(data.subarray((i * data.length) / w.batch, ((i + 1) * data.length) / w.batch));
  const samples = batches.map(({ x, y }) => {
    const target = w.loss === 'mse' ? y : oneHot(y, classes(w));
    return Array.from({ length: w.batch }, (_, i) => ({ input: row(x, i), output: row(target, i) }));
  });
  return {
    async steps(first, count) {
      let loss = 0;
      for (let i = first; i < first + count; i++) {
        loss = 0;
        for (const { input, output } of samples[i % samples.length]) loss += net.trainPattern({ input, output }, true);
      }
      return loss / w.batch;
    },
  };
}
