// The bench's tensors in PyTorch's layouts: images channels first, weights [out, in] and [out, in, kh, kw].
import { channelsFirst } from './describe.mjs';

/** All batches below one another, images channels first. */
export function stack(w, batches, key) {
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
export function toPyTorch(w, name, { data, shape }) {
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
