/** What must happen when settings change. */
import type { Settings } from './settings.ts';

export type Consequence =
  /** Another network learns from the first step on. */
  | 'fresh'
  /** The same network goes on with other data. */
  | 'data'
  /** Another network that keeps what this one has learnt. */
  | 'shape'
  /** The same weights, another run. */
  | 'run'
  /** The run is told, and nothing else changes. */
  | 'tell'
  /** Only the page looks different. */
  | 'none';

const causes: readonly (readonly [Consequence, readonly (keyof Settings)[]])[] = [
  ['fresh', ['seed', 'shape', 'variant']],
  ['data', ['noise']],
  ['shape', ['network', 'activation']],
  ['run', ['optimizer']],
  ['tell', ['learningRate', 'batchSize', 'speed']],
];

export function consequence(old: Settings, next: Settings): Consequence {
  return causes.find(([, names]) => names.some((name) => old[name] !== next[name]))?.[0] ?? 'none';
}
