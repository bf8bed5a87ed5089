// Who is measured. `entry` is the adapter; every engine in `variants` and, if `threaded`, on a plain and on a
// cross-origin isolated page. `kinds`: what the engine has a model for; everything if left out.
import { readFile } from 'node:fs/promises';

const { devDependencies } = JSON.parse(await readFile(new URL('package.json', import.meta.url)));

/** Folders that the measured page's server serves beside the bundles. */
export const folders = {
  '/trainyard/': new URL('../dist/', import.meta.url),
  '/tfjs-wasm/': new URL('node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url),
};

const tfjs = { entry: 'engines/tfjs.mjs', version: devDependencies['@tensorflow/tfjs'] };

export const engines = {
  trainyard: {
    entry: 'engines/trainyard.mjs',
    variants: [{ build: 'relaxed' }, { build: 'simd128' }],
    threaded: true,
    inNode: true,
    options: { package: '/trainyard/index.js' },
  },
  // tfjs-wasm has no gradient of `gather` and jax-js none inside `jit`: both get their tokens as one-hot rows.
  'tfjs-wasm': {
    ...tfjs,
    threaded: true,
    options: { backend: 'wasm', assets: '/tfjs-wasm/', embedding: 'one-hot' },
  },
  'tfjs-cpu': { ...tfjs, options: { backend: 'cpu' } },
  'jax-js': {
    entry: 'engines/jax.mjs',
    version: devDependencies['@jax-js/jax'],
    threaded: true,
    options: { embedding: 'one-hot' },
  },
  'brain.js': { entry: 'engines/brain.mjs', version: devDependencies['brain.js'], kinds: ['mlp'] },
};

/** Every way of running the named engines on a workload: [{name, engine, isolated, options}]. */
export function cells(names, kind) {
  return names.flatMap((name) => {
    const engine = engines[name];
    if (engine.kinds && !engine.kinds.includes(kind)) return [];
    const pages = engine.threaded ? [false, true] : [false];
    return (engine.variants ?? [{}]).flatMap((variant) =>
      pages.map((isolated) => ({ name, engine, isolated, options: { ...engine.options, ...variant, isolated } })),
    );
  });
}
