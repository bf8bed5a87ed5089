// TensorFlow.js, core API: optimizer.minimize over a hand-written forward pass (no Layers overhead).
import * as tf from '@tensorflow/tfjs';
import { getThreadsCount, setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { classes, oneHot } from '../workloads.mjs';

/** options: backend 'wasm' | 'cpu'; assets: folder of the .wasm files. */
export async function open({ backend, assets }) {
  tf.enableProdMode();
  if (backend === 'wasm') {
    setWasmPaths(assets);
    if (crossOriginIsolated) setThreadsCount(navigator.hardwareConcurrency);
  }
  await tf.setBackend(backend);
  await tf.ready();
  return { threads: backend === 'wasm' ? await getThreadsCount() : 1, gemm, train };
}

function gemm({ orientation, a, b, index }) {
  const [ta, tb] = [a, b].map((m) => tf.tensor(m.data, m.shape));
  return {
    async run(count) {
      let c;
      for (let i = 0; i < count; i++) {
        c?.dispose();
        c = tf.matMul(ta, tb, orientation === 'AtB', orientation === 'ABt');
      }
      return (await c.data())[index];
    },
  };
}

function train(w, parameters, batches) {
  const p = {};
  for (const [name, { shape, data }] of Object.entries(parameters)) p[name] = tf.variable(tf.tensor(data, shape));
  const variables = Object.values(p);
  const { kind, rate, beta1, beta2, epsilon } = w.optimizer;
  const optimizer = kind === 'sgd' ? tf.train.sgd(rate) : tf.train.adam(rate, beta1, beta2, epsilon);
  const lossOf = w.loss === 'mse' ? tf.losses.meanSquaredError : tf.losses.softmaxCrossEntropy;
  const data = batches.map(({ x, y }) => {
    const target = w.loss === 'mse' ? y : oneHot(y, classes(w));
    return { x: tf.tensor(x.data, x.shape), y: tf.tensor(target.data, target.shape) };
  });
  const forward = models[w.kind];

  return {
    async steps(first, count) {
      let loss;
      for (let i = first; i < first + count; i++) {
        const { x, y } = data[i % data.length];
        loss?.dispose();
        loss = tf.tidy(() => optimizer.minimize(() => lossOf(y, forward(w, p, x)), true, variables));
      }
      return (await loss.data())[0];
    },
  };
}

const dense = (p, name, x) => tf.add(tf.matMul(x, p[`${name}.w`]), p[`${name}.b`]);

const models = {
  mlp(w, p, x) {
    const last = w.sizes.length - 1;
    for (let i = 1; i <= last; i++) {
      x = dense(p, `dense${i}`, x);
      if (i < last) x = tf[w.activation](x);
      else if (w.output) x = tf[w.output](x);
    }
    return x;
  },

  cnn(w, p, x) {
    w.filters.forEach((_, i) => {
      x = tf.relu(tf.add(tf.conv2d(x, p[`conv${i + 1}.w`], 1, 'valid'), p[`conv${i + 1}.b`]));
      x = tf.maxPool(x, 2, 2, 'valid');
    });
    x = x.reshape([w.batch, -1]);
    w.dense.forEach((_, i) => {
      x = dense(p, `dense${i + 1}`, x);
      if (i < w.dense.length - 1) x = tf.relu(x);
    });
    return x;
  },
};
