// Workloads in Trainyard's words: descriptions and options as plain data.

/** The network of a training workload. */
export function describe(w) {
  if (w.kind === 'gpt') {
    const { vocab, context, layers, heads, width } = w;
    return { trainyard: 1, layers: [{ type: 'gpt', vocab, context, layers, heads, dim: width, tied: false }] };
  }
  if (w.kind === 'lstm') {
    const embedding = w.vocab ? [{ type: 'embedding', vocab: w.vocab, dim: w.input }] : [];
    const lstm = { type: 'lstm', hidden: w.hidden, output: w.everyStep ? 'sequence' : 'last' };
    return { trainyard: 1, layers: [...embedding, lstm, { type: 'linear', out: w.outputs }] };
  }
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

/** One example: its shape, images channels first, or that of its tokens. */
export function input(w) {
  if (w.vocab) return { shape: [w.steps ?? w.context], dtype: 'i32' };
  if (w.steps) return [w.steps, w.input];
  return w.image ? channelsFirst(w.image) : [w.sizes[0]];
}

export const channelsFirst = ([height, width, channels]) => [channels, height, width];

export function optimizer({ kind, rate, beta1, beta2, epsilon, weightDecay }) {
  if (kind === 'sgd') return { type: 'sgd', lr: rate };
  const adam = { type: 'adam', lr: rate, betas: [beta1, beta2], eps: epsilon };
  return weightDecay ? { ...adam, type: 'adamw', weightDecay, decayBiasAndNorm: true } : adam;
}

/** Names of the bench's weights as the model's parameters have them. */
export function parameterName(w, name) {
  if (w.kind === 'mlp' || w.kind === 'cnn') {
    const [, kind, number, part] = /^(conv|dense)(\d+)\.(w|b)$/.exec(name);
    const { layers } = describe(w);
    const learning = layers.filter(({ type }) => type === 'conv2d' || type === 'linear');
    const layer = learning[(kind === 'dense' ? (w.filters?.length ?? 0) : 0) + Number(number) - 1];
    return `${layers.indexOf(layer)}.${part === 'w' ? 'weight' : 'bias'}`;
  }
  if (w.kind === 'lstm') {
    const lstm = w.vocab ? 1 : 0;
    const names = {
      embedding: '0.weight',
      'input.w': `${lstm}.weight_ih_l0`,
      'recurrent.w': `${lstm}.weight_hh_l0`,
      'gates.b': `${lstm}.bias_ih_l0`,
      'output.w': `${lstm + 1}.weight`,
      'output.b': `${lstm + 1}.bias`,
    };
    return names[name];
  }
  const parts = { tokens: 'wte.weight', positions: 'wpe.weight', norm: 'ln_f', output: 'lm_head' };
  const inner = {
    norm1: 'ln_1',
    qkv: 'attn.c_attn',
    proj: 'attn.c_proj',
    norm2: 'ln_2',
    up: 'mlp.c_fc',
    down: 'mlp.c_proj',
  };
  const [first, ...rest] = name.split('.');
  const block = /^block(\d+)$/.exec(first);
  const path = block ? `h.${block[1]}.${inner[rest.shift()]}` : parts[first];
  const kind = { w: '.weight', b: '.bias', scale: '.weight', shift: '.bias' }[rest[0]] ?? '';
  return `0.${path}${kind}`;
}

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
