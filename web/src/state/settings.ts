/**
 * Every setting of the page, in one table: its name in the address, what it may be, and its default. The address,
 * the start values and the controls follow from this table.
 */
import type { TaskId } from '../tasks/index.ts';
import { number, oneOf, readTable, startValue, writeTable, type Table } from './address.ts';
import { visitorTable, type Language, type Theme } from './visitor.ts';

export type { Language, TaskId, Theme };
export type Shape = 'circle' | 'xor' | 'gaussians' | 'spiral' | 'moons';
export type Activation = 'tanh' | 'relu' | 'sigmoid' | 'gelu';
export type OptimizerName = 'sgd' | 'adam' | 'rmsprop';
export type View = 'lab' | 'slowly';

export interface Settings {
  task: TaskId;
  view: View;
  language: Language;
  theme: Theme;
  /** Which points, for the task in the plane. */
  shape: Shape;
  noise: number;
  /** Which of a task's data sets, where it has several: a puzzle, a series. */
  variant: string;
  /** The layers between input and answer, in the task's own short writing: "8-8", "c8-c16". */
  network: string;
  activation: Activation;
  learningRate: number;
  batchSize: number;
  optimizer: OptimizerName;
  seed: number;
  /** Index into `speeds`. */
  speed: number;
}

/** Steps a second; Infinity lets the engine run free. */
export const speeds = [1, 5, 20, 100, 400, 1200, Infinity] as const;

export const shapes: readonly Shape[] = ['circle', 'xor', 'gaussians', 'spiral', 'moons'];
export const activations: readonly Activation[] = ['tanh', 'relu', 'sigmoid', 'gelu'];
export const optimizers: readonly OptimizerName[] = ['sgd', 'adam', 'rmsprop'];

const table: Table<Settings> = {
  // Whether there is such a task, its list knows: `readSettings` asks.
  task: { key: 'task', fallback: 'points', read: (text) => text as TaskId },
  view: oneOf('view', ['lab', 'slowly'], 'lab'),
  ...visitorTable,
  shape: oneOf('data', shapes, 'spiral'),
  noise: number('noise', 0.1, 0, 0.5),
  variant: { key: 'of', fallback: '', read: (text) => text },
  network: { key: 'net', fallback: '8-8', read: (text) => text },
  activation: oneOf('act', activations, 'tanh'),
  learningRate: number('lr', 0.01, 1e-6, 10),
  batchSize: number('batch', 10, 1, 1024, true),
  optimizer: oneOf('opt', optimizers, 'adam'),
  seed: number('seed', 42, 0, 2 ** 31 - 1, true),
  speed: number('speed', 5, 0, speeds.length - 1, true),
};

/** What a task or the visitor's browser puts in place of the table's own defaults. */
export type Defaults = Partial<Settings>;

/** What a task says of the settings whose values are its own. */
export interface TaskSettings {
  defaults: Defaults;
  /** Whether a text is a network of its. */
  network: (text: string) => boolean;
  /** Names of its data sets, where it has several. */
  variants?: readonly string[];
}

/** The settings of an address; what it leaves out or garbles is the default. */
export function readSettings(query: string, settingsOf: (task: TaskId) => TaskSettings | undefined): Settings {
  const asked = table.task.read(new URLSearchParams(query).get(table.task.key) ?? '');
  const known = asked ? settingsOf(asked) : undefined;
  const task = known && asked ? asked : table.task.fallback;
  const { defaults = {}, network = () => true, variants = [] } = known ?? settingsOf(task) ?? {};
  const settings = { ...readTable(table, query, defaults), task };
  if (!network(settings.network)) settings.network = startValue(table, 'network', defaults);
  if (!variants.includes(settings.variant)) settings.variant = startValue(table, 'variant', defaults);
  return settings;
}

/** The address of these settings: only what differs from the defaults. */
export function writeSettings(settings: Settings, defaults: Defaults): string {
  return writeTable(table, settings, { ...defaults, task: table.task.fallback });
}

/** The settings a task starts with, keeping those that are the visitor's own (language, theme). */
export function settingsOfTask(task: TaskId, present: Settings, defaults: Defaults): Settings {
  return { ...readTable(table, '', defaults), task, language: present.language, theme: present.theme };
}
