/**
 * One network learning one task: the model in the engine, the run that trains it, and what is read from them.
 * It knows no page: what happens is told through callbacks.
 */
import { nn, type Engine, type Model, type Run, type RunEvent, type TrainyardError } from 'trainyard';
import type { Task, TaskData, Watching } from '../tasks/task.ts';
import { graft } from './graft.ts';
import { speeds, type Settings } from './settings.ts';
import { layerRows, tensorsOf, type Place, type Summary, type Tensor } from './snapshot.ts';

export interface Listener {
  event(event: RunEvent): void;
  /** The run ended by itself or died. */
  ended(error: TrainyardError | undefined): void;
}

/** Far more steps than anybody waits for: a run ends when the visitor ends it. */
const endless = 1e9;

export class Trainer {
  readonly model: Model;
  readonly data: TaskData;
  readonly task: Task;
  /** The settings with which the network was made. */
  readonly settings: Settings;
  readonly #listener: Listener;
  #run: Run | undefined;

  private constructor(model: Model, data: TaskData, task: Task, settings: Settings, listener: Listener) {
    this.model = model;
    this.data = data;
    this.task = task;
    this.settings = settings;
    this.#listener = listener;
  }

  /** Builds the network, and puts into it what an earlier one had learnt, as far as it fits. */
  static async open(
    engine: Engine,
    task: Task,
    data: TaskData,
    settings: Settings,
    learnt: readonly Tensor[],
    listener: Listener,
  ): Promise<Trainer> {
    const model = await engine.model(nn.sequential(...task.layers(settings, data)), {
      input: task.input(settings),
      seed: settings.seed,
    });
    const trainer = new Trainer(model, data, task, settings, listener);
    if (learnt.length > 0) {
      try {
        await graft(model, learnt, task.letters ? 'layers' : 'names');
      } catch (error) {
        model.dispose();
        throw error;
      }
    }
    return trainer;
  }

  /** Begins to train with these settings; a run under way ends first and leaves its weights. */
  async start(settings: Settings, paused: boolean): Promise<void> {
    await this.stop();
    const run = this.model.fit(this.data.train, {
      val: this.data.heldOut,
      loss: this.task.loss,
      optimizer: { type: settings.optimizer, lr: settings.learningRate },
      batchSize: Math.min(settings.batchSize, this.data.trainRows),
      metrics: this.task.metrics,
      valEvery: this.task.heldOutEvery,
      steps: endless,
      seed: settings.seed,
      paused,
      stepsPerSecond: speeds[settings.speed] ?? Infinity,
    });
    this.#run = run;
    void this.#follow(run);
  }

  async #follow(run: Run): Promise<void> {
    try {
      for await (const event of run) {
        if (this.#run === run) this.#listener.event(event);
      }
      if (this.#run === run) this.#listener.ended(undefined);
    } catch (error) {
      if (this.#run === run) this.#listener.ended(error as TrainyardError);
    }
  }

  async stop(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    await run?.stop().catch(() => undefined);
  }

  async pause(): Promise<void> {
    await this.#run?.pause();
  }
  async resume(): Promise<void> {
    await this.#run?.resume();
  }
  async step(steps: number): Promise<void> {
    await this.#run?.step(steps);
  }
  async set(settings: Settings): Promise<void> {
    await this.#run?.set({
      lr: settings.learningRate,
      batchSize: Math.min(settings.batchSize, this.data.trainRows),
      stepsPerSecond: speeds[settings.speed] ?? Infinity,
    });
  }

  /** The layers, each with the sum that counts its parameters and what it comes to. */
  summary(): Summary {
    return layerRows(this.model.summary());
  }

  /** What the task reads this network through. */
  watching(tensors: readonly Tensor[], step: number, past = false): Watching<TaskData> {
    const { model, data, settings } = this;
    return { model, data, settings, tensors, step, past };
  }

  /** Every parameter's value; of the pinned one also what the next step will do to it. */
  async read(
    pinned: Place | undefined,
  ): Promise<{ tensors: Tensor[]; frozen: Set<string>; gradient: number; push: number }> {
    const preview = pinned && this.#run ? this.#run.preview([pinned.tensor]) : Promise.resolve([]);
    const [all, next] = await Promise.all([this.model.parameters(), preview]);
    const frozen = new Set(all.filter(({ trainable, kind }) => !trainable && kind !== 'state').map(({ name }) => name));
    const index = pinned?.index ?? 0;
    return {
      tensors: tensorsOf(all),
      frozen,
      gradient: next[0]?.gradient[index] ?? 0,
      push: next[0]?.update[index] ?? 0,
    };
  }

  async write(place: Place, value: number): Promise<void> {
    await (await this.model.parameter(place.tensor)).setOne(place.index, value);
  }

  async freeze(name: string, frozen: boolean): Promise<void> {
    await (await this.model.parameter(name)).freeze(frozen);
  }

  async dispose(): Promise<void> {
    await this.stop();
    this.model.dispose();
  }
}
