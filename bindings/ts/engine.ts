import type { BuildName } from './builds.js';
import type { Client } from './client.js';
import type { Split } from './data/dataset.js';
import { Dataset } from './data/dataset.js';
import { describe, type Description } from './description.js';
import { disposable } from './dispose.js';
import { failure, reasonSentence, type Language } from './errors.js';
import type { Reason } from './features.js';
import { Model, type ModelOptions } from './model.js';
import type { DatasetInfo, DatasetMade, Rows } from './protocol.js';

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
  /** Data sets that nobody can reach any more leave the engine too. */
  readonly #forgotten = new FinalizationRegistry<Promise<DatasetMade>>((made) => {
    made.then(({ handle }) => this.#client.call('release', { handle })).catch(() => {});
  });

  /** @internal */
  constructor(client: Client, info: EngineInfo) {
    this.#client = client;
    this.info = info;
  }

  /** Why `load()` chose this build, in words. */
  explain(language: Language = 'en'): string[] {
    return this.info.reasons.map((reason) => reasonSentence(reason, language));
  }

  /**
   * Builds a model from a description.
   *
   * @param description a layer, a sequence or a graph of `nn`, or the same as plain data (`{ trainyard: 1, … }`).
   * @param options sizes of the input without the axis of examples (`input: [1, 28, 28]`, channels first), and the
   * seed of the initial weights.
   * @throws {TrainyardError} UNKNOWN_LAYER, UNKNOWN_OPTION, SHAPE_MISMATCH, INVALID_GRAPH, OUT_OF_MEMORY, …, with the
   * layer in `path`.
   */
  async model(description: Description, options: ModelOptions): Promise<Model> {
    const made = await this.#client.call('createModel', { description: describe(description), options });
    return new Model(this.#client, async (dataset) => (await this.#made(dataset)).handle, made);
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
   * milliseconds. Products of matrices reach a share of it.
   */
  peak(milliseconds = 50): Promise<number> {
    return this.#client.call('peak', { milliseconds });
  }

  /** Ends the engine, its worker, its models and runs. What is pending is rejected with DISPOSED. */
  dispose(): void {
    this.#client.die(failure('DISPOSED', 'engine', { hint: 'load_again' }));
  }

  /** The data set inside this engine, copied there at first sight. */
  #made(dataset: Dataset): Promise<DatasetMade> {
    if (!(dataset instanceof Dataset)) {
      return Promise.reject(failure('TYPE_MISMATCH', 'data', { expected: 'Dataset', got: typeof dataset }));
    }
    return remember(this.#datasets, dataset, () => {
      const made = this.#make(dataset);
      this.#forgotten.register(dataset, made);
      return made;
    });
  }

  async #make({ origin }: Dataset): Promise<DatasetMade> {
    if (origin.kind === 'source') return this.#client.call('createDataset', origin.described);
    const { split, part } = origin;
    const halves = await remember(this.#splits, split, async () => {
      const { handle } = await this.#made(split.parent);
      return this.#client.call('splitDataset', { dataset: handle, options: split.options });
    });
    return halves[part];
  }
}

disposable(Engine);

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
