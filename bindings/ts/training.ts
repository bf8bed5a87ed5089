// What can be said about training: losses, optimizers, schedules, and the rest of the options of `fit`.
import type { lossNames, metricNames, optimizerNames, scheduleNames } from './generated/registry.js';

/**
 * A loss by name, or with its options: `{ type: 'crossEntropy', labelSmoothing: 0.1 }`.
 *
 * - `crossEntropy`: `labelSmoothing` (default 0), `classWeights`, `ignoreIndex` (default −100: such targets do not count)
 * - `bceWithLogits`: `posWeight`; `huber`: `delta` (default 1); `mse`, `mae`: none
 */
export type Loss = LossName | ({ type: LossName } & Record<string, unknown>);
export type LossName = (typeof lossNames)[number];

/** An optimizer by name, or with its options: `{ type: 'adamw', lr: 1e-3, weightDecay: 0.1 }`. Defaults are PyTorch's. */
export type Optimizer = OptimizerName | ({ type: OptimizerName } & Record<string, unknown>);
export type OptimizerName = (typeof optimizerNames)[number];

/**
 * How the learning rate changes: by name, or with its options, of which most are PyTorch's.
 *
 * - `linear`: `startFactor` (default 1), `endFactor` (0), `hold` (0: share of the time that stays at the start),
 *   `totalIters` (the whole run); `cosine`: `tMax` (the whole run), `etaMin`; `step`: `stepSize` (required), `gamma`;
 *   all three count in `unit`, `step` or `epoch`
 * - `oneCycle`: `maxLr`, `pctStart`, `annealStrategy`, `divFactor`, `finalDivFactor`, `threePhase`
 * - `reduceOnPlateau`: `monitor`, `mode`, `factor`, `patience`, `threshold`, `thresholdMode`, `cooldown`, `minLr`, `eps`
 * - `warmup`: `steps` (required), `startFactor` (1/3), `after`: a schedule for the rest of the run (`constant`).
 *   Warm-up, stable, decay is
 *   `{ type: 'warmup', steps: 100, after: { type: 'linear', hold: 0.8 } }`
 */
export type Schedule = ScheduleName | ({ type: ScheduleName } & Record<string, unknown>);
export type ScheduleName = (typeof scheduleNames)[number];

/** A figure by name, or with its options: `{ type: 'topK', k: 3 }`. */
export type Metric = MetricName | ({ type: MetricName } & Record<string, unknown>);
export type MetricName = (typeof metricNames)[number];

export interface EarlyStopping {
  /** What is watched; default the loss on the validation data. */
  monitor?: string;
  /** It stops at this many looks in a row without getting better; default 5. */
  patience?: number;
  /** What counts as better; default 0. */
  minDelta?: number;
  /** Ends with the weights of the best look; default true. */
  restoreBest?: boolean;
}

/** What of a run can be changed while it runs. */
export interface RunSettings {
  lr?: number;
  batchSize?: number;
  microBatchSize?: number;
  weightDecay?: number;
  momentum?: number;
  clipNorm?: number;
  l1?: number;
  l2?: number;
  /** Steps a second at most, to watch; Infinity: as fast as the machine. */
  stepsPerSecond?: number;
}

export interface TrainingOptions {
  /** Default `crossEntropy`. */
  loss?: Loss;
  /** Default `adam`. */
  optimizer?: Optimizer;
  schedule?: Schedule;
  /** Times through the data. One of `epochs` and `steps`. */
  epochs?: number;
  steps?: number;
  /** Examples in a step; default 32, or all where there are fewer. The last batch of an epoch may be smaller. */
  batchSize?: number;
  /**
   * Rows run at once; default the whole batch. A larger batch is run in pieces and their gradients are added, so that
   * activations take the memory of a piece (Keras: `gradient_accumulation_steps`, Lightning: `accumulate_grad_batches`).
   * A step is still one update by the whole batch's gradient; batch norm's statistics are those of a piece.
   */
  microBatchSize?: number;
  /**
   * Compute activations again for the gradient rather than keep them (PyTorch: `torch.utils.checkpoint`): up to a
   * third more work, a fraction of the memory in deep networks, the same bits; default false.
   */
  recompute?: boolean;
  /** A new order each epoch; default true. */
  shuffle?: boolean;
  /** Leave out what does not fill a batch; default false. */
  dropLast?: boolean;
  /** Name of the target, where the data have several. */
  target?: string;
  /** Figures beside the loss: `accuracy`, … */
  metrics?: Metric[];
  /** Steps between two looks at the validation data; default: once an epoch. */
  valEvery?: number;
  /** Largest norm of all gradients together; larger ones are scaled down. */
  clipNorm?: number;
  l1?: number;
  l2?: number;
  earlyStopping?: EarlyStopping;
  /** Keep what the last step added to each parameter (`update`); default: for models of up to 64 kB. */
  trackUpdates?: boolean;
  /**
   * Whether the engine's threads share the work of a step, where there is enough of it; default: if that proves to be
   * faster. The weights are the same either way.
   */
  shareSteps?: boolean;
  /**
   * Engines in workers, this one included, that share each batch and exchange gradients: for pages that may not share
   * memory between threads. `false` or 1: this one alone; 2 to 8: so many. Default: alone where there are threads or
   * `load` was asked for one or for `deterministic`, else up to 4, one for each core, where a step is large enough to
   * gain. The same number gives the same bits; another one rounds otherwise. Each worker holds the data and the model.
   * `RunState.workers` says how many there are, `alone` why not: a run goes on alone where it cannot be shared.
   * INVALID_VALUE for other numbers, NOT_SUPPORTED in a build with threads.
   */
  workers?: number | false;
  /** Of the order of the data and of dropout; default 0. */
  seed?: number;
}
