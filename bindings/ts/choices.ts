// What can be chosen by name, with the options that each has. Names, options and defaults are the engine's; a test
// compares them with its lists.
import type { NumberArray } from './data/values.js';
import type { lossNames, metricNames, optimizerNames, scheduleNames } from './generated/registry.js';

export type LossName = (typeof lossNames)[number];
export type OptimizerName = (typeof optimizerNames)[number];
export type ScheduleName = (typeof scheduleNames)[number];
export type MetricName = (typeof metricNames)[number];

/** Of each name, itself with its options; the name alone where none of them is required. */
type Choice<Name extends string, Options extends Record<Name, object>> = {
  [K in Name]: ({ type: K } & Options[K]) | (Partial<Options[K]> extends Options[K] ? K : never);
}[Name];

/** Nothing to be said beside the name. */
export type NoOptions = Record<never, never>;

export interface CrossEntropyOptions {
  /** Share of the target, 0 to 1, that is spread over all classes; default 0. */
  labelSmoothing?: number;
  /** A weight for each class; default 1. */
  classWeights?: readonly number[] | NumberArray;
  /** Targets of this class do not count; default −100. */
  ignoreIndex?: number;
}
export interface BceWithLogitsOptions {
  /** Weights of the positive answers: one, or one for each number of the last axis; default 1. */
  posWeight?: readonly number[] | NumberArray;
}
export interface HuberOptions {
  /** From which difference on it grows linearly; default 1. */
  delta?: number;
}
export interface LossOptions {
  crossEntropy: CrossEntropyOptions;
  bceWithLogits: BceWithLogitsOptions;
  mse: NoOptions;
  mae: NoOptions;
  huber: HuberOptions;
}
/** A loss by name, or with its options: `{ type: 'crossEntropy', labelSmoothing: 0.1 }`. */
export type Loss = Choice<LossName, LossOptions>;

export interface WeightDecayOptions {
  /** Default 0, of `adamw` 0.01. */
  weightDecay?: number;
  /** Of biases and of the parameters of norms too; default false. */
  decayBiasAndNorm?: boolean;
}
export interface SgdOptions extends WeightDecayOptions {
  /** Default 1e-3. */
  lr?: number;
  /** Default 0. */
  momentum?: number;
  /** Default 0. */
  dampening?: number;
  /** Needs momentum, and no dampening; default false. */
  nesterov?: boolean;
}
export interface AdamOptions extends WeightDecayOptions {
  /** Default 1e-3. */
  lr?: number;
  /** Default `[0.9, 0.999]`. */
  betas?: readonly [number, number];
  /** Default 1e-8. */
  eps?: number;
  /** Default false. */
  amsgrad?: boolean;
}
export interface RmspropOptions extends WeightDecayOptions {
  /** Default 1e-2. */
  lr?: number;
  /** Default 0.99. */
  alpha?: number;
  /** Default 1e-8. */
  eps?: number;
  /** Default 0. */
  momentum?: number;
  /** Default false. */
  centered?: boolean;
}
export interface OptimizerOptions {
  sgd: SgdOptions;
  adam: AdamOptions;
  adamw: AdamOptions;
  rmsprop: RmspropOptions;
}
/**
 * An optimizer by name, or with its options: `{ type: 'adamw', lr: 1e-3, weightDecay: 0.1 }`. Defaults are PyTorch's, but
 * biases and norms decay only with `decayBiasAndNorm`.
 */
export type Optimizer = Choice<OptimizerName, OptimizerOptions>;

export interface StepOptions {
  /** Units from one change to the next. */
  stepSize: number;
  /** The rate is multiplied by it; default 0.1. */
  gamma?: number;
  /** What is counted; default `epoch`. */
  unit?: 'step' | 'epoch';
}
export interface LinearDecayOptions {
  /** Default 1. */
  startFactor?: number;
  /** Default 0. */
  endFactor?: number;
  /** Share of the time, below 1, that stays at the start; default 0. */
  hold?: number;
  /** Units; default the whole run. */
  totalIters?: number;
  /** What is counted; default `step`. */
  unit?: 'step' | 'epoch';
}
export interface CosineOptions {
  /** Units down to the lowest rate; default the whole run. */
  tMax?: number;
  /** The lowest rate; default 0. */
  etaMin?: number;
  /** What is counted; default `step`. */
  unit?: 'step' | 'epoch';
}
export interface OneCycleOptions {
  /** Default the optimizer's rate. */
  maxLr?: number;
  /** Share of the steps on the way up; default 0.3. */
  pctStart?: number;
  /** Default `cos`. */
  annealStrategy?: 'cos' | 'linear';
  /** It begins at the largest rate over this; default 25. */
  divFactor?: number;
  /** It ends at the first rate over this; default 10,000. */
  finalDivFactor?: number;
  /** Down as long as up, then to the end; default false. */
  threePhase?: boolean;
}
export interface ReduceOnPlateauOptions {
  /** What is watched on the validation data: `loss` (default), a metric. */
  monitor?: string;
  /** What is better; default `auto`: more of what should rise (accuracy), less of all else. */
  mode?: 'auto' | 'min' | 'max';
  /** The rate is multiplied by it; default 0.1. */
  factor?: number;
  /** Looks without getting better that are borne; default 10. */
  patience?: number;
  /** What counts as better; default 1e-4. */
  threshold?: number;
  /** Whether that is a share or a difference; default `rel`. */
  thresholdMode?: 'rel' | 'abs';
  /** Looks after a change that do not count; default 0. */
  cooldown?: number;
  /** Default 0. */
  minLr?: number;
  /** Smaller changes are left out; default 1e-8. */
  eps?: number;
}
export interface WarmupOptions {
  /** Steps up to the whole rate. */
  steps: number;
  /** Of the rate, at the start; default 1/3. */
  startFactor?: number;
  /** For the rest of the run; default `constant`. */
  after?: Schedule;
}
export interface ScheduleOptions {
  constant: NoOptions;
  step: StepOptions;
  linear: LinearDecayOptions;
  cosine: CosineOptions;
  oneCycle: OneCycleOptions;
  reduceOnPlateau: ReduceOnPlateauOptions;
  warmup: WarmupOptions;
}
/**
 * How the learning rate changes: by name, or with its options, of which most are PyTorch's. Warm-up, stable, decay is
 * `{ type: 'warmup', steps: 100, after: { type: 'linear', hold: 0.8 } }`.
 */
export type Schedule = Choice<ScheduleName, ScheduleOptions>;

export interface ThresholdOptions {
  /** Of a network with one output, from where on it says yes: 0 (default) for a logit, 0.5 for a probability. */
  threshold?: number;
}
export interface PerClassOptions extends ThresholdOptions {
  /** How the classes' figures become one; `none`: one for each class. Default `macro`. */
  average?: 'macro' | 'micro' | 'weighted' | 'none';
}
export interface TopKOptions {
  /** Default 5. */
  k?: number;
}
export interface MetricOptions {
  accuracy: ThresholdOptions;
  topK: TopKOptions;
  precision: PerClassOptions;
  recall: PerClassOptions;
  f1: PerClassOptions;
  confusionMatrix: ThresholdOptions;
  mae: NoOptions;
  rmse: NoOptions;
  r2: NoOptions;
}
/** A figure by name, or with its options: `{ type: 'topK', k: 3 }`. */
export type Metric = Choice<MetricName, MetricOptions>;
