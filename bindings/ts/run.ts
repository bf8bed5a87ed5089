import type { Client } from './client.js';
import type { Dataset } from './data/dataset.js';
import { fromThrown, TrainyardError } from './errors.js';
import { Waiting, type EventOf, type RunEvent, type RunState } from './events.js';
import { flag, namesOf, optionsOf, plain, positive, refuseUnknown, whole } from './plain.js';
import type { Handle, Pace, ParameterPreview, RunEnd, Tensor } from './protocol.js';
import type { RunSettings, TrainingOptions } from './training.js';

export interface FitOptions extends TrainingOptions {
  /** Data that it never learns from, to look how well it does on what it has not seen. */
  val?: Dataset;
  /** Begin paused, to go on by `step` or `resume`; default false. */
  paused?: boolean;
  /** Steps a second at most, to watch; default as fast as the machine. */
  stepsPerSecond?: number;
  /** Events a second at most; default and upper limit 30. */
  eventsPerSecond?: number;
}

/** Where a run stands after some steps, and the values that were asked for. */
export interface StepResult extends RunState {
  values: Record<string, Tensor>;
}

/** How fast a run goes. Throws TYPE_MISMATCH or INVALID_VALUE. */
export function paceOf(given: { [key in keyof Pace]: Pace[key] | undefined }): Pace {
  const { paused = false, stepsPerSecond = Infinity, eventsPerSecond = 30 } = given;
  flag(paused, 'fit.paused');
  positive(stepsPerSecond, 'fit.stepsPerSecond');
  positive(eventsPerSecond, 'fit.eventsPerSecond');
  return { paused, stepsPerSecond, eventsPerSecond };
}

type Listener<T extends RunEvent['type']> = (event: EventOf<T>) => void;
type AnyListener = (event: never) => void;

/**
 * A training under way. It runs by itself in the engine; the page is told at most 30 times a second.
 *
 * A run that diverges tells `diverged`, puts back the last good weights, and then rejects `done` and the iteration
 * with DIVERGED. So do ENGINE_LOST, DISPOSED and every error of the options. A rejected `done` that nobody looks at
 * is not reported as unhandled.
 */
export class Run implements AsyncIterable<RunEvent> {
  /** Where it stood at the end. */
  readonly done: Promise<RunState>;
  readonly #client: Client;
  readonly #handle: Promise<Handle>;
  /** The same once it is known: from then on nothing that is asked afterwards overtakes a question. */
  #run: Handle | undefined;
  readonly #read: (names: string[]) => Promise<Record<string, Tensor>>;
  readonly #listeners = new Map<string, Set<AnyListener>>();
  readonly #readers = new Set<Reader>();
  #ended: { state: RunState } | { error: TrainyardError } | undefined;
  #settle!: { resolve(state: RunState): void; reject(error: TrainyardError): void };

  /** @internal */
  constructor(client: Client, handle: Promise<Handle>, read: (names: string[]) => Promise<Record<string, Tensor>>) {
    this.#client = client;
    this.#handle = handle;
    this.#read = read;
    this.done = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    this.done.catch(() => {});
    handle.then(
      (run) => {
        this.#run = run;
        client.listen(run, {
          events: (events) => events.forEach((event) => this.#tell(event)),
          end: (end) => this.#end(end),
          lost: (error) => this.#fail(error),
        });
      },
      (error: unknown) => this.#fail(fromThrown(error)),
    );
  }

  /** Stops between two steps; tells where it stands once it does. */
  async pause(): Promise<RunState> {
    return this.#ask(async (run) => this.#client.call('pauseRun', { run }));
  }

  /** Goes on after `pause` or `step`. */
  async resume(): Promise<void> {
    await this.#ask((run) => this.#client.call('resumeRun', { run }));
  }

  /**
   * Does a number of steps and pauses. `inspect` names values to look at afterwards: `0.weight` for a parameter,
   * `0.weight.grad` for its gradient, `0.weight.update` for what the last step added.
   *
   * @throws {TrainyardError} before a step is done: TYPE_MISMATCH, INVALID_VALUE, UNKNOWN_OPTION; afterwards:
   * PARAMETER_MISMATCH for a name that there is not, MISSING_OPTION for updates that are not kept.
   */
  async step(steps = 1, options?: { inspect?: string[] }): Promise<StepResult> {
    whole(steps, 1, 'steps');
    const given = optionsOf(options, 'step');
    refuseUnknown(given, ['inspect'], 'step');
    const inspect = namesOf(given.inspect ?? [], 'step.inspect');
    const state = await this.#ask((run) => this.#client.call('stepRun', { run, steps }));
    return { ...state, values: inspect.length > 0 ? await this.#read(inspect) : {} };
  }

  /**
   * What the next step would do to these parameters if it happened now: their gradients on the next batch and what the
   * optimizer would add. Nothing is changed. Empty once the run has ended. Throws PARAMETER_MISMATCH for a name that
   * there is not, TYPE_MISMATCH for what is no list of names.
   */
  async preview(names: string[]): Promise<ParameterPreview[]> {
    const wanted = namesOf(names, 'preview');
    const previews = await this.#ask((run) => this.#client.call('previewRun', { run, names: wanted }));
    return Array.isArray(previews) ? previews : [];
  }

  /** Ends it for good; the weights stay as they are. Harmless after the end. */
  async stop(): Promise<RunState> {
    return this.#ask((run) => this.#client.call('stopRun', { run }));
  }

  /**
   * Changes what can be changed in a run, from the next step on: the learning rate, the batch size, the end, the speed.
   *
   * @throws {TrainyardError} and changes nothing: UNKNOWN_OPTION for what the run or its optimizer has not, INVALID_VALUE,
   * TYPE_MISMATCH, OUT_OF_MEMORY for a larger batch.
   */
  async set(settings: RunSettings): Promise<void> {
    const { stepsPerSecond, ...rest } = optionsOf(settings, 'set');
    const pace = stepsPerSecond === undefined ? {} : { stepsPerSecond: positive(stepsPerSecond, 'set.stepsPerSecond') };
    const options = plain(rest, 'set');
    await this.#ask((run) => this.#client.call('setRun', { run, options, pace }));
  }

  /** Calls the listener for every event of a kind; the returned function ends that. */
  on<T extends RunEvent['type']>(type: T, listener: Listener<T>): () => void {
    const listeners = this.#listeners.get(type) ?? new Set<AnyListener>();
    this.#listeners.set(type, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** The events from now on. A slow reader misses some of a kind, never the newest of it. */
  [Symbol.asyncIterator](): AsyncIterator<RunEvent, void> {
    const reader = new Reader(() => this.#readers.delete(reader));
    if (this.#ended) reader.end('error' in this.#ended ? this.#ended.error : undefined);
    else this.#readers.add(reader);
    return reader;
  }

  async #ask<T>(question: (run: Handle) => Promise<T>): Promise<T | RunState> {
    const run = this.#run ?? (await this.#handle);
    if (this.#ended) return this.#outcome(this.#ended);
    try {
      return await question(run);
    } catch (error) {
      // It may have ended while the question was on its way.
      if (this.#ended && fromThrown(error).code === 'DISPOSED') return this.#outcome(this.#ended);
      throw error;
    }
  }

  #outcome(ended: { state: RunState } | { error: TrainyardError }): RunState {
    if ('error' in ended) throw ended.error;
    return ended.state;
  }

  #tell(event: RunEvent): void {
    for (const reader of this.#readers) reader.add(event);
    for (const listener of this.#listeners.get(event.type) ?? []) {
      try {
        listener(event as never);
      } catch (error) {
        // A listener's fault is its own: the others and the run go on, the page hears of it.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  #end({ state, error }: RunEnd): void {
    if (error) return this.#fail(new TrainyardError(error));
    this.#ended = { state };
    this.#settle.resolve(state);
    for (const reader of this.#readers) reader.end();
  }

  #fail(error: TrainyardError): void {
    this.#ended = { error };
    this.#settle.reject(error);
    for (const reader of this.#readers) reader.end(error);
  }
}

/** One `for await` over a run. */
class Reader implements AsyncIterator<RunEvent, void> {
  readonly #waiting = new Waiting();
  readonly #left: () => void;
  /** Whoever waits for an event: `next` may be called again before the first answer. */
  #wakes: (() => void)[] = [];
  #over = false;
  #error: TrainyardError | undefined;

  constructor(left: () => void) {
    this.#left = left;
  }

  add(event: RunEvent): void {
    this.#waiting.add(event);
    this.#wake();
  }

  end(error?: TrainyardError): void {
    this.#over = true;
    this.#error = error;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#wakes.splice(0)) wake();
  }

  async next(): Promise<IteratorResult<RunEvent, void>> {
    while (this.#waiting.size === 0 && !this.#over) {
      await new Promise<void>((resolve) => this.#wakes.push(resolve));
    }
    const value = this.#waiting.next();
    if (value) return { done: false, value };
    this.#left();
    const error = this.#error;
    this.#error = undefined;
    if (error) throw error;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<RunEvent, void>> {
    this.end();
    this.#left();
    return { done: true, value: undefined };
  }
}
