// The measured page's script.
import { createBench } from './bench.mjs';

globalThis.bench = createBench((url) => import(url));
