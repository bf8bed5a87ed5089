// The little of Node that the package uses, found at run time: no import that a bundler for browsers would stumble on.

interface Port {
  postMessage(message: unknown, transfer?: readonly unknown[]): void;
  on(event: string, listener: (value: never) => void): void;
}

export interface NodeWorker extends Port {
  terminate(): Promise<number>;
  ref(): void;
  unref(): void;
}

interface Modules {
  'node:os': { availableParallelism(): number };
  'node:fs/promises': { readFile(file: URL): Promise<Uint8Array<ArrayBuffer>> };
  'node:worker_threads': {
    Worker: new (file: URL, options: { name: string; workerData: string }) => NodeWorker;
    parentPort: Port | null;
    workerData: unknown;
  };
}

interface NodeProcess {
  versions?: { node?: string };
  type?: string;
  getBuiltinModule?<N extends keyof Modules>(name: N): Modules[N];
}

/** A built-in module of Node; undefined in a browser, whatever a bundler believes. */
export function builtin<N extends keyof Modules>(name: N): Modules[N] | undefined {
  const process = (globalThis as { process?: NodeProcess }).process;
  return process?.versions?.node && process.type !== 'renderer' ? process.getBuiltinModule?.(name) : undefined;
}
