/** Fetches the digits: IDX files in gzip, which lie beside the page. */
import { fetchBytes } from '../fetch.ts';

export interface Digits {
  rows: number;
  /** 28 × 28 bytes each. */
  pixels: Uint8Array;
  labels: Uint8Array;
}

const pixelsEach = 28 * 28;

/** Reads pairs of files one after another into one list. */
export async function fetchDigits(names: readonly string[]): Promise<Digits> {
  const parts = await Promise.all(
    names.map(async (name) => Promise.all([values(`${name}-images`, 3), values(`${name}-labels`, 1)])),
  );
  const rows = parts.reduce((sum, [, labels]) => sum + labels.length, 0);
  const pixels = new Uint8Array(rows * pixelsEach);
  const labels = new Uint8Array(rows);
  let row = 0;
  for (const [images, truth] of parts) {
    pixels.set(images, row * pixelsEach);
    labels.set(truth, row);
    row += truth.length;
  }
  return { rows, pixels, labels };
}

/** The bytes after an IDX header of so many sizes. What the numbers mean is checked by the engine, which gets them. */
async function values(name: string, sizes: number): Promise<Uint8Array> {
  const file = `mnist-${name}.idx.gz`;
  const bytes = await fetchBytes(file);
  const view = new DataView(bytes.buffer);
  const start = 4 + 4 * sizes;
  let expected = 1;
  for (let i = 0; i < sizes; i++) expected *= view.getUint32(4 + 4 * i);
  if (bytes[2] !== 8 || bytes[3] !== sizes || bytes.length !== start + expected) throw new Error(`${file}: not IDX`);
  return bytes.subarray(start);
}
