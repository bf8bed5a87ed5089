/** Steps and examples a second over the last second, and the time spent training. */
export class Meter {
  #marks: { at: number; steps: number; examples: number }[] = [];
  #steps = 0;
  #examples = 0;
  #seconds = 0;
  #last = 0;

  /** The clock goes on from now: a pause does not count. */
  resume(): void {
    this.#marks = [];
    this.#last = performance.now();
  }

  count(steps: number, batch: number): void {
    const now = performance.now();
    this.#seconds += Math.min(5, (now - this.#last) / 1000);
    this.#last = now;
    this.#steps += steps;
    this.#examples += steps * batch;
    this.#marks.push({ at: now, steps: this.#steps, examples: this.#examples });
    while (this.#marks.length > 2 && now - (this.#marks[0]?.at ?? now) > 1500) this.#marks.shift();
  }

  rates(): { stepsPerSecond: number; examplesPerSecond: number; seconds: number } {
    const first = this.#marks[0];
    const last = this.#marks.at(-1);
    const seconds = first && last ? (last.at - first.at) / 1000 : 0;
    const rate = (from: number, to: number): number => (seconds > 0 ? (to - from) / seconds : 0);
    return {
      stepsPerSecond: rate(first?.steps ?? 0, last?.steps ?? 0),
      examplesPerSecond: rate(first?.examples ?? 0, last?.examples ?? 0),
      seconds: this.#seconds,
    };
  }
}
