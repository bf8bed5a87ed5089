// What is measured: shapes, data and initial weights, the same for every engine.
// Tensors are {shape, data} in row-major order. Images are NHWC, convolution kernels HWIO, dense kernels [in, out], LSTM
// gates in the order input, forget, cell, output. Every dense layer has a bias.

export const workloads = {
  // Products of square matrices: A·B, Aᵀ·B and A·Bᵀ, as a layer needs them forward and for its two gradients.
  W0: { kind: 'gemm', sizes: [32, 64, 128, 256, 512, 1024], orientations: ['AB', 'AtB', 'ABt'] },
  // The networks of a playground: all overhead, no arithmetic.
  W1: {
    kind: 'mlp',
    sizes: [2, 8, 8, 1],
    activation: 'tanh',
    output: 'tanh',
    loss: 'mse',
    optimizer: sgd(0.03),
    batch: 10,
    batches: 20,
  },
  W1b: {
    kind: 'mlp',
    sizes: [2, 4, 2, 1],
    activation: 'tanh',
    output: 'tanh',
    loss: 'mse',
    optimizer: sgd(0.03),
    batch: 10,
    batches: 20,
  },
  W2: {
    kind: 'mlp',
    sizes: [784, 256, 128, 10],
    activation: 'relu',
    loss: 'crossEntropy',
    optimizer: sgd(0.05),
    batch: 128,
    batches: 8,
  },
  W2b: {
    kind: 'mlp',
    sizes: [784, 128, 10],
    activation: 'relu',
    loss: 'crossEntropy',
    optimizer: adam(1e-3),
    batch: 64,
    batches: 8,
  },
  // 'valid' 3x3 convolutions with stride 1, each followed by relu and a 2x2 max pool: 28 -> 26 -> 13 -> 11 -> 5.
  W3: {
    kind: 'cnn',
    image: [28, 28, 1],
    filters: [8, 16],
    dense: [64, 10],
    loss: 'crossEntropy',
    optimizer: adam(1e-3),
    batch: 32,
    batches: 4,
  },
  // A sequence of 28 numbers in 32 steps, classified after the last one.
  W4: {
    kind: 'lstm',
    input: 28,
    hidden: 64,
    steps: 32,
    outputs: 10,
    everyStep: false,
    loss: 'crossEntropy',
    optimizer: adam(1e-3),
    batch: 32,
    batches: 4,
  },
  // Text: the next character after every one.
  W4b: {
    kind: 'lstm',
    vocab: 65,
    input: 64,
    hidden: 128,
    steps: 32,
    outputs: 65,
    everyStep: true,
    loss: 'crossEntropy',
    optimizer: adam(1e-3),
    batch: 32,
    batches: 4,
  },
  // Pre-LayerNorm blocks, learned positions, GELU (tanh form) MLP x4, final LayerNorm, untied output layer, no dropout.
  W5: {
    kind: 'gpt',
    vocab: 65,
    layers: 4,
    width: 128,
    heads: 4,
    context: 128,
    loss: 'crossEntropy',
    optimizer: { ...adam(1e-3), weightDecay: 0.01 },
    batch: 8,
    batches: 2,
  },
};
for (const [id, w] of Object.entries(workloads)) w.id = id;

// Answers of trained networks, the weights being the initial ones: one digit through W3's network; one token of W5's
// GPT, whose keys and values are kept: the mean over a text that goes on from `prompt` tokens to the end of its context.
export const inferences = {
  I3: { ...workloads.W3, id: 'I3', batch: 1 },
  I5: { ...workloads.W5, id: 'I5', batch: 1, prompt: 64 },
};

function sgd(rate) {
  return { kind: 'sgd', rate };
}

function adam(rate) {
  return { kind: 'adam', rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
}

/** Counter-based uniform numbers in [0, 1): the murmur3 finalizer over a running index. */
function generator(seed) {
  let i = Math.imul(seed, 0x9e3779b9);
  return () => {
    let h = (i = (i + 0x6d2b79f5) | 0);
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
  };
}

const size = (shape) => shape.reduce((a, b) => a * b, 1);

/** In a loop: `Float32Array.from` takes three times as long, and a page stands still meanwhile. */
function fill(shape, f) {
  const data = new Float32Array(size(shape));
  for (let i = 0; i < data.length; i++) data[i] = f(i);
  return { shape, data };
}

/** Initial weights: an object of tensors in a fixed order. */
export function parameters(w) {
  const next = generator(1);
  const p = {};
  const weight = (name, shape, fanIn = shape.at(-2)) => {
    const limit = Math.sqrt(3 / fanIn);
    p[name] = fill(shape, () => (2 * next() - 1) * limit);
  };
  const constant = (name, width, value) => (p[name] = fill([width], () => value));
  const layer = (name, shape, fanIn) => {
    weight(`${name}.w`, shape, fanIn);
    constant(`${name}.b`, shape.at(-1), 0);
  };
  if (w.kind === 'lstm') {
    if (w.vocab) weight('embedding', [w.vocab, w.input], 3);
    weight('input.w', [w.input, 4 * w.hidden]);
    weight('recurrent.w', [w.hidden, 4 * w.hidden]);
    p['gates.b'] = fill([4 * w.hidden], (i) => (i >= w.hidden && i < 2 * w.hidden ? 1 : 0)); // remember at first
    layer('output', [w.hidden, w.outputs]);
    return p;
  }
  if (w.kind === 'gpt') {
    const norm = (name) => {
      constant(`${name}.scale`, w.width, 1);
      constant(`${name}.shift`, w.width, 0);
    };
    weight('tokens', [w.vocab, w.width], 1000);
    weight('positions', [w.context, w.width], 1000);
    for (let i = 0; i < w.layers; i++) {
      norm(`block${i}.norm1`);
      layer(`block${i}.qkv`, [w.width, 3 * w.width]);
      layer(`block${i}.proj`, [w.width, w.width]);
      norm(`block${i}.norm2`);
      layer(`block${i}.up`, [w.width, 4 * w.width]);
      layer(`block${i}.down`, [4 * w.width, w.width]);
    }
    norm('norm');
    layer('output', [w.width, w.vocab]);
    return p;
  }
  let units = w.sizes?.[0];
  if (w.kind === 'cnn') {
    let [side, , channels] = w.image;
    w.filters.forEach((filters, i) => {
      layer(`conv${i + 1}`, [3, 3, channels, filters], 9 * channels);
      side = Math.floor((side - 2) / 2);
      channels = filters;
    });
    units = side * side * channels;
  }
  (w.dense ?? w.sizes.slice(1)).forEach((outputs, i) => {
    layer(`dense${i + 1}`, [units, outputs], units);
    units = outputs;
  });
  return p;
}

/** The fixed batches [{x, y}] that training cycles through. Class labels and tokens are Int32Array data. */
export function batches(w) {
  const next = generator(2);
  const make = w.vocab ? text : w.loss === 'mse' ? circle : waves;
  return Array.from({ length: w.batches }, () => make(w, next));
}

/** Text from a noisy first-order rule, so that there is something to learn. */
function text(w, next) {
  const length = w.steps ?? w.context;
  const ints = () => ({ shape: [w.batch, length], data: new Int32Array(w.batch * length) });
  const [x, y] = [ints(), ints()];
  for (let b = 0; b < w.batch; b++) {
    let token = Math.floor(next() * w.vocab);
    for (let t = 0; t < length; t++) {
      x.data[b * length + t] = token;
      token = next() < 0.1 ? Math.floor(next() * w.vocab) : (token * 7 + 3) % w.vocab;
      y.data[b * length + t] = token;
    }
  }
  return { x, y };
}

/** Two classes, inside and outside a circle, labelled +1 and -1. */
function circle(w, next) {
  const x = fill([w.batch, 2], () => 2 * next() - 1);
  const y = fill([w.batch, 1], (i) => (Math.hypot(x.data[2 * i], x.data[2 * i + 1]) < 0.7 ? 1 : -1));
  return { x, y };
}

/** Ten classes, each its own wave pattern plus noise: pixels of an image or inputs of a sequence. */
function waves(w, next) {
  const shape = w.image ?? (w.steps ? [w.steps, w.input] : [w.sizes[0]]);
  const each = size(shape);
  const y = { shape: [w.batch], data: Int32Array.from({ length: w.batch }, () => Math.floor(next() * 10)) };
  const pixel = (label, i) => 0.5 + 0.5 * Math.sin(((label + 1) * (i % 28)) / 9 + (label * Math.floor(i / 28)) / 7);
  const x = fill([w.batch, ...shape], (i) => 0.6 * pixel(y.data[Math.floor(i / each)], i % each) + 0.4 * next());
  return { x, y };
}

/** What an inference workload is asked: the picture x, or a prompt and how many tokens are to follow. */
export function question(w) {
  const [{ x }] = batches({ ...w, batches: 1 });
  return w.kind === 'gpt' ? { prompt: x.data.slice(0, w.prompt), tokens: w.context - w.prompt } : { x: x.data };
}

/** One-hot rows [n, classes] of integer labels, for engines whose loss needs them. */
export function oneHot({ data }, classes) {
  const out = new Float32Array(data.length * classes);
  data.forEach((label, i) => (out[i * classes + label] = 1));
  return { shape: [data.length, classes], data: out };
}

/** Number of classes of a cross-entropy workload. */
export const classes = (w) => w.vocab ?? w.outputs ?? (w.dense ?? w.sizes).at(-1);

/** The two factors of a GEMM test and one value of the exact product, to check that the engine computed it. */
export function gemmCase(n, orientation) {
  const next = generator(3);
  const a = fill([n, n], () => next() - 0.5);
  const b = fill([n, n], () => next() - 0.5);
  const [row, column] = [n - 1, n - 2];
  let expected = 0;
  for (let k = 0; k < n; k++) {
    const left = orientation === 'AtB' ? a.data[k * n + row] : a.data[row * n + k];
    const right = orientation === 'ABt' ? b.data[column * n + k] : b.data[k * n + column];
    expected += left * right;
  }
  return { n, orientation, a, b, index: row * n + column, expected };
}
