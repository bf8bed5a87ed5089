import type { syntheticNames } from '../generated/registry.js';
import type { Described } from '../protocol.js';
import { failure } from '../errors.js';
import { kindOf, optionsOf, plain, refuseUnknown } from '../plain.js';
import { Buffers, type Values } from './values.js';

export interface SplitOptions {
  /** Share of the rows (below 1) or number of rows that go into `val`; default 0.2. */
  val?: number;
  /** Default 0. */
  seed?: number;
  /** Pick at random; else the last rows are the validation part. Default true. */
  shuffle?: boolean;
  /** The same shares of every class in both parts; default false. */
  stratify?: boolean;
}

/** Where a data set comes from: arrays and files, a part of another one, or the one engine that made and has it. */
export type Origin =
  | { kind: 'source'; described: Described }
  | { kind: 'part'; split: Split; part: 'first' | 'second' }
  | { kind: 'held' };

/** A division of a data set in two; an engine makes it once. */
export class Split {
  constructor(
    readonly parent: Dataset,
    readonly options: SplitOptions,
  ) {}
}

/** Examples to learn from. An engine takes its own copy when it first needs one. */
export class Dataset {
  /** @internal */
  readonly origin: Origin;

  /** @internal */
  constructor(origin: Origin) {
    this.origin = origin;
  }

  /** Two data sets that share no row: to train on, and to look how well it does on what it never saw. */
  split(options?: SplitOptions): { train: Dataset; val: Dataset } {
    const split = new Split(this, plain(optionsOf(options, 'split'), 'split'));
    return {
      train: new Dataset({ kind: 'part', split, part: 'first' }),
      val: new Dataset({ kind: 'part', split, part: 'second' }),
    };
  }
}

/** Inputs and targets under names of their own. */
export interface NamedArrays {
  inputs: Record<string, Values>;
  targets?: Record<string, Values>;
  /** How much each example counts: one number for each, default 1. */
  weights?: Values;
}

/** The usual case: one input, one target. */
export interface SimpleArrays {
  /** Inputs: examples along axis 0; images as `[n, channels, height, width]`. */
  x: Values;
  /** Class ids (`Int32Array` or `Uint8Array`, one for each example) or dense targets (`Float32Array`). */
  y?: Values;
  weights?: Values;
}

/**
 * A data set from arrays in memory.
 *
 * @throws {TrainyardError} TYPE_MISMATCH or SHAPE_MISMATCH with the name of the array; what the numbers themselves
 * are (labels out of range, NaN) is checked when an engine takes them.
 */
export function arrays(fields: SimpleArrays | NamedArrays): Dataset {
  const given = optionsOf(fields, 'data');
  refuseUnknown(given, 'inputs' in given ? ['inputs', 'targets', 'weights'] : ['x', 'y', 'weights'], '');
  const named: NamedArrays =
    'inputs' in given ? given : { ...given, inputs: { x: given.x }, ...(given.y && { targets: { y: given.y } }) };
  const buffers = new Buffers();
  const spec = {
    kind: 'arrays',
    inputs: buffers.addAll(optionsOf(named.inputs, 'inputs')),
    targets: buffers.addAll(optionsOf(named.targets, 'targets')),
    ...(named.weights && { weights: { buffer: buffers.addWeights(named.weights) } }),
  };
  return new Dataset({ kind: 'source', described: { spec, buffers: buffers.list } });
}

export type SyntheticName = (typeof syntheticNames)[number];

export interface SyntheticOptions {
  /** Number of points; default 500. */
  n?: number;
  /** Spread of the points, 0 to 1; default 0. */
  noise?: number;
  /** Default 0. */
  seed?: number;
  /** `id` (default): class ids 0 and 1; `sign`: dense targets −1 and 1 of shape `[n, 1]`. */
  labels?: 'id' | 'sign';
  /** Of each arm of a spiral; default 1.75. */
  turns?: number;
}

/** Points in the plane, made by the engine: with a class each, or (`plane`) a measurement. */
export function synthetic(name: SyntheticName, options?: SyntheticOptions): Dataset {
  const spec = { kind: 'synthetic', name, ...plain(optionsOf(options, 'data'), 'data') };
  return new Dataset({ kind: 'source', described: { spec, buffers: [] } });
}

/** Inputs for a model, as the engine's calls take them: one unnamed array is the input `x`. */
export function describeInputs(inputs: Values | Record<string, Values>, buffers: Buffers): Record<string, unknown> {
  if (typeof inputs !== 'object' || inputs === null) {
    throw failure('TYPE_MISMATCH', 'x', { expected: '{ data, shape }', got: kindOf(inputs), hint: 'typed_array' });
  }
  return isNamed(inputs) ? buffers.addAll(inputs) : { x: buffers.add(inputs, 'x') };
}

function isNamed(inputs: Values | Record<string, Values>): inputs is Record<string, Values> {
  return !Array.isArray(inputs) && !ArrayBuffer.isView(inputs) && !('data' in inputs && 'shape' in inputs);
}
