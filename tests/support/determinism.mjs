// The committed runs of determinism.json through the package, under Node and in browsers.
import { readFileSync } from 'node:fs';

export const { runs } = JSON.parse(readFileSync(new URL('../golden/determinism.json', import.meta.url), 'utf8'));

/**
 * Trains a run through the package and hashes its weights as determinism.json says. Sent to pages as its own source, so
 * it uses nothing from outside; `url` is where the package is imported from.
 */
export async function hashAfter({ url, run, options }) {
  const { data, load } = await import(url);
  const engine = await load({ deterministic: true, ...options });
  try {
    const model = await engine.model(run.description, { input: run.input, seed: run.seed });
    const size = run.input.reduce((product, length) => product * length, 1);
    const numbers = Float32Array.from(
      { length: run.rows * size },
      (_, i) => (Math.imul(i, 2654435761) >>> 8) / 2 ** 24,
    );
    const labels = Int32Array.from({ length: run.rows }, (_, i) => (7 * i + Math.floor(i / 8)) % run.classes);
    const set = data.arrays({ x: { data: numbers, shape: [run.rows, ...run.input] }, y: labels });
    const { step } = await model.fit(set, run.fit).done;
    if (step !== 200) throw new Error(`ended at step ${step}`);
    let hash = 0xcbf29ce484222325n;
    for (const { trainable, data: values } of await model.parameters()) {
      if (!trainable) continue;
      for (const byte of new Uint8Array(values.buffer, values.byteOffset, values.byteLength)) {
        hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
      }
    }
    return hash.toString(16).padStart(16, '0');
  } finally {
    engine.dispose();
  }
}
