import type { Start } from '../protocol.js';
import { builtin } from '../node.js';
import { trusted } from '../trusted.js';
import type { EngineModule, Factory } from './module.js';

/** Pages of 64 KiB that the module asks for at the start. */
const initialPages = 256;
/** Most memory, in pages: 4, 2, 1 and 0.5 GiB. Some devices refuse to reserve much of it. */
const ladder = [65536, 32768, 16384, 8192];

/**
 * Makes an engine from the compiled module; with threads, in shared memory as large as the device allows.
 * `workers` gets those that its threads run in: whoever closes the engine ends them.
 */
export function instantiate(
  factory: Factory,
  { module, threads, build }: Start,
  workers: Worker[],
): Promise<EngineModule> {
  const shared = build.endsWith('-threads');
  return new Promise((resolve, reject) => {
    factory({
      instantiateWasm(imports, done) {
        // Threads get the module from here.
        WebAssembly.instantiate(module, imports)
          .then((instance) => done(instance, module))
          .catch(reject);
        return {};
      },
      poolSize: shared ? threads - 1 : 0,
      newThread() {
        const worker = newThread();
        workers.push(worker);
        return worker;
      },
      ...(shared && { wasmMemory: sharedMemory() }),
      print: (text) => console.log(text),
      printErr: (text) => console.error(text),
    }).then(resolve, reject);
  });
}

function sharedMemory(): WebAssembly.Memory {
  for (const maximum of ladder.slice(0, -1)) {
    try {
      return new WebAssembly.Memory({ initial: initialPages, maximum, shared: true });
    } catch {
      // The next smaller one.
    }
  }
  return new WebAssembly.Memory({ initial: initialPages, maximum: ladder.at(-1)!, shared: true });
}

/** A worker from this very file, which Emscripten's glue in it turns into a thread. */
function newThread(): Worker {
  const name = 'em-pthread';
  const node = builtin('node:worker_threads');
  if (node) return new node.Worker(new URL(import.meta.url), { name, workerData: name }) as unknown as Worker;
  return new Worker(trusted(import.meta.url), { type: 'module', name });
}
