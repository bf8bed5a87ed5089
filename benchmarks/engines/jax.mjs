// jax-js: the whole step (forward, backward, optimizer) is one jit. Its functions consume their arguments, hence every
// `.ref`. Its optimizer package is not on the registry, so SGD and Adam are written here.
import { blockUntilReady, defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { classes, oneHot } from '../workloads.mjs';

/** options: embedding 'gather' | 'one-hot'. */
export async function open({ embedding = 'gather' }) {
  await init('wasm');
  defaultDevice('wasm');
  return {
    threads: typeof SharedArrayBuffer === 'undefined' ? 1 : navigator.hardwareConcurrency,
    gemm,
    train: (w, parameters, batches) => train(w, parameters, batches, embedding),
  };
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

function train(w, parameters, batches, embedding) {
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
    const input = w.vocab && embedding === 'one-hot' ? oneHot(x, w.vocab) : x;
    const jx = w.kind === 'cnn' ? np.transpose(array(input), [0, 3, 1, 2]) : array(input);
    return { x: jx, y: array(w.loss === 'mse' ? y : oneHot(y, classes(w))) };
  });

  const embed = (table, x) =>
    embedding === 'one-hot' ? np.dot(x.reshape([-1, w.vocab]), table) : np.take(table, x.reshape([-1]), 0);
  const loss = (p, x, y) => {
    const out = models[w.kind](w, p, x, embed);
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
  adam: ({ rate, beta1, beta2, epsilon, weightDecay = 0 }) => ({
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
      const next = tree.map((p, m, v) => p.mul(1 - rate * weightDecay).sub(change(m, v)), p, tree.ref(m), tree.ref(v));
      c1.dispose();
      c2.dispose();
      return [next, { count, m, v }];
    },
  }),
};

const dense = (p, name, x) => np.dot(x, p[`${name}.w`]).add(p[`${name}.b`]);

const norm = (p, name, x) => nn.standardize(x).mul(p[`${name}.scale`]).add(p[`${name}.shift`]);

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

  lstm(w, p, x, embed) {
    const { batch, steps, hidden } = w;
    const wx = p['input.w'];
    const wh = p['recurrent.w'];
    const bias = p['gates.b'];
    // Inputs times weights: step by step, or with an embedding for all steps at once; each measured faster there.
    if (w.vocab) x = np.dot(embed(p.embedding, x), wx.ref).reshape([batch, steps, 4 * hidden]);
    const project = w.vocab ? (xt) => xt : (xt) => np.dot(xt, wx.ref);
    let h = np.zeros([batch, hidden]);
    let c = np.zeros([batch, hidden]);
    const outputs = [];
    for (const xt of np.unstack(x, 1)) {
      const [i, f, g, o] = np.split(project(xt).add(np.dot(h, wh.ref)).add(bias.ref), 4, 1);
      c = nn
        .sigmoid(f)
        .mul(c)
        .add(nn.sigmoid(i).mul(np.tanh(g)));
      h = nn.sigmoid(o).mul(np.tanh(c.ref));
      if (w.everyStep) outputs.push(h.ref);
    }
    tree.dispose([c, wx, wh, bias]);
    if (!w.everyStep) return dense(p, 'output', h);
    h.dispose();
    return dense(p, 'output', np.stack(outputs, 1).reshape([batch * steps, hidden]));
  },

  gpt(w, p, x, embed) {
    const { batch, context, width, heads } = w;
    const rows = batch * context;
    x = embed(p.tokens, x).reshape([batch, context, width]).add(p.positions).reshape([rows, width]);
    for (let i = 0; i < w.layers; i++) {
      const block = `block${i}`;
      const qkv = dense(p, `${block}.qkv`, norm(p, `${block}.norm1`, x.ref));
      const [q, k, v] = np.split(qkv, 3, 1).map((t) => t.reshape([batch, context, heads, width / heads]));
      const mixed = nn.dotProductAttention(q, k, v, { isCausal: true }).reshape([rows, width]);
      x = x.add(dense(p, `${block}.proj`, mixed));
      const up = nn.gelu(dense(p, `${block}.up`, norm(p, `${block}.norm2`, x.ref)));
      x = x.add(dense(p, `${block}.down`, up));
    }
    return dense(p, 'output', norm(p, 'norm', x));
  },
};
