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
