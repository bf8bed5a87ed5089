/** An engine, the network that learns in it, and what the views see of it; one change at a time. */
import { load, setLanguage, type Engine, type RunEvent, type TrainyardError } from 'trainyard';
import { untrack } from 'svelte';
import { tasks } from '../tasks/index.ts';
import type { Task } from '../tasks/task.ts';
import { Announcer } from './announcer.svelte.ts';
import { History } from './history.ts';
import { Lookback } from './lookback.ts';
import { reducedMotion } from './media.svelte.ts';
import { engineIsGone, noticeOf, Waiting } from './notices.ts';
import { Pictures } from './pictures.ts';
import { Progress, type Saved } from './progress.svelte.ts';
import type { Settings } from './settings.ts';
import type { Notice, Phase, Place, Probe, Summary, Tensor } from './snapshot.ts';
import { Trainer } from './trainer.ts';

const none: ReadonlySet<string> = new Set();

/** A network that had learnt something when another one began. */
export interface Kept {
  settings: Settings;
  tensors: readonly Tensor[];
  progress: Saved;
}

export class Session {
  settings = $state.raw<Settings>(undefined as unknown as Settings);
  phase = $state<Phase>('loading');
  notice = $state.raw<Notice | undefined>({ kind: 'loading' });
  summary = $state.raw<Summary | undefined>();
  tensors = $state.raw<readonly Tensor[]>([]);
  watched = $state.raw<unknown>();
  examined = $state.raw<unknown>();
  selected = $state.raw<Place | undefined>();
  probe = $state.raw<Probe | undefined>();
  frozen = $state.raw<ReadonlySet<string>>(none);
  data = $state.raw<Trainer['data'] | undefined>();
  threads = $state(0);
  /** The step that is looked back at; undefined: the present. */
  past = $state<number | undefined>();
  /** What the last fresh start threw away. */
  kept = $state.raw<Kept | undefined>();
  readonly announcer = new Announcer();
  readonly progress = new Progress();

  protected trainer: Trainer | undefined;
  protected readonly history = new History();
  protected readonly pictures = new Pictures(
    () => this.#read(),
    () => (reducedMotion() ? 500 : this.task.pictureEvery),
  );
  #engine: Engine | undefined;
  readonly #lookback = new Lookback();
  /** Structural changes happen one after another. */
  #queue: Promise<void> = Promise.resolve();
  protected readonly waiting = new Waiting();
  /** Counts what was left: an action that began before is not heard any more. */
  #visit = 0;
  #examining = false;

  constructor(settings: Settings) {
    this.settings = settings;
    this.#first();
  }

  get task(): Task {
    return tasks[this.settings.task];
  }
  get running(): boolean {
    return this.phase === 'running';
  }
  get ready(): boolean {
    return this.phase !== 'loading' && this.phase !== 'failed';
  }
  get startStep(): number {
    return this.history.startStep;
  }
  get engine(): Engine | undefined {
    return this.#engine;
  }

  /** What is known before the engine is there. */
  #first(): void {
    const first = this.task.first?.(this.settings);
    this.data = first?.data;
    this.tensors = first?.tensors ?? [];
    this.summary = first?.summary;
  }

  /** Empties the stage for another task: what belongs to the old one ends, and must not reach the views of the new one. */
  protected clear(): void {
    this.waiting.end();
    this.#leave();
    this.progress.clear();
    this.history.clear();
    this.frozen = none;
    this.kept = undefined;
    this.phase = 'loading';
    this.notice = { kind: 'loading' };
    this.selected = undefined;
    this.probe = undefined;
    this.watched = undefined;
    this.examined = undefined;
    this.#first();
  }

  /** Ends the run, whose network has no place on the page any more. */
  #leave(): void {
    const old = this.trainer;
    this.#visit++;
    this.trainer = undefined;
    this.past = undefined;
    this.#lookback.dispose();
    void old?.dispose();
  }

  /** A fresh network, with an engine to live in. */
  protected async start(newData = true): Promise<void> {
    if (!this.trainer) {
      this.phase = 'loading';
      this.notice = { kind: 'loading' };
    }
    if (!this.#engine) {
      setLanguage(this.settings.language);
      this.#engine = await load({ deterministic: true });
      this.threads = this.#engine.info.threads;
    }
    const kept = await this.#keep();
    await this.open({ fresh: true, newData, paused: this.settings.view === 'slowly' });
    if (kept && this.trainer) this.kept = kept;
  }

  /** What the present network has learnt, unless what is kept already had learnt for longer. */
  async #keep(): Promise<Kept | undefined> {
    const { trainer, progress } = this;
    if (!trainer || progress.step <= (this.kept?.progress.step ?? 0)) return undefined;
    const { tensors } = await trainer.read(undefined);
    return { settings: trainer.settings, tensors, progress: progress.save() };
  }

  /** One structural change at a time, each with its errors said on the page. */
  protected do(action: () => Promise<unknown>): Promise<void> {
    const next = this.#queue.then(() => this.#guard(action));
    this.#queue = next;
    return next;
  }

  async #guard(action: () => Promise<unknown>): Promise<void> {
    const visit = this.#visit;
    try {
      await action();
    } catch (error) {
      if (visit === this.#visit) this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    const notice = noticeOf(error);
    if (!notice) return;
    this.notice = notice;
    if (engineIsGone(error)) this.#engine = undefined;
    // A network that does not fit leaves the old one as it was, and so does a part of the page that is missing.
    else if (['shape', 'part'].includes(notice.kind) && this.trainer) return;
    this.phase = 'failed';
    this.#leave();
  }

  /** A part of the page that is fetched when it is first needed: whether it came. */
  async part<T>(load: () => Promise<T>, use: (part: T) => void): Promise<boolean> {
    const task = untrack(() => this.task);
    try {
      use(await load());
      if (this.notice?.kind === 'part' && this.trainer) this.notice = undefined;
      return true;
    } catch (error) {
      if (this.task === task) this.#fail(error);
      return false;
    }
  }

  /** Makes the network and a run of it: fresh, or with what the present one has learnt. */
  protected async open({
    fresh,
    newData,
    paused,
    kept,
  }: {
    fresh: boolean;
    newData: boolean;
    paused: boolean;
    /** To go on with, in place of the present one. */
    kept?: Kept;
  }): Promise<void> {
    const engine = this.#engine;
    if (!engine) return;
    const { settings, task } = this;
    const visit = this.#visit;
    const old = this.trainer;
    const same = old && !newData && !task.otherData?.(old.settings, settings);
    const data = same ? old.data : await this.waiting.for(task.load(settings, engine));
    const learnt = kept?.tensors ?? (fresh || !old ? [] : (await old.read(undefined)).tensors);
    const trainer = await Trainer.open(engine, task, data, settings, learnt, {
      event: (event) => this.#event(trainer, event),
      ended: (error) => this.#ended(trainer, error),
    });
    // Meanwhile the visitor may have gone to another task.
    if (visit !== this.#visit) return trainer.dispose();
    this.trainer = undefined;
    this.past = undefined;
    this.#lookback.dispose();
    await old?.dispose();
    if (visit !== this.#visit) return trainer.dispose();
    if (kept) {
      this.progress.bringBack(kept.progress);
      this.kept = undefined;
    } else if (fresh || !old) {
      this.progress.clear();
      this.examined = undefined;
    } else this.progress.nextRun();
    this.history.clear();
    this.trainer = trainer;
    this.watched = undefined;
    this.data = data;
    this.summary = trainer.summary();
    this.notice = undefined;
    const chosen = this.selected;
    const parameters = chosen ? await trainer.model.parameters() : [];
    if (chosen && !parameters.some(({ name, size }) => name === chosen.tensor && chosen.index < size)) {
      this.selected = undefined;
      this.probe = undefined;
    }
    await this.pictures.now();
    await trainer.start(settings, paused);
    if (trainer !== this.trainer) return trainer.dispose();
    this.progress.resume();
    this.phase = paused ? 'paused' : 'running';
    // What the next step will do is known once there is a run.
    if (paused && this.selected) await this.pictures.now();
  }

  /** Another run of the same weights, where a run cannot be told of the change. */
  protected async restart(paused: boolean): Promise<void> {
    const { trainer } = this;
    if (!trainer) return;
    this.past = undefined;
    this.progress.nextRun();
    await trainer.start(this.settings, paused);
    if (trainer !== this.trainer) return;
    this.progress.resume();
    this.phase = paused ? 'paused' : 'running';
    await this.pictures.now();
  }

  #event(trainer: Trainer, event: RunEvent): void {
    if (trainer !== this.trainer) return;
    if (event.type === 'progress') {
      this.progress.batches(event, this.settings.batchSize, trainer.data.trainRows);
      this.pictures.tick();
    } else if (event.type === 'validation') {
      this.progress.heldOut(event);
      void this.examine();
    } else if (event.type === 'diverged') {
      this.phase = 'diverged';
      this.notice = {
        kind: 'diverged',
        layer: event.layer,
        rate: this.settings.learningRate,
        ...this.progress.diverged(event),
      };
      void this.pictures.now();
    }
  }

  #ended(trainer: Trainer, error: TrainyardError | undefined): void {
    if (trainer !== this.trainer) return;
    if (error) this.#fail(error);
    else this.phase = 'paused';
  }

  /** Reads what the views show. */
  async #read(): Promise<void> {
    const trainer = this.trainer;
    const engine = this.#engine;
    if (!trainer || !engine) return;
    const { selected, past } = this;
    const { step } = this.progress;
    try {
      const now = await trainer.read(selected);
      const then = past === undefined ? undefined : this.history.at(past);
      const tensors = then?.tensors ?? now.tensors;
      const watching = trainer.watching(tensors, then?.step ?? step, then !== undefined);
      if (then) watching.model = await this.#lookback.model(engine, trainer, tensors);
      const watched = await trainer.task.watch(watching);
      if (trainer !== this.trainer || trainer.task !== this.task) return;
      this.tensors = tensors;
      this.frozen = now.frozen;
      this.watched = watched;
      this.progress.draw();
      if (!then) this.history.record(step, tensors);
      if (selected && selected === this.selected)
        this.probe = this.history.probe(selected, then ? { ...now, tensors, gradient: NaN, push: NaN } : now);
    } catch (error) {
      if (trainer === this.trainer) this.#fail(error);
    }
  }

  protected async examine(): Promise<void> {
    const trainer = this.trainer;
    if (!trainer || this.#examining || !trainer.task.examine) return;
    this.#examining = true;
    try {
      const examined = await trainer.task.examine(trainer.watching(this.tensors, this.progress.step));
      if (trainer === this.trainer && trainer.task === this.task) this.examined = examined;
    } catch (error) {
      if (trainer === this.trainer) this.#fail(error);
    } finally {
      this.#examining = false;
    }
  }
}
