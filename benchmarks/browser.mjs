// Headless Chromium as a place to measure in.
import { basename } from 'node:path';
import { chromium } from 'playwright-core';
import { engines, folders } from './engines.mjs';
import { bundle, measuredPage, serve } from './server.mjs';

/** Nothing that would disturb a clock. */
const args = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--disable-background-timer-throttling'],
  ...['--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows'],
];

export const launch = (executablePath) => chromium.launch({ executablePath, args });

/**
 * A place: open(cell) gives a fresh page with the cell's engine in it. With a folder `profile` all pages are visits of
 * one browser that keeps there what it has loaded and compiled.
 */
export async function openBrowser(executablePath, profile) {
  const entries = [...new Set(Object.values(engines).flatMap(({ entry }) => entry ?? []))];
  const files = { '/': measuredPage, ...(await bundle(entries)) };
  const pages = [false, true].map((isolated) => serve({ files, folders, isolated, cached: Boolean(profile) }));
  const servers = await Promise.all(pages);
  const browser = profile
    ? await chromium.launchPersistentContext(profile, { executablePath, args })
    : await launch(executablePath);
  return {
    name: profile ? 'Chromium' : `Chromium ${browser.version()} headless`,

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
