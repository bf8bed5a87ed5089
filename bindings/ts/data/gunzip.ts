import { failure } from '../errors.js';

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * Unpacks gzip, at most `maxBytes` of it: a small file can unpack to any size.
 * Throws BAD_FILE if it is cut, damaged or larger.
 */
export async function gunzip(bytes: Uint8Array<ArrayBuffer>, path: string, maxBytes: number): Promise<Uint8Array> {
  // A copy: a blob takes no shared memory.
  const packed = new Blob([bytes.slice()]);
  const reader = packed.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.length;
      if (size > maxBytes) {
        void reader.cancel().catch(() => {});
        const hint = { hint: 'inflated_too_large', argument: String(maxBytes) } as const;
        throw failure('BAD_FILE', path, { expected: `<= ${maxBytes}`, got: `> ${maxBytes}`, ...hint });
      }
      chunks.push(part.value);
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'TrainyardError') throw error;
    throw failure('BAD_FILE', path, { expected: 'gzip', got: String(error), hint: 'not_gzip', cause: error });
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
