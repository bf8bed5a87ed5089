// What can be said about training: the options of `fit`.
import type { AdamOptions, Loss, Metric, Optimizer, RmspropOptions, Schedule, SgdOptions } from './choices.js';

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

/** Options of all optimizers together, but for those that say what it remembers. */
type Adjustable = Omit<SgdOptions & AdamOptions & RmspropOptions, 'amsgrad' | 'centered'>;

/**
 * What of a run can be changed while it runs: these, and the options of its optimizer. One that the optimizer lacks is
 * refused with UNKNOWN_OPTION; so is, with INVALID_VALUE, a momentum that begins or ends.
 */
export interface RunSettings extends Adjustable {
  /** Times through the data in all, those done included. */
  epochs?: number;
  /** Steps in all, those done included. */
  steps?: number;
  batchSize?: number;
  microBatchSize?: number;
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
   * `load` was asked for one, for a build, for `deterministic` or for no worker, else up to 4, one for each core, where a
   * step is large enough to gain. The same number gives the same bits; another one rounds otherwise: a bias right before
   * a batch norm, whose gradient is rounding alone, wanders under Adam (leave it out: `bias: false`). Batch norm's
   * statistics are those of the whole batch. Each worker holds the data and the model. `RunState.workers` says how many
   * there are, `alone` why not: a run goes on alone where it cannot be shared. INVALID_VALUE for other numbers,
   * NOT_SUPPORTED in a build with threads.
   */
  workers?: number | false;
  /** Of the order of the data and of dropout; default 0. */
  seed?: number;
}
