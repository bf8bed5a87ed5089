// The repository's own files: what git tracks, and what it would track.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Paths relative to the root, of files that match. */
export function files(pattern) {
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 };
  return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], options)
    .split('\n')
    .filter((path) => pattern.test(path) && existsSync(`${root}/${path}`))
    .sort();
}
