import type { Component } from 'svelte';
import type { Dataset, Engine, Layer, Loss, Model } from 'trainyard';
import type { Lab } from '../state/lab.svelte.ts';
import type { Defaults, Settings, TaskId } from '../state/settings.ts';
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
}

/** What a task reads the model through. */
export interface Watching<Data extends TaskData> {
  model: Model;
  data: Data;
  settings: Settings;
  tensors: readonly Tensor[];
}

/**
 * A task is a folder: its data, the model it suggests, what to watch. It is listed once, in tasks/index.ts, and the
 * laboratory does the rest.
 */
export interface Task<Data extends TaskData = TaskData, Watched = unknown> {
  id: TaskId;
  defaults: Defaults;
  /** Sizes of one example, channels first. */
  input: readonly number[];
  loss: Loss;
  /** Letters of the layers that can be added, in the order in which a network has them. */
  letters: readonly Part['letter'][];
  /** Bounds of a layer's size, the step of its buttons, and the size of a new one. */
  sizes: Record<string, { low: number; high: number; step: number; usual: number; most: number }>;
  /** Steps between two looks at the held-out data. */
  heldOutEvery: number;
  /** Milliseconds between two pictures. */
  pictureEvery: number;
  layers(settings: Settings): Layer[];
  /** What is shown before the engine is there, where it is known. */
  first?(settings: Settings): { data: Data; tensors: readonly Tensor[]; summary: Summary } | undefined;
  load(settings: Settings, engine: Engine): Promise<Data>;
  /** Reads from the model what this task's stage shows; called a few times a second while it trains. */
  watch(watching: Watching<Data>): Promise<Watched>;
  /** What takes longer and is read after each look at the held-out data. */
  examine?(watching: Watching<Data>): Promise<unknown>;
  /** The stage, and what stands in the rail beside or under the set-up. */
  views(): Promise<{
    stage: Component<{ lab: Lab }>;
    setup?: Component<{ lab: Lab }>;
    results?: Component<{ lab: Lab }>;
  }>;
}

export type { Engine };
