import type { Arguments, Call, Method } from './protocol.js';

/**
 * A call whose arrays are copies of what they show: they stay what they were when the call was made, and of a view no
 * more is sent than it shows. Their memory is added to `buffers`, to be handed over rather than copied again.
 */
export function copied<M extends Method>(call: Call<M>, buffers: Transferable[] = []): Call<M> {
  const copy = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(copy);
    if (!ArrayBuffer.isView(value)) return value;
    const own = (value as Uint8Array<ArrayBuffer>).slice();
    buffers.push(own.buffer);
    return own;
  };
  const args = Object.entries(call.args).map(([name, value]) => [name, copy(value)]);
  return { ...call, args: Object.fromEntries(args) as Arguments<M> };
}
