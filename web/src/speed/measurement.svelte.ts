/** One press of the button: every workload in turn, and what has come of it so far. */
import { measureWorkload, type Row } from '../../../benchmarks/measure.mjs';
import { workloads, type Workload } from '../../../benchmarks/workloads.mjs';
import { cells, PagePlace } from './place.ts';
import { report } from './report.ts';
import { chosenWorkloads, type SpeedSettings } from './settings.ts';

/** What gives one row of every cell: a training workload, or a product of one size and orientation. */
export interface Unit {
  key: string;
  workload: string;
  size?: number;
  orientation?: string;
}

export const productKey = (size: number, orientation: string): string => `W0 ${size} ${orientation}`;

function unitsOf(w: Workload): Unit[] {
  if (w.kind !== 'gemm') return [{ key: w.id, workload: w.id }];
  return w.sizes.flatMap((size) =>
    w.orientations.map((orientation) => ({ key: productKey(size, orientation), workload: w.id, size, orientation })),
  );
}

const longestPeakMs = 50;
/** Loading two engines and building a model, on a machine of middling speed. */
const beginMs = 500;

export class Measurement {
  phase = $state<'idle' | 'running' | 'stopped' | 'done'>('idle');
  /** Rows by the unit's key, or `peak`; one of each cell, in their order. */
  results = $state.raw<Readonly<Record<string, readonly Row[]>>>({});
  units = $state.raw<readonly Unit[]>([]);
  done = $state(0);
  /** Whether the tab was in the background while it measured. */
  hidden = $state(false);
  readonly cells = cells();
  #settings: SpeedSettings;
  #place: PagePlace | undefined;

  constructor(settings: SpeedSettings) {
    this.#settings = settings;
    this.units = this.ids.flatMap((id) => unitsOf(workloads[id]!));
  }

  get ids(): string[] {
    return chosenWorkloads(this.#settings);
  }

  get running(): boolean {
    return this.phase === 'running';
  }

  /** What is measured now. */
  get now(): Unit | undefined {
    return this.running ? this.units[this.done] : undefined;
  }

  get rows(): Row[] {
    return Object.values(this.results).flat();
  }

  /** How many threads a cell has: a guess until its first row is there. */
  threads(cell: number): number {
    if (cell === 0) return 1;
    const known = this.rows.find(({ workload, threads = 1 }) => workload !== 'peak' && threads > 1);
    return known?.threads ?? Math.min(8, navigator.hardwareConcurrency);
  }

  /** What one thread did at most, in GFLOP/s, in all looks so far: the machine is not equally fast all the time. */
  get peak(): number | undefined {
    const looks = this.rows.map(({ workload, gflops, peakGflops }) => (workload === 'peak' ? gflops : peakGflops) ?? 0);
    return Math.max(0, ...looks) || undefined;
  }

  /** About how many seconds it takes. */
  get seconds(): number {
    const lengths = this.ids.map((id) => {
      const { rounds, sliceMs, warmUpMs, peakMs } = this.#timing(workloads[id]!);
      const units = unitsOf(workloads[id]!);
      const products = units.length > 1;
      // With every slice of a step comes a look at the copy too, with several threads another one at the peak, and the
      // looks at the peak have a warm-up of their own.
      const looks = this.cells.length > 1 ? 2 : 1.5;
      const besides = products ? rounds * peakMs : beginMs + warmUpMs / 3 + looks * rounds * peakMs;
      return units.length * (warmUpMs + rounds * sliceMs + besides);
    });
    return (this.cells.length * lengths.reduce((a, b) => a + b, 0)) / 1000;
  }

  async start(): Promise<void> {
    const place = new PagePlace();
    this.#place = place;
    Object.assign(this, { phase: 'running', results: {}, done: 0, hidden: document.hidden });
    const away = (): void => void (this.hidden ||= document.hidden);
    document.addEventListener('visibilitychange', away);
    try {
      for (const id of this.ids) if (this.#place === place) await this.#measure(place, workloads[id]!);
    } finally {
      document.removeEventListener('visibilitychange', away);
      if (this.#place === place) this.phase = 'done';
    }
  }

  async #measure(place: PagePlace, w: Workload): Promise<void> {
    const units = unitsOf(w);
    let next = 0;
    for await (const rows of measureWorkload(place, w, this.cells, this.#timing(w))) {
      if (this.#place !== place) return;
      const unit = units[next++];
      this.results = { ...this.results, [unit?.key ?? 'peak']: rows };
      if (unit) this.done += 1;
    }
  }

  /** Shorter than `npm run bench` by default: nobody waits a quarter of an hour for a page. */
  #timing({ kind }: Workload) {
    const { rounds, slice } = this.#settings;
    // The products share one engine, whose code is warm after the first of them.
    const warmUpMs = kind === 'gemm' ? slice : 3 * slice;
    return { rounds, sliceMs: slice, warmUpMs, peakMs: Math.min(longestPeakMs, slice) };
  }

  /** Ends at once and keeps what is there. */
  stop(): void {
    this.phase = 'stopped';
    this.#place?.stop();
    this.#place = undefined;
  }

  /** The rows as a file. */
  json(): string {
    const { rounds, slice } = this.#settings;
    const command = `speed.html?only=${this.ids.join(',')}&rounds=${rounds}&slice=${slice}`;
    return report(this.rows, command, this.hidden);
  }
}
