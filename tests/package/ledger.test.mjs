// Parameter arithmetic through the package: numbers, errors, and memory that stays where it was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knownModels, nn } from 'trainyard';
import { failureOf, withEngine } from './support.mjs';

test('a network is counted without being made', () =>
  withEngine({ threads: 1 }, async (engine) => {
    const network = nn.sequential(nn.linear(8), nn.tanh(), nn.linear(2));
    const ledger = await engine.ledger(network, { input: [2] });
    assert.equal(ledger.parameters, 42);
    assert.equal(ledger.multiplyAdds, 32);
    assert.equal(ledger.multiplyAddsPerToken, undefined);
    const { activations, ...bytes } = ledger.bytes;
    assert.deepEqual(bytes, { weights: 168, gradients: 168, optimizer: 336 });
    assert.ok(activations > 0);
    assert.deepEqual(
      ledger.layers.map(({ path, parameters, formula }) => [path, parameters, formula]),
      [
        ['layers[0] linear', 24, '(2 + 1) × 8'],
        ['layers[1] tanh', 0, ''],
        ['layers[2] linear', 18, '(8 + 1) × 2'],
      ],
    );
    const model = await engine.model(network, { input: [2] });
    assert.equal(model.summary().parameters, ledger.parameters);
    const rows = (batchSize) => engine.ledger(network, { input: [2], batchSize, loss: 'mse', optimizer: 'sgd' });
    const [one, many] = [await rows(1), await rows(1000)];
    assert.equal(one.bytes.optimizer, 0);
    assert.ok(many.bytes.activations > 10 * one.bytes.activations);
  }));

test('sizes are counted in 64 bits, and what is wrong is refused', () =>
  withEngine({ threads: 1, worker: false }, async (engine) => {
    const wide = nn.sequential(nn.linear(2 ** 20, { bias: false }), nn.linear(2 ** 20));
    const ledger = await engine.ledger(wide, { input: [2 ** 20], batchSize: 4096 });
    assert.equal(ledger.parameters, 2 ** 41 + 2 ** 20);
    assert.equal(ledger.bytes.weights, 4 * (2 ** 41 + 2 ** 20));
    assert.ok(ledger.bytes.activations >= 2 ** 34);
    await failureOf(engine.model(wide, { input: [2 ** 20] }), 'OUT_OF_MEMORY');
    await failureOf(engine.ledger(nn.sequential(nn.conv2d(3, 3)), { input: [2] }), 'SHAPE_MISMATCH');
    await failureOf(engine.ledger(wide, { input: [2], batchSize: 0 }), 'INVALID_VALUE');
    await failureOf(engine.ledger(wide, { input: [2], batch: 3 }), 'UNKNOWN_OPTION');
  }));

test('known models have their well-known counts, and take no memory', () =>
  withEngine({ threads: 1, worker: false }, async (engine) => {
    const known = async (name, context) =>
      (await engine.ledger(knownModels[name], { input: { shape: [context], dtype: 'i32' } })).parameters;
    const all = async () => [await known('gpt2Small', 1024), await known('llama7B', 2048), await known('gpt3', 2048)];
    assert.deepEqual(await all(), [124_439_808, 6_738_415_616, 174_604_259_328]);
    const gpt3 = await engine.ledger(knownModels.gpt3, { input: [2048] });
    assert.equal(gpt3.bytes.weights, 4 * 174_604_259_328);
    assert.equal(gpt3.bytes.optimizer, 8 * 174_604_259_328);
    // A block's products 12 C², the output's, and attention to (2048 + 1) / 2 places on average, twice.
    assert.equal(gpt3.multiplyAddsPerToken, 96 * 12 * 12288 ** 2 + 12288 * 50257 + 96 * 2049 * 12288);
    const block = gpt3.layers.filter(({ path }) => path.includes('.h.95.'));
    assert.equal(
      block.reduce((sum, { parameters }) => sum + parameters, 0),
      12 * 12288 ** 2 + 13 * 12288,
    );
    const lstm = await engine.ledger(nn.lstm(5, { layers: 2 }), { input: [7, 3] });
    assert.equal(lstm.multiplyAdds, 7 * (4 * 5 * (3 + 5) + 4 * 5 * (5 + 5)));
    assert.equal(lstm.multiplyAddsPerToken, 360);
    const before = await engine.memory();
    for (let i = 0; i < 5; i++) await all();
    assert.deepEqual(await engine.memory(), before);
    assert.ok(before.heapBytes < 100e6, `${before.heapBytes} B`);
    // As deep as nobody builds them.
    const deep = nn.gpt({ vocab: 5, context: 2, layers: 2000, heads: 1, dim: 2 });
    assert.equal((await engine.ledger(deep, { input: [2] })).parameters, 2000 * (12 * 4 + 13 * 2) + 7 * 2 + 2 * 2);
  }));
