import type { BuildName } from './builds.js';
import type { Client } from './client.js';
import type { Split } from './data/dataset.js';
import { Dataset } from './data/dataset.js';
import { describe, type Description } from './description.js';
import { disposable } from './dispose.js';
import { failure, reasonSentence, type Language } from './errors.js';
import type { Reason } from './features.js';
import type { Ledger, LedgerOptions } from './ledger.js';
import { Model, type ModelOptions } from './model.js';
import { Module, trace } from './module.js';
import { flag, kindOf, optionsOf, plain, positive, refuseUnknown } from './plain.js';
import type { DatasetInfo, DatasetMade, Handle, Rows } from './protocol.js';
import { makeTokenizer, Tokenizer, type TokenizerOptions } from './tokenizer.js';

/** What `load()` chose. */
export interface EngineInfo {
  version: string;
  build: BuildName;
  /** Relaxed SIMD: fastest, the last bits depend on the machine. */
  relaxed: boolean;
  threads: number;
  /** Whether the engine runs in a worker of its own. */
  worker: boolean;
  /** The same bits everywhere. */
  deterministic: boolean;
  /** Why, as data; `engine.explain(language)` has the words. */
  reasons: Reason[];
}

/** The memory of an engine, in bytes. */
export interface MemoryInfo {
  heapBytes: number;
  [part: string]: number;
}

interface Halves {
  first: DatasetMade;
  second: DatasetMade;
}

/** A loaded engine: makes models, which live in it. Many models may train in one engine at once. */
export class Engine {
  /** `using engine = await load()`, where the language has it. */
  declare readonly [Symbol.dispose]: () => void;
  readonly info: EngineInfo;
  readonly #client: Client;
  readonly #datasets = new WeakMap<Dataset, Promise<DatasetMade>>();
  readonly #splits = new WeakMap<Split, Promise<Halves>>();
  /** Data sets and tokenizers that nobody can reach any more leave the engine too. */
  readonly #forgotten = new FinalizationRegistry<Promise<{ handle: Handle }>>((made) => {
    made.then(({ handle }) => this.#client.call('release', { handle })).catch(() => {});
  });

  /** @internal */
  constructor(client: Client, info: EngineInfo) {
    this.#client = client;
    this.info = info;
  }

  /** Why `load()` chose this build, in words: of the language given, or of the one that messages are in. */
  explain(language?: Language): string[] {
    return this.info.reasons.map((reason) => reasonSentence(reason, language));
  }

  /**
   * Builds a model from a description.
   *
   * @param description a layer, a sequence or a graph of `nn`, the same as plain data (`{ trainyard: 1, … }`), or a
   * module, whose `forward` is traced once.
   * @param options sizes of the input without the axis of examples (`input: [1, 28, 28]`, channels first), and the
   * seed of the initial weights.
   * @throws {TrainyardError} UNKNOWN_LAYER, UNKNOWN_OPTION, SHAPE_MISMATCH, INVALID_GRAPH, OUT_OF_MEMORY, …, with the
   * layer in `path`.
   */
  async model(description: Description | Module, options: ModelOptions): Promise<Model> {
    const made = await this.#client.call('createModel', asked(description, options, 'model'));
    return new Model(this.#client, async (dataset, path) => (await this.#made(dataset, path)).handle, made);
  }

  /**
   * A tokenizer: of characters, of byte pairs learnt from a text, or from a file.
   *
   * @throws {TrainyardError} EMPTY_DATA for a text without a character, INVALID_VALUE (`text[17]`, a place in bytes) for
   * what is no UTF-8, BAD_FILE for a file that is cut or contradicts itself, NOT_SUPPORTED for one of another kind.
   */
  async tokenizer(options: TokenizerOptions): Promise<Tokenizer> {
    const made = await makeTokenizer(this.#client, options);
    const tokenizer = new Tokenizer(this.#client, made, (dataset) => this.#held(dataset));
    this.#forgotten.register(tokenizer, Promise.resolve(made));
    return tokenizer;
  }

  /**
   * Parameter arithmetic: what a network of any size has and takes, exactly, without making it. Only the list of its
   * layers is in memory.
   *
   * @throws {TrainyardError} what `model` throws, but for OUT_OF_MEMORY.
   */
  async ledger(description: Description | Module, options: LedgerOptions): Promise<Ledger> {
    return this.#client.call('ledger', asked(description, options, 'ledger'));
  }

  /** Hands a data set to the engine (which `fit` does by itself) and says what it holds: rows, shapes, classes. */
  async inspectData(dataset: Dataset): Promise<DatasetInfo> {
    return (await this.#made(dataset)).info;
  }

  /** All rows of a data set as the engine has them: what a file or a generator turned into. */
  async readData(dataset: Dataset): Promise<Rows> {
    return this.#client.call('readDataset', { dataset: (await this.#made(dataset)).handle });
  }

  /** Bytes in use. */
  memory(): Promise<MemoryInfo> {
    return this.#client.call('memory', {});
  }

  /**
   * What one thread of this machine can do at most, in GFLOP/s: multiply-adds in registers alone, for about so many
   * milliseconds. Products of matrices reach a share of it. With `allThreads` what all threads can do side by side: two
   * threads of one core gain little, and other programs take their part.
   *
   * @throws {TrainyardError} TYPE_MISMATCH, INVALID_VALUE, UNKNOWN_OPTION
   */
  async peak(milliseconds = 50, options?: { allThreads?: boolean }): Promise<number> {
    const wanted = optionsOf(options, 'peak');
    refuseUnknown(wanted, ['allThreads'], 'peak');
    return this.#client.call('peak', {
      milliseconds: positive(milliseconds, 'peak'),
      allThreads: flag(wanted.allThreads ?? false, 'peak.allThreads'),
    });
  }

  /** Ends the engine, its worker, its models and runs. What is pending is rejected with DISPOSED. */
  dispose(): void {
    this.#client.die(failure('DISPOSED', 'engine', { hint: 'load_again' }));
  }

  /** A data set that the engine made. */
  #held(made: DatasetMade): Dataset {
    const origin = { kind: 'held' } as const;
    const dataset = new Dataset(origin);
    const done = Promise.resolve(made);
    this.#datasets.set(dataset, done);
    this.#forgotten.register(origin, done);
    return dataset;
  }

  /** The data set inside this engine, copied there at first sight; `path` names it in errors. */
  #made(dataset: Dataset, path = 'data'): Promise<DatasetMade> {
    if (!(dataset instanceof Dataset)) {
      return Promise.reject(failure('TYPE_MISMATCH', path, { expected: 'Dataset', got: kindOf(dataset) }));
    }
    return remember(this.#datasets, dataset, () => this.#make(dataset));
  }

  async #make({ origin }: Dataset): Promise<DatasetMade> {
    if (origin.kind === 'source') {
      const made = this.#client.call('createDataset', origin.described);
      this.#forgotten.register(origin, made);
      return made;
    }
    if (origin.kind === 'held') throw failure('INVALID_VALUE', 'data', { hint: 'other_engine' });
    const { split, part } = origin;
    const halves = await remember(this.#splits, split, () => this.#halve(split));
    return halves[part];
  }

  /** Both parts of a split, which leave together: one keeps the whole data set anyway. */
  async #halve(split: Split): Promise<Halves> {
    const { handle } = await this.#made(split.parent);
    const halves = this.#client.call('splitDataset', { dataset: handle, options: split.options });
    for (const part of ['first', 'second'] as const) {
      const made = halves.then((both) => both[part]);
      made.catch(() => {}); // told to whoever asked for a part
      this.#forgotten.register(split, made);
    }
    return halves;
  }
}

disposable(Engine);

/** A network and its options as plain data. */
function asked(description: Description | Module, options: ModelOptions | LedgerOptions, path: string) {
  const wanted = plain(optionsOf(options, path), path);
  const names = wanted.inputs && Object.keys(wanted.inputs);
  return {
    description: describe(description instanceof Module ? trace(description, names) : description),
    options: wanted,
  };
}

/** What was made once for a key; what failed may be tried again. */
function remember<K extends WeakKey, V>(known: WeakMap<K, Promise<V>>, key: K, make: () => Promise<V>): Promise<V> {
  let value = known.get(key);
  if (!value) {
    value = make();
    known.set(key, value);
    value.catch(() => known.delete(key));
  }
  return value;
}
