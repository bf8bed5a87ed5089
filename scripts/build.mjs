// npm run build: sets up what is missing, builds the engine's four WebAssembly modules and leaves the package in dist/.
// Usage: node scripts/build.mjs
import { build, installPackages, setUp, wasmPresets } from './lib/prepare.mjs';

await setUp('wasm');
await installPackages();
for (const preset of wasmPresets) await build(preset, 'module');
// Imported only now: it needs npm packages.
const { writePackage } = await import('./lib/bundle.mjs');
await writePackage();
