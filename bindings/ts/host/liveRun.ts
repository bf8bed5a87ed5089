// A run in the engine's thread: how fast it goes, when it pauses, what it has to tell.
import { errorData, toData, type ErrorData } from '../errorData.js';
import { Waiting, type DivergedEvent, type RunEvent, type RunState } from '../events.js';
import type { Pace, ParameterPreview, RunEnd } from '../protocol.js';
import type { RunObject } from './module.js';

const mostEventsPerSecond = 30;
/** Milliseconds that a throttled run may be behind and still catch up; what is more is forgotten. */
const mostDebt = 100;

/** What `advance` answers. */
interface Advanced {
  state: RunState['state'];
  step: number;
  events: RunEvent[];
  /** Amid a validation, which belongs to the step before it. */
  validating?: boolean;
}

export type Tell = (events: RunEvent[], end?: RunEnd) => void;

export class LiveRun {
  readonly #object: RunObject;
  readonly #tellPage: Tell;
  readonly #waiting = new Waiting();
  #pace: Pace;
  #step = 0;
  /** Steps until it pauses by itself: those that `step` asked for. */
  #stepsLeft = Infinity;
  #whenPaused: ((state: RunState) => void)[] = [];
  #told = -Infinity;
  /** When the next step of a throttled run is due. */
  #due = -Infinity;
  #diverged: DivergedEvent | undefined;
  #validating = false;
  #ended: RunState | undefined;

  constructor(object: RunObject, tell: Tell, pace: Pace) {
    this.#object = object;
    this.#tellPage = tell;
    this.#pace = { ...pace };
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  get playing(): boolean {
    return !this.ended && !this.#pace.paused;
  }

  state(): RunState {
    if (this.#ended) return this.#ended;
    const state = JSON.parse(this.#object.state()) as RunState;
    return { ...state, state: this.#pace.paused ? 'paused' : 'running' };
  }

  set(options: object, pace: Partial<Pace>): void {
    if (Object.keys(options).length > 0) this.#object.set(JSON.stringify(options));
    Object.assign(this.#pace, pace);
    this.#due = -Infinity;
  }

  pause(): RunState {
    this.#pace.paused = true;
    this.#tell(performance.now());
    return this.#answerSteps();
  }

  resume(): void {
    this.#answerSteps();
    this.#pace.paused = false;
    this.#due = -Infinity;
  }

  /** Goes on for a number of steps; resolves with where it then stands. */
  step(steps: number): Promise<RunState> {
    this.#answerSteps();
    if (this.ended || steps <= 0) return Promise.resolve(this.state());
    this.#stepsLeft = steps;
    this.#pace.paused = false;
    return new Promise((resolve) => this.#whenPaused.push(resolve));
  }

  stop(): RunState {
    if (!this.ended) {
      this.#object.stop();
      this.#end('stopped');
    }
    return this.state();
  }

  /** What the next step would do to these parameters; nothing once it has ended. */
  preview(names: string[]): ParameterPreview[] {
    if (this.ended) return [];
    this.#object.preview(JSON.stringify(names));
    return names.map((name, i) => ({
      name,
      gradient: this.#object.gradient(i).slice(),
      update: this.#object.update(i).slice(),
    }));
  }

  /** Milliseconds until its next step is due; 0: now. */
  wait(now: number): number {
    return this.#throttled && !this.#validating ? Math.max(0, this.#due - now) : 0;
  }

  /** Trains for at most so many milliseconds. */
  advance(milliseconds: number, now: number): void {
    let advanced: Advanced;
    try {
      const steps = Math.min(this.#stepsLeft, this.#allowance(now), 2 ** 31 - 1);
      advanced = JSON.parse(this.#object.advance(milliseconds, steps)) as Advanced;
    } catch (error) {
      // After a trap nothing of the engine can be asked any more: whoever called must know.
      if (error instanceof WebAssembly.RuntimeError) throw error;
      this.#end('failed', toData(error));
      return;
    }
    const done = advanced.step - this.#step;
    this.#step = advanced.step;
    this.#stepsLeft -= done;
    this.#validating = advanced.validating === true;
    this.#due += (done * 1000) / this.#pace.stepsPerSecond;
    for (const event of advanced.events) {
      if (event.type === 'diverged') this.#diverged = event;
      this.#waiting.add(event);
    }
    if (advanced.state === 'finished' || advanced.state === 'diverged' || advanced.state === 'stopped') {
      this.#end(advanced.state, advanced.state === 'diverged' ? divergence(this.#diverged) : undefined);
    } else if (this.#stepsLeft <= 0 && !this.#validating) {
      this.pause();
    } else if (now - this.#told >= 1000 / Math.min(this.#pace.eventsPerSecond, mostEventsPerSecond)) {
      this.#tell(now);
    }
  }

  get #throttled(): boolean {
    return this.#pace.stepsPerSecond !== Infinity && this.#stepsLeft === Infinity;
  }

  /** Steps that a throttled run may do by now. */
  #allowance(now: number): number {
    if (!this.#throttled) return Infinity;
    this.#due = Math.max(this.#due, now - mostDebt);
    return Math.max(0, 1 + Math.floor(((now - this.#due) * this.#pace.stepsPerSecond) / 1000));
  }

  #tell(now: number, end?: RunEnd): void {
    if (this.#waiting.size === 0 && !end) return;
    this.#told = now;
    this.#tellPage(this.#waiting.take(), end);
  }

  /** Answers whoever waits for `step`; the rest of their steps is given up. */
  #answerSteps(): RunState {
    this.#stepsLeft = Infinity;
    const state = this.state();
    for (const resolve of this.#whenPaused.splice(0)) resolve(state);
    return state;
  }

  #end(state: RunState['state'], error?: ErrorData): void {
    this.#ended = { ...(JSON.parse(this.#object.state()) as RunState), state };
    this.#object.delete();
    this.#tell(performance.now(), { state: this.#ended, ...(error && { error }) });
    this.#answerSteps();
  }
}

/** A diverged run as an error: the layer, the step, and what helps most often. */
function divergence(event: DivergedEvent | undefined): ErrorData {
  return errorData('DIVERGED', event?.layer ?? '', { got: event ? `step ${event.step}` : '', hint: 'lower_rate' });
}
