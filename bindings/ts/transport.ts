// How messages reach an engine in a worker: one of the browser, or one of Node.
import { copied } from './copied.js';
import { builtin } from './node.js';
import { trusted } from './trusted.js';
import { workerName, type FromEngine, type ToEngine } from './protocol.js';

export interface Transport {
  /** The arrays of a call are read before this returns. */
  post(message: ToEngine, transfer?: Transferable[]): void;
  /** Whether the program must be kept alive for the engine's sake (Node). */
  hold(busy: boolean): void;
  close(): void;
}

export interface Receiver {
  receive(message: FromEngine): void;
  /** The worker is gone, or could not even start (then without a message: browsers do not tell why). */
  lost(detail: string): void;
}

export function isSameOrigin(url: URL): boolean {
  return typeof location !== 'object' || location.origin === 'null' || url.origin === location.origin;
}

/** A module worker from a script; one of another origin is reached through a blob that imports it. */
function browserWorker(script: URL): Worker {
  const options = { type: 'module', name: workerName } as const;
  if (isSameOrigin(script)) return new Worker(trusted(script.href), options);
  const shim = URL.createObjectURL(new Blob([`import ${JSON.stringify(script.href)}`], { type: 'text/javascript' }));
  try {
    return new Worker(trusted(shim), options);
  } finally {
    // The worker has its own hold on the blob once its fetch began; give it time to begin.
    setTimeout(() => URL.revokeObjectURL(shim), 10_000);
  }
}

/** A message as a worker gets it, and what is handed over with it. */
function posted(message: ToEngine, transfer: Transferable[] = []): [ToEngine, Transferable[]] {
  const buffers = [...transfer];
  return [message.kind === 'call' ? copied(message, buffers) : message, buffers];
}

function inBrowserWorker(worker: Worker, receiver: Receiver): Transport {
  worker.onmessage = ({ data }: MessageEvent<FromEngine>) => receiver.receive(data);
  worker.onerror = (event) => {
    event.preventDefault();
    receiver.lost(event.message ?? '');
  };
  worker.onmessageerror = () => receiver.lost('messageerror');
  return {
    post: (message, transfer) => worker.postMessage(...posted(message, transfer)),
    hold() {},
    close: () => worker.terminate(),
  };
}

function inNodeWorker(script: URL, receiver: Receiver): Transport {
  const { Worker } = builtin('node:worker_threads')!;
  const worker = new Worker(script, { name: workerName, workerData: workerName });
  worker.on('message', (message: FromEngine) => receiver.receive(message));
  worker.on('messageerror', () => receiver.lost('messageerror'));
  worker.on('error', (error: unknown) => receiver.lost(String(error)));
  worker.on('exit', (code: number) => receiver.lost(`exit ${code}`));
  return {
    post: (message, transfer) => worker.postMessage(...posted(message, transfer)),
    hold: (busy) => (busy ? worker.ref() : worker.unref()),
    close: () => void worker.terminate(),
  };
}

/** The engine in a worker of its own. */
export function workerTransport(script: URL | (() => Worker), receiver: Receiver): Transport {
  if (typeof script === 'function') return inBrowserWorker(script(), receiver);
  return builtin('node:worker_threads')
    ? inNodeWorker(script, receiver)
    : inBrowserWorker(browserWorker(script), receiver);
}
