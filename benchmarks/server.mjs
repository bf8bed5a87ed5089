// Loopback server of the measured pages: bundles the adapters in memory and serves their files.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};
const page =
  '<!doctype html><title>bench</title><link rel="icon" href="data:,"><script type="module" src="/measured.js"></script>';

/** Bundles measured.mjs and the adapters; returns {'/measured.js': text, '/tfjs.js': text, ...}. */
export async function bundle(entries) {
  const result = await build({
    absWorkingDir: fileURLToPath(new URL('.', import.meta.url)),
    entryPoints: ['measured.mjs', ...entries],
    entryNames: '[name]',
    outdir: 'out',
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    external: ['node:*'],
    logLevel: 'error',
  });
  return Object.fromEntries(result.outputFiles.map((f) => [`/${f.path.split(/[\\/]/).at(-1)}`, f.text]));
}

/**
 * Serves `files` {'/path': text} and `folders` {'/prefix/': folder URL} on the loopback device.
 * Isolated pages get COOP and COEP. What is `cached` the browser may keep. Resolves to {origin, close}.
 */
export async function serve({ files = { '/': page }, folders = {}, isolated = false, cached = false }) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
    const headers = {
      'cache-control': cached ? 'max-age=3600' : 'no-store',
      'cross-origin-resource-policy': 'same-origin',
    };
    if (isolated) {
      headers['cross-origin-opener-policy'] = 'same-origin';
      headers['cross-origin-embedder-policy'] = 'require-corp';
    }
    try {
      const prefix = Object.keys(folders).find((p) => path.startsWith(p));
      const inside = path.endsWith('/') ? `${path}index.html` : path;
      const body = files[path] ?? (await readFile(new URL(`.${inside.slice(prefix.length - 1)}`, folders[prefix])));
      response.writeHead(200, {
        ...headers,
        'content-type': types[extname(path) || '.html'] ?? 'application/octet-stream',
      });
      response.end(body);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

/** The measured page itself, to be served at '/'. */
export const measuredPage = page;
