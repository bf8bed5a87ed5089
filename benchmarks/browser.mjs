// Headless Chromium as a place to measure in.
import { basename } from 'node:path';
import { chromium } from 'playwright-core';
import { engines, folders } from './engines.mjs';
import { bundle, measuredPage, serve } from './server.mjs';

/** Starts Chromium with nothing in it that would disturb a clock. */
export function launch(executablePath) {
  return chromium.launch({
    executablePath,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', '--disable-background-timer-throttling'],
      ...['--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows'],
    ],
  });
}

/** A place: open(cell) gives a fresh page with the cell's engine in it. */
export async function openBrowser(executablePath) {
  const entries = [...new Set(Object.values(engines).map((engine) => engine.entry))];
  const files = { '/': measuredPage, ...(await bundle(entries)) };
  const servers = [await serve({ files, folders }), await serve({ files, folders, isolated: true })];
  const browser = await launch(executablePath);
  return {
    name: `Chromium ${browser.version()} headless`,

    async open({ engine, isolated, options }) {
      const page = await browser.newPage();
      const call = (method, ...parameters) =>
        page.evaluate(([method, parameters]) => globalThis.bench[method](...parameters), [method, parameters]);
      await page.goto(servers[Number(isolated)].origin);
      await page.waitForFunction('globalThis.bench');
      const info = await call('open', `/${basename(engine.entry, '.mjs')}.js`, options);
      return { call, info, close: () => page.close() };
    },

    async close() {
      await browser.close();
      servers.forEach((server) => server.close());
    },
  };
}
