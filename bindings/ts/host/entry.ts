// The engine's script: as a worker it serves the page, imported it gives the same host beside the page.
// `trainyard:glue` and `trainyard:build` are put in by the package's build, once for each build of the engine.
import factory from 'trainyard:glue';
import build from 'trainyard:build';
import type { FromEngine } from '../protocol.js';
import { Host } from './host.js';
import { serveIfWorker } from './serve.js';

export const createHost = (post: (message: FromEngine, transfer?: Transferable[]) => void): Host =>
  new Host(factory, build, post);

serveIfWorker(createHost);
