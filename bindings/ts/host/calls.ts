// Calls take effect in the order in which they were made, though one may have to wait for the end of a step.
import type { Call } from '../protocol.js';

/** What the engine's thread does with calls. */
interface Around {
  /** Whether a call must wait now. Whoever lets it go on calls `go`. */
  waits(call: Call): boolean;
  /** Carries out a call, as far as it goes without waiting. */
  take(call: Call): void;
  /** A call that outlives the caller's moment: its arrays must be nobody else's. */
  keep(call: Call): Call;
}

export class Calls {
  readonly #around: Around;
  readonly #waiting: Call[] = [];

  constructor(around: Around) {
    this.#around = around;
  }

  add(call: Call): void {
    // At once where it can be: an engine beside the caller reads the arrays before they change.
    if (this.#waiting.length === 0 && !this.#around.waits(call)) this.#around.take(call);
    else this.#waiting.push(this.#around.keep(call));
  }

  /** Carries out those that need not wait any more. Never within another call. */
  go(): void {
    for (let next = this.#waiting[0]; next && !this.#around.waits(next); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#around.take(next);
    }
  }
}
