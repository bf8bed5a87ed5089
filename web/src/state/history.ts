/** Where every parameter has been: copies of all values at even distances, thinned by half when there are too many. */
import type { Place, Probe, Tensor } from './snapshot.ts';

const mostCopies = 240;
/** 24 MB of numbers. */
const mostNumbers = 6_000_000;

interface Copy {
  step: number;
  tensors: readonly Tensor[];
}

export class History {
  #start: Copy | undefined;
  #copies: Copy[] = [];
  /** Steps between two copies. */
  #every = 0;

  /** Forgets everything. */
  clear(): void {
    this.#start = undefined;
    this.#copies = [];
    this.#every = 0;
  }

  record(step: number, tensors: readonly Tensor[]): void {
    this.#start ??= { step, tensors };
    const last = this.#copies.at(-1);
    if (last && step - last.step < this.#every) return;
    this.#copies.push({ step, tensors });
    const size = tensors.reduce((sum, { values }) => sum + values.length, 0);
    if (this.#copies.length < Math.max(8, Math.min(mostCopies, mostNumbers / size))) return;
    this.#copies = this.#copies.filter((_, i) => i % 2 === 0);
    const first = this.#copies[0];
    this.#every = first ? (step - first.step) / this.#copies.length : 0;
  }

  /** The copy nearest to a step. */
  at(step: number): Copy | undefined {
    return this.#copies.reduce<Copy | undefined>(
      (best, copy) => (best && Math.abs(best.step - step) <= Math.abs(copy.step - step) ? best : copy),
      undefined,
    );
  }

  /** The step of the copy before or after the one nearest to a step; beyond the last one, none. */
  beside(step: number, by: -1 | 1): number | undefined {
    const near = this.at(step);
    const index = this.#copies.findIndex((copy) => copy === near);
    // Between two copies the one on the asked side is the nearest already.
    const from = near && Math.sign(near.step - step) === by ? index - by : index;
    return this.#copies[Math.max(0, from + by)]?.step;
  }

  /** The step of the first copy: 0, or where the network got its present shape. */
  get startStep(): number {
    return this.#start?.step ?? 0;
  }

  /** One parameter, as it is and as it was. */
  probe(
    place: Place,
    now: { tensors: readonly Tensor[]; frozen: ReadonlySet<string>; gradient: number; push: number },
  ): Probe {
    return {
      place,
      value: valueOf(now.tensors, place),
      atStart: valueOf(this.#start?.tensors ?? [], place),
      gradient: now.gradient,
      push: now.push,
      frozen: now.frozen.has(place.tensor),
      history: this.#copies.map(({ tensors }) => valueOf(tensors, place)),
    };
  }
}

function valueOf(tensors: readonly Tensor[], { tensor, index }: Place): number {
  return tensors.find(({ name }) => name === tensor)?.values[index] ?? NaN;
}
