// The page's own sources, loaded through Vite without a browser.
import { after, before } from 'node:test';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const web = fileURLToPath(new URL('../../web', import.meta.url));

/** Gives a function that loads a file of `web/src`, from the first test to the last of the file that asks. */
export function withSources() {
  let vite;
  before(async () => {
    const { createServer } = await import(pathToFileURL(createRequire(`${web}/package.json`).resolve('vite')).href);
    vite = await createServer({
      root: web,
      logLevel: 'error',
      server: { middlewareMode: true, hmr: false, ws: false, watch: null },
      optimizeDeps: { noDiscovery: true, include: [] },
    });
  });
  after(() => vite?.close());
  return (file) => vite.ssrLoadModule(`/src/${file}`);
}
