// What a run tells: events, at most 30 times a second, the latest of each kind.

/** Numbers of one moment of a run. Metrics that were asked for stand beside `loss` under their names. */
export interface Measures {
  loss: number;
  accuracy?: number;
  [metric: string]: unknown;
}

/** Where the run is, at least once for each time it speaks. */
export interface ProgressEvent extends Partial<Measures> {
  type: 'progress';
  /** Steps done. */
  step: number;
  /** Times through the data, counted from 0. */
  epoch: number;
  /** Mean loss of the steps since the last event of this kind. */
  loss: number;
  lr: number;
  gradNorm?: number;
  /** Losses of single steps since the last event, thinned to 64. */
  losses?: number[];
  examples: number;
  /** Time spent training. */
  seconds: number;
}

/** The end of an epoch. */
export interface EpochEvent extends Partial<Measures> {
  type: 'epoch';
  step: number;
  epoch: number;
  loss: number;
}

/** A look at the validation data. */
export interface ValidationEvent {
  type: 'validation';
  step: number;
  epoch: number;
  val: Measures;
}

/** The monitored figure is better than ever before. */
export interface BestEvent {
  type: 'best';
  step: number;
  epoch: number;
  [detail: string]: unknown;
}

/** The loss became infinite or NaN: the weights are back at `kept`, and the run is over. */
export interface DivergedEvent {
  type: 'diverged';
  step: number;
  /** Path of the first layer whose values were not finite. */
  layer: string;
  /** Step whose weights were restored. */
  kept: number;
}

export type RunEvent = ProgressEvent | EpochEvent | ValidationEvent | BestEvent | DivergedEvent;
export type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

/** Where a run stands. */
export interface RunState {
  state: 'running' | 'paused' | 'finished' | 'stopped' | 'diverged';
  /** Why it ended: `epochs`, `steps`, `earlyStopping`, `stopped`, `diverged`. */
  reason?: string;
  step: number;
  epoch: number;
  loss?: number;
  lr?: number;
  [detail: string]: unknown;
}

/** Losses of single steps that an event carries at most. */
const mostLosses = 64;

/** Every k-th of the numbers, so that no more are left than an event carries. */
function thin(losses: number[]): number[] {
  if (losses.length <= mostLosses) return losses;
  return Array.from({ length: mostLosses }, (_, i) => losses[Math.floor((i * losses.length) / mostLosses)]!);
}

/** The newer event in place of the older of the same kind. */
function merge(older: RunEvent, newer: RunEvent): RunEvent {
  if (older.type !== 'progress' || newer.type !== 'progress') return newer;
  return { ...newer, losses: thin([...(older.losses ?? []), ...(newer.losses ?? [])]) };
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
