// How engines that share a batch hand each other their parts of a step: directly, from worker to worker.
import type { RunObject } from './module.js';

export class Exchange {
  readonly #run: RunObject;
  readonly #me: number;
  /** To each member, by its number; null at the own place. */
  readonly #ports: readonly (MessagePort | null)[];
  readonly #stepped: (answer: string) => void;
  /** Parts that came, by member, the oldest first: one that is ahead sends the next before this one is through. */
  readonly #arrived: ArrayBuffer[][];
  /** By member, the last part that came: its memory takes what goes there next, so that no step allocates any. */
  readonly #spare: (ArrayBuffer | undefined)[] = [];
  #begun = false;

  constructor(run: RunObject, me: number, ports: readonly (MessagePort | null)[], stepped: (answer: string) => void) {
    this.#run = run;
    this.#me = me;
    this.#ports = ports;
    this.#stepped = stepped;
    this.#arrived = ports.map(() => []);
  }

  /** Amid a step: the own part is done, others are not here yet. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Does its part of the next step and sends it to all. False where the engine refuses: the group must be left. */
  begin(): boolean {
    if (!this.#run.beginPart()) return false;
    const part = this.#run.part();
    this.#ports.forEach((port, member) => {
      if (!port) return;
      const buffer = this.#spare[member] ?? new ArrayBuffer(part.byteLength);
      this.#spare[member] = undefined;
      new Uint8Array(buffer).set(part);
      port.postMessage(buffer, [buffer]);
    });
    this.#begun = true;
    this.#end();
    return true;
  }

  take(from: number, part: ArrayBuffer): void {
    this.#arrived[from]!.push(part);
    this.#end();
  }

  /** Takes the step once all parts are here; adds them in the order of the members, which is the same everywhere. */
  #end(): void {
    if (!this.#begun || this.#arrived.some((parts, from) => from !== this.#me && parts.length === 0)) return;
    this.#arrived.forEach((parts, from) => {
      const part = parts.shift();
      // A view anew each time: the memory may have grown.
      if (part) this.#run.incoming().set(new Uint8Array(part));
      this.#spare[from] = part;
      this.#run.addPart(from);
    });
    this.#begun = false;
    this.#stepped(this.#run.endPart());
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
