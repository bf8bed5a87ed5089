// Workloads in Trainyard's words: descriptions and options as plain data.

/** The network of a training workload. */
export function describe(w) {
  const units = w.dense ?? w.sizes.slice(1);
  const convolutions = (w.filters ?? []).flatMap((out) => [
    { type: 'conv2d', out, kernel: 3 },
    { type: 'relu' },
    { type: 'maxPool2d', kernel: 2 },
  ]);
  const dense = units.flatMap((out, i) => {
    const activation = i < units.length - 1 ? (w.activation ?? 'relu') : w.output;
    return [{ type: 'linear', out }, ...(activation ? [{ type: activation }] : [])];
  });
  return { trainyard: 1, layers: [...convolutions, ...(w.image ? [{ type: 'flatten' }] : []), ...dense] };
}

/** The shape of one example, images channels first. */
export const inputShape = (w) => (w.image ? channelsFirst(w.image) : [w.sizes[0]]);

export const channelsFirst = ([height, width, channels]) => [channels, height, width];

export const optimizer = ({ kind, rate, beta1, beta2, epsilon }) =>
  kind === 'sgd' ? { type: 'sgd', lr: rate } : { type: 'adam', lr: rate, betas: [beta1, beta2], eps: epsilon };

/** A product as a graph of one node. */
export const product = (orientation) => ({
  trainyard: 1,
  nodes: [
    {
      name: 'c',
      type: 'matmul',
      inputs: ['a', 'b'],
      transposeA: orientation === 'AtB',
      transposeB: orientation === 'ABt',
    },
  ],
});
