/** What the page says of an error. */
import { TrainyardError } from 'trainyard';
import type { Notice } from './snapshot.ts';

const kinds: Record<string, Notice['kind']> = {
  NOT_SUPPORTED: 'unsupported',
  ENGINE_LOST: 'worker',
  SHAPE_MISMATCH: 'shape',
  OUT_OF_MEMORY: 'shape',
  BAD_FILE: 'data',
};

/** Undefined where the run has already told it in its own words. */
export function noticeOf(error: unknown): Notice | undefined {
  const code = error instanceof TrainyardError ? error.code : '';
  if (code === 'DIVERGED') return undefined;
  return { kind: kinds[code] ?? 'failed', message: error instanceof Error ? error.message : String(error) };
}

/** Whether the engine must be loaded again. */
export function engineIsGone(error: unknown): boolean {
  return error instanceof TrainyardError && ['ENGINE_LOST', 'ENGINE_LOAD', 'DISPOSED'].includes(error.code);
}
