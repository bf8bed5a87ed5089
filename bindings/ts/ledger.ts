// Parameter arithmetic: what engine.ledger takes and gives, and models that everybody speaks of.
import type { SequentialDescription } from './description.js';
import type { ModelOptions } from './model.js';
import type { Loss, Optimizer } from './choices.js';

export interface LedgerOptions extends Omit<ModelOptions, 'seed'> {
  /** Default `adam`. */
  optimizer?: Optimizer;
  /** Default `crossEntropy`. */
  loss?: Loss;
  /** For the bytes of activations; default 1. */
  batchSize?: number;
  /** As of `fit`. */
  microBatchSize?: number;
  recompute?: boolean;
}

/** A layer's part. A layer of layers comes before its parts and counts only what is its own. */
export interface LedgerLayer {
  path: string;
  name: string;
  type: string;
  /** What layers share belongs to the first of them. */
  parameters: number;
  /** How they are counted: `(2 + 1) × 8`; empty if there are none. */
  formula: string;
  multiplyAdds: number;
  /** Of all parameters. */
  share: number;
}

/** What a network has and takes. Numbers are exact up to 2^53. */
export interface Ledger {
  /** What layers share counts once; running statistics do not count. */
  parameters: number;
  trainable: number;
  /**
   * Forward, for one sample: of products of matrices, convolutions, recurrences and attention (causal: of the
   * T (T + 1) / 2 pairs that see each other). Norms, activations and look-ups do not count.
   */
  multiplyAdds: number;
  /** The same for each position, where the first input is a sequence: ids `[T]`, or `[T, features]`. */
  multiplyAddsPerToken?: number;
  /**
   * What a training takes. 4 for each number; weights with running statistics; gradients twice where a batch is run in
   * pieces; activations of what is run at once, places used again.
   */
  bytes: { weights: number; gradients: number; optimizer: number; activations: number };
  layers: LedgerLayer[];
}

const gpt = (options: object): SequentialDescription => ({ trainyard: 1, layers: [{ type: 'gpt', ...options }] });

/** Descriptions of well-known language models, for `engine.ledger` with `input: [context]`. */
export const knownModels = {
  /** Radford et al. 2019; context 1,024. */
  gpt2Small: gpt({ vocab: 50257, context: 1024, layers: 12, heads: 12, dim: 768 }),
  /** Touvron et al. 2023; context 2,048. */
  llama7B: gpt({
    vocab: 32000,
    context: 2048,
    layers: 32,
    heads: 32,
    dim: 4096,
    ff: 11008,
    norm: 'rmsNorm',
    mlp: 'swiglu',
    position: 'rope',
    bias: false,
    tied: false,
  }),
  /** Brown et al. 2020; context 2,048. */
  gpt3: gpt({ vocab: 50257, context: 2048, layers: 96, heads: 96, dim: 12288 }),
};
