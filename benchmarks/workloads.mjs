// What is measured: shapes, data and initial weights, the same for every engine.
// Tensors are {shape, data} in row-major order. Images are NHWC, convolution kernels HWIO, dense kernels [in, out].
// Every dense layer has a bias.

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
};
for (const [id, w] of Object.entries(workloads)) w.id = id;

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
const fill = (shape, f) => ({ shape, data: Float32Array.from({ length: size(shape) }, (_, i) => f(i)) });

/** Initial weights: an object of tensors in a fixed order. */
export function parameters(w) {
  const next = generator(1);
  const p = {};
  const layer = (name, shape, fanIn) => {
    const limit = Math.sqrt(3 / fanIn);
    p[`${name}.w`] = fill(shape, () => (2 * next() - 1) * limit);
    p[`${name}.b`] = fill(shape.slice(-1), () => 0);
  };
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

/** The fixed batches [{x, y}] that training cycles through. Class labels are Int32Array data. */
export function batches(w) {
  const next = generator(2);
  return Array.from({ length: w.batches }, () => (w.loss === 'mse' ? circle(w, next) : waves(w, next)));
}

/** Two classes, inside and outside a circle, labelled +1 and -1. */
function circle(w, next) {
  const x = fill([w.batch, 2], () => 2 * next() - 1);
  const y = fill([w.batch, 1], (i) => (Math.hypot(x.data[2 * i], x.data[2 * i + 1]) < 0.7 ? 1 : -1));
  return { x, y };
}

/** Ten classes, each its own wave pattern plus noise. */
function waves(w, next) {
  const shape = w.image ?? [w.sizes[0]];
  const each = size(shape);
  const y = { shape: [w.batch], data: Int32Array.from({ length: w.batch }, () => Math.floor(next() * 10)) };
  const pixel = (label, i) => 0.5 + 0.5 * Math.sin(((label + 1) * (i % 28)) / 9 + (label * Math.floor(i / 28)) / 7);
  const x = fill([w.batch, ...shape], (i) => 0.6 * pixel(y.data[Math.floor(i / each)], i % each) + 0.4 * next());
  return { x, y };
}

/** One-hot rows [n, classes] of integer labels, for engines whose loss needs them. */
export function oneHot({ data }, classes) {
  const out = new Float32Array(data.length * classes);
  data.forEach((label, i) => (out[i * classes + label] = 1));
  return { shape: [data.length, classes], data: out };
}

/** Number of classes of a cross-entropy workload. */
export const classes = (w) => (w.dense ?? w.sizes).at(-1);

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
