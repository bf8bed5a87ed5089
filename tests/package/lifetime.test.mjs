// What lives and dies: disposing leaks nothing, a lost worker forgets no call, wrong files are named.
import assert from 'node:assert/strict';
import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { load, nn } from 'trainyard';
import { failureOf, withEngine, withWorkers, xor } from './support.mjs';

const small = () => nn.sequential(nn.linear(8), nn.tanh(), nn.linear(2));
const options = { loss: 'crossEntropy', batchSize: 4 };

for (const worker of [true, false]) {
  test(`1,000 models come and go and leave the heap as it was (${worker ? 'in a worker' : 'beside the caller'})`, () =>
    withEngine({ threads: 1, worker }, async (engine) => {
      const set = xor();
      const once = async () => {
        const model = await engine.model(small(), { input: [2] });
        await model.fit(set, { ...options, steps: 3 }).done;
        await model.predict([[0, 1]]);
        model.dispose();
      };
      for (let i = 0; i < 20; i++) await once();
      const before = await engine.memory();
      for (let i = 0; i < 1000; i++) await once();
      const after = await engine.memory();
      assert.equal(after.heapBytes, before.heapBytes);
      assert.equal(after.usedBytes, before.usedBytes);
    }));
}

for (const build of ['simd128', 'relaxed-threads']) {
  test(`1,000 steps of a GPT leave the heap as it was (${build})`, () =>
    withEngine({ build, threads: build.includes('threads') ? 2 : 1 }, async (engine) => {
      const text = 'It was the whiteness of the whale that above all things appalled me. 明月光\n'.repeat(30);
      const tok = await engine.tokenizer({ type: 'char', text });
      const { train, val } = await tok.windows(text, { length: 16 });
      const gpt = nn.gpt({ vocab: tok.size, context: 16, layers: 2, heads: 2, dim: 16, dropout: 0.1 });
      const model = await engine.model(gpt, { input: [16] });
      const run = model.fit(train, {
        ...{ val, valEvery: 100, metrics: ['accuracy'], batchSize: 8, epochs: 1e6, paused: true },
        ...{ optimizer: { type: 'adamw', lr: 1e-3 }, clipNorm: 1, schedule: { type: 'cosine', tMax: 2000 } },
      });
      assert.equal((await run.step(100)).step, 100); // one look at the validation part among them
      const before = await engine.memory();
      assert.equal((await run.step(1000)).step, 1100);
      assert.deepEqual(await engine.memory(), before);
      await run.stop();
    }));
}

test('a refused call leaves nothing in the engine', () =>
  withEngine({ threads: 1, worker: false }, async (engine) => {
    const model = await engine.model(small(), { input: [2] });
    const refused = async (times) => {
      for (let i = 0; i < times; i++) {
        await failureOf(model.set('0.weight', [1, 2, 3]), 'PARAMETER_MISMATCH');
        await failureOf(engine.model(nn.sequential(nn.conv2d(3, 3)), { input: [2] }), 'SHAPE_MISMATCH');
        await failureOf(model.predict([[0, 1, 2]]), 'SHAPE_MISMATCH');
      }
    };
    await refused(20);
    const before = await engine.memory();
    await refused(500);
    assert.equal((await engine.memory()).usedBytes, before.usedBytes);
  }));

test('data whose copy fails leave nothing in the engine', () =>
  withEngine({ threads: 1, worker: false }, async (engine) => {
    const set = xor();
    await engine.readData(set);
    const before = await engine.memory();
    const { slice } = Float32Array.prototype;
    Float32Array.prototype.slice = () => {
      throw new RangeError('Array buffer allocation failed');
    };
    try {
      await failureOf(engine.readData(set), 'INTERNAL');
    } finally {
      Float32Array.prototype.slice = slice;
    }
    assert.equal((await engine.memory()).usedBytes, before.usedBytes);
  }));

test('engines come and go, with their threads', { skip: !globalThis.gc && 'needs --expose-gc' }, async () => {
  const once = (worker) =>
    withEngine({ threads: 3, worker }, async (engine) => {
      const model = await engine.model(small(), { input: [2] });
      await model.fit(xor(), { ...options, steps: 3 }).done;
    });
  const settled = async () => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    globalThis.gc();
    return process.memoryUsage().rss;
  };
  for (const worker of [false, true]) {
    for (let i = 0; i < 4; i++) await once(worker);
    const before = await settled();
    for (let i = 0; i < 12; i++) await once(worker);
    // Two threads that live on would take 4 MB each time at the least.
    const growth = ((await settled()) - before) / 1e6;
    assert.ok(growth < 40, `${growth} MB`);
  }
});

test('data sets that are forgotten leave the engine', { skip: !globalThis.gc && 'needs --expose-gc' }, () =>
  withEngine({ threads: 1 }, async (engine) => {
    const { data } = await import('trainyard');
    const x = () => data.arrays({ x: { data: new Float32Array(1 << 20), shape: [1 << 10, 1 << 10] } });
    for (let i = 0; i < 3; i++) {
      await engine.inspectData(x());
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const before = await engine.memory();
    for (let i = 0; i < 30; i++) {
      await engine.inspectData(x());
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.ok((await engine.memory()).usedBytes <= before.usedBytes + (8 << 20));
    // A part that was never used keeps nothing either.
    for (let i = 0; i < 30; i++) {
      await engine.inspectData(x().split().train);
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.ok((await engine.memory()).usedBytes <= before.usedBytes + (12 << 20));
  }),
);

test('after dispose everything is refused, nothing hangs', async () => {
  const engine = await load({ threads: 1 });
  const model = await engine.model(small(), { input: [2] });
  const other = await engine.model(small(), { input: [2] });
  other.dispose();
  other.dispose();
  await failureOf(other.predict([[0, 1]]), 'DISPOSED');
  await failureOf(other.fit(xor(), options).done, 'DISPOSED');
  const run = model.fit(xor(), { ...options, epochs: 1e6 });
  await run.step(1);
  await run.resume();
  const pending = model.predict([[0, 1]]);
  engine.dispose();
  engine.dispose();
  await failureOf(pending, 'DISPOSED');
  await failureOf(run.done, 'DISPOSED');
  await failureOf(run.pause(), 'DISPOSED');
  await failureOf(engine.model(small(), { input: [2] }), 'DISPOSED');
  await failureOf(engine.memory(), 'DISPOSED');
});

test('a model disposed while it trains ends its run', () =>
  withEngine({ threads: 1 }, async (engine) => {
    const model = await engine.model(small(), { input: [2] });
    const run = model.fit(xor(), { ...options, epochs: 1e6 });
    await run.step(1);
    await run.resume();
    model.dispose();
    assert.equal((await run.done).state, 'stopped');
  }));

test('`using` disposes where the language has it', { skip: !Symbol.dispose && 'no Symbol.dispose here' }, async () => {
  const engine = await load({ threads: 1 });
  engine[Symbol.dispose]();
  await failureOf(engine.memory(), 'DISPOSED');
});

test('a page of the server’s instead of the module is called by its name', async () => {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/missing.wasm' ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' });
    response.end('<!doctype html><title>home</title>');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${server.address().port}`;
  try {
    const page = await failureOf(load({ wasm: `${address}/some.wasm` }), 'ENGINE_LOAD');
    assert.equal(page.path, `${address}/some.wasm`);
    assert.equal(page.got, 'HTTP 200 text/html 3c 21 64 6f');
    assert.match(page.hint, /answered with a page/);
    const missing = await failureOf(load({ wasm: new URL(`${address}/missing.wasm`) }), 'ENGINE_LOAD');
    assert.match(missing.got, /HTTP 404/);
  } finally {
    server.close();
  }
});

test('a module that is not there, or none at all', async () => {
  const file = new URL('nowhere.wasm', import.meta.url);
  assert.equal((await failureOf(load({ wasm: file }), 'ENGINE_LOAD')).path, file.href);
  await failureOf(load({ wasm: Uint8Array.of(1, 2, 3, 4) }), 'ENGINE_LOAD');
});

test('a worker’s script that is not there, dies, or never answers', async () => {
  const nowhere = new URL('nowhere.js', import.meta.url);
  assert.equal((await failureOf(load({ worker: nowhere }), 'ENGINE_LOAD')).path, nowhere.href);
  const folder = await mkdtemp(`${tmpdir()}/trainyard-`);
  try {
    const dying = pathToFileURL(`${folder}/dying.mjs`);
    await writeFile(dying, 'throw new Error("deliberately")');
    assert.match((await failureOf(load({ worker: dying }), 'ENGINE_LOAD')).got, /deliberately/);
    const silent = pathToFileURL(`${folder}/silent.mjs`);
    await writeFile(silent, 'setInterval(() => {}, 1000)');
    assert.match((await failureOf(load({ worker: silent, timeout: 200 }), 'ENGINE_LOAD')).got, /200 ms/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a worker that hears what is not meant for it goes on', () =>
  withWorkers((started) =>
    withEngine({ threads: 1 }, async (engine) => {
      for (const message of ['look', { kind: 'look' }]) started[0].postMessage(message);
      assert.ok((await engine.memory()).heapBytes > 0);
    }),
  ));
