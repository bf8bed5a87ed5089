/** What this page uses of benchmarks/, the code of `npm run bench`. */
declare module '*/benchmarks/workloads.mjs' {
  export const workloads: Record<string, Workload>;

  export interface Workload {
    id: string;
    kind: 'gemm' | 'mlp' | 'cnn' | 'lstm' | 'gpt';
    batch: number;
    /** Of a product. */
    sizes: number[];
    orientations: string[];
    /** Of a text. */
    vocab?: number;
    /** Of the GPT. */
    context?: number;
  }
}

declare module '*/benchmarks/measure.mjs' {
  import type { Workload } from '*/benchmarks/workloads.mjs';

  /** A place to measure in, and one way of running an engine there. */
  export interface Place<Options> {
    open(cell: Cell<Options>): Promise<Opened>;
  }
  export interface Cell<Options> {
    name: string;
    engine: object;
    isolated: boolean;
    options: Options;
  }
  export interface Opened {
    call: (method: string, ...parameters: unknown[]) => Promise<unknown>;
    info: object;
    close(): Promise<void>;
  }

  export interface Timing {
    rounds: number;
    sliceMs: number;
    warmUpMs: number;
    peakMs: number;
  }

  /** What `npm run bench -- --json` writes. */
  export interface Row {
    workload: string;
    engine: string;
    version?: string;
    variant?: string;
    threads?: number;
    isolated: boolean;
    error?: string;
    msPerStep?: number;
    msPerStepMin?: number;
    stepsPerSecond?: number;
    size?: number;
    orientation?: string;
    gflops?: number;
    gflopsMax?: number;
    shareOfPeak?: number;
    shareOfPeakMax?: number;
    rooflineMs?: number;
    timesRoofline?: number;
    /** The most that one thread did in registers beside a training step. */
    peakGflops?: number;
  }

  export function measureWorkload<Options>(
    place: Place<Options>,
    w: Workload,
    cells: Cell<Options>[],
    timing: Timing,
  ): AsyncGenerator<Row[], void>;
}

declare module '*/benchmarks/bench.mjs' {
  import type { Opened } from '*/benchmarks/measure.mjs';

  type Bench = Record<string, (...parameters: unknown[]) => Promise<unknown>> & {
    open(address: string, options: unknown): Promise<Opened['info']>;
    close(): Promise<void>;
  };
  export function createBench(
    importModule: (address: string) => Promise<{ open(options: never): Promise<object> }>,
  ): Bench;
}

declare module '*/benchmarks/engines/trainyard.mjs' {
  export function adapt(trainyard: object, engine: import('trainyard').Engine): object;
}

declare module '*/benchmarks/arithmetic.mjs' {
  import type { Workload } from '*/benchmarks/workloads.mjs';

  export function flopsPerStep(w: Workload): number;
  export function itemsPerStep(w: Workload): number;
  export function parameterCount(w: Workload): number;
}
