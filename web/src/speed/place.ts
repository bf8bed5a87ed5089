/** This page as a place to measure in: the package's engine in its worker, driven as `npm run bench` drives it. */
import { data, load, TrainyardError, type Engine } from 'trainyard';
import { createBench } from '../../../benchmarks/bench.mjs';
import { adapt } from '../../../benchmarks/engines/trainyard.mjs';
import type { Cell, Opened, Place } from '../../../benchmarks/measure.mjs';

/** The error of a row whose engine could not be fetched or compiled. */
export const noEngine = 'ENGINE_LOAD';

export interface EngineOptions {
  threads: number | boolean;
}

/** With one thread and, where the page may share memory, with one for each core. */
export function cells(): Cell<EngineOptions>[] {
  const cell = (threads: number | boolean): Cell<EngineOptions> => ({
    name: 'trainyard',
    engine: {},
    isolated: crossOriginIsolated,
    options: { threads },
  });
  return crossOriginIsolated && navigator.hardwareConcurrency > 1 ? [cell(1), cell(true)] : [cell(1)];
}

export class PagePlace implements Place<EngineOptions> {
  #stopped = false;
  readonly #engines = new Set<Engine>();

  async open({ options }: Cell<EngineOptions>): Promise<Opened> {
    let engine: Engine | undefined;
    const bench = createBench(async () => ({
      open: async ({ threads }: EngineOptions) => {
        engine = await load({ threads }).catch((error: unknown) => {
          // What it advises is for whoever made the page.
          throw error instanceof TrainyardError && error.code === noEngine ? new Error(noEngine) : error;
        });
        this.#engines.add(engine);
        if (this.#stopped) engine.dispose();
        return adapt({ data }, engine);
      },
    }));
    const info = await bench.open('', options);
    return {
      info,
      call: (method, ...parameters) => bench[method]!(...parameters),
      // An engine that has died cannot be asked to put things away.
      close: async () => {
        await bench.close().catch(() => engine?.dispose());
        if (engine) this.#engines.delete(engine);
      },
    };
  }

  /** Ends what is being measured at once: whatever waits for an engine fails. */
  stop(): void {
    this.#stopped = true;
    for (const engine of this.#engines) engine.dispose();
  }
}
