// How messages reach an engine beside us, in the same thread.
import { failure } from './errors.js';
import type { FromEngine, ToEngine } from './protocol.js';
import type { Receiver, Transport } from './transport.js';

/** What an engine's script exports: the same object that its worker serves. */
export interface EngineScript {
  createHost(post: (message: FromEngine) => unknown): { receive(message: ToEngine): void; close(): void };
}

/** The engine beside us, in the same thread. */
export async function directTransport(script: URL, receiver: Receiver): Promise<Transport> {
  let module: EngineScript;
  try {
    module = (await import(/* @vite-ignore */ /* webpackIgnore: true */ script.href)) as EngineScript;
  } catch (error) {
    throw failure('ENGINE_LOAD', script.href, { got: String(error), cause: error });
  }
  let closed = false;
  const host = module.createHost((message) => closed || receiver.receive(message));
  return {
    post: (message) => host.receive(message),
    hold() {},
    close() {
      closed = true;
      host.close();
    },
  };
}
