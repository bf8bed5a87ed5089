// The leader of engines that share a run's batches: starts them in workers of its own, gives each the model, the data
// and the options, and says when a step begins. They live as long as the run does.
import { protocol, type FromEngine, type Joining, type Start } from '../protocol.js';
import { workerTransport, type Transport } from '../transport.js';
import { Exchange, listen } from './exchange.js';
import type { ModelObject, RunObject } from './module.js';
import { exportModel } from './reading.js';

/** Milliseconds that the others may take to be ready, or for their work in a step; then the run goes on alone. */
const patience = 20_000;
/** At each exchange, as many times what the own work took, if that is more. */
const slower = 4;
/** A step is not waited for by the clock, which runs on while the computer sleeps, but by looks so far apart (ms). */
const lookEvery = 1000;

/** What the engine knows of a run that others are to join. */
export interface Shared {
  run: RunObject;
  model: ModelObject;
  /** How the model was made. */
  made: Joining['made'];
  options: object;
  members: number;
  start: Start;
}

/** What the run must hear of. `guard` runs what may fail in the engine. */
export interface Hooks {
  ready(): void;
  stepped(answer: string): void;
  lost(why: string): void;
  guard(action: () => void): void;
}

export class Group {
  readonly #shared: Shared;
  readonly #hooks: Hooks;
  readonly #workers: Transport[] = [];
  #timer: ReturnType<typeof setTimeout>;
  /** Answers that are still to come: of those that start, then of those that join. */
  #awaited: number;
  #ports: (MessagePort | null)[] = [];
  #exchange: Exchange | undefined;
  #changes = {};
  #closed = false;

  constructor(shared: Shared, hooks: Hooks) {
    this.#shared = shared;
    this.#hooks = hooks;
    this.#awaited = shared.members - 1;
    this.#timer = setTimeout(() => this.#lose(), patience);
    for (let member = 1; member < shared.members; member++) this.#begin(member);
  }

  /** Not ready for a step: the others are on their way, or amid one. */
  get busy(): boolean {
    return !this.#exchange || this.#exchange.begun;
  }

  /** Amid a step. */
  get stepping(): boolean {
    return this.#exchange?.begun === true;
  }

  /** Begins a step everywhere. False where it must not: the model is no longer that of the others. */
  begin(): boolean {
    const changes = Object.keys(this.#changes).length > 0 ? JSON.stringify(this.#changes) : '';
    this.#changes = {};
    for (const port of this.#ports) port?.postMessage(changes);
    return this.#exchange!.begin();
  }

  /** Gives up if what others have to do does not come in time: the death of a worker is not told everywhere. */
  #watch(milliseconds: number): void {
    clearInterval(this.#timer);
    let looks = milliseconds / lookEvery;
    this.#timer = setInterval(() => {
      if (--looks <= 0) this.#lose();
    }, lookEvery);
  }

  /** Settings that the others must have before the next step. */
  change(options: object): void {
    Object.assign(this.#changes, options);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer); // or the timeout of the start
    for (const worker of this.#workers) worker.close();
    for (const port of this.#ports) port?.close();
  }

  #lose(): void {
    if (!this.#closed) this.#hooks.lost('worker lost');
  }

  #begin(member: number): void {
    const lock = `${this.#shared.start.lock}-${Math.random()}-${member}`;
    const receive = (message: FromEngine): void => {
      if (this.#closed) return;
      if (message.kind === 'ready' && message.locked) void navigator.locks.request(lock, () => this.#lose());
      if (message.kind !== 'ready' && message.kind !== 'result') return this.#lose();
      if (--this.#awaited !== 0) return;
      if (message.kind === 'ready') return this.#hooks.guard(() => this.#tryJoin());
      clearTimeout(this.#timer);
      this.#exchange = new Exchange(this.#shared.run, 0, this.#ports, {
        waits: (longest) => this.#watch(Math.max(patience, slower * longest)),
        stepped: (answer) => {
          clearInterval(this.#timer);
          this.#hooks.stepped(answer);
        },
      });
      const exchange = this.#exchange;
      listen(this.#ports, (from, part) => {
        if (!this.#closed) this.#hooks.guard(() => exchange.take(from, part as ArrayBuffer));
      });
      this.#hooks.ready();
    };
    try {
      const worker = workerTransport(new URL(import.meta.url), { receive, lost: () => this.#lose() });
      this.#workers.push(worker);
      const { module, build } = this.#shared.start;
      worker.post({ kind: 'start', protocol, build, module, threads: 1, workers: 1, lock });
    } catch {
      // A page that lets no worker start another. The run has not begun to listen yet.
      queueMicrotask(() => this.#lose());
    }
  }

  #tryJoin(): void {
    try {
      this.#join();
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) throw error;
      this.#lose(); // no memory for it: one alone needs less
    }
  }

  /** All are there: hands each what it needs, as it is now. */
  #join(): void {
    const { run, model, made, options, members } = this.#shared;
    const weights = exportModel(model);
    const parameters = JSON.parse(model.parameters()) as { name: string; kind: string; trainable: boolean }[];
    const frozen = parameters.filter(({ kind, trainable }) => kind !== 'state' && !trainable).map(({ name }) => name);
    const packed = JSON.parse(run.pack()) as { description: object; buffers: number };
    const buffers = Array.from({ length: packed.buffers }, (_, i) => run.packed(i).slice());
    run.join(0, members);
    const ports = Array.from({ length: members }, () => new Array<MessagePort | null>(members).fill(null));
    for (let a = 0; a < members; a++) {
      for (let b = a + 1; b < members; b++) {
        const { port1, port2 } = new MessageChannel();
        ports[a]![b] = port1;
        ports[b]![a] = port2;
      }
    }
    this.#ports = ports[0]!;
    this.#awaited = members - 1;
    this.#workers.forEach((worker, i) => {
      const member = i + 1;
      const own = ports[member]!;
      const args: Joining = {
        made,
        weights,
        frozen,
        data: packed.description,
        buffers,
        options,
        member,
        members,
        ports: own,
      };
      worker.post(
        { kind: 'call', id: member, method: 'join', args },
        own.filter((port) => port !== null),
      );
    });
  }
}
