import { buildNames, buildOf, type Build, type BuildName } from './builds.js';
import { Client } from './client.js';
import { absolute, compile, diagnoseScript, type WasmSource } from './compile.js';
import { directTransport } from './direct.js';
import { Engine, type EngineInfo } from './engine.js';
import { failure, setLanguage, TrainyardError, type Language } from './errors.js';
import { choose, probe } from './features.js';
import { flag, kindOf, optionsOf, positive, refuseUnknown, whole } from './plain.js';
import { protocol, type FromEngine, type Start } from './protocol.js';
import { isSameOrigin, workerTransport, type Transport } from './transport.js';

export interface LoadOptions {
  /**
   * Strict SIMD, which gives the same bits on every machine and with any number of threads. Default: false, the
   * fastest that the browser has; with relaxed SIMD the same seed gives the same bits on one machine only.
   */
  deterministic?: boolean;
  /** `false` or 1: one thread; a number: so many, 32 at most. Default: one for each core, where the page may share memory. */
  threads?: boolean | number;
  /** `false`: without a worker, in this thread. Or the address of the engine's script, or what makes the worker. */
  worker?: boolean | string | URL | (() => Worker);
  /** The engine's module from elsewhere than beside this file. */
  wasm?: WasmSource;
  /** A certain build, instead of the one that fits best. */
  build?: BuildName;
  /** Language of the messages of errors; default `en`. */
  language?: Language;
  /** Milliseconds that a worker may take to answer for the first time; default 20000. */
  timeout?: number;
}

/**
 * Loads the engine: picks the best build that runs here, compiles it, starts it in a worker.
 * Needs no options and no special headers.
 *
 * @throws {TrainyardError} NOT_SUPPORTED without WebAssembly SIMD, or for a build that does not run here;
 * UNKNOWN_OPTION, TYPE_MISMATCH, INVALID_VALUE for wrong options; ENGINE_LOAD with the address, the HTTP status, the
 * type and the first bytes when a file cannot be loaded.
 */
export async function load(options?: LoadOptions): Promise<Engine> {
  const { deterministic = false, threads = true, worker = true, language, timeout = 20_000, build: asked, wasm } = checked(options); // prettier-ignore
  if (language) setLanguage(language);
  const given = typeof worker === 'string' || worker instanceof URL ? absolute(worker, 'worker') : undefined;
  const inWorker = worker !== false;
  const sameOrigin = isSameOrigin(given ?? buildOf('simd128').script);
  const wishes = {
    deterministic,
    threads,
    worker: inWorker,
    sameOrigin,
    ...(asked && { build: asked }),
  };
  const choice = choose(probe(), wishes);
  const build = buildOf(choice.build);
  const script = given ?? build.script;

  const module = await compile(wasm ?? build.wasm);
  const { client, facts } = await start(build, typeof worker === 'function' ? worker : script, script, {
    module,
    threads: choice.threads,
    workers: choice.workers,
    inWorker,
    timeout,
  });
  const info: EngineInfo = {
    version: facts.version,
    build: choice.build,
    relaxed: facts.relaxed,
    threads: facts.threads,
    worker: inWorker,
    deterministic: !facts.relaxed,
    reasons: choice.reasons,
  };
  return new Engine(client, info);
}

const optionNames = ['deterministic', 'threads', 'worker', 'wasm', 'build', 'language', 'timeout'];

/** The options, if they are what they should be. */
function checked(given: LoadOptions | undefined): LoadOptions {
  const options = optionsOf(given, 'load');
  refuseUnknown(options, optionNames, 'load');
  const { deterministic, threads, worker, build, timeout } = options;
  if (deterministic !== undefined) flag(deterministic, 'load.deterministic');
  if (threads !== undefined && typeof threads !== 'boolean') whole(threads, 1, 'load.threads');
  if (timeout !== undefined && positive(timeout, 'load.timeout') >= 2 ** 31) {
    throw failure('INVALID_VALUE', 'load.timeout', { expected: '< 2^31', got: String(timeout) });
  }
  const runs = deterministic ? buildNames.filter((name) => !name.startsWith('relaxed')) : buildNames;
  if (build !== undefined && !runs.includes(build)) {
    throw failure('INVALID_VALUE', 'load.build', { expected: runs.join(', '), got: String(build) });
  }
  const workers = ['undefined', 'boolean', 'string', 'function'];
  if (!workers.includes(typeof worker) && !(worker instanceof URL)) {
    throw failure('TYPE_MISMATCH', 'load.worker', {
      expected: 'boolean, string, URL, () => Worker',
      got: kindOf(worker),
    });
  }
  return options;
}

interface Starting {
  module: WebAssembly.Module;
  threads: number;
  workers: number;
  inWorker: boolean;
  timeout: number;
}

/** Starts the engine and waits for its first word. */
async function start(build: Build, source: URL | (() => Worker), script: URL, starting: Starting) {
  let transport: Transport | undefined;
  let client: Client | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Not randomUUID: a page on a plain address of the local network has none.
  const lock = `trainyard-${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;
  try {
    const ready = await new Promise<Extract<FromEngine, { kind: 'ready' }>>((resolve, reject) => {
      const receiver = {
        receive(message: FromEngine) {
          if (message.kind === 'ready') resolve(message);
          else if (message.kind === 'failed') reject(new TrainyardError(message.error));
          else if (client) client.receive(message);
          else if (message.kind === 'lost') reject(failure('ENGINE_LOAD', script.href, { got: message.detail }));
        },
        lost(detail: string) {
          if (client) client.receive({ kind: 'lost', detail });
          else void diagnoseScript(script, detail).then(reject);
        },
      };
      timer = setTimeout(() => void diagnoseScript(script, `${starting.timeout} ms`).then(reject), starting.timeout);
      const starts = starting.inWorker
        ? made(() => workerTransport(source, receiver), script)
        : directTransport(script, receiver);
      starts.then((t) => {
        transport = t;
        const { module, threads, workers } = starting;
        t.post({ kind: 'start', protocol, build: build.name, module, threads, workers, lock } satisfies Start);
      }, reject);
    });
    checkVersion(ready, build.name);
    client = new Client(transport!);
    if (ready.locked) watch(lock, client);
    return { client, facts: ready.facts };
  } catch (error) {
    transport?.close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** What an action makes; its error is one of loading: it may be a caller's own function that fails. */
async function made<T>(make: () => T, script: URL): Promise<T> {
  try {
    return make();
  } catch (error) {
    throw failure('ENGINE_LOAD', script.href, { expected: 'Worker', got: String(error), cause: error });
  }
}

function checkVersion(ready: Extract<FromEngine, { kind: 'ready' }>, build: BuildName): void {
  if (ready.protocol === protocol && ready.build === build) return;
  const text = (version: number, name: string) => `protocol ${version}, ${name}`;
  const expected = text(protocol, build);
  throw failure('ENGINE_LOAD', build, { expected, got: text(ready.protocol, ready.build), hint: 'other_version' });
}

/** A worker that is killed says nothing, but loses its lock: whoever gets it next knows. */
function watch(lock: string, client: Client): void {
  void navigator.locks.request(lock, () => {
    client.receive({ kind: 'lost', detail: 'the worker ended' });
  });
}
