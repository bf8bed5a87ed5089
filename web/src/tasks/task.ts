import type { Component } from 'svelte';
import type { Dataset, Engine, Layer, Loss, Metric, Model, ModelOptions } from 'trainyard';
import type { Lab } from '../state/lab.svelte.ts';
import type { Language, Settings, TaskId, TaskSettings } from '../state/settings.ts';
import type { Summary, Tensor } from '../state/snapshot.ts';

/** A layer that the visitor can add, resize and take away. */
export interface Part {
  /** How the address writes it: "8", "c16", "d32". */
  letter: '' | 'c' | 'd';
  size: number;
}

/** A task's data, for the engine and for the eye. */
export interface TaskData {
  train: Dataset;
  heldOut: Dataset;
  trainRows: number;
  heldOutRows: number;
  /** What the simplest of methods reach, as lines over the loss. */
  baselines?: readonly Baseline[];
}

export interface Baseline {
  value: number;
  name: Record<Language, string>;
}

/** What a task reads the model through. */
export interface Watching<Data extends TaskData> {
  model: Model;
  data: Data;
  settings: Settings;
  tensors: readonly Tensor[];
  step: number;
  /** Whether it is an earlier step that is looked back at. */
  past: boolean;
}

/** What the frame of the page says of a task; its stage has words of its own. */
export interface Said {
  /** In the header, and in the window's title. */
  name: string;
  title: string;
  batch: (size: number) => string;
  /** What a share of right answers is called, where the task counts them. */
  right?: string;
  /** What its speed is counted in. */
  rate: string;
}

type Piece = Component<{ lab: Lab }>;

export interface Views {
  stage: Piece;
  setup?: Piece;
  /** Instead of the list of layers, where a network is not a line of them. */
  model?: Piece;
  results?: Piece;
  /** Above the list of tensors. */
  parameters?: Piece;
}

/**
 * A task is a folder: its data, the model it suggests, what to watch. It is listed once, in tasks/index.ts, and the
 * laboratory does the rest.
 */
export interface Task<Data extends TaskData = TaskData, Watched = unknown> extends TaskSettings {
  id: TaskId;
  said: Record<Language, Said>;
  loss: Loss;
  metrics: Metric[];
  /** Letters of the layers that can be added, in the order in which a network has them. */
  letters?: readonly Part['letter'][];
  /** Bounds of a layer's size, the step of its buttons, and the size of a new one. */
  sizes?: Record<string, { low: number; high: number; step: number; usual: number; most: number }>;
  /** Steps between two looks at the held-out data. */
  heldOutEvery: number;
  /** Milliseconds between two pictures. */
  pictureEvery: number;
  /** Sizes of one example, channels first; ids say that they are whole numbers. */
  input(settings: Settings): NonNullable<ModelOptions['input']>;
  layers(settings: Settings, data: Data): Layer[];
  /** What each example counts for in the speed: 1, or its characters. */
  counts?(settings: Settings): number;
  /** Whether a change of the network needs other data too: windows of another length. */
  otherData?(old: Settings, next: Settings): boolean;
  /** Whether what was learnt is worth nothing to the other network. */
  startsAnew?(old: Settings, next: Settings): boolean;
  /** Lines of a program that make the data sets, and that use the model in the end. */
  program?(settings: Settings): { before: string; after: string };
  /** What is shown before the engine is there, where it is known. */
  first?(settings: Settings): { data: Data; tensors: readonly Tensor[]; summary: Summary } | undefined;
  load(settings: Settings, engine: Engine): Promise<Data>;
  /** Reads from the model what this task's stage shows; called a few times a second while it trains. */
  watch(watching: Watching<Data>): Promise<Watched>;
  /** What takes longer and is read after each look at the held-out data. */
  examine?(watching: Watching<Data>): Promise<unknown>;
  /** The stage, and what stands in the rail. */
  views(): Promise<Views>;
}

export type { Engine };
