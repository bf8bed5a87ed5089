// The built page in headless Chromium: served as `npm start` serves it, watched for errors and foreign requests.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';

export const web = fileURLToPath(new URL('../../web', import.meta.url));
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let server;
let browser;

/** Starts server and browser before a file's tests and ends them after. */
export function withBrowser() {
  before(async () => {
    assert.ok(existsSync(`${web}/dist/index.html`), 'web/dist is missing: npm run build in web/ writes it');
    const vite = createRequire(`${web}/package.json`).resolve('vite');
    const { preview } = await import(pathToFileURL(vite).href);
    server = await preview({ root: web, preview: { port: 0, host: '127.0.0.1' }, logLevel: 'error' });
    browser = await chromium.launch({ executablePath, args: flags });
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });
}

export const address = () => server.resolvedUrls.local[0];

/**
 * Opens the page with an address's query and hands it to the test. Afterwards the console must be clean, nothing may
 * have been asked of another host, and the content security policy must not have been broken. `prepare` is handed the
 * page before it goes there; `expected` and `forgiven` say which lines
 * of the console, and which errors, a test brings about itself.
 */
export async function open(query, test, { width = 1440, height = 900, prepare, expected, forgiven, ...more } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale: 'en-US', ...more });
  const complaints = [];
  const responses = [];
  const origin = new URL(address()).origin;
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== 'blob:') complaints.push(`request to ${url.href}`);
  });
  context.on('response', (response) => responses.push(response));
  const page = await context.newPage();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !expected?.test(message.text()))
      complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => {
    if (!forgiven?.test(error.message)) complaints.push(`error: ${error.message}`);
  });
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  try {
    await prepare?.(page);
    await page.goto(`${address()}${query}`);
    await test(page, responses);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

export const at = (name) => `[data-test="${name}"]`;

/** Waits until the page's figures satisfy a condition, and gives them. */
export async function figures(page, condition = () => true, timeout = 60_000) {
  const end = Date.now() + timeout;
  for (;;) {
    const data = await page.locator(at('figures')).evaluate((element) => ({ ...element.dataset }));
    const now = {
      step: Number(data.step),
      epoch: Number(data.epoch),
      accuracy: Number(data.accuracy),
      trainingAccuracy: Number(data.trainingAccuracy),
      loss: Number(data.loss),
    };
    if (condition(now)) return now;
    assert.ok(Date.now() < end, `waited too long; figures: ${JSON.stringify(now)}`);
    await page.waitForTimeout(50);
  }
}

/** Waits until a question about the page is answered with yes. Asked from here: the page allows no eval. */
export async function until(question, what, timeout = 30_000) {
  const end = Date.now() + timeout;
  while (!(await question())) {
    assert.ok(Date.now() < end, `waited too long until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const running = (page) => page.locator('main[data-phase="running"]').waitFor({ timeout: 30_000 });
export const paused = (page) => page.locator('main[data-phase="paused"]').waitFor({ timeout: 30_000 });
