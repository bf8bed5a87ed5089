// Descriptions of networks: plain data, made here, checked and built by the engine. Names, options and defaults are
// PyTorch's; sizes of inputs are never given, the engine knows them.
import type { GraphDescription, Layer, Pair, SequentialDescription } from './description.js';
import { failure } from './errors.js';
import type { initializerNames } from './generated/registry.js';
import { kindOf, optionsOf } from './plain.js';

const layer = (type: string, options: object = {}): Layer => ({ type, ...options });

/** How weights begin: `kaimingUniform`, `xavierNormal`, …, by name or with options; default PyTorch's for the layer. */
export type Initializer = InitializerName | ({ type: InitializerName } & Record<string, unknown>);
export type InitializerName = (typeof initializerNames)[number];

export interface InitialOptions {
  weightInit?: Initializer;
  biasInit?: Initializer;
}

export interface LinearOptions extends InitialOptions {
  /** Default true. */
  bias?: boolean;
}
/** Fully connected: y = x Wᵀ + b. Takes `[*, in]` (any axes before the last), gives `[*, out]`. */
export const linear = (out: number, options: LinearOptions = {}): Layer => layer('linear', { out, ...options });

export interface Conv2dOptions extends InitialOptions {
  /** Default 1. */
  stride?: Pair;
  /** Zeros around the image; default 0. */
  padding?: Pair;
  /** Default 1. */
  dilation?: Pair;
  /** Both channels of the input and `out` must be multiples of it; default 1. */
  groups?: number;
  /** Default true. */
  bias?: boolean;
}
/** 2-D convolution of `[*, channels, h, w]` into `[*, out, h', w']`. */
export const conv2d = (out: number, kernel: Pair, options: Conv2dOptions = {}): Layer =>
  layer('conv2d', { out, kernel, ...options });

export interface PoolOptions {
  /** Default: the kernel's size. */
  stride?: Pair;
  /** Default 0. */
  padding?: Pair;
}
/** The largest of each window of an image. */
export const maxPool2d = (kernel: Pair, options: PoolOptions & { dilation?: Pair } = {}): Layer =>
  layer('maxPool2d', { kernel, ...options });
/** The mean of each window of an image. */
export const avgPool2d = (kernel: Pair, options: PoolOptions & { countIncludePad?: boolean } = {}): Layer =>
  layer('avgPool2d', { kernel, ...options });
/** Means of `out` windows that share the image, whatever its size: `[*, channels, h, w]` → `[*, channels, out, out]`. */
export const adaptiveAvgPool2d = (out: Pair): Layer => layer('adaptiveAvgPool2d', { out });
/** The mean of each channel: `[*, channels, h, w]` → `[*, channels]`. */
export const globalAvgPool2d = (): Layer => layer('globalAvgPool2d');
/** The largest of each channel: `[*, channels, h, w]` → `[*, channels]`. */
export const globalMaxPool2d = (): Layer => layer('globalMaxPool2d');

/** All axes but the examples in one, channels first. */
export const flatten = (): Layer => layer('flatten');
/** max(0, x). */
export const relu = (): Layer => layer('relu');
/** x, or `slope` × x below zero; default slope 0.01. */
export const leakyRelu = (slope?: number): Layer => layer('leakyRelu', slope === undefined ? {} : { slope });
/** x Φ(x); `approximate: 'tanh'` for the faster form. */
export const gelu = (options: { approximate?: 'none' | 'tanh' } = {}): Layer => layer('gelu', options);
/** x σ(x). */
export const silu = (): Layer => layer('silu');
export const tanh = (): Layer => layer('tanh');
/** 1 / (1 + e⁻ˣ). */
export const sigmoid = (): Layer => layer('sigmoid');
/** Along the last axis. Not before `crossEntropy`, which has its own. */
export const softmax = (): Layer => layer('softmax');
/** Zeroes a share `p` of the values while training and scales the others by 1 / (1 − p); default 0.5. */
export const dropout = (p?: number): Layer => layer('dropout', p === undefined ? {} : { p });

export interface BatchNormOptions {
  /** Default 1e-5. */
  eps?: number;
  /** Share of the new in the running statistics; default 0.1. */
  momentum?: number;
  /** A trained scale and shift; default true. */
  affine?: boolean;
}
/** Batch norm of `[*, features]`. */
export const batchNorm1d = (options: BatchNormOptions = {}): Layer => layer('batchNorm1d', options);
/** Batch norm of each channel of `[*, channels, h, w]`. */
export const batchNorm2d = (options: BatchNormOptions = {}): Layer => layer('batchNorm2d', options);
export interface LayerNormOptions {
  /** Default 1e-5. */
  eps?: number;
  /** A trained scale and shift; default true. */
  affine?: boolean;
  /** A trained shift too; default true. */
  bias?: boolean;
  /** How many of the last axes it goes over; default 1. */
  axes?: number;
}
/** Layer norm over the last axes. */
export const layerNorm = (options: LayerNormOptions = {}): Layer => layer('layerNorm', options);

/** Norm by the root mean square over the last axis, as Llama's. */
export const rmsNorm = (options: { eps?: number } = {}): Layer => layer('rmsNorm', options);

/** A vector of `dim` numbers for each of `vocab` ids: ids `[*, …]` → `[*, …, dim]`. */
export const embedding = (vocab: number, dim: number, options: Pick<InitialOptions, 'weightInit'> = {}): Layer =>
  layer('embedding', { vocab, dim, ...options });
export interface PositionalEmbeddingOptions extends Pick<InitialOptions, 'weightInit'> {
  /** Default `learned`. */
  kind?: 'learned' | 'sinusoidal';
}
/** Adds to `[*, T, C]` a vector for each place, T at most `context`. */
export const positionalEmbedding = (context: number, options: PositionalEmbeddingOptions = {}): Layer =>
  layer('positionalEmbedding', { context, ...options });

export interface MultiHeadAttentionOptions extends Pick<InitialOptions, 'weightInit'> {
  /** Heads of keys and values, each shared by several of queries; default `heads`. */
  kvHeads?: number;
  /** Each place sees only itself and those before it; default false. */
  causal?: boolean;
  /** Default true. */
  bias?: boolean;
  /** Of the weights; default 0. */
  dropout?: number;
  /** Rotary positions; default false. */
  rope?: boolean;
  /** Default 10000. */
  ropeBase?: number;
  /** Whose names the parameters have; default `torch`, or `llama` with `kvHeads` or `rope`. */
  names?: 'auto' | 'torch' | 'gpt2' | 'llama';
  /** How the last product's weight begins. */
  outInit?: Initializer;
}
/**
 * Attention over `[*, T, C]`. In a graph its inputs are x, optionally a memory, optionally the lengths of the keys: what
 * lies behind those is seen by nobody. Places behind a row's own length still get numbers: leave them out of the loss.
 */
export const multiHeadAttention = (heads: number, options: MultiHeadAttentionOptions = {}): Layer =>
  layer('multiHeadAttention', { heads, ...options });

export interface TransformerLayerOptions {
  /** Width between the two products; default 2048. */
  ff?: number;
  /** Default 0.1. */
  dropout?: number;
  /** Default `relu`. */
  activation?: 'relu' | 'gelu';
  /** Norms before what is added rather than after the sum; default false. */
  normFirst?: boolean;
  /** Default false; true in a decoder. */
  causal?: boolean;
}
/** A Transformer's block over `[*, T, C]`; in a graph optionally with the lengths. */
export const transformerEncoderLayer = (heads: number, options: TransformerLayerOptions = {}): Layer =>
  layer('transformerEncoderLayer', { heads, ...options });
/** The same that also looks at a memory: in a graph, of x, the memory and optionally its lengths. */
export const transformerDecoderLayer = (heads: number, options: TransformerLayerOptions = {}): Layer =>
  layer('transformerDecoderLayer', { heads, ...options });

export interface GptOptions {
  vocab: number;
  /** Positions at most. */
  context: number;
  layers: number;
  heads: number;
  dim: number;
  /** Default `heads`. */
  kvHeads?: number;
  /** Width between a block's products; default 4 `dim`. */
  ff?: number;
  /** Default 0. */
  dropout?: number;
  /** The last product's weight is the embedding; default true. */
  tied?: boolean;
  /** Default `layerNorm`. */
  norm?: 'layerNorm' | 'rmsNorm';
  /** Default `gelu`. */
  mlp?: 'gelu' | 'swiglu';
  /** Default `learned`. */
  position?: 'learned' | 'sinusoidal' | 'rope';
  /** Of the products; default true with `layerNorm`. */
  bias?: boolean;
  /** Of the norms; default 1e-5, or 1e-6 with `rmsNorm`. */
  eps?: number;
  /** Default 10000. */
  ropeBase?: number;
}
/**
 * GPT-2, or with other norms, products and positions Llama: ids `[*, T]` → scores of the next token `[*, T, vocab]`.
 *
 * Parameters are named and laid out as nanoGPT's (`h.0.attn.c_attn.weight` `[3 dim, dim]`; Hugging Face's GPT-2 has
 * these transposed) behind the place of the layer (`0.h.0…` where it is the whole network, as in PyTorch's
 * `nn.Sequential(GPT(…))`), with `rmsNorm` as Llama's. With `kvHeads` or `rope` attention has Llama's names in both.
 * Products begin with the size of what they read kept (LeCun), those that lead back into the sum with zero.
 */
export const gpt = (options: GptOptions): SequentialDescription => sequential(layer('gpt', options));

/** Sum of its inputs (in a graph). */
export const add = (): Layer => layer('add');
/** Product of its inputs (in a graph). */
export const mul = (): Layer => layer('mul');
/** Its inputs side by side along an axis (in a graph); the axis of examples is not counted, default 0: channels. */
export const concat = (options: { axis?: number } = {}): Layer => layer('concat', options);
/** Product of two matrices (in a graph), either of them transposed. */
export const matmul = (options: { transposeA?: boolean; transposeB?: boolean } = {}): Layer => layer('matmul', options);
/** Another shape for the same numbers, without the axis of examples. */
export const reshape = (...shape: number[]): Layer => layer('reshape', { shape });
/**
 * The last two axes change places: `[*, T, features]` becomes what `conv1d` and its pools read, `[*, features, T]`, and
 * back. PyTorch: `x.transpose(-2, -1)`, Keras: `Permute((2, 1))`.
 */
export const transpose = (): Layer => layer('transpose');
/** Part of an axis, from `start` to before `end`. */
export const slice = (options: { axis?: number; start?: number; end?: number }): Layer => layer('slice', options);
/** Mean along an axis. */
export const mean = (options: { axis?: number; keepDim?: boolean } = {}): Layer => layer('mean', options);
/** Sum along an axis. */
export const sum = (options: { axis?: number; keepDim?: boolean } = {}): Layer => layer('sum', options);

export * from './recurrent.js';
export { Module, trace, Value, type Block, type Outputs } from './module.js';

/** A layer, or a sequence as one. */
export type Part = Layer | SequentialDescription;

function asLayer(part: Part): Layer {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) {
    throw failure('TYPE_MISMATCH', 'nn', { expected: 'nn.linear(…), nn.sequential(…)', got: kindOf(part) });
  }
  if (!('trainyard' in part)) return part;
  if ('layers' in part) return layer('sequential', { layers: part.layers });
  throw failure('TYPE_MISMATCH', 'nn', { expected: 'nn.sequential(…)', got: 'nn.graph(…)' });
}

/**
 * What goes in, added to what its layers make of it. Where the sizes differ, other layers bring the input to the
 * size of the result: `residual([conv, norm], { shortcut: [conv1x1] })`.
 */
export function residual(...layers: Part[]): Layer;
export function residual(layers: Part[], options?: { shortcut?: Part[] }): Layer;
export function residual(...given: unknown[]): Layer {
  const [first, options] = given as [Part[], { shortcut?: Part[] } | undefined];
  if (!Array.isArray(first)) return layer('residual', { layers: (given as Part[]).map(asLayer) });
  const { shortcut, ...others } = optionsOf(options, 'nn.residual');
  const both = shortcut ? { shortcut: shortcut.map(asLayer), ...others } : others;
  return layer('residual', { layers: first.map(asLayer), ...both });
}

/** Layers one after another. */
export const sequential = (...layers: Part[]): SequentialDescription => ({ trainyard: 1, layers: layers.map(asLayer) });

/** A node to be: a layer with a name and what goes in (names of inputs or of other nodes). */
export interface NodeOptions {
  name: string;
  layer: Part;
  inputs: string[];
  /** Name of a node whose parameters this one has too. */
  shares?: string;
}

/** A network of named nodes: branches, several inputs, several outputs. */
export function graph(options: { nodes: NodeOptions[]; outputs: string[] }): GraphDescription {
  const { nodes, outputs } = optionsOf(options, 'nn.graph');
  if (!Array.isArray(nodes)) throw failure('TYPE_MISMATCH', 'nodes', { expected: '[…]', got: kindOf(nodes) });
  return {
    trainyard: 1,
    nodes: nodes.map((given, i) => {
      const { layer: part, ...node } = optionsOf(given, `nodes[${i}]`);
      return { ...asLayer(part), ...node };
    }),
    outputs,
  };
}
