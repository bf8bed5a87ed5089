// What can be read without training: shares in place of scores, the rows of a data set.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { data, load, nn } from 'trainyard';
import { failureOf } from './support.mjs';

describe('reading', () => {
  let engine;
  before(async () => {
    engine = await load({ threads: 1 });
  });
  after(() => engine.dispose());

  test('predict turns scores into shares where it is asked to', async () => {
    const model = await engine.model(nn.sequential(nn.linear(3)), { input: [2], seed: 1 });
    const x = [
      [1, -2],
      [0.5, 3],
    ];
    const scores = await model.predict(x);
    const shares = await model.predict(x, { activation: 'softmax' });
    const each = await model.predict(x, { activation: 'sigmoid' });
    assert.deepEqual(shares.shape, [2, 3]);
    for (let row = 0; row < 2; row++) {
      const powers = Array.from(scores.data.subarray(3 * row, 3 * row + 3), Math.exp);
      const sum = powers.reduce((a, b) => a + b);
      powers.forEach((power, k) => {
        assert.ok(Math.abs(shares.data[3 * row + k] - power / sum) < 1e-6);
        assert.ok(Math.abs(each.data[3 * row + k] - power / (1 + power)) < 1e-6);
      });
    }
    await failureOf(model.predict(x, { activation: 'softmx' }), 'INVALID_VALUE');
    await failureOf(model.predict(x, { activatoin: 'softmax' }), 'UNKNOWN_OPTION');
    assert.deepEqual((await model.predict(x)).data, scores.data);
    model.dispose();
  });

  test('a data set that is larger, row by row, than memory is refused', async () => {
    const text = 'ab'.repeat(75_000);
    const tokenizer = await engine.tokenizer({ type: 'char', text });
    // 110,000 rows of 40,000 numbers, and as many targets: nine thousand million, of which 2^32 must not be forgotten.
    const { train } = await tokenizer.windows(text, { length: 40_000, val: 0 });
    const { got, hint } = await failureOf(engine.readData(train), 'OUT_OF_MEMORY');
    assert.match(got, /^\d{11} B$/);
    assert.ok(hint);
    const { usedBytes } = await engine.memory();
    const small = await tokenizer.windows('abab', { length: 2, val: 0 });
    assert.equal((await engine.readData(small.train)).inputs.x.data.length, 4);
    assert.ok((await engine.memory()).usedBytes < usedBytes + 10_000);
  });

  test('what was read is not kept', async () => {
    const model = await engine.model(nn.linear(1000), { input: [1000] });
    const { usedBytes } = await engine.memory();
    for (const read of [() => model.export('safetensors'), () => model.parameters(), () => model.read(['0.weight'])]) {
      await read();
      assert.ok((await engine.memory()).usedBytes < usedBytes + 100_000, `${read}`);
    }
    model.dispose();
  });

  test('the rows of a data set come back, parts of it too', async () => {
    const ids = Uint8Array.of(0, 1, 2, 1);
    const set = data.arrays({
      x: { data: Uint8Array.of(0, 51, 102, 153, 204, 255, 0, 255), shape: [4, 2], scale: 1 / 255 },
      y: ids,
    });
    const { inputs, targets } = await engine.readData(set);
    assert.deepEqual(inputs.x.shape, [4, 2]);
    assert.ok(inputs.x.data.every((value, i) => Math.abs(value - [0, 0.2, 0.4, 0.6, 0.8, 1, 0, 1][i]) < 1e-6));
    assert.deepEqual(targets.y, { shape: [4], data: Float32Array.of(0, 1, 2, 1) });
    const { train, val } = set.split({ val: 1, shuffle: false });
    assert.deepEqual((await engine.readData(train)).targets.y.data, Float32Array.of(0, 1, 2));
    assert.deepEqual((await engine.readData(val)).inputs.x.data, Float32Array.of(0, 1));
  });

  test('a spiral turns as often as it is told', async () => {
    const { inputs } = await engine.readData(data.synthetic('spiral', { n: 200, turns: 0.5 }));
    // Half a turn stays on one side.
    for (let row = 0; row < 100; row++) assert.ok(inputs.x.data[2 * row] >= 0);
    await failureOf(engine.readData(data.synthetic('moons', { turns: 2 })), 'UNKNOWN_OPTION');
  });
});
