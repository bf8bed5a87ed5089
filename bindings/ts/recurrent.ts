// Descriptions of layers over time: recurrent networks, a text model of them, 1-D convolution and pools. Part of `nn`.
import type { Layer } from './description.js';
import type { InitialOptions } from './nn.js';

export interface RecurrentOptions {
  /** Layers one on another; default 1. */
  layers?: number;
  /** A second network from the last step to the first; both outputs lie side by side. Default false. */
  bidirectional?: boolean;
  /** The states of all steps, `[*, T, hidden]`, or the last valid one, `[*, hidden]`; default `sequence`. */
  output?: 'sequence' | 'last';
  /** Default true. */
  bias?: boolean;
  /** Share of the numbers that are dropped between layers in training; default 0. */
  dropout?: number;
}
/**
 * Elman network over `[*, T, features]`. In a graph a second input may give the rows' lengths, 1 … T: behind them the
 * output is 0. The same holds for `lstm` and `gru`.
 */
export const rnn = (hidden: number, options: RecurrentOptions & { nonlinearity?: 'tanh' | 'relu' } = {}): Layer => ({
  type: 'rnn',
  hidden,
  ...options,
});
/** Long short-term memory over `[*, T, features]`. */
export const lstm = (hidden: number, options: RecurrentOptions = {}): Layer => ({ type: 'lstm', hidden, ...options });
/** Gated recurrent units over `[*, T, features]`. */
export const gru = (hidden: number, options: RecurrentOptions = {}): Layer => ({ type: 'gru', hidden, ...options });

export interface LstmTextOptions {
  /** How many different tokens there are. */
  vocab: number;
  /** Width of the embedding. */
  dim: number;
  /** Width of the LSTM. */
  hidden: number;
  /** Layers of the LSTM; default 1. */
  layers?: number;
  /** Share of the numbers that are dropped between those layers in training; default 0. */
  dropout?: number;
}
/** A language model: token ids `[*, T]` → embedding → LSTM → logits of the next token, `[*, T, vocab]`. */
export const lstmText = (options: LstmTextOptions): Layer => ({ type: 'lstmText', ...options });

export interface Conv1dOptions extends InitialOptions {
  /** Default 1. */
  stride?: number;
  /** Zeros at both ends; default 0. */
  padding?: number;
  /** Default 1. */
  dilation?: number;
  /** Both channels of the input and `out` must be multiples of it; default 1. */
  groups?: number;
  /** Default true. */
  bias?: boolean;
}
/** 1-D convolution of `[*, channels, T]` into `[*, out, T']`. */
export const conv1d = (out: number, kernel: number, options: Conv1dOptions = {}): Layer => ({
  type: 'conv1d',
  out,
  kernel,
  ...options,
});

export interface Pool1dOptions {
  /** Default: the kernel's size. */
  stride?: number;
  /** Default 0. */
  padding?: number;
}
/** The largest of each window of `[*, channels, T]`. */
export const maxPool1d = (kernel: number, options: Pool1dOptions = {}): Layer => ({
  type: 'maxPool1d',
  kernel,
  ...options,
});
/** The mean of each window of `[*, channels, T]`. */
export const avgPool1d = (kernel: number, options: Pool1dOptions = {}): Layer => ({
  type: 'avgPool1d',
  kernel,
  ...options,
});
