// Arrays on their way into the engine's memory, and out of an answer.
import { Refusal } from '../errorData.js';
import type { Bytes } from '../protocol.js';
import type { EngineModule } from './module.js';

/** Copies arrays into the module's memory; what the call did not take is freed. */
export function withBuffers<T>(module: EngineModule, buffers: readonly Bytes[], use: (pointers: number[]) => T): T {
  const pointers: number[] = [];
  try {
    for (const { buffer, byteOffset, byteLength } of buffers) {
      if (byteLength >= 2 ** 32)
        throw new Refusal('OUT_OF_MEMORY', 'data', { got: `${byteLength} B`, hint: 'smaller' });
      const pointer = module.allocate(byteLength);
      pointers.push(pointer);
      if (byteLength === 0) continue; // or detached: the engine says what it lacks
      // The memory may have grown, here or in a thread: never a view from before.
      new Uint8Array(module.wasmMemory.buffer, pointer, byteLength).set(new Uint8Array(buffer, byteOffset, byteLength));
    }
    return use(pointers);
  } finally {
    for (const pointer of pointers) module.release(pointer);
  }
}

/** The buffers of freshly copied arrays anywhere in an answer: they are handed over, not copied again. */
export function buffersOf(value: unknown, found = new Set<ArrayBuffer>()): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) found.add(value.buffer as ArrayBuffer);
  else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) buffersOf(part, found);
  return [...found];
}
