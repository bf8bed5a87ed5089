/** The points: the engine's generators, described; and its rows as points in the square that the page draws. */
import type { Dataset, Rows } from 'trainyard';
import type { Settings, Shape } from '../../state/settings.ts';
import type { Point } from '../../views/points.ts';

type Data = typeof import('trainyard').data;

export const trainRows = 140;
export const heldOutRows = 60;

/** The engine's points lie within −6 to 6; the page's square is that. */
export const reach = 6;

/** All points of a set before any is held out. */
export function pointSet(data: Data, shape: Shape, noise: number, seed: number, rows: number): Dataset {
  return data.synthetic(shape, {
    n: rows,
    noise,
    seed,
    labels: 'id',
    // A small network learns it while somebody watches.
    ...(shape === 'spiral' && { turns: 1.25 }),
  });
}

/** What to learn from and what to hold out, both kinds alike. */
export function splitPoints(
  data: Data,
  { shape, noise, seed }: Pick<Settings, 'shape' | 'noise' | 'seed'>,
): { train: Dataset; heldOut: Dataset } {
  const whole = pointSet(data, shape, noise, seed, trainRows + heldOutRows);
  const { train, val } = whole.split({ val: heldOutRows, seed, stratify: true });
  return { train, heldOut: val };
}

/** Rows as the page draws them: x and y from −1 to 1. */
export function toPoints({ inputs, targets }: Rows, heldOut: boolean): Point[] {
  const places = inputs.x?.data ?? [];
  return Array.from(targets.y?.data ?? [], (kind, row) => ({
    x: (places[2 * row] ?? 0) / reach,
    y: (places[2 * row + 1] ?? 0) / reach,
    kind: kind === 1 ? 1 : 0,
    heldOut,
  }));
}
