// Networks written as classes, in PyTorch's manner: `forward` is called once, with values that stand for the numbers,
// and what it does with them becomes the same plain description that nn.graph gives.
import type { GraphDescription, Layer, Node, SequentialDescription } from './description.js';
import { failure } from './errors.js';
import { kindOf } from './plain.js';

/** A layer, a sequence as one, or a module: what a value can go through. */
export type Block = Layer | SequentialDescription | Module;

/** What `forward` gives: one output, or several by name. */
export type Outputs = Value | Record<string, Value>;

/**
 * A network as a class. Layers that it keeps in its properties (also in lists and in modules of its own) have their
 * parameters under those names: `this.fc = nn.linear(10)` is `fc.weight` and `fc.bias`, as in PyTorch. A layer that
 * `forward` uses twice has one set of parameters.
 *
 * ```ts
 * class Residual extends nn.Module {
 *   norm = nn.layerNorm();
 *   out = nn.linear(64);
 *   forward(x: nn.Value) {
 *     return x.add(x.through(this.norm, nn.gelu(), this.out));
 *   }
 * }
 * const model = await engine.model(new Residual(), { input: [64] });
 * ```
 */
export abstract class Module {
  /** What the network makes of its inputs, in the order in which `engine.model` is told of them. */
  abstract forward(...inputs: Value[]): Outputs;
}

/** What stands for an input or for the result of a layer while `forward` is traced. It holds no numbers. */
export class Value {
  /** @internal */
  constructor(
    readonly trace: Trace,
    readonly name: string,
  ) {}

  /** Through layers, one after another. */
  through(...blocks: Block[]): Value {
    return blocks.reduce<Value>((value, block) => this.trace.call(block, [value]), this);
  }
  /**
   * Into one layer that takes more than this value: `x.into(this.gru, lengths)`, `said.into(this.decoder, memory,
   * lengths)`.
   */
  into(block: Block, ...others: Value[]): Value {
    return this.trace.call(block, [this, ...others]);
  }
  /** Sum, number by number. */
  add(...others: Value[]): Value {
    return this.trace.call({ type: 'add' }, [this, ...others]);
  }
  /** Product, number by number. */
  mul(...others: Value[]): Value {
    return this.trace.call({ type: 'mul' }, [this, ...others]);
  }
  /** Side by side along an axis; the axis of examples is not counted, default 0: channels. */
  concat(others: Value | Value[], options: { axis?: number } = {}): Value {
    return this.trace.call({ type: 'concat', ...options }, [this, ...(Array.isArray(others) ? others : [others])]);
  }
  /** Product of two matrices, either of them transposed. */
  matmul(other: Value, options: { transposeA?: boolean; transposeB?: boolean } = {}): Value {
    return this.trace.call({ type: 'matmul', ...options }, [this, other]);
  }
}

/**
 * The description of a module, as plain data: to save it, or to link it.
 *
 * @param inputs names of what `forward` takes.
 * @throws {TrainyardError} TYPE_MISMATCH where something else than a value or a layer is used.
 */
export function trace(module: Module, inputs: readonly string[] = ['x']): GraphDescription {
  const { nodes, outputs } = new Trace(module, inputs);
  return { trainyard: 1, nodes, outputs };
}

const isLayer = (value: unknown): value is Layer | SequentialDescription =>
  typeof value === 'object' && value !== null && ('layers' in value || typeof (value as Layer).type === 'string');

/** One call of `forward`. */
class Trace {
  readonly nodes: Node[] = [];
  readonly outputs: string[] = [];
  /** Names of the layers that modules keep. */
  readonly #kept = new Map<object, string>();
  /** Nodes that layers have become. */
  readonly #called = new Map<object, string>();
  readonly #taken: Set<string>;

  constructor(module: Module, inputs: readonly string[]) {
    this.#taken = new Set(inputs);
    this.#kept.set(module, '');
    this.#find(module, '');
    const result = module.forward(...inputs.map((name) => new Value(this, name)));
    if (result instanceof Value) {
      this.outputs.push(this.#check(result).name);
      return;
    }
    for (const [name, value] of Object.entries(Object(result) as Record<string, Value>)) {
      // The output's name is a node's: one that hands on what it gets.
      if (this.#check(value).name !== name) this.#add(name, { type: 'sequential', layers: [] }, [value]);
      this.outputs.push(name);
    }
    if (this.outputs.length === 0) this.#check(result as unknown as Value);
  }

  call(block: Block, inputs: Value[]): Value {
    for (const input of inputs) this.#check(input);
    if (block instanceof Module) return this.#check(block.forward(...inputs) as Value);
    if (!isLayer(block)) {
      throw failure('TYPE_MISMATCH', 'forward', { expected: 'nn.linear(…), nn.Module', got: kindOf(block) });
    }
    const before = this.#called.get(block);
    if (before !== undefined) return this.#add(this.#free(before), { calls: before }, inputs);
    const layer: Layer = 'trainyard' in block ? { type: 'sequential', layers: block.layers } : block;
    const kept = this.#kept.get(block);
    const name = kept ?? this.#free(layer.type);
    this.#called.set(block, name);
    return this.#add(name, layer, inputs);
  }

  #add(name: string, layer: object, inputs: Value[]): Value {
    this.#taken.add(name);
    this.nodes.push({ ...layer, name, inputs: inputs.map((input) => input.name) } as unknown as Node);
    return new Value(this, name);
  }

  /** A name like this one that no node has. */
  #free(name: string): string {
    if (!this.#taken.has(name)) return name;
    let i = 2;
    while (this.#taken.has(`${name}@${i}`)) i++;
    return `${name}@${i}`;
  }

  #check(value: Value): Value {
    if (value instanceof Value && value.trace === this) return value;
    throw failure('TYPE_MISMATCH', 'forward', { expected: 'nn.Value', got: kindOf(value) });
  }

  /** Finds the layers in the properties of an object, and what they are called. */
  #find(object: object, prefix: string): void {
    for (const [key, part] of Object.entries(object) as [string, unknown][]) {
      if (typeof part !== 'object' || part === null || this.#kept.has(part)) continue;
      const name = prefix + key;
      if (part instanceof Module || Array.isArray(part)) {
        this.#kept.set(part, name);
        this.#find(part, `${name}.`);
      } else if (isLayer(part)) {
        this.#kept.set(part, name);
        this.#taken.add(name);
      }
    }
  }
}
