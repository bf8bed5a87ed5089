// Arrays of numbers as users have them, made ready for the engine: a typed array, its type and its shape.
import { failure } from '../errors.js';
import { kindOf, plain } from '../plain.js';
import type { Bytes } from '../protocol.js';

/** Numbers, nested as deep as they have axes: `[[0, 0], [0, 1]]`. */
export type NestedNumbers = readonly number[] | readonly NestedNumbers[] | readonly NumberArray[];

export type NumberArray = Float32Array | Float64Array | Int32Array | Uint8Array | Uint8ClampedArray;

/** An array with its shape; axis 0 counts examples, images are channels first. The array is copied, never changed. */
export interface ShapedArray {
  data: NumberArray;
  shape: readonly number[];
  /** Each number is multiplied by this when a batch is made: `1 / 255` for pixels. */
  scale?: number;
  /** Added after scaling. */
  offset?: number;
  /** Mean of each channel, taken off after scaling. */
  mean?: readonly number[];
  /** Standard deviation of each channel, divided by. */
  std?: readonly number[];
}

/** What the package takes for numbers: with a shape, a plain typed array (one number for each example), or nested. */
export type Values = ShapedArray | NumberArray | NestedNumbers;

/** One array as the engine's data sets describe it. */
export interface DescribedArray {
  shape: readonly number[];
  dtype: 'f32' | 'i32' | 'u8';
  buffer: number;
  [option: string]: unknown;
}

/** Lists of numbers and of lists: Array.isArray alone gives `any`. */
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value) || isArray(value);
const isArray = (value: unknown): value is NumberArray => ArrayBuffer.isView(value) && !(value instanceof DataView);

const types = [Float32Array, Float64Array, Int32Array, Uint8Array, Uint8ClampedArray];

/** The numbers in a type that the engine has. */
function stored(data: NumberArray): { bytes: Bytes; dtype: DescribedArray['dtype'] } {
  if (data instanceof Float32Array) return { bytes: data, dtype: 'f32' };
  if (data instanceof Float64Array) return { bytes: new Float32Array(data), dtype: 'f32' };
  if (data instanceof Int32Array) return { bytes: data, dtype: 'i32' };
  return { bytes: new Uint8Array(data.buffer, data.byteOffset, data.length), dtype: 'u8' };
}

/** Nested numbers, flat, with the shape of the nesting. */
function flatten(nested: NestedNumbers, path: string): ShapedArray {
  const shape: number[] = [];
  for (let level: unknown = nested; isList(level); level = level[0]) shape.push(level.length);
  const size = shape.reduce((a, b) => a * b, 1);
  const data = new Float64Array(size);
  let filled = 0;
  const fill = (level: unknown, axis: number, at: string): void => {
    if (axis === shape.length) {
      if (typeof level !== 'number') {
        throw failure('TYPE_MISMATCH', at, { expected: 'number', got: kindOf(level) });
      }
      data[filled++] = level;
      return;
    }
    if (!isList(level) || level.length !== shape[axis]) {
      const got = isList(level) ? `[${level.length}]` : kindOf(level);
      throw failure('SHAPE_MISMATCH', at, { expected: `[${shape[axis]}]`, got });
    }
    // Not forEach: that passes over holes.
    for (let i = 0; i < level.length; i++) fill(level[i], axis + 1, `${at}[${i}]`);
  };
  fill(nested, 0, path);
  return { data, shape };
}

/** Any values as an array with its shape. Throws TYPE_MISMATCH or SHAPE_MISMATCH with the path. */
export function shaped(values: Values, path: string): ShapedArray {
  if (Array.isArray(values)) return flatten(values as NestedNumbers, path);
  const given = isArray(values) ? { data: values, shape: [values.length] } : (Object(values) as ShapedArray);
  const { data } = given;
  const shape: unknown = given.shape;
  if (!isArray(data) || !isList(shape)) {
    throw failure('TYPE_MISMATCH', path, { expected: '{ data, shape }', got: kindOf(values), hint: 'typed_array' });
  }
  if (!types.some((type) => data instanceof type)) {
    throw failure('TYPE_MISMATCH', path, {
      expected: 'Float32Array, Int32Array, Uint8Array',
      got: Object.prototype.toString.call(data).slice(8, -1),
      hint: 'typed_array',
    });
  }
  const size = (shape as readonly number[]).reduce((a, b) => a * b, 1);
  if (size !== data.length) {
    const expected = `[${shape.join(', ')}] = ${size}`;
    throw failure('SHAPE_MISMATCH', path, { expected, got: String(data.length), hint: 'shape_of_data' });
  }
  return given;
}

/** Collects arrays; their descriptions name them by number. */
export class Buffers {
  readonly list: Bytes[] = [];

  /** Describes an array for the engine. Throws TYPE_MISMATCH or SHAPE_MISMATCH with the path. */
  add(values: Values, path: string): DescribedArray {
    const { data, shape, ...options } = shaped(values, path);
    const { bytes, dtype } = stored(data);
    this.list.push(bytes);
    return { ...plain({ ...options, shape: [...shape] }, path), dtype, buffer: this.list.length - 1 };
  }

  /** Adds one number for each example, as f32; returns the buffer's number. Throws as `add`. */
  addWeights(weights: Values): number {
    const { shape, buffer } = this.add(weights, 'weights');
    if (shape.length !== 1) {
      throw failure('SHAPE_MISMATCH', 'weights', { expected: '[n]', got: `[${shape.join(', ')}]` });
    }
    const bytes = this.list[buffer]!;
    this.list[buffer] = bytes instanceof Float32Array ? bytes : Float32Array.from(bytes);
    return buffer;
  }

  /** Describes a number of named arrays. */
  addAll(named: Record<string, Values>, path = ''): Record<string, DescribedArray> {
    const entries = Object.entries(named).map(([name, values]) => [name, this.add(values, path + name)] as const);
    return Object.fromEntries(entries);
  }
}
