// Turns this file into the engine's worker, if that is what it was started as.
import { builtin } from '../node.js';
import { workerName, type FromEngine, type ToEngine } from '../protocol.js';
import type { Host } from './host.js';

type Make = (post: (message: FromEngine, transfer?: Transferable[]) => void) => Host;

interface WorkerScope {
  name?: string;
  postMessage(message: FromEngine, transfer: Transferable[]): void;
  onmessage: ((event: { data: ToEngine }) => void) | null;
}

export function serveIfWorker(make: Make): void {
  const node = builtin('node:worker_threads');
  if (node) {
    if (node.workerData !== workerName || !node.parentPort) return;
    const port = node.parentPort;
    const host = make((message, transfer = []) => port.postMessage(message, transfer));
    port.on('message', (message: ToEngine) => host.receive(message));
  } else if ((globalThis as WorkerScope).name === workerName && !('document' in globalThis)) {
    const scope = globalThis as unknown as WorkerScope;
    const host = make((message, transfer = []) => scope.postMessage(message, transfer));
    let greeted: Promise<boolean> | undefined;
    scope.onmessage = ({ data }) => {
      if (data.kind !== 'start') return host.receive(data);
      greeted ??= hold(data.lock);
      void greeted.then((locked) => host.receive(data, locked));
    };
    lockDown();
  }
}

/** Holds a lock for as long as the worker lives: whoever waits for it learns when it dies. */
async function hold(name: string): Promise<boolean> {
  if (!navigator.locks) return false;
  return new Promise((resolve) => {
    navigator.locks
      .request(name, () => {
        resolve(true);
        return new Promise(() => {});
      })
      .catch(() => resolve(false));
  });
}

/** The engine needs no network: nothing in this worker can reach one. */
function lockDown(): void {
  const scope = globalThis as unknown as Record<string, unknown>;
  for (const name of [
    'fetch',
    'XMLHttpRequest',
    'WebSocket',
    'EventSource',
    'WebTransport',
    'importScripts',
    'BroadcastChannel',
  ]) {
    try {
      Object.defineProperty(scope, name, { value: undefined, configurable: false });
    } catch {
      // A browser that does not let it be taken away.
    }
  }
}
