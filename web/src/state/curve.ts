/** Collects the loss of every batch into a curve of bounded length. */
import type { Curve, Mark } from './snapshot.ts';

const mostBatches = 1200;
const mostLooks = 400;

interface Batch {
  step: number;
  raw: number;
  training: number;
}

/** What a look at the held-out data says: their loss, and shares of right answers. */
export interface Look {
  step: number;
  loss: number;
  right: number;
  trainingRight: number;
}

export class CurveBuilder {
  #batches: Batch[] = [];
  #looks: Look[] = [];
  #marks: Mark[] = [];
  #smooth = NaN;
  /** Steps that one entry stands for. */
  #stride = 1;

  /** Losses of single batches, spread evenly over the steps after `from` up to `to`. */
  addBatches(from: number, to: number, losses: readonly number[]): void {
    const batches = (to - from) / losses.length;
    losses.forEach((loss, i) => {
      if (!Number.isFinite(loss)) return;
      const step = from + batches * (i + 1);
      // A running mean over about twenty batches, shorter at the start so that it begins where the run does.
      const keep = Math.min(0.95, this.#batches.length / (this.#batches.length + 3)) ** batches;
      this.#smooth = Number.isNaN(this.#smooth) ? loss : keep * this.#smooth + (1 - keep) * loss;
      const last = this.#batches.at(-1);
      if (last && step - last.step < this.#stride * 0.999) return;
      this.#batches.push({ step, raw: loss, training: this.#smooth });
    });
    this.#thin();
  }

  /** A look at the held-out data. */
  addLook(look: Look): void {
    if (!Number.isFinite(look.loss)) return;
    this.#looks.push(look);
    // The last one stays: it is the one that is said.
    if (this.#looks.length > mostLooks)
      this.#looks = this.#looks.filter((_, i) => i % 2 === 0 || i === this.#looks.length - 1);
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
    if (this.#batches.length <= mostBatches) return;
    this.#stride *= 2;
    this.#batches = this.#batches.filter((_, i) => i % 2 === 0 || i === this.#batches.length - 1);
  }

  /** The curve so far, as new arrays: batches and looks in the order of their steps. */
  snapshot(): Curve {
    // A look may be told before or after the batches that it follows.
    const rows = new Map<number, { batch?: Batch; look?: Look }>();
    for (const batch of this.#batches) rows.set(batch.step, { batch });
    for (const look of this.#looks) rows.set(look.step, { ...rows.get(look.step), look });
    const sorted = [...rows].sort(([a], [b]) => a - b);
    const column = (pick: (batch: Batch | undefined, look: Look | undefined) => number | undefined): number[] =>
      sorted.map(([, { batch, look }]) => pick(batch, look) ?? NaN);
    return {
      steps: sorted.map(([step]) => step),
      raw: column((batch) => batch?.raw),
      training: column((batch) => batch?.training),
      heldOut: column((_, look) => look?.loss),
      trainingRight: column((_, look) => look?.trainingRight),
      heldOutRight: column((_, look) => look?.right),
      marks: [...this.#marks],
    };
  }
}
