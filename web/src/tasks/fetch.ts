/** Files that lie beside the page, unpacked where they are in gzip. */

export async function fetchBytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const url = new URL(`data/${name}`, document.baseURI);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname}: HTTP ${response.status}`);
  return unpacked(new Uint8Array(await response.arrayBuffer()));
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
