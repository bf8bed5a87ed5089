// What bindings/embind/module.cpp exports, as the host sees it. Everything that is no bulk of numbers is JSON text;
// every function may throw an object with the fields of ErrorData.

/** An object of the engine; `delete` frees it. */
export interface EngineObject {
  delete(): void;
}

export interface DatasetObject extends EngineObject {
  info(): string;
  /** Reads all rows; where their columns are, as JSON. */
  read(): string;
  /** A view of memory that the next call may overwrite: copy it. */
  column(view: number): Float32Array;
  /** Frees what was read. */
  forget(): void;
}

export interface TokenizerObject extends EngineObject {
  /** Views of memory that the next call may overwrite: copy them. */
  tokens(): Uint8Array;
  ends(): Int32Array;
  save(): string;
}

/** A text that is being read. After the last chunk one of the three others is called, by what it was opened for. */
export interface TextObject extends EngineObject {
  feed(pointer: number, bytes: number): void;
  tokenizer(): TokenizerObject;
  ids(): Int32Array;
  windows(): [DatasetObject, DatasetObject?];
}

export interface ModelObject extends EngineObject {
  summary(): string;
  parameters(): string;
  /** A view of memory that the next call may overwrite: copy it. */
  read(name: string, field: string): Float32Array;
  write(name: string, pointer: number, count: number): void;
  writeOne(name: string, index: number, value: number): void;
  freeze(name: string, frozen: boolean): void;
  predict(spec: string, pointers: number[]): string;
  inspect(spec: string, pointers: number[]): string;
  /** Computes what the last predict computed again, so many times: to measure it. */
  repeat(times: number): void;
  /** Numbers of the last predict or inspect, by the `view` of its answer; valid until the next call. */
  result(index: number): Float32Array;
  evaluate(dataset: DatasetObject, options: string): string;
  exportSafetensors(): Uint8Array;
  /** Gives up what was made to be read: views of it are none any more. */
  forget(): void;
  load(pointer: number, bytes: number): string;
  graphText(options: string): string;
}

export interface RunObject extends EngineObject {
  advance(milliseconds: number, steps: number): string;
  set(options: string): void;
  stop(): void;
  state(): string;
  // A batch that several engines share (src/train/trainer.hpp).
  members(most: number): number;
  /** Its data, for `unpackDataset`: JSON with the number of `buffers`. */
  pack(): string;
  packed(index: number): Uint8Array;
  join(member: number, members: number): void;
  leave(why: string): void;
  beginPart(): boolean;
  /** Views of memory, both: that of the part just run, and where another's belongs before it is added. */
  part(): Uint8Array;
  incoming(): Uint8Array;
  addPart(member: number): void;
  /** As `advance`. Empty where the step is not through: there is another part to exchange. */
  endPart(): string;
  /** Works out the next step for the parameters of these names (JSON). */
  preview(names: string): void;
  /** By place in the names; views of memory that the next call may overwrite. */
  gradient(index: number): Float32Array;
  update(index: number): Float32Array;
}

export interface GeneratorObject extends EngineObject {
  /** Tokens as numbers (protocol.ts, `generateNext`); a view of memory that the next call may overwrite: copy it. */
  next(count: number, milliseconds: number): Float64Array;
  /** How many candidates each token has. */
  candidates(): number;
  done(): boolean;
}

export interface EngineModule {
  wasmMemory: WebAssembly.Memory;
  engineInfo(): string;
  setThreads(threads: number): number;
  memory(): string;
  /** Multiply-adds in registers alone; returns how many floating-point operations that were. */
  peak(iterations: number, allThreads: boolean): number;
  /** Room for bytes, aligned for SIMD; a call that takes the pointer frees it. */
  allocate(bytes: number): number;
  release(pointer: number): void;
  createDataset(spec: string, pointers: number[]): DatasetObject;
  splitDataset(dataset: DatasetObject, options: string): [DatasetObject, DatasetObject];
  loadTokenizer(pointer: number, bytes: number): TokenizerObject;
  openText(options: string, tokenizer: TokenizerObject | null): TextObject;
  ledger(description: string, options: string): string;
  createModel(description: string, options: string): ModelObject;
  createGenerator(model: ModelObject, prompt: number, options: string): GeneratorObject;
  unpackDataset(description: string, pointers: number[]): DatasetObject;
  createRun(model: ModelObject, train: DatasetObject, val: DatasetObject | null, options: string): RunObject;
}

/** Emscripten's factory with the hooks that are used. */
export type Factory = (hooks: {
  instantiateWasm(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object;
  /** Workers that are made ready for threads before the factory is done. */
  poolSize: number;
  newThread(): Worker;
  wasmMemory?: WebAssembly.Memory;
  print(text: string): void;
  printErr(text: string): void;
}) => Promise<EngineModule>;
