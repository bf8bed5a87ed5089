/** Runs one action at a time, at most so often; what comes too fast is left out, the latest never. */
export class Pictures {
  readonly #action: () => Promise<void>;
  readonly #every: () => number;
  #running: Promise<void> | undefined;
  #again = false;
  #last = -Infinity;

  constructor(action: () => Promise<void>, every: () => number) {
    this.#action = action;
    this.#every = every;
  }

  /** For something that happens many times a second: passed over where the last picture is fresh. */
  tick(): void {
    if (this.#running || performance.now() - this.#last < this.#every()) return;
    void this.now();
  }

  /** For what a visitor did: resolves once a picture that began after this call is there. */
  async now(): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#loop();
    return this.#running;
  }

  async #loop(): Promise<void> {
    try {
      do {
        this.#again = false;
        this.#last = performance.now();
        await this.#action();
      } while (this.#again);
    } finally {
      this.#running = undefined;
    }
  }
}
