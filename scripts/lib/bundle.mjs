// The package's JavaScript: one file for the page, one self-contained file (worker and engine) for each build.
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { rolldown } from 'rolldown';
import { root } from './files.mjs';
import { plainGlue } from './glue.mjs';
import { run } from './run.mjs';

export const dist = `${root}/dist`;
export const builds = ['simd128', 'relaxed', 'simd128-threads', 'relaxed-threads'];

/** Where CMake leaves a build's module. */
const made = (build, extension) => `${root}/build/wasm-${build}/trainyard.${build}.${extension}`;

async function bundle(input, file, plugins = []) {
  const bundled = await rolldown({ input: `${root}/bindings/ts/${input}`, plugins, platform: 'neutral' });
  const { output } = await bundled.write({
    file: `${dist}/${file}`,
    format: 'esm',
    minify: true,
    comments: { annotation: true, legal: false, jsdoc: false },
  });
  await bundled.close();
  if (output.length !== 1) throw new Error(`${file}: ${output.length} files instead of one`);
}

/** Puts a build's glue and name into the engine's script. */
function virtual(build) {
  const modules = {
    'trainyard:glue': () =>
      plainGlue(readFileSync(made(build, 'mjs'), 'utf8'), { threads: build.endsWith('-threads') }),
    'trainyard:build': () => `export default ${JSON.stringify(build)}`,
  };
  return {
    name: 'trainyard',
    resolveId: (id) => (Object.hasOwn(modules, id) ? `\0${id}` : null),
    load: (id) => modules[id.slice(1)]?.() ?? null,
  };
}

/** Writes dist/ from the modules that CMake has built. */
export async function writePackage() {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  await run(['node_modules/.bin/tsc', '-p', 'bindings/ts']);
  await bundle('index.ts', 'index.js');
  for (const build of builds) {
    await bundle('host/entry.ts', `trainyard.${build}.js`, [virtual(build)]);
    copyFileSync(made(build, 'wasm'), `${dist}/trainyard.${build}.wasm`);
  }
}
