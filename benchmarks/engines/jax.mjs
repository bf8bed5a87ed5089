// jax-js: the whole step (forward, backward, optimizer) is one jit. Its functions consume their arguments, hence every
// `.ref`. Its optimizer package is not on the registry, so SGD and Adam are written here.
import { blockUntilReady, defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { classes, oneHot } from '../workloads.mjs';

export async function open() {
  await init('wasm');
  defaultDevice('wasm');
  return { threads: typeof SharedArrayBuffer === 'undefined' ? 1 : navigator.hardwareConcurrency, gemm, train };
}

const array = ({ data, shape }) => np.array(data, { shape, dtype: data instanceof Int32Array ? np.int32 : np.float32 });

function gemm({ orientation, a, b, index }) {
  const [ja, jb] = [array(a), array(b)];
  const turned = (m, yes) => (yes ? np.matrixTranspose(m) : m);
  const product = jit((a, b) => np.matmul(turned(a, orientation === 'AtB'), turned(b, orientation === 'ABt')));
  return {
    async run(count) {
      for (let i = 1; i < count; i++) (await blockUntilReady(product(ja.ref, jb.ref))).dispose();
      return (await product(ja.ref, jb.ref).data())[index];
    },
  };
}

function train(w, parameters, batches) {
  // NCHW for convolutions: kernels become OIHW, and the first dense layer's rows follow.
  const p = {};
  for (const [name, t] of Object.entries(parameters)) {
    p[name] = array(t);
    if (t.shape.length === 4) p[name] = np.transpose(p[name], [3, 2, 0, 1]);
  }
  if (w.kind === 'cnn') {
    const channels = w.filters.at(-1);
    const [rows, units] = p['dense1.w'].shape;
    const split = p['dense1.w'].reshape([rows / channels, channels, units]);
    p['dense1.w'] = np.transpose(split, [1, 0, 2]).reshape([rows, units]);
  }
  const data = batches.map(({ x, y }) => {
    const jx = w.kind === 'cnn' ? np.transpose(array(x), [0, 3, 1, 2]) : array(x);
    return { x: jx, y: array(w.loss === 'mse' ? y : oneHot(y, classes(w))) };
  });

  const loss = (p, x, y) => {
    const out = models[w.kind](w, p, x);
    if (w.loss === 'mse') return np.square(out.sub(y)).mean();
    return nn
      .logSoftmax(out)
      .mul(y.ref)
      .sum()
      .mul(-1 / y.shape[0]);
  };
  const { init, update } = optimizers[w.optimizer.kind](w.optimizer);
  const step = jit((p, state, x, y) => {
    const [value, gradients] = valueAndGrad(loss)(tree.ref(p), x, y);
    const [next, nextState] = update(p, gradients, state);
    return { value, next, nextState };
  });

  // Without worker threads the synchronous read is the faster one; with them it is not allowed.
  const read = crossOriginIsolated ? (a) => a.data() : (a) => a.dataSync();
  let current = p;
  let state = init(p);
  return {
    async steps(first, count) {
      let value;
      for (let i = first; i < first + count; i++) {
        const { x, y } = data[i % data.length];
        const out = step(current, state, x.ref, y.ref);
        current = out.next;
        state = out.nextState;
        value = (await read(out.value))[0];
      }
      await blockUntilReady(current);
      return value;
    },
  };
}

const optimizers = {
  sgd: ({ rate }) => ({
    init: () => ({}),
    update: (p, gradients, state) => [tree.map((v, g) => v.sub(g.mul(rate)), p, gradients), state],
  }),
  adam: ({ rate, beta1, beta2, epsilon }) => ({
    init: (p) => ({
      count: np.array([0]),
      m: tree.map((v) => np.zeros(v.shape), p),
      v: tree.map((v) => np.zeros(v.shape), p),
    }),
    update(p, gradients, { count, m, v }) {
      count = count.add(1);
      m = tree.map((m, g) => m.mul(beta1).add(g.mul(1 - beta1)), m, tree.ref(gradients));
      v = tree.map((v, g) => v.mul(beta2).add(np.square(g).mul(1 - beta2)), v, gradients);
      const correction = (beta) => np.subtract(1, np.exp(count.ref.mul(Math.log(beta))));
      const [c1, c2] = [correction(beta1), correction(beta2)];
      const change = (m, v) =>
        m
          .div(c1.ref)
          .div(np.sqrt(v.div(c2.ref)).add(epsilon))
          .mul(rate);
      const next = tree.map((p, m, v) => p.sub(change(m, v)), p, tree.ref(m), tree.ref(v));
      c1.dispose();
      c2.dispose();
      return [next, { count, m, v }];
    },
  }),
};

const dense = (p, name, x) => np.dot(x, p[`${name}.w`]).add(p[`${name}.b`]);

const models = {
  mlp(w, p, x) {
    const activations = { relu: nn.relu, tanh: np.tanh };
    const last = w.sizes.length - 1;
    for (let i = 1; i <= last; i++) {
      x = dense(p, `dense${i}`, x);
      if (i < last) x = activations[w.activation](x);
      else if (w.output) x = activations[w.output](x);
    }
    return x;
  },

  cnn(w, p, x) {
    w.filters.forEach((filters, i) => {
      const bias = p[`conv${i + 1}.b`].reshape([filters, 1, 1]);
      x = lax.convGeneralDilated(x, p[`conv${i + 1}.w`], [1, 1], 'VALID').add(bias);
      x = lax.reduceWindow(nn.relu(x), np.max, [2, 2], [2, 2]);
    });
    x = x.reshape([w.batch, -1]);
    w.dense.forEach((_, i) => {
      x = dense(p, `dense${i + 1}`, x);
      if (i < w.dense.length - 1) x = nn.relu(x);
    });
    return x;
  },
};
