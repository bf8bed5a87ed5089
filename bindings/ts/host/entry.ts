// The engine's script: as a worker it serves the page, imported it gives the same host beside the page.
// `trainyard:glue` and `trainyard:build` are put in by the package's build, once for each build of the engine.
import factory from 'trainyard:glue';
import build from 'trainyard:build';
import { copied } from '../copied.js';
import type { FromEngine } from '../protocol.js';
import { Host } from './host.js';
import { serveIfWorker } from './serve.js';
import { inTurns } from './turns.js';

type Post = (message: FromEngine, transfer?: Transferable[]) => void;

// Beside the caller, the arrays of a call that waits are still the caller's.
export const createHost = (post: Post): Host => new Host(factory, build, inTurns(post), copied);

serveIfWorker((post) => new Host(factory, build, post));
