// The sentences that a table of a language must have: the engine's (printed from its lists) and the package's own.
import type { hintKeys } from '../generated/registry.js';

/** Hints of the TypeScript part; those of the engine are in the registry. */
export const packageHints = [
  'await_dispose',
  'blocked_by_policy',
  'fetch_it_yourself',
  'file_not_found',
  'inflated_too_large',
  'load_again',
  'no_simd',
  'not_gzip',
  'other_engine',
  'other_version',
  'server_sent_html',
  'shape_of_data',
  'stop_first',
  'typed_array',
] as const;

/** Why `load()` chose what it chose. */
export const reasonKeys = [
  'simd_relaxed',
  'simd_strict_asked',
  'simd_strict_only',
  'threads_asked_off',
  'threads_main_thread',
  'threads_not_isolated',
  'threads_one_core',
  'threads_on',
  'threads_other_origin',
  'threads_unsupported',
  'build_asked',
  'worker_off',
  'worker_on',
] as const;

export type HintKey = (typeof hintKeys)[number] | (typeof packageHints)[number];
export type ReasonKey = (typeof reasonKeys)[number];
