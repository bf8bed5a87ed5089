// A headless Chromium and a page server for the consumers' tests.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { chromium } from 'playwright-core';

const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};

export const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};
/** The policy that the package is made for. */
export const strictPolicy = {
  'content-security-policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; " +
    "require-trusted-types-for 'script'; trusted-types trainyard",
};

/** Serves a folder, and an empty page `blank.html`, on the loopback address; `headers` go with every answer. */
export async function serve(folder, headers = {}, mimes = {}) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
    try {
      const body =
        path === '/blank.html'
          ? '<!doctype html><title>blank</title>'
          : await readFile(join(folder, path.endsWith('/') ? `${path}index.html` : path));
      const type =
        mimes[extname(path)] ?? types[extname(path)] ?? (path.endsWith('/') ? 'text/html' : 'application/octet-stream');
      response.writeHead(200, { 'content-type': type, ...headers });
      response.end(body);
    } catch {
      response.writeHead(404, { 'content-type': 'text/plain', ...headers });
      response.end('not found');
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

export async function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'], // prettier-ignore
  });
}

/** Opens a page and waits for `globalThis.outcome`; also what it asked for, and what it complained of. */
export async function outcomeOf(browser, url) {
  const page = await browser.newPage();
  const complaints = [];
  const requests = [];
  page.on('console', (message) => {
    // Browsers ask for an icon by themselves.
    if (!['error', 'warning'].includes(message.type()) || message.location().url.endsWith('/favicon.ico')) return;
    complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.context().on('request', (request) => requests.push(request.url()));
  try {
    await page.goto(url);
    const found = page.waitForFunction(() => globalThis.outcome, undefined, { timeout: 30_000 });
    const outcome = await (await found).jsonValue();
    return { outcome, complaints, requests };
  } catch (error) {
    throw new Error(`${error.message}\n${complaints.join('\n')}\n${requests.join('\n')}`);
  } finally {
    await page.close();
  }
}
