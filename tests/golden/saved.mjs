// Golden runs through the built package: their tensors as a safetensors file, and what a file that we write holds.
import { readFileSync } from 'node:fs';

const arrays = { f32: Float32Array, f64: Float64Array, i32: Int32Array };

export const golden = (name) => JSON.parse(readFileSync(new URL(`models/${name}.json`, import.meta.url), 'utf8'));

/** A tensor of a golden file as a typed array with its shape. */
export function decoded({ shape, dtype, data }) {
  const { buffer } = Uint8Array.from(Buffer.from(data, 'base64'));
  return { shape, data: new arrays[dtype](buffer) };
}

/** The options of `engine.model` for a golden run. */
export const inputsOf = ({ input, inputs }) =>
  inputs ? { inputs: Object.fromEntries(inputs.map(({ name, shape }) => [name, shape])) } : { input };

/** A batch without its targets. */
export function inputsIn(batch) {
  const inputs = Object.entries(batch).filter(([name]) => name !== 'y');
  return Object.fromEntries(inputs.map(([name, tensor]) => [name, decoded(tensor)]));
}

/** The tensors of a safetensors file: {name: {dtype, shape, bytes}}. */
export function tensorsOf(file) {
  const size = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(Buffer.from(file.subarray(8, 8 + size)).toString());
  delete header.__metadata__;
  const bytesOf = ([from, to]) => file.slice(8 + size + from, 8 + size + to);
  return Object.fromEntries(
    Object.entries(header).map(([name, { dtype, shape, data_offsets }]) => [
      name,
      { dtype, shape, bytes: bytesOf(data_offsets) },
    ]),
  );
}

/** A state dict of a golden file as PyTorch saves it: numbers in single precision, counts in 64 bits. */
export function saved(tensors) {
  const header = {};
  const parts = [];
  let end = 0;
  for (const [name, tensor] of Object.entries(tensors)) {
    const { shape, data } = decoded(tensor);
    const counts = tensor.dtype === 'i32';
    const bytes = Buffer.from((counts ? BigInt64Array.from(data, BigInt) : Float32Array.from(data)).buffer);
    header[name] = { dtype: counts ? 'I64' : 'F32', shape, data_offsets: [end, end + bytes.length] };
    end += bytes.length;
    parts.push(bytes);
  }
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return new Uint8Array(Buffer.concat([size, text, ...parts]));
}
