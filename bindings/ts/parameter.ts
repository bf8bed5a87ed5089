import type { Client } from './client.js';
import { failure } from './errors.js';
import { flag, kindOf, whole } from './plain.js';
import type { Handle, ModelSummary, ParameterField, ParameterKind, ParameterValues } from './protocol.js';

/** Numbers on their way into a parameter. Throws TYPE_MISMATCH with its name. */
export function numbersOf(values: Float32Array | Float64Array | readonly number[], name: string): Float32Array {
  if (values instanceof Float32Array) return values;
  const list: readonly unknown[] | undefined =
    Array.isArray(values) || values instanceof Float64Array ? Array.from(values as readonly unknown[]) : undefined;
  if (!list?.every((value) => typeof value === 'number')) {
    throw failure('TYPE_MISMATCH', name, {
      expected: 'Float32Array, number[]',
      got: kindOf(values),
      hint: 'typed_array',
    });
  }
  return Float32Array.from(list as number[]);
}

/** The model of a parameter. */
export interface Owner {
  /** Its handle. Throws DISPOSED. */
  use(): Handle;
  /** What it consists of now. */
  changed(summary: ModelSummary): void;
}

/** A parameter as it was when it was asked for, and the way to change it. */
export class Parameter {
  /** The name in PyTorch's state dict: `0.weight`, `1.running_mean`. */
  readonly name: string;
  /** PyTorch's shape: `[out, in]`, `[out, in, kh, kw]`. */
  readonly shape: number[];
  readonly size: number;
  readonly kind: ParameterKind;
  /** Path of its layer. */
  readonly layer: string;
  /** Whether training changes it: neither frozen nor a running statistic. */
  readonly trainable: boolean;
  /** A copy of its values, row-major in PyTorch's layout. */
  readonly data: Float32Array;
  /** Copies of what else was asked for: gradient, update. */
  readonly values: Partial<Record<ParameterField, Float32Array>>;
  readonly #client: Client;
  readonly #model: Owner;

  /** @internal */
  constructor(client: Client, model: Owner, { values, ...info }: ParameterValues) {
    this.#client = client;
    this.#model = model;
    this.name = info.name;
    this.shape = info.shape;
    this.size = info.size;
    this.kind = info.kind;
    this.layer = info.layer;
    this.trainable = info.trainable;
    this.values = values;
    this.data = values.value!;
  }

  /** Sets all its values; the next step trains with them. Throws PARAMETER_MISMATCH if the number is another. */
  async set(values: Float32Array | Float64Array | readonly number[]): Promise<void> {
    const numbers = numbersOf(values, this.name);
    if (numbers.length !== this.size) {
      const expected = `[${this.shape.join(', ')}] = ${this.size}`;
      throw failure('PARAMETER_MISMATCH', this.name, { expected, got: String(numbers.length) });
    }
    await this.#client.call('write', { model: this.#model.use(), name: this.name, values: numbers });
  }

  /** Sets one number, by its place in `data`; the next step trains with it. */
  async setOne(index: number, value: number): Promise<void> {
    whole(index, 0, this.name);
    if (typeof value !== 'number') throw failure('TYPE_MISMATCH', this.name, { expected: 'number', got: typeof value });
    await this.#client.call('writeOne', { model: this.#model.use(), name: this.name, index, value });
  }

  /**
   * Frozen: the optimizer leaves it as it is, from the next step on, in a run under way too. `freeze(false)` thaws it.
   * `model.summary()` counts anew; this object stays as it was. Throws TYPE_MISMATCH.
   */
  async freeze(frozen = true): Promise<void> {
    const args = { model: this.#model.use(), name: this.name, frozen: flag(frozen, 'freeze') };
    this.#model.changed(await this.#client.call('freeze', args));
  }
}
