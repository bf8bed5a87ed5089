// Finds the engine's module and compiles it, on the page: the worker itself never fetches.
import { failure, type TrainyardError } from './errors.js';
import { builtin } from './node.js';

/** Where the module may come from instead of its usual place. */
export type WasmSource = string | URL | Response | BufferSource | WebAssembly.Module;

const wasmMime = 'application/wasm';

const startsAsWasm = (bytes: Uint8Array): boolean => [0, 0x61, 0x73, 0x6d].every((byte, i) => bytes[i] === byte);

const firstBytes = (bytes: Uint8Array): string =>
  Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');

/** What an answer was, for an error: `HTTP 404 text/html 3c 21 64 6f`. */
function describeAnswer(response: Response, bytes: Uint8Array): string {
  return [`HTTP ${response.status}`, mimeOf(response), firstBytes(bytes)].filter(Boolean).join(' ');
}

const mimeOf = (response: Response): string => (response.headers.get('content-type') ?? '').split(';')[0]!.trim();

function loadFailure(url: string, got: string, cause?: unknown): TrainyardError {
  const blocked = /content security policy|unsafe-eval|refused/i.test(got);
  const html = /text\/html|3c 21|3c 68/i.test(got);
  const hint = blocked ? 'blocked_by_policy' : html ? 'server_sent_html' : 'file_not_found';
  return failure('ENGINE_LOAD', url, { expected: wasmMime, got, hint, argument: url.split('/').pop() ?? url, cause });
}

async function fromResponse(response: Response, url: string): Promise<WebAssembly.Module> {
  if (response.ok && mimeOf(response) === wasmMime) {
    try {
      return await WebAssembly.compileStreaming(response);
    } catch (error) {
      throw loadFailure(url, String(error), error);
    }
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (!response.ok || !startsAsWasm(bytes)) throw loadFailure(url, describeAnswer(response, bytes));
  return fromBytes(bytes, url);
}

async function fromBytes(bytes: BufferSource, url: string): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    throw loadFailure(url, String(error), error);
  }
}

async function fromUrl(url: URL): Promise<WebAssembly.Module> {
  const fs = url.protocol === 'file:' ? builtin('node:fs/promises') : undefined;
  if (fs) {
    let bytes;
    try {
      bytes = await fs.readFile(url);
    } catch (error) {
      throw loadFailure(url.href, String(error), error);
    }
    return fromBytes(bytes, url.href);
  }
  let response;
  try {
    response = await fetch(url, { credentials: 'same-origin' });
  } catch (error) {
    throw loadFailure(url.href, String(error), error);
  }
  return fromResponse(response, url.href);
}

/** The compiled module. Throws ENGINE_LOAD with the address and what came from there. */
export async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  const module = await compiled(source);
  // Another one would start, and never answer.
  if (WebAssembly.Module.exports(module).length > 0) return module;
  throw failure('ENGINE_LOAD', 'wasm', { expected: 'trainyard.*.wasm', got: 'no exports' });
}

async function compiled(source: WasmSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (typeof Response === 'function' && source instanceof Response) return fromResponse(source, source.url);
  if (typeof source === 'string' || source instanceof URL) return fromUrl(absolute(source, 'wasm'));
  return fromBytes(source as BufferSource, 'wasm');
}

/** An address as the page understands it; Node understands absolute ones only. Throws INVALID_VALUE with the path. */
export function absolute(url: string | URL, path: string): URL {
  try {
    return new URL(url, typeof document === 'object' ? document.baseURI : globalThis.location?.href);
  } catch (error) {
    throw failure('INVALID_VALUE', path, { expected: 'URL', got: String(url), cause: error });
  }
}

/** Why a worker's script did not start: asks for it once more and looks at the answer. */
export async function diagnoseScript(script: URL, detail: string): Promise<TrainyardError> {
  const expected = 'text/javascript';
  const argument = script.pathname.split('/').pop() ?? '';
  if (!script.protocol.startsWith('http')) {
    return failure('ENGINE_LOAD', script.href, { expected, got: detail, hint: 'file_not_found', argument });
  }
  try {
    const response = await fetch(script, { credentials: 'same-origin' });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const answer = describeAnswer(response, bytes);
    const hint = !response.ok
      ? 'file_not_found'
      : mimeOf(response) === 'text/html'
        ? 'server_sent_html'
        : 'blocked_by_policy';
    return failure('ENGINE_LOAD', script.href, {
      expected,
      got: detail ? `${answer}: ${detail}` : answer,
      hint,
      argument,
    });
  } catch (error) {
    return failure('ENGINE_LOAD', script.href, {
      expected,
      got: `${detail} ${String(error)}`,
      hint: 'file_not_found',
      argument,
    });
  }
}
