/** The laboratory's one store: what the views show, and what the visitor can do. */
import { load, setLanguage, type Engine, type RunEvent, type TrainyardError } from 'trainyard';
import { tasks } from '../tasks/index.ts';
import type { Task } from '../tasks/task.ts';
import { dictionary } from '../text/index.ts';
import { digits, fixed } from '../views/numbers.ts';
import { Announcer } from './announcer.svelte.ts';
import { consequence } from './consequence.ts';
import { History } from './history.ts';
import { reducedMotion } from './media.svelte.ts';
import { engineIsGone, noticeOf } from './notices.ts';
import { Pictures } from './pictures.ts';
import { Progress } from './progress.svelte.ts';
import { settingsOfTask, speeds, writeSettings, type Language, type Settings, type TaskId } from './settings.ts';
import type { Notice, Phase, Place, Probe, Summary, Tensor } from './snapshot.ts';
import { Trainer } from './trainer.ts';
import { words } from './words.svelte.ts';

/** What the browser, not the task, decides. */
export interface BrowserDefaults {
  language: Language;
  theme: Settings['theme'];
}

const none: ReadonlySet<string> = new Set();

export class Lab {
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
  readonly announcer = new Announcer();
  readonly progress = new Progress();

  readonly #browser: BrowserDefaults;
  #engine: Engine | undefined;
  #trainer: Trainer | undefined;
  #history = new History();
  /** Structural changes happen one after another. */
  #queue: Promise<void> = Promise.resolve();
  readonly #pictures = new Pictures(
    () => this.#read(),
    () => (reducedMotion() ? 500 : this.task.pictureEvery),
  );
  #examining = false;
  /** The settings before the last change of the network's shape. */
  #before: Settings | undefined;

  constructor(settings: Settings, browser: BrowserDefaults) {
    this.settings = settings;
    this.#browser = browser;
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
    return this.#history.startStep;
  }
  get engine(): Engine | undefined {
    return this.#engine;
  }

  /** Loads the engine and begins to train: the page works before it is read. */
  begin(): Promise<void> {
    return this.#do(() => this.#begin());
  }

  // ---- what the visitor can do ----

  toggle(): void {
    if (this.phase === 'running') void this.pause();
    else if (this.phase === 'paused') void this.#do(async () => this.#go());
  }

  async pause(): Promise<void> {
    await this.#do(async () => {
      if (this.phase !== 'running') return;
      await this.#trainer?.pause();
      this.phase = 'paused';
      this.progress.settle();
      await this.#pictures.now();
      await this.#examine();
      const { step, loss, accuracy } = this.progress.figures;
      this.announcer.say(words.text.announce.paused(step, loss, accuracy));
    });
  }

  /** One step, paused before and after. */
  step(): Promise<void> {
    return this.#do(async () => {
      if (!this.ready || this.phase === 'diverged') return;
      await this.#trainer?.step(1);
      if (this.phase === 'running') this.phase = 'paused';
      this.progress.settle();
      await this.#pictures.now();
    });
  }

  /** From the first step again, with the same seed. */
  again(): void {
    void this.#do(async () => {
      await this.#begin(false);
      this.announcer.say(words.text.announce.restarted(this.settings.seed));
    });
  }

  newSeed(): void {
    const seed = 1 + ((this.settings.seed * 48271) % 9973);
    this.set({ seed });
  }

  /** Changes settings; what must happen for them follows from which they are. */
  set(patch: Partial<Settings>): void {
    const old = this.settings;
    if (patch.task !== undefined && patch.task !== old.task) return this.#setTask(patch.task);
    this.settings = { ...old, ...patch };
    this.writeAddress();
    if (patch.language !== undefined) void this.#setLanguage(patch.language);
    const paused = !this.running;
    switch (consequence(old, this.settings)) {
      case 'fresh':
        return void this.#do(() => this.#begin());
      case 'data':
        return void this.#do(() => this.#open({ fresh: false, newData: true, paused }));
      case 'shape':
        return void this.#do(() => this.#reshape(old, paused));
      case 'run':
        this.progress.change(old, this.settings);
        return void this.#do(() => this.#restart(paused));
      case 'tell':
        this.progress.change(old, this.settings);
        return void this.#do(async () => this.#trainer?.set(this.settings));
      case 'none':
    }
  }

  /** Takes back the last change of shape. */
  undo(): void {
    const before = this.#before;
    if (before) this.set({ network: before.network, activation: before.activation });
  }

  /** Pauses, and shows one step in slow motion. */
  slowly(): void {
    void this.pause().then(() => this.set({ view: 'slowly' }));
  }

  faster(by: 1 | -1): void {
    this.set({ speed: Math.max(0, Math.min(speeds.length - 1, this.settings.speed + by)) });
  }

  select(place: Place | undefined): void {
    this.selected = place;
    if (!place) this.probe = undefined;
    void this.#pictures.now();
  }

  /** Writes one parameter by hand. */
  nudge(place: Place, value: number): void {
    this.selected = place;
    this.progress.mark('nudge');
    void this.#do(async () => {
      await this.#trainer?.write(place, value);
      await this.#pictures.now();
      this.announcer.say(words.text.card.nudged(fixed(value, 3)));
    });
  }

  /** Freezes or thaws the whole tensor of a place; the run goes on with it. */
  freeze(place: Place): void {
    void this.#do(async () => {
      await this.#trainer?.freeze(place.tensor, !this.frozen.has(place.tensor));
      await this.#restart(!this.running);
    });
  }

  /** After a divergence: from the last good weights, with a smaller rate. */
  slower(): void {
    const learningRate = Number((this.settings.learningRate / 10).toPrecision(2));
    this.settings = { ...this.settings, learningRate };
    this.writeAddress();
    this.notice = undefined;
    void this.#do(() => this.#restart(false));
  }

  /** Reads again what the stage shows, where its own input changed. */
  look(): void {
    void this.#pictures.now();
  }

  export(): Promise<Uint8Array> | undefined {
    return this.#trainer?.model.export('safetensors');
  }

  writeAddress(): void {
    const query = writeSettings(this.settings, { ...this.#browser, ...this.task.defaults });
    history.replaceState(null, '', `${location.pathname}${query}${location.hash}`);
  }

  // ---- how it happens ----

  #setTask(task: TaskId): void {
    this.settings = settingsOfTask(task, this.settings, tasks[task].defaults);
    this.writeAddress();
    this.phase = 'loading';
    this.notice = { kind: 'loading' };
    // What belongs to the other task must not reach the views of this one.
    this.selected = undefined;
    this.probe = undefined;
    this.tensors = [];
    this.watched = undefined;
    this.examined = undefined;
    this.data = undefined;
    this.summary = undefined;
    void this.#do(() => this.#begin());
  }

  async #reshape(old: Settings, paused: boolean): Promise<void> {
    this.#before = old;
    const before = this.summary?.parameters ?? 0;
    await this.#open({ fresh: false, newData: false, paused });
    const now = this.summary?.parameters ?? 0;
    if (now !== before) this.progress.mark('shape', digits(before), digits(now));
    this.announcer.say(words.text.announce.parameters(now));
  }

  async #setLanguage(language: Language): Promise<void> {
    words.text = await dictionary(language);
    setLanguage(language);
  }

  /** A fresh network, with an engine to live in. */
  async #begin(newData = true): Promise<void> {
    if (!this.#engine) {
      this.phase = 'loading';
      this.notice = { kind: 'loading' };
      this.#trainer = undefined;
      setLanguage(this.settings.language);
      this.#engine = await load({ deterministic: true });
      this.threads = this.#engine.info.threads;
    }
    await this.#open({ fresh: true, newData: newData || !this.#trainer, paused: this.settings.view === 'slowly' });
  }

  /** One structural change at a time, each with its errors said on the page. */
  #do(action: () => Promise<unknown>): Promise<void> {
    const next = this.#queue.then(() => this.#guard(action));
    this.#queue = next;
    return next;
  }

  async #guard(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    const notice = noticeOf(error);
    if (!notice) return;
    this.notice = notice;
    // A network that does not fit leaves the old one as it was.
    if (notice.kind !== 'shape' || !this.#trainer) this.phase = 'failed';
    if (engineIsGone(error)) this.#engine = undefined;
  }

  /** Makes the network and a run of it: fresh, or with what the present one has learnt. */
  async #open({ fresh, newData, paused }: { fresh: boolean; newData: boolean; paused: boolean }): Promise<void> {
    const engine = this.#engine;
    if (!engine) return;
    const { settings, task } = this;
    const old = this.#trainer;
    const data = old && !newData ? old.data : await task.load(settings);
    const learnt = fresh || !old ? [] : (await old.read(undefined)).tensors;
    const trainer = await Trainer.open(engine, task, data, settings, learnt, {
      event: (event) => this.#event(trainer, event),
      ended: (error) => this.#ended(trainer, error),
    });
    this.#trainer = undefined;
    await old?.dispose();
    if (fresh) {
      this.progress.clear();
      this.examined = undefined;
    } else this.progress.nextRun();
    this.#history.clear();
    this.#trainer = trainer;
    this.tensors = [];
    this.watched = undefined;
    this.data = data;
    this.summary = trainer.summary();
    this.notice = undefined;
    if (
      this.selected &&
      !(await trainer.model.parameters()).some(
        ({ name, size }) => name === this.selected?.tensor && this.selected.index < size,
      )
    ) {
      this.select(undefined);
    }
    await this.#pictures.now();
    await trainer.start(settings, paused);
    this.progress.resume();
    this.phase = paused ? 'paused' : 'running';
  }

  async #go(): Promise<void> {
    await this.#trainer?.resume();
    this.progress.resume();
    this.phase = 'running';
    this.announcer.say(words.text.announce.running);
  }

  /** Another run of the same weights, where a run cannot be told of the change. */
  async #restart(paused: boolean): Promise<void> {
    this.progress.nextRun();
    await this.#trainer?.start(this.settings, paused);
    this.progress.resume();
    this.phase = paused ? 'paused' : 'running';
    await this.#pictures.now();
  }

  #event(trainer: Trainer, event: RunEvent): void {
    if (trainer !== this.#trainer) return;
    if (event.type === 'progress') {
      this.progress.batches(event, this.settings.batchSize, trainer.data.trainRows);
      this.#pictures.tick();
    } else if (event.type === 'validation') {
      this.progress.heldOut(event);
      void this.#examine();
    } else if (event.type === 'diverged') {
      this.phase = 'diverged';
      this.notice = {
        kind: 'diverged',
        layer: event.layer,
        rate: this.settings.learningRate,
        ...this.progress.diverged(event),
      };
      void this.#pictures.now();
    }
  }

  #ended(trainer: Trainer, error: TrainyardError | undefined): void {
    if (trainer !== this.#trainer) return;
    if (error) this.#fail(error);
    else this.phase = 'paused';
  }

  /** Reads what the views show. */
  async #read(): Promise<void> {
    const trainer = this.#trainer;
    if (!trainer) return;
    const { selected } = this;
    const { step } = this.progress;
    try {
      const read = await trainer.read(selected);
      const watched = await trainer.task.watch(trainer.watching(read.tensors));
      if (trainer !== this.#trainer || trainer.task !== this.task) return;
      this.tensors = read.tensors;
      this.frozen = read.frozen;
      this.watched = watched;
      this.progress.draw();
      this.#history.record(step, read.tensors);
      if (selected && selected === this.selected) this.probe = this.#history.probe(selected, read);
    } catch (error) {
      if (trainer === this.#trainer) this.#fail(error);
    }
  }

  async #examine(): Promise<void> {
    const trainer = this.#trainer;
    if (!trainer || this.#examining || !trainer.task.examine) return;
    this.#examining = true;
    try {
      const examined = await trainer.task.examine(trainer.watching(this.tensors));
      if (trainer === this.#trainer && trainer.task === this.task) this.examined = examined;
    } catch (error) {
      if (trainer === this.#trainer) this.#fail(error);
    } finally {
      this.#examining = false;
    }
  }
}
