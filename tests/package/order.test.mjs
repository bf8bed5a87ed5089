// Calls take effect in the order in which they were made, with the arguments that they then had: in a worker, beside the
// caller, and amid a step that engines share.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { data, nn } from 'trainyard';
import { failureOf, withEngine, withWorkers, xor } from './support.mjs';

const alone = { threads: 1, build: 'simd128' };
const small = () => nn.sequential(nn.linear(4), nn.tanh(), nn.linear(2));

for (const worker of [true, false]) {
  describe(worker ? 'in a worker' : 'beside the caller', () => {
    test('arguments are what they were when the call was made', () =>
      withEngine({ ...alone, worker }, async (engine) => {
        const model = await engine.model(small(), { input: [2], seed: 1 });
        const run = model.fit(xor(), { batchSize: 4, epochs: 1e6, paused: true });
        await run.step(1);
        const values = new Float32Array(8).fill(2);
        const set = model.set('0.weight', values);
        values.fill(9);
        await set;
        assert.deepEqual((await model.parameter('0.weight')).data, new Float32Array(8).fill(2));
        const x = { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] };
        const expected = await model.predict([[1, 2], [3, 4]]); // prettier-ignore
        const answer = model.predict(x);
        x.data.fill(9);
        assert.deepEqual(await answer, expected);
        const file = await model.export('safetensors');
        const loaded = model.load(file);
        file.fill(0);
        await loaded;
        await run.stop();
      }));

    test('a call does not wait for steps that are under way', () =>
      withEngine({ ...alone, worker }, async (engine) => {
        const model = await engine.model(small(), { input: [2], seed: 1 });
        const run = model.fit(xor(), { batchSize: 4, epochs: 1e9 });
        const steps = run.step(1e9);
        assert.equal((await model.predict([[1, 2]])).shape[0], 1);
        const [, paused] = await Promise.all([run.set({ lr: 0.1 }), run.pause()]);
        assert.deepEqual(await steps, { ...paused, values: {} });
        model.dispose();
        assert.equal((await run.done).state, 'stopped');
      }));

    test('disposing comes after what was asked before', () =>
      withEngine({ ...alone, worker }, async (engine) => {
        const model = await engine.model(small(), { input: [2], seed: 1 });
        const run = model.fit(xor(), { batchSize: 4, epochs: 1e9, paused: true });
        await run.step(1);
        const asked = [model.set('2.bias', [5, 6]), model.read(['2.bias']), run.step(3), run.pause()];
        model.dispose();
        const [, values, , paused] = await Promise.all(asked);
        assert.deepEqual(values['2.bias'].data, Float32Array.of(5, 6));
        assert.equal(paused.state, 'paused');
        assert.equal((await run.done).state, 'stopped');
        // What has to hand its data over first was asked before too.
        const other = await engine.model(small(), { input: [2], seed: 1 });
        const [loss, begun] = [other.evaluate(xor()), other.fit(xor(), { epochs: 1e9 })];
        other.dispose();
        assert.ok((await loss).loss > 0);
        assert.equal((await begun.done).state, 'stopped');
      }));
  });
}

describe('amid a step that two share', () => {
  /** Runs `use` amid a shared step: the other's part of it comes when `release` is called. */
  const amidStep = (use) =>
    withWorkers((started) =>
      withEngine({ ...alone, worker: false }, async (engine) => {
        const model = await engine.model(small(), { input: [2], seed: 1 });
        const run = model.fit(data.synthetic('spiral', { n: 64 }), { batchSize: 8, epochs: 1e6, workers: 2, paused: true }); // prettier-ignore
        const step = run.step(1);
        while (started.length < 1) await new Promise((resolve) => setTimeout(resolve, 1));
        const held = [];
        let pass = (part) => leader.postMessage(part);
        let leader;
        const { postMessage } = started[0];
        started[0].postMessage = function (message, transfer) {
          if (message.method !== 'join') return postMessage.call(this, message, transfer);
          [leader] = message.args.ports;
          const { port1, port2 } = new MessageChannel();
          leader.on('message', (changes) => port1.postMessage(changes));
          port1.on('message', (part) => pass(part));
          return postMessage.call(this, { ...message, args: { ...message.args, ports: [port2, null] } }, [port2]);
        };
        assert.equal((await step).workers, 2);
        let came;
        const part = new Promise((resolve) => (came = resolve));
        pass = (part) => came(held.push(part));
        await run.resume();
        await part;
        const release = () => {
          pass = (part) => leader.postMessage(part);
          held.splice(0).forEach(pass);
        };
        await use({ engine, model, run, release });
      }),
    );

  test('calls wait for its end, in their order, with their arguments', () =>
    amidStep(async ({ model, run, release }) => {
      const values = Float32Array.of(5, 6);
      const order = [];
      const note = (name) => (value) => (order.push(name), value);
      const set = model.set('2.bias', values).then(note('set'));
      values.fill(9);
      const read = model.read(['2.bias']).then(note('read'));
      const file = model.export('safetensors').then(note('export'));
      model.dispose();
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.deepEqual(order, []);
      release();
      await set;
      assert.deepEqual((await read)['2.bias'].data, Float32Array.of(5, 6));
      assert.ok((await file).length > 0);
      assert.deepEqual(order, ['set', 'read', 'export']);
      assert.equal((await run.done).state, 'stopped');
      await failureOf(model.read(['2.bias']), 'DISPOSED');
    }));

  test('the end of the run does not wait, and what waits goes on', () =>
    amidStep(async ({ model, run }) => {
      const set = model.set('2.bias', [5, 6]);
      assert.equal((await run.stop()).state, 'stopped');
      await set;
      assert.deepEqual((await model.parameter('2.bias')).data, Float32Array.of(5, 6));
    }));

  test('other models need not wait, but for calls that were made before', () =>
    amidStep(async ({ engine, run, model, release }) => {
      const other = await engine.model(small(), { input: [2], seed: 2 });
      const steps = run.step(3);
      const memory = engine.memory();
      const predicted = other.predict([[1, 2]]);
      model.dispose();
      other.dispose();
      release();
      assert.equal((await predicted).shape[1], 2);
      assert.ok((await memory).heapBytes > 0);
      assert.equal((await steps).state, 'stopped');
    }));

  test('disposing of the engine rejects what waits', () =>
    amidStep(async ({ engine, model, run, release }) => {
      const set = model.set('2.bias', [5, 6]);
      const read = model.read(['2.bias']);
      engine.dispose();
      release();
      await failureOf(set, 'DISPOSED');
      await failureOf(read, 'DISPOSED');
      await failureOf(run.done, 'DISPOSED');
    }));
});

test('of a view no more is sent than it shows', () =>
  withWorkers((started) =>
    withEngine({ ...alone, worker: true }, async (engine) => {
      const sent = [];
      const { postMessage } = started[0];
      started[0].postMessage = function (message, transfer) {
        const { buffers = [], values, bytes, prompt } = message.args;
        for (const view of [...buffers, values, bytes, prompt]) if (view) sent.push(view.buffer.byteLength);
        return postMessage.call(this, message, transfer);
      };
      const large = new ArrayBuffer(1 << 20);
      const view = (type, numbers) => {
        const array = new type(large, 64, numbers.length);
        array.set(numbers);
        return array;
      };
      const model = await engine.model(small(), { input: [2], seed: 1 });
      const x = { data: view(Float32Array, [1, 2, 3, 4]), shape: [2, 2] };
      const expected = await model.predict([[1, 2], [3, 4]]); // prettier-ignore
      assert.deepEqual(await model.predict(x), expected);
      assert.deepEqual(sent.splice(0), [16, 16]);
      const set = data.arrays({ x, y: new Int32Array(new Int32Array(100).buffer, 40, 2) });
      assert.equal((await engine.inspectData(set)).rows, 2);
      assert.deepEqual(sent.splice(0), [16, 8]);
      await model.set('2.bias', view(Float32Array, [5, 6]));
      assert.deepEqual(sent.splice(0), [8]);
      const file = await model.export('safetensors');
      await model.load(view(Uint8Array, file));
      assert.deepEqual(sent.splice(0), [file.length]);
      const gpt = await engine.model(nn.gpt({ vocab: 8, context: 8, layers: 1, heads: 1, dim: 4 }), { input: [8] });
      await gpt.generate(view(Int32Array, [1, 2, 3]), { maxTokens: 1 }).next();
      assert.deepEqual(sent, [12]);
      assert.equal(large.byteLength, 1 << 20, 'the caller keeps its memory');
    }),
  ));

test('what is too large to be copied is refused for that, and the engine goes on', () =>
  withEngine({ ...alone, worker: true }, async (engine) => {
    const model = await engine.model(small(), { input: [2], seed: 1 });
    const { slice } = Float32Array.prototype;
    Float32Array.prototype.slice = () => {
      throw new RangeError('Array buffer allocation failed');
    };
    try {
      const { path, hint } = await failureOf(model.set('2.bias', [5, 6]), 'OUT_OF_MEMORY');
      assert.equal(path, 'data');
      assert.match(hint, /smaller/);
    } finally {
      Float32Array.prototype.slice = slice;
    }
    await model.set('2.bias', [5, 6]);
  }));
