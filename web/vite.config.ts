import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { contentSecurityPolicy } from './csp.ts';
import { makeStart } from './src/tasks/points/start.ts';

/** Puts the policy into the built page, for hosts that send no headers. The development server injects styles, so it goes without. */
const policyInPage: Plugin = {
  name: 'policy-in-page',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicy({ header: false }) },
      injectTo: 'head-prepend',
    },
  ],
};

/** What the page shows before the engine is there, worked out by the engine: src/tasks/points/start.ts. */
const start: Plugin = {
  name: 'start',
  resolveId: (id) => (id === 'virtual:start' ? '\0virtual:start' : undefined),
  load: async (id) => {
    if (id !== '\0virtual:start') return undefined;
    const trainyard = (await import(entry)) as typeof import('trainyard');
    return `export default JSON.parse(${JSON.stringify(JSON.stringify(await makeStart(trainyard)))});`;
  },
};

// Threads need an isolated page; where a host sends no such headers, one thread does the work.
const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

// The package as it is shipped: `npm run build` in the root writes it.
const entry = fileURLToPath(new URL('../dist/index.js', import.meta.url));

export default defineConfig({
  base: './',
  plugins: [svelte(), policyInPage, start],
  resolve: { alias: { trainyard: entry } },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What the first page needs anyway and later parts share is one file: a dozen small ones pack worse.
    rolldownOptions: {
      input: ['index.html', 'speed.html'],
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'shared',
              test: /src[\\/](state[\\/](settings|address|visitor|sequence|media|words|shortcuts|announcer)|tasks[\\/]missing|views[\\/](numbers|colour|axis|Icon|Slider|Masthead|absent)\.)/,
            },
          ],
        },
      },
    },
  },
  // The package and the benchmarks lie beside web/.
  server: { fs: { allow: ['..'] }, headers: isolation },
  preview: { headers: { 'Content-Security-Policy': contentSecurityPolicy({ header: true }), ...isolation } },
});
