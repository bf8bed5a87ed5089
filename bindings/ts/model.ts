import type { Loss, Metric } from './choices.js';
import type { Client } from './client.js';
import type { Dataset } from './data/dataset.js';
import { describeInputs } from './data/dataset.js';
import { Buffers, type Values } from './data/values.js';
import { disposable } from './dispose.js';
import { failure } from './errors.js';
import { generate, type GenerateOptions, type Token } from './generate.js';
import { numbersOf, Parameter } from './parameter.js';
import { kindOf, namesOf, optionsOf, plain, refuseUnknown, whole } from './plain.js';
import type {
  Handle,
  InspectedValue,
  LoadedWeights,
  ModelMade,
  ModelSummary,
  ParameterField,
  Tensor,
} from './protocol.js';
import { paceOf, Run, type FitOptions } from './run.js';

/** Sizes without the axis of examples, `[128]`; default type `f32`. What an embedding reads becomes `i32` by itself. */
export type InputShape = readonly number[] | { shape: readonly number[]; dtype?: 'f32' | 'i32' | 'u8' };

export interface ModelOptions {
  /** Sizes of the one input without the axis of examples: `[2]`, `[1, 28, 28]` (channels first). */
  input?: InputShape;
  /** The same for a graph with several inputs, by name. */
  inputs?: Record<string, InputShape>;
  /** Of the initial weights; default 0. The order of the data and dropout while training have the seed of `fit`. */
  seed?: number;
}

/** One array, or several by name. */
export type Inputs = Values | Record<string, Values>;

export interface EvaluateOptions {
  /** Default `crossEntropy`. */
  loss?: Loss;
  metrics?: Metric[];
  /** Name of the target, where the data have several. */
  target?: string;
}

export interface PredictOptions {
  /** Applied to every output: `softmax` (over the last axis) or `sigmoid` turn scores into shares. Default `none`. */
  activation?: 'none' | 'softmax' | 'sigmoid';
}

export interface InspectOptions {
  /** Targets, for the values of the loss and for gradients. */
  targets?: Inputs;
  loss?: Loss;
  /** Names or paths of layers, default all. */
  values?: string[];
  /** As while training: dropout drops, batch norm looks at the batch. Default false. */
  training?: boolean;
  /**
   * Gradients too; needs targets and a loss. Those of the parameters are then what `read` and `parameters` give
   * as their gradients, in place of the last step's.
   */
  gradients?: boolean;
}

export interface GraphTextOptions {
  /** Default `train`: the loss and the way back too. */
  mode?: 'predict' | 'train';
  /** Default `crossEntropy`. */
  loss?: Loss;
  /** Default 32. */
  batchSize?: number;
  /** As of a run: activations are computed again for the gradient rather than kept. Default false. */
  recompute?: boolean;
  /** One stage by its heading (`as built`, `plan`), default all. */
  stage?: string;
}

/** A network with its parameters, living in the engine. */
export class Model {
  /** `using model = await engine.model(…)`, where the language has it. */
  declare readonly [Symbol.dispose]: () => void;
  readonly #client: Client;
  readonly #handle: Handle;
  #summary: ModelSummary;
  readonly #dataset: (dataset: Dataset, path?: string) => Promise<Handle>;
  /** Calls that wait for their data to be handed over: the model's end comes after them. */
  readonly #starting = new Set<Promise<unknown>>();
  #disposed = false;

  /** @internal */
  constructor(client: Client, dataset: (dataset: Dataset, path?: string) => Promise<Handle>, made: ModelMade) {
    this.#client = client;
    this.#dataset = dataset;
    this.#handle = made.handle;
    this.#summary = made.summary;
    const layers = made.summary.layers.map((layer) => layer.type).join(', ');
    leaks.register(this, { client, layers }, this);
  }

  /** Layers, shapes, parameters with the sum that counts them, how many are trained: as of now. */
  summary(): ModelSummary {
    return this.#summary;
  }

  /**
   * Trains. Returns at once; errors reject `run.done` and end the iteration: BUSY while another run trains the model,
   * SHAPE_MISMATCH, INVALID_LABEL, BATCH_TOO_LARGE where data and model do not fit, UNKNOWN_OPTION, INVALID_VALUE, …
   *
   * ```ts
   * const run = model.fit(train, { val, epochs: 10, loss: 'crossEntropy', optimizer: 'adam' });
   * for await (const event of run) console.log(event.type, event.step);
   * const { loss } = await run.done;
   * ```
   */
  fit(train: Dataset, options?: FitOptions): Run {
    const start = async (): Promise<Handle> => {
      const { val, paused, stepsPerSecond, eventsPerSecond, ...rest } = optionsOf(options, 'fit');
      const pace = paceOf({ paused, stepsPerSecond, eventsPerSecond });
      const model = this.#use();
      const [trainHandle, valHandle] = await Promise.all([
        this.#dataset(train, 'train'),
        val ? this.#dataset(val, 'fit.val') : null,
      ]);
      const args = { model, train: trainHandle, val: valHandle, options: plain(rest, 'fit'), pace };
      return (await this.#client.call('fit', args)).run;
    };
    return new Run(this.#client, this.#started(start()), (names) => this.read(names));
  }

  /**
   * What the network gives for inputs: its first output, `[n, …]`, images channels first. May be called while it
   * trains. Throws SHAPE_MISMATCH where the inputs do not fit, INVALID_DATA for NaN and infinities.
   */
  async predict(inputs: Inputs, options?: PredictOptions): Promise<Tensor> {
    const all = await this.predictAll(inputs, options);
    return Object.values(all)[0]!;
  }

  /** All outputs by name. */
  predictAll(inputs: Inputs, options?: PredictOptions): Promise<Record<string, Tensor>> {
    return this.#guarded(() => {
      const buffers = new Buffers();
      const wanted = plain(optionsOf(options, 'predict'), 'predict');
      const spec = { inputs: describeInputs(inputs, buffers), ...wanted };
      return this.#client.call('predict', { model: this.#use(), spec, buffers: buffers.list });
    });
  }

  /**
   * Writes on from a prompt, token after token, by what a network of ids `[T]` gives for the next. May be called while
   * it trains or a run is paused: each token comes from the weights of the moment in which it is written, which may be
   * up to 64 tokens (10 ms of writing) before it is read here. A token costs one position; where the text grows longer
   * than the model's sequence, it goes on from its last half. `break` ends it.
   *
   * ```ts
   * const textOf = tok.decoder();
   * for await (const { id } of model.generate(await tok.encode('Call me'), { maxTokens: 100, temperature: 0.8 })) {
   *   text += textOf(id);
   * }
   * ```
   *
   * @throws {TrainyardError} while iterating: EMPTY_DATA, INVALID_LABEL (`prompt[3]`), SHAPE_MISMATCH for a model of
   * another kind, NOT_SUPPORTED for one that looks ahead, DIVERGED for scores that are no numbers, DISPOSED, …
   */
  generate(prompt: Int32Array | readonly number[], options?: GenerateOptions): AsyncGenerator<Token, void> {
    return generate(this.#client, () => this.#use(), prompt, options);
  }

  /** Computes the outputs `times` times over and tells how long that took, without the way in and out of the engine. */
  benchmark(inputs: Inputs, times: number): Promise<{ milliseconds: number; outputs: Record<string, Tensor> }> {
    return this.#guarded(() => {
      const buffers = new Buffers();
      const spec = { inputs: describeInputs(inputs, buffers) };
      whole(times, 1, 'times');
      return this.#client.call('benchmark', { model: this.#use(), spec, buffers: buffers.list, times });
    });
  }

  /**
   * Loss and metrics on a data set, weighted as the examples are; nothing is learnt. A loss that is not finite is NaN; a
   * metric without a value (nothing to count, or not finite) is null. Throws as `fit` does for a loss or metrics that do
   * not fit.
   */
  async evaluate(data: Dataset, options?: EvaluateOptions): Promise<Record<string, unknown> & { loss: number }> {
    const model = this.#use();
    const checked = plain(optionsOf(options, 'evaluate'), 'evaluate');
    const start = async () => {
      const dataset = await this.#dataset(data);
      return this.#client.call('evaluate', { model, dataset, options: checked });
    };
    return (await this.#started(start())) as Record<string, unknown> & { loss: number };
  }

  /** Every value on the way of a few examples through the network: `[n, …]`, images channels first. */
  inspect(inputs: Inputs, options?: InspectOptions): Promise<InspectedValue[]> {
    return this.#guarded(() => {
      const { targets, ...rest } = optionsOf(options, 'inspect');
      const buffers = new Buffers();
      const spec = {
        inputs: describeInputs(inputs, buffers),
        ...(targets && { targets: renamed(describeInputs(targets, buffers)) }),
        ...plain(rest, 'inspect'),
      };
      return this.#client.call('inspect', { model: this.#use(), spec, buffers: buffers.list });
    });
  }

  /**
   * The parameters under PyTorch's names, each with a copy of its value, and with its gradient or its last update if
   * asked for. Throws PARAMETER_MISMATCH for a name that there is not, MISSING_OPTION for updates that are not kept.
   */
  async parameters(options?: { with?: ParameterField[]; names?: string[] }): Promise<Parameter[]> {
    const wanted = optionsOf(options, 'parameters');
    refuseUnknown(wanted, ['with', 'names'], 'parameters');
    const fields: ParameterField[] = ['value', ...namesOf(wanted.with ?? [], 'parameters.with')];
    const args = {
      model: this.#use(),
      fields,
      ...(wanted.names && { names: namesOf(wanted.names, 'parameters.names') }),
    };
    const list = await this.#client.call('parameters', args);
    const owner = { use: () => this.#use(), changed: (summary: ModelSummary) => void (this.#summary = summary) };
    return list.map((values) => new Parameter(this.#client, owner, values));
  }

  /**
   * Sets all values of a parameter, in PyTorch's layout; the next step trains with them. Throws PARAMETER_MISMATCH for
   * another name or another number of values.
   */
  async set(name: string, values: Float32Array | Float64Array | readonly number[]): Promise<void> {
    const numbers = numbersOf(values, name);
    await this.#client.call('write', { model: this.#use(), name, values: numbers });
  }

  /** One parameter by its name. Throws PARAMETER_MISMATCH if there is none, with the nearest name. */
  async parameter(name: string, options: { with?: ParameterField[] } = {}): Promise<Parameter> {
    return (await this.parameters({ ...options, names: [name] }))[0]!;
  }

  /** Values by name: `0.weight` for a parameter, `0.weight.grad` for its gradient, `0.weight.update` for its last step. */
  async read(names: string[]): Promise<Record<string, Tensor>> {
    const fieldOf = { grad: 'gradient', update: 'update' } as const;
    const wanted = namesOf(names, 'names').map((name) => {
      const [, base, suffix] = /^(.*?)(?:\.(grad|update))?$/.exec(name)!;
      return { name, base: base!, field: suffix ? fieldOf[suffix as 'grad' | 'update'] : ('value' as const) };
    });
    const fields = [...new Set(wanted.map(({ field }) => field))];
    const list = await this.#client.call('parameters', {
      model: this.#use(),
      fields,
      names: [...new Set(wanted.map(({ base }) => base))],
    });
    const byName = new Map(list.map((values) => [values.name, values]));
    return Object.fromEntries(
      wanted.map(({ name, base, field }) => {
        const { values, shape } = byName.get(base)!;
        return [name, { data: values[field]!, shape }];
      }),
    );
  }

  /** The file of the weights, PyTorch's names and layouts: `load_state_dict(load_file(…), strict=True)` takes it. */
  export(format: 'safetensors'): Promise<Uint8Array<ArrayBuffer>> {
    return this.#guarded(() => {
      if (format !== 'safetensors') {
        throw failure('INVALID_VALUE', 'export', { expected: 'safetensors', got: String(format) });
      }
      return this.#client.call('exportModel', { model: this.#use() });
    });
  }

  /**
   * Reads weights from a safetensors file, saved here or by PyTorch.
   * Nothing is changed if it does not fit: BAD_FILE, PARAMETER_MISMATCH, NOT_SUPPORTED for a type of numbers.
   * Infinities and NaN are taken as they are; `notFinite` names the parameters that hold some.
   */
  async load(bytes: ArrayBuffer | ArrayBufferView): Promise<LoadedWeights> {
    const file = bytesOf(bytes);
    return this.#client.call('loadModel', { model: this.#use(), bytes: file });
  }

  /** The graph as text, before and after each pass, and the plan: what is computed, in which order, where it lies. */
  graphText(options?: GraphTextOptions): Promise<string> {
    return this.#guarded(() => {
      const wanted = plain(optionsOf(options, 'graphText'), 'graphText');
      return this.#client.call('graphText', { model: this.#use(), options: wanted });
    });
  }

  /** Frees the model in the engine, after what was asked of it before; a run of it stops. Harmless when repeated. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    leaks.unregister(this);
    const release = () => {
      // If the engine is gone, so is the model.
      this.#client.call('release', { handle: this.#handle }).catch(() => {});
    };
    if (this.#starting.size === 0) release();
    else void Promise.allSettled(this.#starting).then(release);
  }

  #started<T>(start: Promise<T>): Promise<T> {
    this.#starting.add(start);
    const over = () => this.#starting.delete(start);
    start.then(over, over);
    return start;
  }

  #use(): Handle {
    if (this.#disposed) throw failure('DISPOSED', 'model', { hint: 'await_dispose' });
    return this.#handle;
  }

  async #guarded<T>(action: () => Promise<T>): Promise<T> {
    return action();
  }
}

disposable(Model);

/** A file's bytes. Throws TYPE_MISMATCH. */
function bytesOf(file: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (file instanceof ArrayBuffer) return new Uint8Array(file);
  if (ArrayBuffer.isView(file)) return new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
  throw failure('TYPE_MISMATCH', 'bytes', { expected: 'Uint8Array, ArrayBuffer', got: kindOf(file) });
}

/** One unnamed target is `y`. */
function renamed(described: Record<string, unknown>): Record<string, unknown> {
  const keys = Object.keys(described);
  return keys.length === 1 && keys[0] === 'x' ? { y: described['x'] } : described;
}

/** Says when a model was forgotten without dispose() in an engine that lives on: its memory stays taken. */
const leaks = new FinalizationRegistry<{ client: Client; layers: string }>(({ client, layers }) => {
  if (client.dead) return;
  console.warn(`trainyard: a model (${layers}) was forgotten without dispose(); its memory stays taken.`);
});
