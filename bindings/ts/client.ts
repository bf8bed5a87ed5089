// The page's end of the protocol: calls that are answered or rejected, never forgotten.
import { failure, TrainyardError } from './errors.js';
import type { RunEvent } from './events.js';
import type { Arguments, Call, FromEngine, Handle, Method, Result, RunEnd } from './protocol.js';
import type { Transport } from './transport.js';

interface Pending {
  resolve(value: never): void;
  reject(error: TrainyardError): void;
}

export interface RunListener {
  events(events: RunEvent[]): void;
  end(end: RunEnd): void;
  lost(error: TrainyardError): void;
}

export class Client {
  readonly #transport: Transport;
  readonly #pending = new Map<number, Pending>();
  readonly #runs = new Map<Handle, RunListener>();
  /** Events that came before their run's handle was known here. */
  readonly #early = new Map<Handle, Extract<FromEngine, { kind: 'events' }>[]>();
  #dead: TrainyardError | undefined;
  #next = 1;

  constructor(transport: Transport) {
    this.#transport = transport;
    transport.hold(false);
  }

  /** Asks the engine. Rejects with the engine's error, with ENGINE_LOST when it dies, with DISPOSED afterwards. */
  call<M extends Method>(method: M, args: Arguments<M>): Promise<Result<M>> {
    if (this.#dead) return Promise.reject(this.#dead);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#busy();
      try {
        this.#transport.post({ kind: 'call', id, method, args } satisfies Call<M>);
      } catch (error) {
        // An argument that cannot be copied: too large, or a function, or a detached array.
        const [code, hint] =
          error instanceof RangeError
            ? (['OUT_OF_MEMORY', 'smaller'] as const)
            : (['INVALID_VALUE', 'typed_array'] as const);
        this.#settle(id)?.reject(failure(code, 'data', { got: String(error), hint, cause: error }));
      }
    });
  }

  /** Follows a run until its end. */
  listen(run: Handle, listener: RunListener): void {
    if (this.#dead) return listener.lost(this.#dead);
    this.#runs.set(run, listener);
    this.#busy();
    const early = this.#early.get(run);
    this.#early.delete(run);
    for (const message of early ?? []) this.#tell(message);
  }

  receive(message: FromEngine): void {
    switch (message.kind) {
      case 'result':
        this.#settle(message.id)?.resolve(message.value as never);
        break;
      case 'error':
        this.#settle(message.id)?.reject(new TrainyardError(message.error));
        break;
      case 'events':
        this.#tell(message);
        break;
      case 'lost':
        this.die(failure('ENGINE_LOST', '', { got: message.detail, hint: 'load_again' }));
        break;
      case 'ready':
      case 'failed':
        break;
    }
  }

  /** Ends it: every pending and later call is rejected with this error, every run told. */
  die(error: TrainyardError): void {
    if (this.#dead) return;
    this.#dead = error;
    this.#transport.close();
    const pending = [...this.#pending.values()];
    const runs = [...this.#runs.values()];
    this.#pending.clear();
    this.#runs.clear();
    for (const call of pending) call.reject(error);
    for (const run of runs) run.lost(error);
  }

  get dead(): TrainyardError | undefined {
    return this.#dead;
  }

  #tell(message: Extract<FromEngine, { kind: 'events' }>): void {
    const listener = this.#runs.get(message.run);
    if (!listener) {
      this.#early.set(message.run, [...(this.#early.get(message.run) ?? []), message]);
      return;
    }
    if (message.events.length > 0) listener.events(message.events);
    if (message.end) {
      this.#runs.delete(message.run);
      this.#busy();
      listener.end(message.end);
    }
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    this.#busy();
    return pending;
  }

  /** Node may exit when nothing is asked and nothing runs. */
  #busy(): void {
    this.#transport.hold(this.#pending.size > 0 || this.#runs.size > 0);
  }
}
