// The built package in Chromium: what only a browser shows. Served from dist/ itself.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { committed, hashesAfter, runs } from '../support/determinism.mjs';
import { isolation, openBrowser, serve, strictPolicy } from './lib/browser.mjs';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));

describe('in Chromium', () => {
  let browser;
  let servers;
  before(async () => {
    browser = await openBrowser();
    servers = {
      plain: await serve(dist, {}),
      strict: await serve(dist, strictPolicy),
      isolated: await serve(dist, { ...isolation, ...strictPolicy }),
    };
  });
  after(async () => {
    await browser?.close();
    for (const server of Object.values(servers ?? {})) server.close();
  });

  /** Runs a function in a page of the package's own origin. */
  async function inPage(server, action, argument) {
    const page = await browser.newPage();
    try {
      await page.goto(`${server.url}blank.html`);
      return await page.evaluate(action, argument);
    } finally {
      await page.close();
    }
  }

  const builds = ['simd128', 'relaxed', 'simd128-threads', 'relaxed-threads'];
  for (const build of builds) {
    test(`${build} learns, under a strict policy with Trusted Types`, async () => {
      const seen = await inPage(
        servers.isolated,
        async (build) => {
          const { data, load, nn } = await import('/index.js');
          const engine = await load({ build, threads: 2 });
          const model = await engine.model(nn.sequential(nn.linear(8), nn.tanh(), nn.linear(2)), {
            input: [2],
            seed: 1,
          });
          const set = data.arrays({ x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: Int32Array.of(0, 1, 1, 0) }); // prettier-ignore
          const { loss } = await model.fit(set, { optimizer: { type: 'adam', lr: 0.05 }, steps: 300, batchSize: 4 })
            .done;
          return { loss, build: engine.info.build, threads: engine.info.threads };
        },
        build,
      );
      assert.equal(seen.build, build);
      assert.equal(seen.threads, build.endsWith('-threads') ? 2 : 1);
      assert.ok(seen.loss < 0.1, `loss ${seen.loss}`);
    });
  }

  const bitsOf = (server, options) => inPage(server, hashesAfter, { url: '/index.js', runs, options });

  for (const threads of [1, 2, 4, 8]) {
    test(`deterministic: the committed bits, threads: ${threads}`, async () => {
      const { info, hashes } = await bitsOf(servers.isolated, { deterministic: true, threads });
      assert.equal(info.build, threads > 1 ? 'simd128-threads' : 'simd128');
      assert.equal(info.threads, threads);
      assert.deepEqual(hashes, committed);
    });
  }

  test('deterministic: the committed bits on a plain page', async () => {
    const { info, hashes } = await bitsOf(servers.plain, { deterministic: true });
    assert.equal(info.build, 'simd128');
    assert.deepEqual(hashes, committed);
  });

  test('relaxed: the same bits again, in any number of threads', async () => {
    const alone = await bitsOf(servers.isolated, { threads: 1 });
    assert.equal(alone.info.build, 'relaxed');
    const shared = await bitsOf(servers.isolated, { threads: 4 });
    assert.equal(shared.info.build, 'relaxed-threads');
    assert.deepEqual(shared.hashes, alone.hashes);
  });

  test('a worker that is killed rejects every pending call and ends the runs', async () => {
    const codes = await inPage(servers.plain, async () => {
      const { data, load, nn } = await import('/index.js');
      let worker;
      const made = () => (worker = new Worker('/trainyard.simd128.js', { type: 'module', name: 'trainyard' }));
      const engine = await load({ build: 'simd128', worker: made });
      const model = await engine.model(nn.sequential(nn.linear(8), nn.linear(2)), { input: [2] });
      const set = data.arrays({ x: [[0, 0], [0, 1]], y: Int32Array.of(0, 1) }); // prettier-ignore
      const run = model.fit(set, { batchSize: 2, epochs: 1e9 });
      await run.step(1);
      await run.resume();
      const code = (promise) => promise.then(() => 'no error', (error) => error.code); // prettier-ignore
      worker.terminate();
      const iterated = async () => {
        for await (const event of run) void event;
      };
      const pending = [model.predict([[0, 1]]), run.done, run.pause(), engine.memory(), iterated()];
      return Promise.all([...pending.map(code), code(Promise.all(pending).catch(() => engine.memory()))]);
    });
    assert.deepEqual([...new Set(codes)], ['ENGINE_LOST']);
  });

  /** A run of 100 steps, each large enough to be shared, and what it came to. */
  const shared = async ([options, fit]) => {
    const { data, load, nn } = await import('/index.js');
    const engine = await load(options);
    const model = await engine.model(nn.sequential(nn.linear(64), nn.tanh(), nn.linear(4)), {
      input: [200, 16],
      seed: 1,
    });
    const x = { data: Float32Array.from({ length: 64 * 3200 }, (_, i) => Math.sin(i * i)), shape: [64, 200, 16] };
    const y = { data: Int32Array.from({ length: 64 * 200 }, (_, i) => (i * i) % 4), shape: [64, 200] };
    const { loss, workers, alone } = await model.fit(data.arrays({ x, y }), { steps: 100, ...fit }).done;
    const weights = (await model.export('safetensors')).join();
    engine.dispose();
    return { loss, workers, alone, weights, cores: navigator.hardwareConcurrency };
  };

  test('without isolation, under a strict policy, workers share a run by themselves: the same bits again', async () => {
    const first = await inPage(servers.strict, shared, [{}, {}]);
    assert.equal(first.workers, Math.min(first.cores, 4), first.alone);
    assert.deepEqual(await inPage(servers.strict, shared, [{}, { workers: first.workers }]), first);
    const one = await inPage(servers.strict, shared, [{ threads: 1 }, {}]);
    assert.equal(one.workers, 1);
    assert.ok(Math.abs(one.loss - first.loss) <= 1e-4, `${one.loss} ${first.loss}`);
    const strict = await inPage(servers.strict, shared, [{ deterministic: true }, {}]);
    assert.equal(strict.workers, 1, 'not the same bits everywhere');
    const two = await inPage(servers.strict, shared, [{ threads: 1 }, { workers: 2 }]);
    assert.deepEqual([two.workers, Math.abs(two.loss - one.loss) <= 1e-4], [2, true]);
  });

  test('a run survives a worker that is killed', async () => {
    const end = await inPage(servers.plain, async () => {
      const { data, load, nn } = await import('/index.js');
      const made = [];
      const Plain = Worker;
      globalThis.Worker = class extends Plain {
        constructor(...how) {
          super(...how);
          made.push(this);
        }
      };
      // Beside the page, so that the others are workers of the page's own.
      const engine = await load({ build: 'simd128', worker: false });
      const model = await engine.model(nn.sequential(nn.linear(8), nn.linear(2)), { input: [2] });
      const set = data.arrays({ x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: Int32Array.of(0, 1, 1, 0) }); // prettier-ignore
      const run = model.fit(set, { batchSize: 4, steps: 3000, workers: 2, paused: true });
      const before = (await run.step(5)).workers;
      await run.resume();
      made[0].terminate();
      const { workers, alone, step } = await run.done;
      return { before, workers, alone, step, started: made.length };
    });
    assert.deepEqual(end, { before: 2, workers: 1, alone: 'worker lost', step: 3000, started: 1 });
  });

  test('the page stays free while the engine trains, and a pause holds', async () => {
    const rounds = await inPage(servers.plain, async () => {
      const { data, load, nn } = await import('/index.js');
      const engine = await load({ build: 'simd128' });
      const model = await engine.model(nn.sequential(nn.linear(64), nn.relu(), nn.linear(10)), { input: [64] });
      const x = { data: Float32Array.from({ length: 64_000 }, (_, i) => Math.sin(i)), shape: [1000, 64] };
      const set = data.arrays({ x, y: Int32Array.from({ length: 1000 }, (_, i) => i % 10) });
      const run = model.fit(set, { epochs: 1e9 });
      const rounds = [];
      let last = (await run.step(1)).step;
      for (let i = 0; i < 10; i++) {
        await run.resume();
        // A page that trained in its own thread would reach none of these before the run ends, which it never does.
        for (let timer = 0; timer < 5; timer++) await new Promise((resolve) => setTimeout(resolve, 10));
        const { step } = await run.pause();
        await new Promise((resolve) => setTimeout(resolve, 20));
        rounds.push({ trained: step - last, afterwards: (await run.pause()).step - step });
        last = step;
      }
      engine.dispose();
      return rounds;
    });
    assert.ok(rounds.some(({ trained }) => trained > 0));
    for (const { afterwards } of rounds) assert.equal(afterwards, 0);
  });

  test('the engine’s worker can reach no network', async () => {
    const reached = await inPage(servers.plain, async () => {
      const { load } = await import('/index.js');
      let worker;
      const script = `import '${location.origin}/trainyard.simd128.js'; addEventListener('message', ({ data }) => {
        if (data === 'look') postMessage({ kind: 'looked', found: ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource', 'importScripts'].filter((name) => globalThis[name] !== undefined) });
      });`;
      const made = () =>
        (worker = new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })), {
          type: 'module',
          name: 'trainyard',
        }));
      await load({ build: 'simd128', worker: made });
      const found = new Promise((resolve) =>
        worker.addEventListener('message', ({ data }) => data.kind === 'looked' && resolve(data.found)),
      );
      worker.postMessage('look');
      return found;
    });
    assert.deepEqual(reached, []);
  });
});
