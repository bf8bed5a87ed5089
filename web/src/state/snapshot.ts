/**
 * What the views show: plain data, read from the engine and replaced as a whole, never changed in place. A view takes
 * one of these and draws it; it computes nothing that the engine could.
 */

/** One parameter tensor, in PyTorch's layout. */
export interface Tensor {
  name: string;
  shape: readonly number[];
  /** Which of the model's layers it belongs to, counted over those that have parameters, from 0. */
  layer: number;
  kind: 'weight' | 'bias' | 'norm' | 'state';
  values: Float32Array;
}

/** A parameter: a place in a tensor. */
export interface Place {
  tensor: string;
  index: number;
}

/** A layer as the engine describes it. */
export interface LayerRow {
  name: string;
  type: string;
  output: readonly number[];
  parameters: number;
  /** "(2 + 1) × 8 = 24"; empty where a layer has no parameters. */
  formula: string;
}

export interface Summary {
  layers: readonly LayerRow[];
  parameters: number;
}

/** The loss so far: four columns of the same length, in steps; NaN where there is no measurement. */
export interface Curve {
  steps: readonly number[];
  training: readonly number[];
  raw: readonly number[];
  heldOut: readonly number[];
  marks: readonly Mark[];
}

/** Something that happened at a step, written over the curve. */
export interface Mark {
  step: number;
  kind: 'rate' | 'batch' | 'optimizer' | 'shape' | 'nudge' | 'diverged';
  /** What it was and what it became, in words of the page; empty where there is nothing to say. */
  from: string;
  to: string;
}

export interface Figures {
  step: number;
  epoch: number;
  loss: number;
  heldOutLoss: number;
  /** Share of the held-out examples that are answered right, 0 to 1; NaN before the first measurement. */
  accuracy: number;
  stepsPerSecond: number;
  examplesPerSecond: number;
  seconds: number;
}

/** A pinned parameter, looked at closely. */
export interface Probe {
  place: Place;
  value: number;
  atStart: number;
  gradient: number;
  /** What the last step added to it. */
  push: number;
  frozen: boolean;
  history: readonly number[];
}

/** A few rows' values all through the network, by the name of the layer that made them. */
export interface Activations {
  name: string;
  type: string;
  shape: readonly number[];
  values: Float32Array;
}

export type Phase = 'loading' | 'running' | 'paused' | 'finished' | 'diverged' | 'failed';

/** A sentence about what happened, what is safe, and a way on; the words are in the dictionaries. */
export interface Notice {
  kind: 'loading' | 'diverged' | 'failed' | 'unsupported' | 'worker' | 'shape' | 'data';
  step?: number;
  keptStep?: number;
  layer?: string;
  message?: string;
  rate?: number;
}

export const emptyCurve: Curve = { steps: [], training: [], raw: [], heldOut: [], marks: [] };

export const noFigures: Figures = {
  step: 0,
  epoch: 0,
  loss: NaN,
  heldOutLoss: NaN,
  accuracy: NaN,
  stepsPerSecond: 0,
  examplesPerSecond: 0,
  seconds: 0,
};
