/** What the page says of an error. */
import { TrainyardError } from 'trainyard';
import { Missing } from '../tasks/missing.ts';
import type { Notice } from './snapshot.ts';

const kinds: Record<string, Notice['kind']> = {
  NOT_SUPPORTED: 'unsupported',
  ENGINE_LOAD: 'engine',
  ENGINE_LOST: 'worker',
  SHAPE_MISMATCH: 'shape',
  OUT_OF_MEMORY: 'shape',
};

/** What browsers say of a module that they could not fetch, and Vite of its style sheet. */
const part = /dynamically imported module|module script|preload CSS/i;

/** Undefined where there is nothing to say: the run told it in its own words, or the visitor went elsewhere. */
export function noticeOf(error: unknown): Notice | undefined {
  if (error instanceof Missing) return { kind: 'data', missing: error };
  const code = error instanceof TrainyardError ? error.code : '';
  if (code === 'DIVERGED' || error instanceof Left) return undefined;
  const message = error instanceof Error ? error.message : String(error);
  return { kind: kinds[code] ?? (part.test(message) ? 'part' : 'failed'), message };
}

/** Whether the engine must be loaded again. */
export function engineIsGone(error: unknown): boolean {
  return error instanceof TrainyardError && ['ENGINE_LOST', 'ENGINE_LOAD', 'DISPOSED'].includes(error.code);
}

/** The visitor went elsewhere before it was there. */
export class Left extends Error {}

/** Lets what is waited for be left behind: a download that hangs must not hold up the next task. */
export class Waiting {
  #leave = new AbortController();

  for<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#leave;
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Left()), { once: true });
      work.then(resolve, reject);
    });
  }

  end(): void {
    this.#leave.abort();
    this.#leave = new AbortController();
  }
}
