// The networks of the inference workloads as ONNX models with the bench's weights.
import { toPyTorch } from '../layout.mjs';
import { encodeModel } from './encode.mjs';

/** One digit: `x` [1, 1, 28, 28] to `y` [1, 10]. */
export function digitModel(w, parameters) {
  const tensors = {};
  const nodes = [];
  const put = (name) => {
    const { shape } = parameters[name];
    const there = shape.length === 4 ? [shape[3], shape[2], shape[0], shape[1]] : shape.toReversed();
    tensors[name] = { shape: there, data: toPyTorch(w, name, parameters[name]) };
    return name;
  };
  let last = 'x';
  const step = (op, inputs, attributes) => {
    const out = `v${nodes.length}`;
    nodes.push([op, [last, ...inputs], [out], attributes]);
    last = out;
  };
  w.filters.forEach((_, i) => {
    step('Conv', [put(`conv${i + 1}.w`), put(`conv${i + 1}.b`)], { kernel_shape: [3, 3] });
    step('Relu', []);
    step('MaxPool', [], { kernel_shape: [2, 2], strides: [2, 2] });
  });
  step('Flatten', []);
  w.dense.forEach((_, i) => {
    step('Gemm', [put(`dense${i + 1}.w`), put(`dense${i + 1}.b`)], { transB: 1 });
    if (i < w.dense.length - 1) step('Relu', []);
  });
  nodes.at(-1)[2] = ['y'];
  const [height, width, channels] = w.image;
  return encodeModel({
    nodes,
    tensors,
    inputs: { x: { shape: [1, channels, height, width] } },
    outputs: { y: { shape: [1, w.dense.at(-1)] } },
  });
}

/** One token: `id` and `position` [1], `k0`, `v0`, … [heads, past, depth] to `y` [1, vocab] and the longer `K0`, `V0`, … */
export function tokenModel(w, parameters) {
  const { width, heads, layers, vocab } = w;
  const depth = width / heads;
  const ints = (...values) => ({ shape: [values.length], data: BigInt64Array.from(values, BigInt) });
  const tensors = {
    ...parameters,
    byHead: ints(heads, 1, depth),
    flat: ints(1, width),
    scale: { shape: [1], data: Float32Array.of(depth ** -0.5) },
  };
  const nodes = [];
  const make = (op, inputs, attributes) => {
    const out = `n${nodes.length}`;
    nodes.push([op, inputs, [out], attributes]);
    return out;
  };
  const norm = (x, name) =>
    make('LayerNormalization', [x, `${name}.scale`, `${name}.shift`], { axis: -1, epsilon: { real: 1e-5 } });
  const dense = (x, name) => make('Add', [make('MatMul', [x, `${name}.w`]), `${name}.b`]);
  const inputs = { id: { shape: [1], int64: true }, position: { shape: [1], int64: true } };
  const outputs = { y: { shape: [1, vocab] } };

  let x = make('Add', [make('Gather', ['tokens', 'id']), make('Gather', ['positions', 'position'])]);
  for (let i = 0; i < layers; i++) {
    const block = `block${i}`;
    const parts = ['q', 'k', 'v'].map((name) => `${block}.${name}`);
    nodes.push(['Split', [dense(norm(x, `${block}.norm1`), `${block}.qkv`)], parts, { axis: 1, num_outputs: 3 }]);
    const [q, k, v] = parts.map((part) => make('Reshape', [part, 'byHead']));
    for (const [part, value] of [
      ['k', k],
      ['v', v],
    ]) {
      // prettier-ignore
      inputs[`${part}${i}`] = { shape: [heads, 'past', depth] };
      outputs[`${part.toUpperCase()}${i}`] = { shape: [heads, 'all', depth] };
      nodes.push(['Concat', [`${part}${i}`, value], [`${part.toUpperCase()}${i}`], { axis: 1 }]);
    }
    const scores = make('Mul', [make('MatMul', [q, make('Transpose', [`K${i}`], { perm: [0, 2, 1] })]), 'scale']);
    const mixed = make('MatMul', [make('Softmax', [scores], { axis: -1 }), `V${i}`]);
    x = make('Add', [x, dense(make('Reshape', [mixed, 'flat']), `${block}.proj`)]);
    const up = make('Gelu', [dense(norm(x, `${block}.norm2`), `${block}.up`)], { approximate: 'tanh' });
    x = make('Add', [x, dense(up, `${block}.down`)]);
  }
  dense(norm(x, 'norm'), 'output');
  nodes.at(-1)[2] = ['y'];
  return encodeModel({ nodes, tensors, inputs, outputs });
}
