// A run in the engine's thread: how fast it goes, when it pauses, what it has to tell.
import { errorData, toData, type ErrorData } from '../errorData.js';
import { Waiting, type DivergedEvent, type RunEvent, type RunState } from '../events.js';
import type { Pace, ParameterPreview, RunEnd } from '../protocol.js';
import type { Group, Hooks } from './group.js';
import type { RunObject } from './module.js';
import { parseMeasures } from './reading.js';

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

/** What it needs of the engine's thread. */
interface Around {
  /** There is something to do again. */
  wake(): void;
  /** A step that several engines share is over. */
  stepped(): void;
  /** Hears of what leaves the engine in an unknown state. */
  trapped(error: unknown): void;
  /** Other engines that share the batches, if there should be any. */
  gather(hooks: Hooks): Group | undefined;
}

export type Tell = (events: RunEvent[], end?: RunEnd) => void;

export class LiveRun {
  readonly #object: RunObject;
  readonly #tellPage: Tell;
  readonly #around: Around;
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
  #group: Group | undefined;
  #begun = false;
  /** Settings that were changed before there was a group: its members begin with those that the run began with. */
  #early = {};

  constructor(object: RunObject, tell: Tell, pace: Pace, around: Around) {
    this.#object = object;
    this.#tellPage = tell;
    this.#pace = { ...pace };
    this.#around = around;
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  get playing(): boolean {
    return !this.ended && !this.#pace.paused;
  }

  state(): RunState {
    if (this.#ended) return this.#ended;
    const state = parseMeasures<RunState>(this.#object.state());
    return { ...state, state: this.#pace.paused ? 'paused' : 'running' };
  }

  set(options: object, pace: Partial<Pace>): void {
    if (Object.keys(options).length > 0) this.#object.set(JSON.stringify(options));
    if (this.#begun) this.#group?.change(options);
    else Object.assign(this.#early, options);
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

  /** Amid a step that several engines share. */
  get stepping(): boolean {
    return !this.ended && this.#group?.stepping === true;
  }

  /** Ends the engines that share it. */
  close(): void {
    this.#group?.close();
  }

  /** Milliseconds until its next step is due; 0: now; Infinity: when others wake it. */
  wait(now: number): number {
    if (this.#group?.busy) return Infinity;
    return this.#throttled && !this.#validating ? Math.max(0, this.#due - now) : 0;
  }

  /** Trains for at most so many milliseconds. */
  advance(milliseconds: number, now: number): void {
    this.#guarded(() => {
      if (!this.#begun) {
        this.#begun = true;
        this.#group = this.#around.gather(this.#hooks);
        this.#group?.change(this.#early);
      }
      const steps = Math.min(this.#stepsLeft, this.#allowance(now), 2 ** 31 - 1);
      if (!this.#group) return this.#took(this.#object.advance(milliseconds, steps), now);
      if (this.#validating) return this.#took(this.#object.advance(milliseconds, 0), now);
      if (steps < 1 || this.#group.busy) return;
      if (!this.#group.begin()) this.#leave('');
    });
  }

  readonly #hooks: Hooks = {
    ready: () => this.#around.wake(),
    stepped: (answer) => {
      this.#took(answer, performance.now());
      this.#around.stepped();
      this.#around.wake();
    },
    lost: (why) => this.#hooks.guard(() => this.#leave(why)),
    guard: (action) => {
      try {
        this.#guarded(action);
      } catch (error) {
        this.#around.trapped(error);
      }
    },
  };

  /** Goes on alone; a step that was begun is undone. */
  #leave(why: string): void {
    this.#group?.close();
    this.#group = undefined;
    if (!this.ended) this.#object.leave(why);
    this.#around.stepped();
    this.#around.wake();
  }

  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      // After a trap nothing of the engine can be asked any more: whoever called must know.
      if (error instanceof WebAssembly.RuntimeError) throw error;
      this.#end('failed', toData(error));
    }
  }

  /** What came of training: an answer of the engine. */
  #took(answer: string, now: number): void {
    const advanced = parseMeasures<Advanced>(answer);
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
    this.#ended = { ...parseMeasures<RunState>(this.#object.state()), state };
    this.#group?.close();
    this.#object.delete();
    this.#tell(performance.now(), { state: this.#ended, ...(error && { error }) });
    this.#answerSteps();
    this.#around.stepped();
  }
}

/** A diverged run as an error: the layer, the step, and what helps most often. */
function divergence(event: DivergedEvent | undefined): ErrorData {
  return errorData('DIVERGED', event?.layer ?? '', { got: event ? `step ${event.step}` : '', hint: 'lower_rate' });
}
