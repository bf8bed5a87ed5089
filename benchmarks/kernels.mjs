// The kernels' ladder: every kernel checked against plain loops, then timed against a stated bound (the register-only
// peak, or a copy of the bytes it moves). README.md says how to read it.
//   node benchmarks/kernels.mjs [preset] [part of the names] [--node] [--chromium PATH]
import { spawnSync } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    node: { type: 'boolean', default: false },
    chromium: { type: 'string', default: process.env.CHROMIUM ?? '/usr/bin/chromium' },
  },
});
const [preset = 'wasm-relaxed', only = ''] = positionals;
const root = fileURLToPath(new URL('..', import.meta.url));
const build = ['--build', '--preset', preset, '--target', 'ladder'];
if (spawnSync('cmake', build, { cwd: root, stdio: 'inherit' }).status !== 0) process.exit(1);

const folder = pathToFileURL(`${root}build/${preset}/`);
if (!preset.startsWith('wasm')) {
  process.exit(spawnSync(fileURLToPath(new URL('ladder', folder)), [only], { stdio: 'inherit' }).status ?? 1);
} else if (values.node) {
  const ladder = fileURLToPath(new URL('kernels/ladder.mjs', import.meta.url));
  const module = fileURLToPath(new URL('ladder.mjs', folder));
  const run = (flags) => spawnSync('node', [...flags, ladder, module, only], { stdio: 'inherit' });
  // Relaxed SIMD is behind a flag in Node 20, which later ones refuse.
  process.exit((run(['--experimental-wasm-relaxed-simd']).status && run([]).status) || 0);
} else {
  const { launch } = await import('./browser.mjs');
  const { serve } = await import('./server.mjs');
  const folders = { '/kernels/': new URL('kernels/', import.meta.url), '/build/': folder };
  const files = { '/': '<!doctype html><title>ladder</title><link rel="icon" href="data:,">' };
  const server = await serve({ files, folders, isolated: true }); // isolated pages have the finer clock
  const browser = await launch(values.chromium);
  try {
    const page = await browser.newPage();
    await page.exposeFunction('print', (text) => console.log(text));
    await page.goto(server.origin);
    await page.evaluate(async (part) => {
      const { climb } = await import('/kernels/ladder.mjs');
      const { default: create } = await import('/build/ladder.mjs');
      await climb(create, part, globalThis.print);
    }, only);
  } finally {
    await browser.close();
    server.close();
  }
}
