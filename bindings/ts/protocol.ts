// Every message between the page and the engine. The first one carries protocol and build; a mismatch is an error.
import type { BuildName } from './builds.js';
import type { ErrorData } from './errorData.js';
import type { RunEvent, RunState } from './events.js';
import type { Ledger } from './ledger.js';

/** Raised whenever a message changes its meaning: caches may mix versions of page and worker. */
export const protocol = 1;

/** Names by which the worker's file knows that it is the engine's worker (and not imported, and not a thread of it). */
export const workerName = 'trainyard';

/** What the engine's handles are to the page: numbers. */
export type Handle = number;

export type Bytes = Float32Array | Uint8Array | Int32Array;

/** What is known of a data set once the engine has read it. */
export interface DatasetInfo {
  rows: number;
  inputs: Record<string, { shape: number[]; dtype: string }>;
  targets: Record<string, { shape: number[]; dtype: string; classes?: number }>;
}

/** Rows of a data set as numbers: class ids too, images channels first. */
export interface Rows {
  inputs: Record<string, Tensor>;
  targets: Record<string, Tensor>;
}

/** A layer as the engine sees it: its place, its output and its parameters with the sum that counts them. */
export interface LayerSummary {
  path: string;
  name: string;
  type: string;
  /** Shape of the output without the axis of examples, channels first. */
  output: number[];
  parameters: number;
  /** How many of them training changes: those that are not frozen at the time. */
  trainable: number;
  /** How the parameters are counted: `(2 + 1) × 8`; empty if there are none. */
  formula: string;
  /** Names of its parameters and running statistics in PyTorch's state dict. */
  parameterNames: string[];
}

/** What a model consists of. Shapes are without the axis of examples, channels first. */
export interface ModelSummary {
  inputs: Record<string, number[]>;
  layers: LayerSummary[];
  outputs: Record<string, number[]>;
  /** Number of parameters; one that layers share counts once, running statistics do not. */
  parameters: number;
  trainable: number;
  /** What they take in memory, with their gradients. */
  bytes: number;
}

export type ParameterKind = 'weight' | 'bias' | 'norm' | 'state';

export interface ParameterInfo {
  /** The name in PyTorch's state dict: `0.weight`. */
  name: string;
  /** PyTorch's shape: `[out, in]`, `[out, in, kh, kw]`. */
  shape: number[];
  size: number;
  kind: ParameterKind;
  trainable: boolean;
  layer: string;
  /** All its names, where layers share it. */
  names?: string[];
}

/** What can be read of a parameter: its value, its last gradient, what the last step added. */
export type ParameterField = 'value' | 'gradient' | 'update';

/** Numbers with a shape; row-major, the last axis is contiguous. */
export interface Tensor {
  data: Float32Array;
  shape: number[];
}

export interface InspectedValue extends Tensor {
  name: string;
  layer: string;
  op: string;
  role: 'input' | 'activation' | 'attention' | 'gradient' | 'loss';
}

/** What came of a file of weights. */
export interface LoadedWeights {
  /** The names that it set: all that the model has. */
  loaded: string[];
  /** Those of them that hold an infinity or NaN, which were set all the same. */
  notFinite: string[];
}

/** What the engine says of itself. */
export interface EngineFacts {
  version: string;
  /** Lanes of a SIMD register. */
  lanes: number;
  relaxed: boolean;
  threads: number;
}

/** Arrays with a description whose `buffer: i` names one of them. */
export interface Described {
  spec: object;
  buffers: Bytes[];
}

export interface ModelMade {
  handle: Handle;
  summary: ModelSummary;
}

export interface DatasetMade {
  handle: Handle;
  info: DatasetInfo;
}

export interface TokenizerMade {
  handle: Handle;
  /** The bytes of all tokens, one behind the other. */
  tokens: Uint8Array;
  /** Where each ends. */
  ends: Int32Array;
}

/** What a text is read for: to learn a tokenizer, for its ids, or for windows over them. */
export type TextUse =
  { tokenizer: null; options: object } | { tokenizer: Handle; options: null } | { tokenizer: Handle; options: object };

/** What became of a text: the one of these that it was read for; after a chunk that is not the last, its handle. */
export interface TextRead {
  text?: Handle;
  tokenizer?: TokenizerMade;
  ids?: Int32Array;
  windows?: DatasetMade[];
}

/** The calls: what each takes and what it gives. */
export interface Calls {
  memory: [Record<string, never>, { heapBytes: number } & Record<string, number>];
  peak: [{ milliseconds: number; allThreads: boolean }, number];
  createDataset: [Described, DatasetMade];
  readDataset: [{ dataset: Handle }, Rows];
  splitDataset: [{ dataset: Handle; options: object }, { first: DatasetMade; second: DatasetMade }];
  /** The next chunk of a text, the first one of a new one without `text`; an error ends it. */
  readText: [{ text?: Handle; use: TextUse; chunk: Uint8Array; last: boolean }, TextRead];
  loadTokenizer: [{ json: string }, TokenizerMade];
  saveTokenizer: [{ tokenizer: Handle }, string];
  createModel: [{ description: object; options: object }, ModelMade];
  ledger: [{ description: object; options: object }, Ledger];
  release: [{ handle: Handle }, void];
  parameters: [{ model: Handle; fields: ParameterField[]; names?: string[] }, ParameterValues[]];
  write: [{ model: Handle; name: string; values: Float32Array }, void];
  writeOne: [{ model: Handle; name: string; index: number; value: number }, void];
  freeze: [{ model: Handle; name: string; frozen: boolean }, ModelSummary];
  predict: [{ model: Handle } & Described, Record<string, Tensor>];
  benchmark: [{ model: Handle; times: number } & Described, { milliseconds: number; outputs: Record<string, Tensor> }];
  inspect: [{ model: Handle } & Described, InspectedValue[]];
  evaluate: [{ model: Handle; dataset: Handle; options: object }, Record<string, unknown>];
  exportModel: [{ model: Handle }, Uint8Array<ArrayBuffer>];
  loadModel: [{ model: Handle; bytes: Uint8Array }, LoadedWeights];
  graphText: [{ model: Handle; options: object }, string];
  generate: [{ model: Handle; prompt: Int32Array; options: object }, { generator: Handle }];
  /** At most so many tokens: id and probability of each, then of each of its `candidates`; `done` with the last. */
  generateNext: [{ generator: Handle; count: number }, { numbers: Float64Array; candidates: number; done: boolean }];
  fit: [{ model: Handle; train: Handle; val: Handle | null; options: object; pace: Pace }, { run: Handle }];
  setRun: [{ run: Handle; options: object; pace: Partial<Pace> }, void];
  pauseRun: [{ run: Handle }, RunState];
  resumeRun: [{ run: Handle }, void];
  stepRun: [{ run: Handle; steps: number }, RunState];
  stopRun: [{ run: Handle }, RunState];
  /** Becomes one of the engines that share a run, for as long as it lives. */
  join: [Joining, { model: Handle }];
  previewRun: [{ run: Handle; names: string[] }, ParameterPreview[]];
}

/** What an engine needs to share another's run. */
export interface Joining {
  made: { description: object; options: object };
  weights: Uint8Array;
  frozen: string[];
  data: object;
  buffers: Uint8Array[];
  options: object;
  member: number;
  members: number;
  /** To the other members, by number; null at its own place. */
  ports: (MessagePort | null)[];
}

export interface ParameterValues extends ParameterInfo {
  values: Partial<Record<ParameterField, Float32Array>>;
}

/** What the next step would do to a parameter, in PyTorch's layout. */
export interface ParameterPreview {
  name: string;
  /** On the next batch, at the present weights. */
  gradient: Float32Array;
  /** What the optimizer would add. */
  update: Float32Array;
}

/** How fast a run goes and how often it speaks. */
export interface Pace {
  /** Infinity: as fast as the machine. */
  stepsPerSecond: number;
  eventsPerSecond: number;
  paused: boolean;
}

export type Method = keyof Calls;
export type Arguments<M extends Method> = Calls[M][0];
export type Result<M extends Method> = Calls[M][1];

export interface Start {
  kind: 'start';
  protocol: number;
  build: BuildName;
  module: WebAssembly.Module;
  threads: number;
  /** Engines that may share a run which does not say how many. */
  workers: number;
  /** Where it is held, this name is locked as long as the worker lives. */
  lock: string;
}

export interface Call<M extends Method = Method> {
  kind: 'call';
  id: number;
  method: M;
  args: Arguments<M>;
}

export type ToEngine = Start | Call;

export type FromEngine =
  | { kind: 'ready'; protocol: number; build: BuildName; facts: EngineFacts; locked: boolean }
  | { kind: 'failed'; error: ErrorData }
  | { kind: 'result'; id: number; value: unknown }
  | { kind: 'error'; id: number; error: ErrorData }
  | { kind: 'events'; run: Handle; events: RunEvent[]; end?: RunEnd }
  | { kind: 'lost'; detail: string };

/** How a run ended; `error` if it diverged. */
export interface RunEnd {
  state: RunState;
  error?: ErrorData;
}
