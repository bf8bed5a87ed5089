// The four builds of the engine and where their files lie. The names of the files are part of the API.

export type BuildName = 'simd128' | 'relaxed' | 'simd128-threads' | 'relaxed-threads';

export interface Build {
  name: BuildName;
  relaxed: boolean;
  threads: boolean;
  /** The WebAssembly module. */
  wasm: URL;
  /** Engine and worker in one self-contained file, which fits this module only. */
  script: URL;
}

// Literal `new URL(…, import.meta.url)`: what every bundler finds and copies, whole and unchanged.
const files: Record<BuildName, () => Pick<Build, 'wasm' | 'script'>> = {
  simd128: () => ({
    wasm: new URL('./trainyard.simd128.wasm', import.meta.url),
    script: new URL('./trainyard.simd128.js', import.meta.url),
  }),
  relaxed: () => ({
    wasm: new URL('./trainyard.relaxed.wasm', import.meta.url),
    script: new URL('./trainyard.relaxed.js', import.meta.url),
  }),
  'simd128-threads': () => ({
    wasm: new URL('./trainyard.simd128-threads.wasm', import.meta.url),
    script: new URL('./trainyard.simd128-threads.js', import.meta.url),
  }),
  'relaxed-threads': () => ({
    wasm: new URL('./trainyard.relaxed-threads.wasm', import.meta.url),
    script: new URL('./trainyard.relaxed-threads.js', import.meta.url),
  }),
};

export const buildNames = Object.keys(files) as BuildName[];

export function buildOf(name: BuildName): Build {
  return { name, relaxed: name.startsWith('relaxed'), threads: name.endsWith('-threads'), ...files[name]() };
}
