/**
 * What the views show: plain data, read from the engine and replaced as a whole, never changed in place. A view takes
 * one of these and draws it; it computes nothing that the engine could.
 */
import type { ModelSummary, Parameter } from 'trainyard';
import { digits } from '../views/numbers.ts';

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

/** The engine's parameters as the views take them. */
export function tensorsOf(parameters: readonly Parameter[]): Tensor[] {
  const layers = [...new Set(parameters.map(({ layer }) => layer))];
  return parameters.map(({ name, shape, kind, layer, data }) => ({
    name,
    shape,
    kind,
    layer: layers.indexOf(layer),
    values: data,
  }));
}

/** The engine's summary as the views take it: each layer's sum in full figures. */
export function layerRows({ layers, parameters }: ModelSummary): Summary {
  return {
    parameters,
    layers: layers.map(({ name, type, output, formula, parameters: count }) => ({
      name,
      type,
      output,
      parameters: count,
      formula: formula === '' ? '' : `${formula.split(' = ')[0]} = ${digits(count)}`,
    })),
  };
}

/** Loss and accuracy so far: columns of the same length, in steps; NaN where there is no measurement. */
export interface Curve {
  steps: readonly number[];
  training: readonly number[];
  raw: readonly number[];
  heldOut: readonly number[];
  /** Shares of the examples that are answered right, 0 to 1: of those it learns from, of those it never saw. */
  trainingRight: readonly number[];
  heldOutRight: readonly number[];
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
  /** The same of the examples it learns from, while it learns. */
  trainingAccuracy: number;
  stepsPerSecond: number;
  examplesPerSecond: number;
  seconds: number;
}

/** A pinned parameter, looked at closely. */
export interface Probe {
  place: Place;
  value: number;
  atStart: number;
  /** On the next batch, and what the optimizer would add to it in the next step. */
  gradient: number;
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
  kind: 'loading' | 'diverged' | 'failed' | 'unsupported' | 'engine' | 'worker' | 'shape' | 'data' | 'part';
  missing?: { file: string; why: 'unreachable' | 'refused' | 'damaged'; status: number };
  step?: number;
  keptStep?: number;
  layer?: string;
  message?: string;
  rate?: number;
}

export const emptyCurve: Curve = {
  steps: [],
  training: [],
  raw: [],
  heldOut: [],
  trainingRight: [],
  heldOutRight: [],
  marks: [],
};

export const noFigures: Figures = {
  step: 0,
  epoch: 0,
  loss: NaN,
  heldOutLoss: NaN,
  accuracy: NaN,
  trainingAccuracy: NaN,
  stepsPerSecond: 0,
  examplesPerSecond: 0,
  seconds: 0,
};
