// The packed tarball where people use it, without configuration: a Vite app (served and built) and a plain page.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isolation, openBrowser, outcomeOf, serve, strictPolicy } from './lib/browser.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));

describe('the packed package', () => {
  const work = mkdtempSync(`${tmpdir()}/trainyard-consumers-`);
  let tarball;
  let browser;

  /** A fresh folder with a consumer's files, the tarball and what else it installs. */
  function install(name, ...packages) {
    const folder = mkdtempSync(`${work}/${name}-`);
    cpSync(`${here}${name}`, folder, { recursive: true });
    const options = { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] };
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', tarball, ...packages], options);
    return folder;
  }

  before(async () => {
    const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', work], {
      cwd: root,
      encoding: 'utf8',
    });
    tarball = `${work}/${JSON.parse(packed)[0].filename}`;
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    rmSync(work, { recursive: true, force: true });
  });

  const learnt = ({ outcome, complaints, requests }, url) => {
    assert.equal(outcome.step, 300);
    assert.ok(outcome.loss < 0.1, `loss ${outcome.loss}`);
    assert.deepEqual(complaints, []);
    for (const request of requests)
      assert.ok(request.startsWith(url) || request.startsWith('blob:') || request.startsWith('data:'), request);
  };

  test('holds what it needs and nothing else', () => {
    const files = execFileSync('tar', ['tzf', tarball], { encoding: 'utf8' }).trim().split('\n');
    const builds = ['simd128', 'relaxed', 'simd128-threads', 'relaxed-threads'];
    const expected = ['LICENSE', 'package.json', 'README.md', 'dist/index.js', ...builds.flatMap((build) => [`dist/trainyard.${build}.js`, `dist/trainyard.${build}.wasm`])]; // prettier-ignore
    const others = files
      .map((file) => file.replace('package/', ''))
      .filter((file) => !/^dist\/types\/.*\.d\.ts$/.test(file));
    assert.deepEqual(others.sort(), expected.sort());
    const { dependencies, scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
    assert.equal(dependencies, undefined);
    for (const hook of ['preinstall', 'install', 'postinstall']) assert.equal(scripts[hook], undefined);
  });

  describe('in a plain page', () => {
    let folder;
    before(() => {
      folder = install('plain');
    });

    const cases = {
      'without headers': [{}, {}, /-threads|^/, 1],
      'with the wrong type for .wasm': [{}, { '.wasm': 'application/octet-stream' }, /./, 1],
      'cross-origin isolated, with threads': [isolation, {}, /-threads$/, 2],
    };
    for (const [what, [headers, mimes, build, threads]] of Object.entries(cases)) {
      test(what, async () => {
        const server = await serve(folder, headers, mimes);
        try {
          const seen = await outcomeOf(browser, server.url);
          learnt(seen, server.url);
          assert.match(seen.outcome.build, build);
          assert.ok(threads === 1 ? seen.outcome.threads === 1 : seen.outcome.threads >= threads);
          assert.equal(seen.outcome.why.length, 3);
        } finally {
          server.close();
        }
      });
    }
  });

  describe('in a Vite app', () => {
    let folder;
    before(() => {
      folder = install('vite', 'vite@8');
    });

    test('served while developing', async () => {
      const vite = spawn('node_modules/.bin/vite', ['--port', '0', '--host', '127.0.0.1'], {
        cwd: folder,
        env: { ...process.env, NO_COLOR: '1' },
      });
      try {
        const url = await new Promise((resolve, reject) => {
          let text = '';
          vite.stdout.on('data', (chunk) => {
            text += chunk;
            const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(text);
            if (found) resolve(found[0]);
          });
          vite.on('exit', () => reject(new Error(text)));
        });
        learnt(await outcomeOf(browser, url), url);
      } finally {
        vite.kill();
      }
    });

    test('built, under a strict policy with Trusted Types, isolated or not', async () => {
      const log = execFileSync('node_modules/.bin/vite', ['build', '--base', './'], { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe'] }); // prettier-ignore
      assert.doesNotMatch(log, /warn/i);
      for (const headers of [strictPolicy, { ...strictPolicy, ...isolation }]) {
        const server = await serve(`${folder}/dist`, headers);
        try {
          learnt(await outcomeOf(browser, server.url), server.url);
        } finally {
          server.close();
        }
      }
    });
  });

  describe('in other bundlers’ pages', () => {
    test('webpack: finds and copies the engine, and leaves the import beside the page alone', async () => {
      const folder = install('webpack', 'webpack@5.112.2');
      execFileSync('node', ['build.js'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
      cpSync(`${folder}/index.html`, `${folder}/dist/index.html`);
      const server = await serve(`${folder}/dist`, strictPolicy);
      try {
        const seen = await outcomeOf(browser, server.url);
        learnt(seen, server.url);
        assert.deepEqual([seen.outcome.worker, seen.outcome.here.worker], [true, false]);
        assert.equal(seen.outcome.here.step, 300);
      } finally {
        server.close();
      }
    });

    test('esbuild: with the engine’s files copied beside the page', async () => {
      const folder = install('webpack', 'esbuild@0.28.0');
      execFileSync('node_modules/.bin/esbuild', ['main.js', '--bundle', '--format=esm', '--target=es2022', '--outdir=out'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] }); // prettier-ignore
      cpSync(`${folder}/node_modules/trainyard/dist`, `${folder}/out`, {
        recursive: true,
        filter: (file) => !file.endsWith('index.js'),
      });
      cpSync(`${folder}/index.html`, `${folder}/out/index.html`);
      const server = await serve(`${folder}/out`, strictPolicy);
      try {
        learnt(await outcomeOf(browser, server.url), server.url);
      } finally {
        server.close();
      }
    });
  });
});
