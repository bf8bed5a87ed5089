/** The curve's columns as rows, for a table and for a file. */
import type { Curve } from '../state/snapshot.ts';

export interface CurveRow {
  step: number;
  training: number;
  raw: number;
  heldOut: number;
  trainingRight: number;
  heldOutRight: number;
}

const measures = ['training', 'raw', 'heldOut', 'trainingRight', 'heldOutRight'] as const;
const nothing = { training: NaN, raw: NaN, heldOut: NaN, trainingRight: NaN, heldOutRight: NaN };

/** One row for each step that has a number. */
export function curveRows(curve: Curve): CurveRow[] {
  const rows = new Map<number, CurveRow>();
  curve.steps.forEach((at, i) => {
    const step = Math.round(at);
    const row = rows.get(step) ?? { step, ...nothing };
    for (const name of measures) {
      const value = curve[name][i] ?? NaN;
      if (!Number.isNaN(value)) row[name] = value;
    }
    rows.set(step, row);
  });
  return [...rows.values()];
}

export function curveCsv(rows: readonly CurveRow[]): string {
  const cell = (value: number): string => (Number.isFinite(value) ? String(value) : '');
  const lines = rows.map((row) => [row.step, ...measures.map((name) => row[name])].map(cell).join(','));
  return ['step,training,batch,held_out,training_right,held_out_right', ...lines, ''].join('\n');
}
