/** More is not always better: whether a run has begun to learn its training data by heart. */
import type { Curve } from './snapshot.ts';

const enough = 8;
/** So much worse than at its best that it is no accident of a few examples. */
const clearly = 1.15;

/** Where the held-out loss was lowest, if it has risen clearly since, in each of the last looks, while training fell. */
export function byHeart({ steps, heldOut, training }: Curve): { step: number; best: number; now: number } | undefined {
  const looks = steps.flatMap((step, i) => (Number.isFinite(heldOut[i]) ? [{ step, loss: heldOut[i] ?? NaN }] : []));
  if (looks.length < enough) return undefined;
  const lowest = looks.reduce((a, b) => (b.loss < a.loss ? b : a));
  const recent = looks.slice(-3);
  const now = looks.at(-1)?.loss ?? NaN;
  if (!recent.every(({ step, loss }) => step > lowest.step && loss > clearly * lowest.loss)) return undefined;
  const then = training.findLast((loss, i) => (steps[i] ?? 0) <= lowest.step && Number.isFinite(loss)) ?? NaN;
  const last = training.findLast((loss) => Number.isFinite(loss)) ?? NaN;
  return last < then ? { step: lowest.step, best: lowest.loss, now } : undefined;
}
