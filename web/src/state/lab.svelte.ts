/** What the visitor can do in the laboratory. */
import { setLanguage, type Model } from 'trainyard';
import { tasks } from '../tasks/index.ts';
import { dictionary, type Dictionary } from '../text/index.ts';
import { digits, fixed } from '../views/numbers.ts';
import { consequence } from './consequence.ts';
import { Session } from './session.svelte.ts';
import { settingsOfTask, speeds, writeSettings, type Language, type Settings, type TaskId } from './settings.ts';
import type { Place } from './snapshot.ts';
import type { Visitor } from './visitor.ts';
import { words } from './words.svelte.ts';

export class Lab extends Session {
  readonly #browser: Visitor;
  /** The settings before the last change of the network's shape. */
  #before = $state.raw<Settings | undefined>();

  constructor(settings: Settings, browser: Visitor) {
    super(settings);
    this.#browser = browser;
  }

  /** Loads the engine and begins to train: the page works before it is read. */
  begin(): Promise<void> {
    return this.do(() => this.start());
  }

  toggle(): void {
    if (this.phase === 'running') void this.pause();
    else if (this.phase === 'paused') void this.do(async () => this.#go());
  }

  async pause(): Promise<void> {
    await this.do(async () => {
      if (this.phase !== 'running') return;
      await this.#halt();
      await this.pictures.now();
      await this.examine();
      const { step, loss, accuracy } = this.progress.figures;
      this.announcer.say(words.text.announce.paused(step, loss, accuracy));
    });
  }

  async #halt(): Promise<void> {
    const { trainer } = this;
    await trainer?.pause();
    if (trainer !== this.trainer) return;
    this.phase = 'paused';
    this.progress.settle();
  }

  /** One step, paused before and after. */
  step(): Promise<void> {
    return this.do(async () => {
      if (!this.ready || this.phase === 'diverged') return;
      this.past = undefined;
      await this.trainer?.step(1);
      if (this.phase === 'running') this.phase = 'paused';
      this.progress.settle();
      await this.pictures.now();
    });
  }

  /** From the first step again, with the same seed. */
  again(): void {
    void this.do(async () => {
      await this.start(false);
      this.announcer.say(words.text.announce.restarted(this.settings.seed));
    });
  }

  /** Takes back the last fresh start: what had been learnt goes on. */
  bringBack(): void {
    const { kept } = this;
    if (!kept) return;
    const { seed, shape, noise, variant, network, activation } = kept.settings;
    this.settings = { ...this.settings, seed, shape, noise, variant, network, activation };
    this.writeAddress();
    const paused = !this.running;
    void this.do(() => this.open({ fresh: false, newData: true, paused, kept }));
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
    if (patch.language !== undefined) this.#setLanguage(patch.language);
    // What is changed while it loads, or after a failure, begins to train.
    const paused = (this.ready && !this.running) || this.settings.view === 'slowly';
    switch (consequence(old, this.settings)) {
      case 'fresh':
        this.waiting.end();
        return void this.do(() => this.start());
      case 'data':
        return void this.do(() => this.open({ fresh: false, newData: true, paused }));
      case 'shape':
        return void this.do(() => this.#reshape(old, paused));
      case 'run':
        this.progress.change(old, this.settings);
        return void this.do(() => this.restart(paused));
      case 'tell':
        this.progress.change(old, this.settings);
        return void this.do(async () => this.trainer?.set(this.settings));
      case 'none':
    }
  }

  get reshaped(): boolean {
    return this.#before !== undefined;
  }

  /** Takes back the last change of shape; where there was none, to the task's usual network. */
  undo(): void {
    const { network, activation } =
      this.#before ?? settingsOfTask(this.settings.task, this.settings, this.task.defaults);
    this.set({ network, activation });
  }

  /** Pauses, and shows one step in slow motion. */
  slowly(): void {
    if (this.past !== undefined) this.lookBack(undefined);
    void this.pause().then(() => this.set({ view: 'slowly' }));
  }

  /** Shows the network as it was at a step, paused; `undefined` goes back to the present. */
  lookBack(step: number | undefined): void {
    void this.do(async () => {
      if (!this.ready) return;
      if (step !== undefined && this.running) await this.#halt();
      const copy = step === undefined ? undefined : this.history.at(step);
      this.past = copy && copy.step < this.progress.step ? copy.step : undefined;
      await this.pictures.now();
      if (copy) this.announcer.say(words.text.announce.past(copy.step));
    });
  }

  /** To the copy before or after the one that is shown. */
  scrub(by: 1 | -1): void {
    const step = this.history.beside(this.past ?? this.progress.step, by);
    if (step !== undefined && !(by > 0 && this.past === undefined)) this.lookBack(step);
  }

  faster(by: 1 | -1): void {
    this.set({ speed: Math.max(0, Math.min(speeds.length - 1, this.settings.speed + by)) });
  }

  select(place: Place | undefined): void {
    this.selected = place;
    if (!place) this.probe = undefined;
    void this.pictures.now();
  }

  /** Writes one parameter by hand. */
  nudge(place: Place, value: number): void {
    this.selected = place;
    this.past = undefined;
    this.progress.mark('nudge');
    void this.do(async () => {
      await this.trainer?.write(place, value);
      await this.pictures.now();
      this.announcer.say(words.text.card.nudged(fixed(value, 3)));
    });
  }

  /** Freezes or thaws the whole tensor of a place; the run goes on with it. */
  freeze(place: Place): void {
    void this.do(async () => {
      await this.trainer?.freeze(place.tensor, !this.frozen.has(place.tensor));
      await this.restart(!this.running);
    });
  }

  /** After a divergence: from the last good weights, with a smaller rate. */
  slower(): void {
    const learningRate = Number((this.settings.learningRate / 10).toPrecision(2));
    this.settings = { ...this.settings, learningRate };
    this.writeAddress();
    this.notice = undefined;
    void this.do(() => this.restart(false));
  }

  /** Reads again what the stage shows, where its own input changed. */
  look(): void {
    void this.pictures.now();
  }

  /** The network that learns, for what is asked of it beside the pictures. */
  get model(): Model | undefined {
    return this.trainer?.model;
  }

  async export(): Promise<Uint8Array | undefined> {
    let bytes: Uint8Array | undefined;
    await this.do(async () => (bytes = await this.trainer?.model.export('safetensors')));
    return bytes;
  }

  writeAddress(): void {
    const query = writeSettings(this.settings, { ...this.#browser, ...this.task.defaults });
    history.replaceState(null, '', `${location.pathname}${query}${location.hash}`);
  }

  #setTask(task: TaskId): void {
    this.settings = settingsOfTask(task, this.settings, tasks[task].defaults);
    this.#before = undefined;
    this.writeAddress();
    this.clear();
    void this.do(() => this.start());
  }

  async #reshape(old: Settings, paused: boolean): Promise<void> {
    this.#before = old;
    const before = this.summary?.parameters ?? 0;
    const fresh = this.task.startsAnew?.(old, this.settings) ?? false;
    await this.open({ fresh, newData: false, paused });
    const now = this.summary?.parameters ?? 0;
    if (now !== before && !fresh) this.progress.mark('shape', digits(before), digits(now));
    this.announcer.say(words.text.announce.parameters(now));
  }

  #setLanguage(language: Language): void {
    const load = async (): Promise<Dictionary> => {
      try {
        return await dictionary(language);
      } catch (error) {
        // One language all over the page, whatever arrives.
        if (this.settings.language === language) this.settings = { ...this.settings, language: words.text.language };
        this.writeAddress();
        throw error;
      }
    };
    void this.part(load, (text) => {
      // Meanwhile the visitor may have changed it again.
      if (this.settings.language !== language) return;
      words.text = text;
      setLanguage(language);
    });
  }

  async #go(): Promise<void> {
    const { trainer } = this;
    this.past = undefined;
    await trainer?.resume();
    if (!trainer || trainer !== this.trainer) return;
    this.progress.resume();
    this.phase = 'running';
    this.announcer.say(words.text.announce.running);
  }
}
