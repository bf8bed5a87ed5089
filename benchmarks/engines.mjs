// Who is measured. `entry` is the adapter; every engine in `variants` and, if `threaded`, on a plain and on a
// cross-origin isolated page. `kinds`: what the engine has a model for; everything if left out. `infers`: it
// answers the inference workloads too, `trains: false`: them alone. Instead of an entry a program may have a `command`
// (process.mjs); those run only if they are named.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { root } from '../scripts/lib/files.mjs';
import { build } from '../scripts/lib/prepare.mjs';
import { inferences } from './workloads.mjs';

const { devDependencies } = JSON.parse(await readFile(new URL('package.json', import.meta.url)));
const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url)));

/** Folders that the measured page's server serves beside the bundles. */
export const folders = {
  '/trainyard/': new URL('../dist/', import.meta.url),
  '/tfjs-wasm/': new URL('node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url),
  '/onnx/': new URL('node_modules/onnxruntime-web/dist/', import.meta.url),
};

const tfjs = { entry: 'engines/tfjs.mjs', version: devDependencies['@tensorflow/tfjs'] };

export const engines = {
  trainyard: {
    entry: 'engines/trainyard.mjs',
    variants: [{ build: 'relaxed' }, { build: 'simd128' }],
    threaded: true,
    inNode: true,
    infers: true,
    options: { package: '/trainyard/index.js' },
  },
  // Without a worker, as onnxruntime-web answers: nothing is sent anywhere.
  'trainyard-page': {
    entry: 'engines/trainyard.mjs',
    variants: [{ build: 'relaxed' }],
    trains: false,
    infers: true,
    options: { package: '/trainyard/index.js', worker: false },
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
  'onnxruntime-web': {
    entry: 'engines/onnx.mjs',
    version: devDependencies['onnxruntime-web'],
    trains: false,
    infers: true,
    options: { assets: '/onnx/' },
  },
  pytorch: {
    threaded: true,
    command: () => [process.env.PYTHON ?? 'python3', fileURLToPath(new URL('engines/pytorch.py', import.meta.url))],
  },
  'trainyard-native': {
    version,
    threaded: true,
    hasPeak: true,
    command: () => (nativeCommand ??= buildNative()),
  },
};

let nativeCommand;
async function buildNative() {
  await build('native', 'native_engine');
  return [`${root}/build/native/native_engine`];
}

/** What runs if no engine is named. */
export const usualEngines = Object.keys(engines).filter((name) => !engines[name].command);

/** Every way of running the named engines on a workload: [{name, engine, isolated, options}]. */
export function cells(names, { id, kind }) {
  return names.flatMap((name) => {
    const engine = engines[name];
    const able = id in inferences ? engine.infers : engine.trains !== false;
    if (!able || engine.kinds?.includes(kind) === false) return [];
    const pages = engine.threaded ? [false, true] : [false];
    return (engine.variants ?? [{}]).flatMap((variant) =>
      pages.map((isolated) => ({ name, engine, isolated, options: { ...engine.options, ...variant, isolated } })),
    );
  });
}
