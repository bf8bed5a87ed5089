// What must be there before anything is built: system packages, the toolchain and npm packages. Quick when all is there.
import { existsSync, statSync } from 'node:fs';
import { root } from './files.mjs';
import { jobs, run } from './run.mjs';

/** `part` is that of scripts/setup.sh: headers, wasm or all. */
export const setUp = (part) => run(['scripts/setup.sh', part]);

/** Installs a folder's npm packages as its lock file says, unless they already are. */
export async function installPackages(folder = '.') {
  const lock = `${root}/${folder}/package-lock.json`;
  const installed = `${root}/${folder}/node_modules/.package-lock.json`;
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  await run(['npm', 'ci', '--no-audit', '--no-fund'], { cwd: folder === '.' ? root : `${root}/${folder}` });
}

/** Configures a CMake preset and builds the targets (all, if none is named). */
export async function build(preset, ...targets) {
  await run(['cmake', '--preset', preset], { env: { CMAKE_GENERATOR: 'Ninja' } });
  const chosen = targets.length > 0 ? ['--target', ...targets] : [];
  await run(['cmake', '--build', '--preset', preset, '-j', jobs, ...chosen]);
}

export const wasmPresets = ['wasm-simd128', 'wasm-relaxed', 'wasm-simd128-threads', 'wasm-relaxed-threads'];
