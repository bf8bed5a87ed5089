// Texts on their way into the engine, in chunks: however long one is, it never lies there as a whole.
import type { Client } from '../client.js';
import { failure, TrainyardError } from '../errors.js';
import { kindOf } from '../plain.js';
import type { Handle, TextRead, TextUse } from '../protocol.js';

/** Text, or its bytes in UTF-8: in memory, a file, or chunk by chunk as they arrive (`response.body`). */
export type TextSource =
  string | Uint8Array | ArrayBuffer | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

const size = 1 << 20;

/** Reads a text for a use. Throws what the engine says of it; BAD_FILE where its source fails. */
export async function readText(client: Client, text: TextSource, use: TextUse): Promise<TextRead> {
  let handle: Handle | undefined;
  let held: Uint8Array | undefined; // the newest chunk: it may be the last
  const send = (chunk: Uint8Array, last: boolean) =>
    client.call('readText', { ...(handle !== undefined && { text: handle }), use, chunk, last });
  try {
    for await (const chunk of chunks(text)) {
      if (held) handle = (await send(held, false)).text;
      held = chunk;
    }
    return await send(held ?? new Uint8Array(), true);
  } catch (error) {
    if (handle !== undefined) client.call('release', { handle }).catch(() => {});
    if (error instanceof TrainyardError) throw error;
    throw failure('BAD_FILE', 'text', { got: String(error), cause: error });
  }
}

/** Copies in pieces of a megabyte: what is posted to a worker is copied with all of its buffer. */
async function* chunks(text: TextSource): AsyncGenerator<Uint8Array> {
  let block = new Uint8Array(size);
  let filled = 0;
  for await (const bytes of parts(text)) {
    if (!(bytes instanceof Uint8Array)) {
      throw failure('TYPE_MISMATCH', 'text', { expected: 'Uint8Array', got: kindOf(bytes) });
    }
    for (let i = 0; i < bytes.length;) {
      const part = bytes.subarray(i, i + size - filled);
      block.set(part, filled);
      filled += part.length;
      i += part.length;
      if (filled < size) continue;
      yield block;
      block = new Uint8Array(size);
      filled = 0;
    }
  }
  if (filled > 0) yield block.slice(0, filled);
}

/** The text as bytes, of a file and of a string not all of them at once. */
async function* parts(text: TextSource): AsyncGenerator<Uint8Array> {
  if (typeof text === 'string') {
    yield* encoded(text);
  } else if (text instanceof Blob) {
    for (let i = 0; i < text.size; i += size) yield new Uint8Array(await text.slice(i, i + size).arrayBuffer());
  } else if (text instanceof ArrayBuffer || text instanceof Uint8Array) {
    yield text instanceof ArrayBuffer ? new Uint8Array(text) : text;
  } else if (text instanceof ReadableStream) {
    yield* streamed(text);
  } else if (typeof (text as AsyncIterable<Uint8Array> | undefined)?.[Symbol.asyncIterator] === 'function') {
    yield* text;
  } else {
    const expected = 'string, Uint8Array, ArrayBuffer, Blob, ReadableStream, AsyncIterable<Uint8Array>';
    throw failure('TYPE_MISMATCH', 'text', { expected, got: kindOf(text) });
  }
}

/** By its reader: streams can be iterated in Safari from version 26 on. */
async function* streamed(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {}); // of one that has ended or failed: nothing
  }
}

/** Refuses half a character, in whose place an encoder would put U+FFFD: `at` gives the error's path. */
export function refuseHalves(text: string, at: (half: number) => string): void {
  const half = text.search(/\p{Surrogate}/u);
  if (half < 0) return;
  const got = `\\u${text.charCodeAt(half).toString(16)}`;
  throw failure('INVALID_VALUE', at(half), { expected: 'UTF-16', got, hint: 'not_utf8' });
}

function* encoded(text: string): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let place = 0;
  for (let i = 0, end; i < text.length; i = end) {
    end = Math.min(i + size, text.length);
    // Never between the two halves of a character.
    if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end--;
    const part = text.slice(i, end);
    refuseHalves(part, (half) => `text[${place + encoder.encode(part.slice(0, half)).length}]`);
    const bytes = encoder.encode(part);
    place += bytes.length;
    yield bytes;
  }
}
