/** What the address of this page may say: the visitor's choices, and options of `npm run bench` by the same names. */
import { workloads } from '../../../benchmarks/workloads.mjs';
import { number, readTable, writeTable, type Table } from '../state/address.ts';
import { browserDefaults, visitorTable, type Visitor } from '../state/visitor.ts';

export interface SpeedSettings extends Visitor {
  /** Which workloads, in their order: all if it names none of them. */
  only: string;
  /** Slices of each workload and build. */
  rounds: number;
  /** How long one is, in milliseconds. */
  slice: number;
}

const table: Table<SpeedSettings> = {
  ...visitorTable,
  only: { key: 'only', fallback: '', read: (text) => text },
  rounds: number('rounds', 5, 1, 100, true),
  slice: number('slice', 100, 5, 5000),
};

export const readSettings = (query: string): SpeedSettings => readTable(table, query, browserDefaults());
export const writeSettings = (settings: SpeedSettings): string => writeTable(table, settings, browserDefaults());

export function chosenWorkloads({ only }: SpeedSettings): string[] {
  const all = Object.keys(workloads);
  const chosen = all.filter((id) => only.split(',').includes(id));
  return chosen.length > 0 ? chosen : all;
}
