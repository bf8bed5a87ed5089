/** Collects the loss of every batch into a curve of bounded length. */
import type { Curve, Mark } from './snapshot.ts';

const most = 1600;

interface Entry {
  step: number;
  raw: number;
  training: number;
  heldOut: number;
}

export class CurveBuilder {
  #entries: Entry[] = [];
  #marks: Mark[] = [];
  #smooth = NaN;
  /** Batches that one entry stands for. */
  #stride = 1;

  clear(): void {
    this.#entries = [];
    this.#marks = [];
    this.#smooth = NaN;
    this.#stride = 1;
  }

  /** Losses of single batches, spread evenly over the steps after `from` up to `to`. */
  addBatches(from: number, to: number, losses: readonly number[]): void {
    losses.forEach((loss, i) => {
      if (!Number.isFinite(loss)) return;
      const step = from + ((to - from) * (i + 1)) / losses.length;
      const batches = (to - from) / losses.length;
      // A running mean over about twenty batches, shorter at the start so that it begins where the run does.
      const keep = Math.min(0.95, this.#entries.length / (this.#entries.length + 3)) ** batches;
      this.#smooth = Number.isNaN(this.#smooth) ? loss : keep * this.#smooth + (1 - keep) * loss;
      const last = this.#entries.at(-1);
      if (last && step - last.step < this.#stride * 0.999) return;
      this.#entries.push({ step, raw: loss, training: this.#smooth, heldOut: NaN });
    });
    this.#thin();
  }

  addHeldOut(step: number, loss: number): void {
    if (!Number.isFinite(loss)) return;
    const last = this.#entries.at(-1);
    if (last && last.step >= step) {
      last.heldOut = loss;
      return;
    }
    this.#entries.push({ step, raw: NaN, training: NaN, heldOut: loss });
  }

  mark(mark: Mark): void {
    const last = this.#marks.at(-1);
    // A slider that is dragged is one change, not fifty.
    if (last?.kind === mark.kind && mark.step - last.step <= Math.max(20, mark.step * 0.01)) {
      this.#marks.pop();
      this.#marks.push({ ...mark, from: last.from });
    } else this.#marks.push(mark);
  }

  #thin(): void {
    if (this.#entries.length <= most) return;
    this.#stride *= 2;
    this.#entries = this.#entries.filter(
      (entry, i) => i % 2 === 0 || i === this.#entries.length - 1 || !Number.isNaN(entry.heldOut),
    );
    if (this.#entries.length > most) this.#entries = this.#entries.filter((_, i) => i % 2 === 0);
  }

  /** The curve so far, as new arrays. */
  snapshot(): Curve {
    const entries = this.#entries;
    return {
      steps: entries.map(({ step }) => step),
      raw: entries.map(({ raw }) => raw),
      training: entries.map(({ training }) => training),
      heldOut: entries.map(({ heldOut }) => heldOut),
      marks: [...this.#marks],
    };
  }
}
