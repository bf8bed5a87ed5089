// The engine's end of the protocol: does what the calls ask with the objects of the WebAssembly module.
import type { BuildName } from '../builds.js';
import { errorData, Refusal, toData } from '../errorData.js';
import {
  protocol,
  type Arguments,
  type Call,
  type DatasetInfo,
  type EngineFacts,
  type FromEngine,
  type Handle,
  type Method,
  type ModelSummary,
  type Result,
  type Start,
  type TokenizerMade,
  type ToEngine,
} from '../protocol.js';
import { buffersOf, withBuffers } from './buffers.js';
import { Calls } from './calls.js';
import { Group, type Hooks } from './group.js';
import { instantiate } from './instantiate.js';
import { LiveRun } from './liveRun.js';
import { join } from './member.js';
import type {
  DatasetObject,
  EngineModule,
  EngineObject,
  Factory,
  GeneratorObject,
  ModelObject,
  RunObject,
  TextObject,
  TokenizerObject,
} from './module.js';
import { exportModel, inspect, parseMeasures, predict, readParameters, readRows } from './reading.js';
import { Scheduler } from './scheduler.js';

type Post = (message: FromEngine, transfer?: Transferable[]) => void;

export class Host {
  readonly #factory: Factory;
  readonly #build: BuildName;
  readonly #post: Post;
  readonly #scheduler = new Scheduler((error) => this.#trap(error));
  readonly #objects = new Map<Handle, EngineObject>();
  readonly #runs = new Map<Handle, LiveRun>();
  /** The run that trains a model now. */
  readonly #training = new Map<Handle, LiveRun>();
  /** The models that generators write with. */
  readonly #writing = new Map<Handle, Handle>();
  /** How a model was made, for other engines. */
  readonly #made = new Map<Handle, Arguments<'createModel'>>();
  readonly #calls: Calls;
  #start: Start | undefined;
  #module: EngineModule | undefined;
  readonly #workers: Worker[] = []; // those that its threads run in
  #next = 1;
  #lost = false;

  /** `keep` makes a call that waits this host's own, where it is not. */
  constructor(factory: Factory, build: BuildName, post: Post, keep = (call: Call): Call => call) {
    this.#factory = factory;
    this.#build = build;
    this.#post = post;
    this.#calls = new Calls({
      waits: (call) => this.#waits(call),
      take: (call) => void this.#answer(call),
      keep,
    });
  }

  receive(message: ToEngine, locked = false): void {
    if (message.kind === 'start') {
      this.#start = message;
      void instantiate(this.#factory, message, this.#workers).then(
        (module) => {
          // Closed while it was made: its threads are gone.
          if (this.#lost) return this.#endThreads();
          this.#module = module;
          const threads = module.setThreads(message.threads);
          const facts = { ...(JSON.parse(module.engineInfo()) as EngineFacts), threads };
          this.#post({ kind: 'ready', protocol, build: this.#build, facts, locked });
        },
        (error: unknown) => {
          this.#post({ kind: 'failed', error: errorData('ENGINE_LOAD', this.#build, { got: String(error) }) });
        },
      );
    } else if (message.kind !== 'call') {
      return; // not ours: a worker may have been made by a script that says more to it
    } else if (message.method === 'stopRun') {
      void this.#answer(message); // the one that need not wait for a step: it undoes that
    } else {
      this.#calls.add(message);
    }
  }

  close(): void {
    this.#lost = true;
    this.#scheduler.close();
    for (const run of this.#runs.values()) run.close();
    this.#endThreads();
  }

  #endThreads(): void {
    for (const worker of this.#workers.splice(0)) worker.terminate();
  }

  /** Amid a step that engines share nothing is what it will be. */
  #waits({ args }: Call): boolean {
    const { model = 0, run = 0 } = args as { model?: Handle; run?: Handle };
    return (this.#runs.get(run) ?? this.#training.get(model))?.stepping === true;
  }

  async #answer<M extends Method>({ id, method, args }: Call<M>): Promise<void> {
    if (this.#lost) return;
    try {
      const value = await (this.#methods[method] as (args: Arguments<M>) => Result<M> | Promise<Result<M>>)(args);
      this.#post({ kind: 'result', id, value }, buffersOf(value));
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) {
        this.#trap(error);
      } else {
        this.#post({ kind: 'error', id, error: toData(error) });
      }
    }
  }

  /** After a trap the module's memory cannot be trusted: this engine is over. */
  #trap(error: unknown): void {
    this.close();
    this.#post({ kind: 'lost', detail: String(error) });
  }

  readonly #methods: { [M in Method]: (args: Arguments<M>) => Result<M> | Promise<Result<M>> } = {
    memory: () => JSON.parse(this.#m.memory()) as Result<'memory'>,

    peak: ({ milliseconds, allThreads }) => {
      // In many short calls: a browser swaps code for its optimized form between two calls only.
      const count = allThreads ? 100_000 : 10_000; // what starts the threads must not count
      const start = performance.now();
      let [operations, elapsed] = [0, 0];
      for (; elapsed < milliseconds; elapsed = performance.now() - start) operations += this.#m.peak(count, allThreads);
      return operations / elapsed / 1e6;
    },

    createDataset: ({ spec, buffers }) =>
      withBuffers(this.#m, buffers, (pointers) => this.#keep(this.#m.createDataset(JSON.stringify(spec), pointers))),

    readDataset: ({ dataset }) => readRows(this.#object<DatasetObject>(dataset)),

    splitDataset: ({ dataset, options }) => {
      const [first, second] = this.#m.splitDataset(this.#object<DatasetObject>(dataset), JSON.stringify(options));
      return { first: this.#keep(first), second: this.#keep(second) };
    },

    readText: (args) => this.#readText(args),

    loadTokenizer: ({ json }) => {
      const bytes = new TextEncoder().encode(json);
      const load = ([pointer]: number[]): TokenizerObject => this.#m.loadTokenizer(pointer!, bytes.length);
      return this.#keepTokenizer(withBuffers(this.#m, [bytes], load));
    },

    saveTokenizer: ({ tokenizer }) => this.#object<TokenizerObject>(tokenizer).save(),

    ledger: ({ description, options }) =>
      JSON.parse(this.#m.ledger(JSON.stringify(description), JSON.stringify(options))) as Result<'ledger'>,

    createModel: ({ description, options }) => {
      const model = this.#m.createModel(JSON.stringify(description), JSON.stringify(options));
      const handle = this.#add(model);
      this.#made.set(handle, { description, options });
      return { handle, summary: JSON.parse(model.summary()) as ModelSummary };
    },

    release: ({ handle }) => {
      this.#training.get(handle)?.stop();
      for (const [generator, model] of this.#writing) if (model === handle) this.#drop(generator);
      this.#drop(handle);
    },

    parameters: ({ model, fields, names }) => readParameters(this.#object<ModelObject>(model), fields, names),

    write: ({ model, name, values }) =>
      withBuffers(this.#m, [values], ([pointer]) =>
        this.#object<ModelObject>(model).write(name, pointer!, values.length),
      ),

    writeOne: ({ model, name, index, value }) => this.#object<ModelObject>(model).writeOne(name, index, value),

    freeze: ({ model, name, frozen }) => {
      const object = this.#object<ModelObject>(model);
      object.freeze(name, frozen);
      return JSON.parse(object.summary()) as ModelSummary;
    },

    predict: ({ model, ...inputs }) => predict(this.#m, this.#object<ModelObject>(model), inputs),

    benchmark: ({ model, times, ...inputs }) => {
      const object = this.#object<ModelObject>(model);
      const outputs = predict(this.#m, object, inputs);
      const start = performance.now();
      object.repeat(times);
      return { milliseconds: performance.now() - start, outputs };
    },

    inspect: ({ model, ...inputs }) => inspect(this.#m, this.#object<ModelObject>(model), inputs),

    evaluate: ({ model, dataset, options }) => {
      const text = this.#object<ModelObject>(model).evaluate(
        this.#object<DatasetObject>(dataset),
        JSON.stringify(options),
      );
      return parseMeasures(text);
    },

    exportModel: ({ model }) => exportModel(this.#object<ModelObject>(model)),

    loadModel: ({ model, bytes }) => {
      const object = this.#object<ModelObject>(model);
      const text = withBuffers(this.#m, [bytes], ([pointer]) => object.load(pointer!, bytes.length));
      return JSON.parse(text) as Result<'loadModel'>;
    },

    graphText: ({ model, options }) => this.#object<ModelObject>(model).graphText(JSON.stringify(options)),

    generate: ({ model, prompt, options }) => {
      const object = this.#object<ModelObject>(model);
      const made = withBuffers(this.#m, [prompt], ([pointer]) =>
        this.#m.createGenerator(object, pointer!, JSON.stringify(options)),
      );
      const generator = this.#add(made);
      this.#writing.set(generator, model);
      return { generator };
    },

    generateNext: ({ generator, count }) => {
      const object = this.#object<GeneratorObject>(generator);
      return { numbers: object.next(count, 10).slice(), candidates: object.candidates(), done: object.done() };
    },

    fit: ({ model, train, val, options, pace }) => {
      if (this.#training.get(model)?.ended === false) throw new Refusal('BUSY', 'fit', { hint: 'stop_first' });
      const asked = this.#checked(options);
      const object = this.#m.createRun(
        this.#object<ModelObject>(model),
        this.#object<DatasetObject>(train),
        val === null ? null : this.#object<DatasetObject>(val),
        JSON.stringify(asked),
      );
      const handle = this.#next++;
      const run = new LiveRun(
        object,
        (events, end) => {
          this.#post({ kind: 'events', run: handle, events, ...(end && { end }) });
          if (end) this.#forget(handle, model, run);
        },
        pace,
        {
          wake: () => this.#scheduler.wake(run),
          stepped: () => queueMicrotask(() => this.#calls.go()),
          trapped: (error) => this.#trap(error),
          gather: (hooks) => this.#gather(object, model, asked, hooks),
        },
      );
      this.#runs.set(handle, run);
      this.#training.set(model, run);
      if (!pace.paused) this.#scheduler.wake(run);
      return { run: handle };
    },

    join: (joining) => ({ model: this.#add(join(this.#m, joining, (error) => this.#trap(error))) }),
    setRun: ({ run, options, pace }) => {
      this.#run(run).set(options, pace);
      // A slow run may be waiting for its next step.
      this.#scheduler.wake(this.#run(run));
    },
    pauseRun: ({ run }) => this.#run(run).pause(),
    stopRun: ({ run }) => this.#run(run).stop(),
    previewRun: ({ run, names }) => this.#run(run).preview(names),
    resumeRun: ({ run }) => {
      this.#run(run).resume();
      this.#scheduler.wake(this.#run(run));
    },
    stepRun: ({ run, steps }) => {
      const live = this.#run(run);
      const done = live.step(steps);
      this.#scheduler.wake(live);
      return done;
    },
  };

  get #m(): EngineModule {
    if (!this.#module) throw new Refusal('INTERNAL', 'host', { got: 'not started' });
    return this.#module;
  }

  /** Options of `fit` as the engine takes them. */
  #checked(options: { workers?: unknown }): object {
    const { workers } = options;
    if (this.#build.endsWith('-threads') && typeof workers === 'number' && workers > 1) {
      throw new Refusal('NOT_SUPPORTED', 'fit.workers', {
        expected: this.#build.replace('-threads', ''),
        got: this.#build,
      });
    }
    return workers === false ? { ...options, workers: 1 } : options;
  }

  /** Others to share a run with, where there should be. */
  #gather(run: RunObject, model: Handle, options: object, hooks: Hooks): Group | undefined {
    if (this.#build.endsWith('-threads')) return; // its module lacks what that takes
    const [start, made] = [this.#start!, this.#made.get(model)!];
    const members = run.members(start.workers);
    const shared = { run, model: this.#object<ModelObject>(model), made, options, members, start };
    return members > 1 ? new Group(shared, hooks) : undefined;
  }

  #add(object: EngineObject): Handle {
    this.#objects.set(this.#next, object);
    return this.#next++;
  }

  #drop(handle: Handle): void {
    this.#objects.get(handle)?.delete();
    this.#objects.delete(handle);
    this.#writing.delete(handle);
    this.#made.delete(handle);
  }

  #keep(dataset: DatasetObject) {
    return { handle: this.#add(dataset), info: JSON.parse(dataset.info()) as DatasetInfo };
  }

  #keepTokenizer(object: TokenizerObject): TokenizerMade {
    return { tokens: object.tokens().slice(), ends: object.ends().slice(), handle: this.#add(object) };
  }

  #readText({ text, use, chunk, last }: Arguments<'readText'>): Result<'readText'> {
    const tokenizer = use.tokenizer === null ? null : this.#object<TokenizerObject>(use.tokenizer);
    const handle = text ?? this.#add(this.#m.openText(JSON.stringify(use.options), tokenizer));
    let going = false;
    try {
      const object = this.#object<TextObject>(handle);
      withBuffers(this.#m, [chunk], ([pointer]) => object.feed(pointer!, chunk.length));
      going = !last;
      if (going) return { text: handle };
      if (!tokenizer) return { tokenizer: this.#keepTokenizer(object.tokenizer()) };
      if (!use.options) return { ids: object.ids().slice() };
      return { windows: object.windows().map((dataset) => this.#keep(dataset!)) };
    } finally {
      if (!going) this.#drop(handle);
    }
  }

  #object<T extends EngineObject>(handle: Handle): T {
    const object = this.#objects.get(handle);
    if (!object) throw new Refusal('DISPOSED', '', { hint: 'await_dispose' });
    return object as T;
  }

  #run(handle: Handle): LiveRun {
    const run = this.#runs.get(handle);
    if (!run) throw new Refusal('DISPOSED', 'run', { hint: 'await_dispose' });
    return run;
  }

  #forget(handle: Handle, model: Handle, run: LiveRun): void {
    this.#runs.delete(handle);
    if (this.#training.get(model) === run) this.#training.delete(model);
  }
}
