// The committed runs of determinism.json through the package, under Node and in browsers.
import { readFileSync } from 'node:fs';

export const { runs } = JSON.parse(readFileSync(new URL('../golden/determinism.json', import.meta.url), 'utf8'));

/** The hashes that every strict build must find. */
export const committed = Object.fromEntries(runs.map(({ name, hash }) => [name, hash]));

/**
 * Trains the runs through the package, in an engine of these options, and hashes their weights as determinism.json
 * says: {info, hashes}, by name. Sent to pages as its own source, so it uses nothing from outside; `url` is where the
 * package is imported from.
 */
export async function hashesAfter({ url, runs, options }) {
  const { data, load } = await import(url);
  const engine = await load(options);
  const count = (shape) => shape.reduce((product, length) => product * length, 1);
  const word = (i) => Math.imul(i, 2654435761) >>> 8;
  const hashes = {};
  try {
    for (const { name, description, input, ids, rows, targets = [], classes, seed, fit } of runs) {
      const model = await engine.model(description, { input, seed });
      const numbers = { length: rows * count(input) };
      const x = ids
        ? Int32Array.from(numbers, (_, i) => word(i) % ids)
        : Float32Array.from(numbers, (_, i) => word(i) / 2 ** 24);
      const y = Int32Array.from({ length: rows * count(targets) }, (_, i) => (7 * i + Math.floor(i / 8)) % classes);
      const set = data.arrays({ x: { data: x, shape: [rows, ...input] }, y: { data: y, shape: [rows, ...targets] } });
      const { step } = await model.fit(set, fit).done;
      if (step !== fit.steps) throw new Error(`${name} ended at step ${step}`);
      let hash = 0xcbf29ce484222325n;
      for (const { trainable, data: values } of await model.parameters()) {
        if (!trainable) continue;
        for (const byte of new Uint8Array(values.buffer, values.byteOffset, values.byteLength)) {
          hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
        }
      }
      hashes[name] = hash.toString(16).padStart(16, '0');
      model.dispose();
    }
    return { info: engine.info, hashes };
  } finally {
    engine.dispose();
  }
}
