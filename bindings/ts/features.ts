// What this place can run, probed inline, and the build that follows from it.
import type { BuildName } from './builds.js';
import { failure } from './errors.js';
import { builtin } from './node.js';
import type { ReasonKey } from './text/keys.js';

export interface Features {
  simd: boolean;
  relaxed: boolean;
  /** Legacy WebAssembly exceptions. */
  exceptions: boolean;
  /** Shared memory that a WebAssembly module may use. */
  sharedMemory: boolean;
  /** Whether the page may share memory at all (COOP and COEP); always so in Node. */
  isolated: boolean;
  cores: number;
  /** The page's own thread, which must never block. */
  mainThread: boolean;
}

/** Why something was chosen: a key and its argument, in words by `engine.explain(language)`. */
export interface Reason {
  key: ReasonKey;
  argument: string;
}

export interface Choice {
  build: BuildName;
  threads: number;
  /** Without threads for want of shared memory: engines in workers that may share a run. */
  workers: number;
  reasons: Reason[];
}

export interface Wishes {
  /** Strict SIMD: the same bits everywhere. */
  deterministic: boolean;
  /** false: one thread; a number: at most that many; true: as many as there are cores. */
  threads: boolean | number;
  /** Whether the engine runs in a worker of its own. */
  worker: boolean;
  /** The engine's script is of the page's origin. */
  sameOrigin: boolean;
  build?: BuildName;
}

/** More threads than this gain nothing on the sizes that fit a browser. */
const mostThreads = 8;
/** The same of workers, of which each has all of the data. */
const mostWorkers = 4;
/** Nobody gets more than this, whatever they ask for. */
const threadLimit = 32;

const magic = [0, 97, 115, 109, 1, 0, 0, 0];
// (func (result v128) (i8x16.popcnt (i32x4.splat (i32.const 0))))
const simd = [1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
// (func (result v128) (i8x16.relaxed_swizzle (i32x4.splat (i32.const 1)) (i32x4.splat (i32.const 2))))
const relaxed = [1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11];
// (func (try (do) (catch_all)))
const exceptions = [1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 8, 1, 6, 0, 6, 64, 25, 11, 11];
// (memory 1 1 shared) (func (drop (i32.atomic.load (i32.const 0))))
const atomics = [1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 5, 4, 1, 3, 1, 1, 10, 11, 1, 9, 0, 65, 0, 254, 16, 2, 0, 26, 11];

const validates = (body: number[]): boolean =>
  typeof WebAssembly === 'object' && WebAssembly.validate(new Uint8Array([...magic, ...body]));

export function probe(): Features {
  const os = builtin('node:os');
  return {
    simd: validates(simd),
    relaxed: validates(relaxed),
    exceptions: validates(exceptions),
    sharedMemory: typeof SharedArrayBuffer === 'function' && validates(atomics),
    isolated: os !== undefined || globalThis.crossOriginIsolated === true,
    cores: os ? os.availableParallelism() : (globalThis.navigator?.hardwareConcurrency ?? 1),
    mainThread: os === undefined && typeof document === 'object',
  };
}

/** The build and the number of threads, with the reasons. Throws NOT_SUPPORTED where no build runs. */
export function choose(features: Features, wishes: Wishes): Choice {
  if (!features.simd || !features.exceptions) {
    const lacking = [!features.simd && 'SIMD', !features.exceptions && 'exceptions'].filter(Boolean).join(', ');
    throw failure('NOT_SUPPORTED', 'load', { expected: 'WebAssembly SIMD', got: `no ${lacking}`, hint: 'no_simd' });
  }
  const { build } = wishes;
  if (build?.startsWith('relaxed') && !features.relaxed) {
    throw failure('NOT_SUPPORTED', 'load.build', { expected: 'relaxed SIMD', got: build });
  }
  if (build?.endsWith('-threads') && !features.sharedMemory) {
    throw failure('NOT_SUPPORTED', 'load.build', { expected: 'SharedArrayBuffer', got: build });
  }
  const reasons: Reason[] = [];
  const because = (key: ReasonKey, argument = ''): void => void reasons.push({ key, argument });

  because(wishes.worker ? 'worker_on' : 'worker_off');
  if (wishes.build) {
    because('build_asked', wishes.build);
  } else if (wishes.deterministic) {
    because('simd_strict_asked');
  } else {
    because(features.relaxed ? 'simd_relaxed' : 'simd_strict_only');
  }
  const useRelaxed = wishes.build ? wishes.build.startsWith('relaxed') : features.relaxed && !wishes.deterministic;

  const { key, threads, workers } = chooseThreads(features, wishes);
  because(key, String(threads));
  const withThreads = wishes.build ? wishes.build.endsWith('-threads') : threads > 1;
  return {
    build: wishes.build ?? `${useRelaxed ? 'relaxed' : 'simd128'}${withThreads ? '-threads' : ''}`,
    threads: withThreads ? threads : 1,
    workers,
    reasons,
  };
}

function chooseThreads(features: Features, wishes: Wishes): { key: ReasonKey; threads: number; workers: number } {
  const one = (key: ReasonKey, workers = 1) => ({ key, threads: 1, workers });
  if (wishes.threads === false || wishes.threads === 1) return one('threads_asked_off');
  if (wishes.build && !wishes.build.endsWith('-threads')) return one('threads_asked_off');
  const most = wishes.threads === true ? mostWorkers : wishes.threads;
  const workers = wishes.worker && !wishes.deterministic ? Math.min(features.cores, most) : 1;
  if (!features.isolated) return one('threads_not_isolated', workers);
  if (!features.sharedMemory) return one('threads_unsupported', workers);
  if (features.mainThread && !wishes.worker) return one('threads_main_thread');
  if (!wishes.sameOrigin) return one('threads_other_origin');
  const threads =
    wishes.threads === true ? Math.min(features.cores, mostThreads) : Math.min(wishes.threads, threadLimit);
  return threads > 1 ? { key: 'threads_on', threads, workers: 1 } : one('threads_one_core');
}
