import { absolute } from '../compile.js';
import { failure } from '../errors.js';
import { builtin } from '../node.js';
import { kindOf, optionsOf, plain, positive } from '../plain.js';
import { isSameOrigin } from '../transport.js';
import { Dataset } from './dataset.js';
import { gunzip, isGzip } from './gunzip.js';

/** Bytes in memory, a file that the user chose, or an address on the page's own origin. */
export type FileSource = ArrayBuffer | ArrayBufferView | Blob | string | URL;

export interface IdxOptions {
  /** Images (`[n, h, w]` or `[n, channels, h, w]`) of unsigned bytes, plain or in gzip. */
  images: FileSource;
  /** A class id for each image, plain or in gzip. */
  labels: FileSource;
  /** Each pixel is multiplied by this; default 1/255. */
  scale?: number;
  /** Bytes that a file in gzip may unpack to; default 1 GiB. */
  maxBytes?: number;
}

/**
 * A data set from a pair of IDX files, the format of MNIST. The images become the input `x` of shape
 * `[n, 1, h, w]`, the labels the target `y`.
 *
 * @throws {TrainyardError} BAD_FILE if a file cannot be read; its contents are checked when an engine takes them.
 */
export async function idx(options: IdxOptions): Promise<Dataset> {
  const { images, labels, maxBytes = 2 ** 30, ...rest } = optionsOf(options, 'idx');
  positive(maxBytes, 'idx.maxBytes');
  const buffers = await Promise.all([read(images, 'images', maxBytes), read(labels, 'labels', maxBytes)]);
  const spec = { kind: 'idx', images: { buffer: 0 }, labels: { buffer: 1 }, ...plain(rest, 'data') };
  return new Dataset({ kind: 'source', described: { spec, buffers } });
}

async function read(source: FileSource, path: string, maxBytes: number): Promise<Uint8Array> {
  const bytes = await bytesOf(source, path);
  return isGzip(bytes) ? gunzip(bytes, path, maxBytes) : bytes;
}

async function bytesOf(source: FileSource, path: string): Promise<Uint8Array<ArrayBuffer>> {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (ArrayBuffer.isView(source)) {
    return new Uint8Array(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength);
  }
  if (typeof source !== 'string' && !(source instanceof Blob) && !(source instanceof URL)) {
    throw failure('TYPE_MISMATCH', path, { expected: 'ArrayBuffer, Uint8Array, Blob, URL', got: kindOf(source) });
  }
  try {
    if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
    return await fetched(absolute(source, path), path);
  } catch (error) {
    if (error instanceof Error && error.name === 'TrainyardError') throw error;
    throw failure('BAD_FILE', path, { got: String(error), cause: error });
  }
}

async function fetched(url: URL, path: string): Promise<Uint8Array<ArrayBuffer>> {
  const fs = url.protocol === 'file:' ? builtin('node:fs/promises') : undefined;
  if (fs) return new Uint8Array(await fs.readFile(url));
  if (!isSameOrigin(url)) {
    throw failure('NOT_SUPPORTED', path, { expected: location.origin, got: url.origin, hint: 'fetch_it_yourself' });
  }
  const response = await fetch(url, { credentials: 'same-origin' });
  if (!response.ok)
    throw failure('BAD_FILE', path, { expected: 'HTTP 200', got: `HTTP ${response.status} ${url.href}` });
  return new Uint8Array(await response.arrayBuffer());
}
