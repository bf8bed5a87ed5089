// Sequences as data: time series cut into windows, and labelled sequences of different lengths.
import { failure } from '../errors.js';
import type { HintKey } from '../text/keys.js';
import { flag, kindOf, optionsOf, refuseUnknown, whole } from '../plain.js';
import { arrays, Dataset } from './dataset.js';
import { shaped, type NumberArray, type Values } from './values.js';

export interface SeriesOptions {
  /** Steps that the model sees. */
  length: number;
  /** Steps behind them that it foretells; default 1. */
  horizon?: number;
  /** Share of the steps (below 1) or number of steps at the end that is held out; default 0.1, 0 for none. */
  val?: number;
  /** Shift each feature by its mean and divide it by its standard deviation, both of the training part; default true. */
  normalize?: boolean;
  /** From one window to the next; default 1. */
  stride?: number;
}

export interface SeriesWindows {
  train: Dataset;
  val: Dataset;
  /** By feature: a number of the data is `mean + std × what the model says`. */
  mean: number[];
  std: number[];
}

/**
 * A time series, `[steps]` or `[steps, features]`, as windows: `x` is `[length, features]`, `y` the `horizon` steps
 * behind it, `[horizon × features]`. Windows are views of one copy of the series; none reaches across the border.
 *
 * @throws {TrainyardError} INVALID_DATA for NaN and infinities; EMPTY_DATA for a part (`values`, `series.val`) that is
 * shorter than a window and its horizon.
 */
export function seriesWindows(values: Values, options: SeriesOptions & { val: 0 }): Omit<SeriesWindows, 'val'>;
export function seriesWindows(values: Values, options: SeriesOptions): SeriesWindows;
export function seriesWindows(values: Values, options: SeriesOptions): Omit<SeriesWindows, 'val'> & { val?: Dataset } {
  const given = optionsOf(options, 'series');
  refuseUnknown(given, ['length', 'horizon', 'val', 'normalize', 'stride'], 'series');
  const { length, horizon = 1, val = 0.1, normalize = true, stride = 1 } = given as Partial<SeriesOptions>;
  if (length === undefined) throw failure('MISSING_OPTION', 'series.length', { expected: '>= 1' });
  const needed = whole(length, 1, 'series.length') + whole(horizon, 1, 'series.horizon');
  const { data, shape, ...more } = shaped(values, 'values');
  refuseUnknown(more, ['data', 'shape'], 'values');
  // In doubles until a large mean is off.
  const numbers = Float64Array.from(data);
  const [steps = 0, ...rest] = shape;
  const features = rest.reduce((a, b) => a * b, 1);
  const refuseInfinite = (list: NumberArray) => {
    const bad = list.findIndex((x) => !Number.isFinite(x));
    if (bad < 0) return;
    throw failure('INVALID_DATA', `values[${Math.floor(bad / features)}, ${bad % features}]`, {
      got: String(data[bad]),
    });
  };
  refuseInfinite(numbers);
  const enough = (there: number, path: string, hint: HintKey) => {
    if (there < needed) throw failure('EMPTY_DATA', path, { expected: `>= ${needed}`, got: String(there), hint });
  };
  enough(steps, 'values', 'shorter_window');
  const held = val > 0 && val < 1 ? Math.round(steps * val) : val;
  if (!(held >= 0 && held < steps) || !Number.isInteger(held)) {
    throw failure('INVALID_VALUE', 'series.val', { expected: `[0, ${steps})`, got: String(held) });
  }
  enough(steps - held, 'values', 'shorter_window');
  if (val !== 0) enough(held, 'series.val', 'hold_out_more');
  const border = (steps - held) * features;
  const mean = new Array<number>(features).fill(0);
  const std = new Array<number>(features).fill(1);
  if (flag(normalize, 'series.normalize')) {
    const average = (f: number, of: (x: number) => number): number => {
      let sum = 0;
      for (let i = f; i < border; i += features) sum += of(numbers[i]!);
      return sum / (steps - held);
    };
    for (let f = 0; f < features; f++) {
      // From the first number on: the differences of what never changes are exactly zero.
      const origin = numbers[f]!;
      const middle = (mean[f] = origin + average(f, (x) => x - origin));
      std[f] = Math.sqrt(average(f, (x) => (x - middle) ** 2)) || 1; // what never changes stays as it is
      for (let i = f; i < numbers.length; i += features) numbers[i] = (numbers[i]! - middle) / std[f]!;
    }
  }
  const stored = Float32Array.from(numbers);
  refuseInfinite(stored);
  const spec = {
    kind: 'series',
    values: { buffer: 0 },
    length,
    horizon,
    stride: whole(stride, 1, 'series.stride'),
    features,
  };
  const part = (from: number, to: number) =>
    new Dataset({ kind: 'source', described: { spec, buffers: [stored.slice(from, to)] } });
  return { train: part(0, border), ...(val !== 0 && { val: part(border, numbers.length) }), mean, std };
}

type Sequence = readonly number[] | NumberArray;

export interface Sequences {
  /** Each a list of token ids, or of steps with the same features each: `[[0.1, 0.2], [0.3, 0.4]]`. */
  inputs: readonly (Sequence | readonly Sequence[])[];
  /** For each sequence a class id or a list of numbers, all as long; or a list of class ids, one for each step. */
  targets: readonly (number | Sequence)[];
  /** What shorter sequences of inputs are filled up with; default 0. */
  pad?: number;
  /** Steps of the padded sequences; default: those of the longest. */
  length?: number;
}

/**
 * Labelled sequences of different lengths: the inputs `x`, `[n, length]` ids or `[n, length, features]`, filled up at
 * the end, and `lengths`, how long each is. Class ids for each step are filled up with −100, which `crossEntropy`
 * ignores. Targets that are as many as the steps of each sequence and whole count as class ids for each step; where all
 * lists are equally long and the sequences are not, as numbers to foretell.
 *
 * A model sees where a sequence ends if it takes `lengths` too; one that takes `x` alone reads the filling as well:
 *
 * ```js
 * class Net extends nn.Module {
 *   words = nn.embedding(vocab, 16);
 *   reader = nn.gru(32, { output: 'last' });
 *   head = nn.linear(classes);
 *   forward(x, lengths) {
 *     return x.through(this.words).into(this.reader, lengths).through(this.head);
 *   }
 * }
 * await engine.model(new Net(), { inputs: { x: { shape: [length], dtype: 'i32' }, lengths: { shape: [], dtype: 'i32' } } });
 * ```
 *
 * @throws {TrainyardError} EMPTY_DATA for none or an empty one, SHAPE_MISMATCH for one that is too long or does not fit
 * its targets, TYPE_MISMATCH for ids that are no whole numbers, INVALID_VALUE for those of more than 32 bits.
 */
export function sequences(fields: Sequences): Dataset {
  const given = optionsOf(fields, 'sequences');
  refuseUnknown(given, ['inputs', 'targets', 'pad', 'length'], 'sequences');
  const { inputs, targets, pad = 0 } = given;
  for (const [name, list] of Object.entries({ inputs, targets })) {
    if (!Array.isArray(list)) throw failure('TYPE_MISMATCH', name, { expected: 'list', got: kindOf(list) });
  }
  if (inputs.length === 0) throw failure('EMPTY_DATA', 'inputs', { expected: '>= 1', got: '0' });
  if (targets.length !== inputs.length) {
    throw failure('SHAPE_MISMATCH', 'targets', { expected: `[${inputs.length}]`, got: `[${targets.length}]` });
  }
  const lengths = Int32Array.from(inputs, (sequence, i) => {
    const steps = lengthOf(sequence);
    if (steps > 0) return steps;
    const code = steps === 0 ? 'EMPTY_DATA' : 'TYPE_MISMATCH';
    throw failure(code, `inputs[${i}]`, { expected: '[step, …]', got: kindOf(sequence) });
  });
  const length = whole(given.length ?? lengths.reduce((a, b) => Math.max(a, b)), 1, 'sequences.length');
  const first: unknown = inputs[0]![0];
  const features = typeof first === 'object' ? lengthOf(first) : 0;
  if (typeof first !== 'number' && !(features > 0)) {
    throw failure('TYPE_MISMATCH', 'inputs[0][0]', { expected: 'number, [number, …]', got: kindOf(first) });
  }
  const x = fill(inputs, 'inputs', length, features, numberIn(pad, 'sequences.pad', features === 0));
  // Lists of one length may also be numbers to foretell: those have fractions, or are not as many as the steps.
  const listed = typeof targets[0] === 'object' && targets.every((t, i) => lengthOf(t) === lengths[i]);
  const ragged = lengths.some((n) => n !== lengths[0]);
  const whole32 = (list: unknown) => Array.from(list as ArrayLike<number>).every(isWhole32);
  const y =
    listed && (ragged || targets.every(whole32))
      ? fill(targets as Sequence[], 'targets', length, 0, -100)
      : whole32(targets)
        ? Int32Array.from(targets as number[])
        : (targets as Values);
  return arrays({ inputs: { x, lengths }, targets: { y } });
}

/** NaN of what has none. */
const lengthOf = (list: unknown): number => Number((Object(list) as { length?: number }).length);

const isWhole32 = (x: unknown): boolean => typeof x === 'number' && x === (x | 0);

/** A number; an id that an Int32Array holds, where ids are wanted. Throws TYPE_MISMATCH, INVALID_VALUE. */
function numberIn(x: unknown, path: string, id: boolean): number {
  if (typeof x !== 'number' || (id && !Number.isInteger(x))) {
    throw failure('TYPE_MISMATCH', path, { expected: id ? 'integer' : 'number', got: String(x) });
  }
  // It would wrap around without a word.
  if (id && !isWhole32(x))
    throw failure('INVALID_VALUE', path, { expected: '[-2147483648, 2147483647]', got: String(x) });
  return x;
}

/** Sequences of the same length: ids, or steps of so many features. */
function fill(list: Sequences['inputs'], name: string, length: number, features: number, pad: number) {
  const width = features || 1;
  const size = list.length * length * width;
  if (size > 2 ** 30) {
    throw failure('OUT_OF_MEMORY', name, { got: `${4 * size} B`, hint: 'smaller' });
  }
  const data = features ? new Float32Array(size) : new Int32Array(size);
  data.fill(pad);
  list.forEach((sequence, row) => {
    if (sequence.length > length) {
      throw failure('SHAPE_MISMATCH', `${name}[${row}]`, { expected: `<= ${length}`, got: String(sequence.length) });
    }
    Array.from(sequence as ArrayLike<number | Sequence>).forEach((step, i) => {
      const path = `${name}[${row}][${i}]`;
      const several = typeof step === 'object' && step !== null;
      const numbers = several ? Array.from(step) : [step];
      if (several ? features === 0 || numbers.length !== features : features > 0) {
        throw failure('SHAPE_MISMATCH', path, { expected: features ? `[${features}]` : 'integer', got: kindOf(step) });
      }
      numbers.forEach((x, f) => {
        data[(row * length + i) * width + f] = numberIn(x, path, !features);
      });
    });
  });
  return { data, shape: features ? [list.length, length, features] : [list.length, length] };
}
