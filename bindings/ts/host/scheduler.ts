// The training loop of the engine's thread: each run in turn gets a slice of time; between slices messages are read.
import type { LiveRun } from './liveRun.js';
import { makeYield } from './yield.js';

/** Milliseconds of training between two looks for messages: no pause and no prediction waits longer. */
const slice = 10;

export class Scheduler {
  readonly #runs = new Set<LiveRun>();
  readonly #trapped: (error: unknown) => void;
  readonly #yield = makeYield(() => this.#turn());
  #pending = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  /** `trapped` hears of what leaves the engine in an unknown state. */
  constructor(trapped: (error: unknown) => void) {
    this.#trapped = trapped;
  }

  /** Begins or goes on with a run; harmless for one that is under way, has ended, or is paused. */
  wake(run: LiveRun): void {
    this.#runs.add(run);
    clearTimeout(this.#timer);
    this.#schedule();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#runs.clear();
  }

  #schedule(): void {
    if (this.#pending) return;
    this.#pending = true;
    this.#yield();
  }

  #turn(): void {
    this.#pending = false;
    if (this.#closed) return;
    try {
      this.#advance();
    } catch (error) {
      this.#trapped(error);
    }
  }

  #advance(): void {
    for (const run of this.#runs) if (!run.playing) this.#runs.delete(run);
    const share = slice / this.#runs.size;
    let wait = Infinity;
    for (const run of this.#runs) {
      const now = performance.now();
      if (run.wait(now) === 0) run.advance(share, now);
      if (run.playing) wait = Math.min(wait, run.wait(performance.now()));
    }
    if (wait === 0) this.#schedule();
    // A run that is throttled, to be watched, has time to spare: only then a timer.
    else if (wait < Infinity) this.#timer = setTimeout(() => this.#turn(), wait);
  }
}
