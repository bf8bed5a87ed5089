// TensorFlow.js, core API: optimizer.minimize over a hand-written forward pass (no Layers overhead).
import * as tf from '@tensorflow/tfjs';
import { getThreadsCount, setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { classes, oneHot } from '../workloads.mjs';

/** options: backend 'wasm' | 'cpu'; assets: folder of the .wasm files; embedding 'gather' | 'one-hot'. */
export async function open({ backend, assets, embedding = 'gather' }) {
  tf.enableProdMode();
  if (backend === 'wasm') {
    setWasmPaths(assets);
    if (crossOriginIsolated) setThreadsCount(navigator.hardwareConcurrency);
  }
  await tf.setBackend(backend);
  await tf.ready();
  return {
    threads: backend === 'wasm' ? await getThreadsCount() : 1,
    gemm,
    // Without WebAssembly it can tell of its tensors alone, between two steps.
    ...(backend === 'cpu' && { memory: () => ({ usedBytes: tf.memory().numBytes }) }),
    train: (w, parameters, batches) => train(w, parameters, batches, embedding),
  };
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

function train(w, parameters, batches, embedding) {
  const p = {};
  for (const [name, { shape, data }] of Object.entries(parameters)) p[name] = tf.variable(tf.tensor(data, shape));
  const variables = Object.values(p);
  const { kind, rate, beta1, beta2, epsilon, weightDecay } = w.optimizer;
  const optimizer = kind === 'sgd' ? tf.train.sgd(rate) : tf.train.adam(rate, beta1, beta2, epsilon);
  const lossOf = w.loss === 'mse' ? tf.losses.meanSquaredError : tf.losses.softmaxCrossEntropy;
  const data = batches.map(({ x, y }) => {
    const target = w.loss === 'mse' ? y : oneHot(y, classes(w));
    const input = w.vocab && embedding === 'one-hot' ? oneHot(x, w.vocab) : x;
    return { x: tf.tensor(input.data, input.shape), y: tf.tensor(target.data, target.shape) };
  });
  const embed = (table, x) => (embedding === 'one-hot' ? tf.matMul(x, table) : tf.gather(table, x));
  const forward = models[w.kind];

  return {
    async steps(first, count) {
      let loss;
      for (let i = first; i < first + count; i++) {
        const { x, y } = data[i % data.length];
        loss?.dispose();
        if (weightDecay) tf.tidy(() => variables.forEach((v) => v.assign(v.mul(1 - rate * weightDecay))));
        loss = tf.tidy(() => optimizer.minimize(() => lossOf(y, forward(w, p, x, embed)), true, variables));
      }
      return (await loss.data())[0];
    },
  };
}

const dense = (p, name, x) => tf.add(tf.matMul(x, p[`${name}.w`]), p[`${name}.b`]);

function gelu(x) {
  const cubic = tf.mul(x, tf.add(1, tf.mul(0.044715, tf.square(x))));
  return tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(tf.mul(Math.sqrt(2 / Math.PI), cubic))));
}

function norm(p, name, x) {
  const { mean, variance } = tf.moments(x, -1, true);
  const normal = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
  return tf.add(tf.mul(normal, p[`${name}.scale`]), p[`${name}.shift`]);
}

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

  lstm(w, p, x, embed) {
    const { batch, steps, hidden, input } = w;
    if (w.vocab) x = embed(p.embedding, x);
    let h = tf.zeros([batch, hidden]);
    let c = h;
    const outputs = tf.unstack(x.reshape([batch, steps, input]), 1).map((xt) => {
      const gates = tf.add(tf.matMul(xt, p['input.w']), tf.matMul(h, p['recurrent.w']));
      const [i, f, g, o] = tf.split(tf.add(gates, p['gates.b']), 4, 1);
      c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
      return (h = tf.mul(tf.sigmoid(o), tf.tanh(c)));
    });
    return dense(p, 'output', w.everyStep ? tf.stack(outputs, 1).reshape([batch * steps, hidden]) : h);
  },

  gpt(w, p, x, embed) {
    const { batch, context, width, heads } = w;
    const rows = batch * context;
    const depth = width / heads;
    const future = tf.sub(1, tf.linalg.bandPart(tf.ones([context, context]), -1, 0)).mul(-1e9);
    x = embed(p.tokens, x).reshape([batch, context, width]);
    x = tf.add(x, p.positions).reshape([rows, width]);
    for (let i = 0; i < w.layers; i++) {
      const block = `block${i}`;
      const qkv = dense(p, `${block}.qkv`, norm(p, `${block}.norm1`, x));
      const [q, k, v] = tf
        .split(qkv, 3, 1)
        .map((t) => tf.transpose(t.reshape([batch, context, heads, depth]), [0, 2, 1, 3]));
      const scores = tf.add(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(depth)), future);
      const mixed = tf.transpose(tf.matMul(tf.softmax(scores), v), [0, 2, 1, 3]).reshape([rows, width]);
      x = tf.add(x, dense(p, `${block}.proj`, mixed));
      const up = gelu(dense(p, `${block}.up`, norm(p, `${block}.norm2`, x)));
      x = tf.add(x, dense(p, `${block}.down`, up));
    }
    return dense(p, 'output', norm(p, 'norm', x));
  },
};
