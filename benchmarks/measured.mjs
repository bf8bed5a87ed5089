// The measured page's script.
import { createBench } from './bench.mjs';
import { watchMemories } from './memories.mjs';

globalThis.wasmBytes = watchMemories();

globalThis.bench = createBench((url) => import(url));
