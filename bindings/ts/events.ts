// What a run tells: events, at most 30 times a second, the latest of each kind.

/** Loss and the metrics that were asked for, by their names. A metric without a value is null. */
export interface Measures {
  /** NaN where it is not finite. */
  loss: number;
  accuracy?: number;
  [metric: string]: unknown;
}

/** Where the run is. */
export interface ProgressEvent {
  type: 'progress';
  /** Steps done. */
  step: number;
  /** Times through the data that are complete. */
  epoch: number;
  /** Place of the next batch in the epoch's order of the data. */
  row: number;
  /** Loss of the last step's batch. */
  loss: number;
  lr: number;
  /** Norm of all gradients of the last step together; NaN where it is not finite. */
  gradNorm: number;
  /** Steps since the last event of this kind. */
  steps: number;
  /** Their losses, at most 64: each the mean of `lossStride` steps, the last one perhaps of fewer. */
  losses: number[];
  lossStride: number;
  /** Metrics on the training data since the last look at the validation data. */
  metrics?: Record<string, unknown>;
  examples: number;
  /** Time spent training. */
  seconds: number;
}

/** The end of an epoch, in a run without validation data. */
export interface EpochEvent {
  type: 'epoch';
  step: number;
  epoch: number;
  loss: number;
  metrics?: Record<string, unknown>;
}

/** A look at the validation data. */
export interface ValidationEvent {
  type: 'validation';
  step: number;
  epoch: number;
  /** Loss of the last step's batch. */
  loss: number;
  metrics?: Record<string, unknown>;
  /** Loss and metrics on the validation data. */
  val: Measures;
}

/** With early stopping: the monitored figure is better than ever before. */
export interface BestEvent {
  type: 'best';
  step: number;
  [monitor: string]: unknown;
}

/** The loss became infinite or NaN: the weights are back where they were at step `kept`, and the run is over. */
export interface DivergedEvent {
  type: 'diverged';
  step: number;
  loss: 'NaN' | 'Infinity';
  /** Path of the first layer whose values were not finite. */
  layer: string;
  /** Step whose weights were restored. */
  kept: number;
  lr: number;
}

export type RunEvent = ProgressEvent | EpochEvent | ValidationEvent | BestEvent | DivergedEvent;
export type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

/** Where a run stands. */
export interface RunState {
  state: 'running' | 'paused' | 'finished' | 'stopped' | 'diverged' | 'failed';
  /** Why it ended: `complete`, `early stopping`, `stopped`, `diverged`. */
  reason?: string;
  step: number;
  /** Times through the data that are complete. */
  epoch: number;
  /** Place of the next batch in the epoch's order of the data. */
  row: number;
  stepsPerEpoch: number;
  /** Loss of the last step's batch. */
  loss: number;
  lr: number;
  /** Engines, this one included, that share the batches (`fit({ workers })`); 1: it trains alone. */
  workers: number;
  /**
   * Why it trains alone although several were wanted: `small step` (it would not gain), `small batch` (fewer than two
   * rows for each), `batch norm` (with `microBatchSize`: its statistics would be those of other pieces), `metrics`
   * (larger than the gradient: a confusion matrix of many classes), `model changed` (by others than the run, on the
   * way), `worker lost`.
   */
  alone?: string;
  /** The optimizer as it is now. */
  optimizer: Record<string, unknown>;
  /** Memory that it takes at the present batch size. */
  bytes: {
    weights: number;
    gradients: number;
    optimizer: number;
    /** Of what is run at once, with room for single calls. */
    activations: number;
    /** Weights and optimizer as they were, to go back to. */
    copies: number;
    /** Activations of the looks at the validation data. */
    validation: number;
  };
}

/** Losses of single steps that an event carries at most. */
const mostLosses = 64;

/** The losses of these events, one after the other, as means of `stride` steps each. */
function regroup(events: ProgressEvent[], stride: number): number[] {
  const losses: number[] = [];
  let [sum, count] = [0, 0];
  const end = (): void => {
    losses.push(sum / count);
    [sum, count] = [0, 0];
  };
  for (const event of events) {
    event.losses.forEach((mean, i) => {
      // What it is the mean of may end one group and begin the next.
      for (let left = Math.min(event.lossStride, event.steps - i * event.lossStride); left > 0;) {
        const part = Math.min(left, stride - count);
        sum += part * mean;
        count += part;
        left -= part;
        if (count === stride) end();
      }
    });
  }
  if (count > 0) end();
  return losses;
}

/** The newer event in place of the older of the same kind; losses of both, of as many steps each, and not too many. */
function merge(older: RunEvent, newer: RunEvent): RunEvent {
  if (older.type !== 'progress' || newer.type !== 'progress') return newer;
  const steps = older.steps + newer.steps;
  let lossStride = Math.max(older.lossStride, newer.lossStride);
  while (steps > mostLosses * lossStride) lossStride *= 2;
  return { ...newer, steps, losses: regroup([older, newer], lossStride), lossStride };
}

/**
 * Events that wait to be told. A newer event takes the place of a waiting one of its kind, so that a slow listener
 * never makes a queue grow.
 */
export class Waiting {
  #events: RunEvent[] = [];

  get size(): number {
    return this.#events.length;
  }

  add(event: RunEvent): void {
    const at = this.#events.findIndex((waiting) => waiting.type === event.type);
    if (at < 0) {
      this.#events.push(event);
    } else {
      const [older] = this.#events.splice(at, 1);
      this.#events.push(merge(older!, event));
    }
  }

  /** The oldest event, taken out. */
  next(): RunEvent | undefined {
    return this.#events.shift();
  }

  /** All of them, taken out. */
  take(): RunEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
