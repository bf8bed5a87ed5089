// How engines that share a batch hand each other their parts of a step: directly, from worker to worker.
import type { RunObject } from './module.js';

/** What the run, or its member, must hear of. */
export interface Told {
  /** Its own work is done, others' is not here yet: `longest` ms took what it has worked without a break in this step. */
  waits(longest: number): void;
  stepped(answer: string): void;
}

export class Exchange {
  readonly #run: RunObject;
  readonly #me: number;
  /** To each member, by its number; null at the own place. */
  readonly #ports: readonly (MessagePort | null)[];
  readonly #told: Told;
  /** Parts that came, by member, the oldest first: one that is ahead sends the next before this one is through. */
  readonly #arrived: ArrayBuffer[][];
  /** By member, for each exchange of a step, the part that came last: its memory takes what goes there next, so that no
   * step allocates any. */
  readonly #spare: (ArrayBuffer | undefined)[][];
  #begun = false;
  /** Which of the step's exchanges is under way: there is one more at each layer that looks at the whole batch. */
  #round = 0;
  #longest = 0;

  constructor(run: RunObject, me: number, ports: readonly (MessagePort | null)[], told: Told) {
    this.#run = run;
    this.#me = me;
    this.#ports = ports;
    this.#told = told;
    this.#arrived = ports.map(() => []);
    this.#spare = ports.map(() => []);
  }

  /** Amid a step: the own part is done, others are not here yet. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Does its part of the next step and sends it to all. False where the engine refuses: the group must be left. */
  begin(): boolean {
    const start = performance.now();
    if (!this.#run.beginPart()) return false;
    this.#begun = true;
    this.#round = 0;
    this.#send();
    this.#longest = performance.now() - start;
    this.#end();
    return true;
  }

  #send(): void {
    const part = this.#run.part();
    this.#ports.forEach((port, member) => {
      if (!port) return;
      const spare = this.#spare[member]!;
      const buffer = spare[this.#round] ?? new ArrayBuffer(part.byteLength);
      spare[this.#round] = undefined;
      new Uint8Array(buffer).set(part);
      port.postMessage(buffer, [buffer]);
    });
  }

  take(from: number, part: ArrayBuffer): void {
    this.#arrived[from]!.push(part);
    this.#end();
  }

  /** Once all parts are here adds them in the order of the members, which is the same everywhere, and takes the step or
   * goes on to its next exchange. */
  #end(): void {
    while (this.#begun && this.#arrived.every((parts, from) => from === this.#me || parts.length > 0)) {
      this.#arrived.forEach((parts, from) => {
        const part = parts.shift();
        // A view anew each time: the memory may have grown.
        if (part) this.#run.incoming().set(new Uint8Array(part));
        this.#spare[from]![this.#round] = part;
        this.#run.addPart(from);
      });
      const start = performance.now();
      const answer = this.#run.endPart();
      if (answer) {
        this.#begun = false;
        this.#told.stepped(answer);
      } else {
        this.#round++;
        this.#send();
        this.#longest = Math.max(this.#longest, performance.now() - start);
      }
    }
    if (this.#begun) this.#told.waits(this.#longest);
  }
}

/** Hears what members say; `use` may throw. */
export function listen(
  ports: readonly (MessagePort | null)[],
  use: (from: number, message: ArrayBuffer | string) => void,
): void {
  ports.forEach((port, from) => {
    if (port) port.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => use(from, data);
  });
}
