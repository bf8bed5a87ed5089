/** Files that lie beside the page, unpacked where they are in gzip. */
import { Missing } from './missing.ts';

/** Bytes of each, unpacked: what is cut short, or is another page that the server sends instead, has others. */
export const sizes: Record<string, number> = {
  'air-passengers.csv': 1755,
  'co2.csv': 11129,
  'mnist-test-images.idx.gz': 1564880,
  'mnist-test-labels.idx.gz': 2004,
  'mnist-train-a-images.idx.gz': 3136016,
  'mnist-train-a-labels.idx.gz': 4008,
  'mnist-train-b-images.idx.gz': 3139152,
  'mnist-train-b-labels.idx.gz': 4012,
  'moby-dick.txt.gz': 1192884,
  'sunspots-yearly.csv': 2937,
  'tang-quatrains-zh.txt.gz': 555737,
  'us-births-daily.csv.gz': 91478,
};

/** Files whose last copy was damaged: the browser may have kept that one. */
const damaged = new Set<string>();

export async function fetchBytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const url = new URL(`data/${name}`, document.baseURI);
  const answered = fetch(url, { cache: damaged.has(name) ? 'reload' : 'default' });
  const response = await answered.catch(() => {
    throw new Missing(name, 'unreachable');
  });
  if (!response.ok) throw new Missing(name, 'refused', response.status);
  // A connection that ends too early, or gzip that does.
  const bytes = await response
    .arrayBuffer()
    .then((buffer) => unpacked(new Uint8Array(buffer)))
    .catch(() => undefined);
  if (bytes?.length !== sizes[name] || !bytes) {
    damaged.add(name);
    throw new Missing(name, 'damaged');
  }
  damaged.delete(name);
  return bytes;
}

export async function fetchText(name: string): Promise<string> {
  return new TextDecoder('utf-8', { fatal: true }).decode(await fetchBytes(name));
}

/** Some servers call a file in gzip an encoding, and the browser has then unpacked it already. */
async function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
