/// <reference lib="esnext.disposable" preserve="true" />
// The package's face: everything public, and nothing happens until load() is called.
import { arrays, synthetic } from './data/dataset.js';
import { idx } from './data/idx.js';
import { sequences, seriesWindows } from './data/sequences.js';

export { load, type LoadOptions } from './load.js';
export * as nn from './nn.js';
/** Data sets: from arrays, series and sequences, from IDX files, or made by the engine. */
export const data = { arrays, idx, synthetic, seriesWindows, sequences };
export { Engine, type EngineInfo, type MemoryInfo } from './engine.js';
export {
  Model,
  type EvaluateOptions,
  type GraphTextOptions,
  type Inputs,
  type InputShape,
  type InspectOptions,
  type ModelOptions,
  type PredictOptions,
} from './model.js';
export type { GenerateOptions, Token, TokenProbability } from './generate.js';
export { Tokenizer, type TokenizerOptions, type WindowOptions } from './tokenizer.js';
export { knownModels, type Ledger, type LedgerLayer, type LedgerOptions } from './ledger.js';
export { Parameter } from './parameter.js';
export { Run, type FitOptions, type StepResult } from './run.js';
export { TrainyardError, setLanguage, type ErrorCode, type ErrorData, type Language } from './errors.js';
export type * from './events.js';
export type * from './choices.js';
export type * from './training.js';
export type { BuildName } from './builds.js';
export type { WasmSource } from './compile.js';
export { Dataset } from './data/dataset.js';
export type { NamedArrays, SimpleArrays, SplitOptions, SyntheticOptions } from './data/dataset.js';
export type { FileSource, IdxOptions } from './data/idx.js';
export type { TextSource } from './data/text.js';
export type { Sequences, SeriesOptions, SeriesWindows } from './data/sequences.js';
export type { NestedNumbers, NumberArray, ShapedArray, Values } from './data/values.js';
export type { Reason } from './features.js';
export type {
  DatasetInfo,
  InspectedValue,
  LayerSummary,
  LoadedWeights,
  ModelSummary,
  ParameterField,
  ParameterInfo,
  ParameterKind,
  ParameterPreview,
  Rows,
  Tensor,
} from './protocol.js';
export type { Description, GraphDescription, Layer, Node, Pair, SequentialDescription } from './description.js';
