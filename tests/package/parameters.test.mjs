// Parameters in and out: PyTorch's names, shapes and layouts; safetensors.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { data, load, nn } from 'trainyard';
import { failureOf, xor } from './support.mjs';

describe('parameters', () => {
  let engine;
  before(async () => {
    engine = await load({ threads: 1 });
  });
  after(() => engine.dispose());

  const network = nn.sequential(
    nn.conv2d(4, 3, { padding: 1 }),
    nn.batchNorm2d(),
    nn.relu(),
    nn.flatten(),
    nn.linear(3),
  );
  const make = (seed = 1) => engine.model(network, { input: [2, 5, 6], seed });

  test('have PyTorch’s names and shapes, and a summary that counts them', async () => {
    const model = await make();
    const parameters = await model.parameters();
    assert.deepEqual(Object.fromEntries(parameters.map(({ name, shape }) => [name, shape])), {
      '0.weight': [4, 2, 3, 3],
      '0.bias': [4],
      '1.weight': [4],
      '1.bias': [4],
      '1.running_mean': [4],
      '1.running_var': [4],
      '1.num_batches_tracked': [],
      '4.weight': [3, 120],
      '4.bias': [3],
    });
    for (const { data, size, shape } of parameters) {
      assert.equal(data.length, size);
      assert.equal(size, shape.reduce((a, b) => a * b, 1)); // prettier-ignore
    }
    const { layers, parameters: total } = model.summary();
    assert.deepEqual(layers.map(({ type }) => type), ['conv2d', 'batchNorm2d', 'relu', 'flatten', 'linear']); // prettier-ignore
    assert.deepEqual(layers.at(-1).output, [3]);
    assert.equal(total, 4 * 2 * 9 + 4 + 8 + 120 * 3 + 3);
    assert.equal(layers.at(-1).parameters, 363);
    model.dispose();
  });

  test('are copies; a set one is trained with from the next step on', async () => {
    const model = await engine.model(nn.sequential(nn.linear(2)), { input: [2], seed: 1 });
    const weight = await model.parameter('0.weight');
    weight.data.fill(9);
    assert.notEqual((await model.parameter('0.weight')).data[0], 9);
    await weight.set(Float32Array.of(1, 2, 3, 4));
    await weight.setOne(3, -4);
    await (await model.parameter('0.bias')).set([10, 20]);
    // y = x Wᵀ + b
    assert.deepEqual(Array.from((await model.predict([[1, 10]])).data), [31, -17]);

    const run = model.fit(xor(), {
      loss: 'crossEntropy',
      optimizer: { type: 'sgd', lr: 0.1 },
      batchSize: 4,
      epochs: 10,
      paused: true,
    });
    await run.step(1);
    await weight.set(Float32Array.of(0, 0, 0, 5));
    const { values } = await run.step(1, { inspect: ['0.weight', '0.weight.update'] });
    assert.ok(Math.abs(values['0.weight'].data[3] - values['0.weight.update'].data[3] - 5) < 1e-5);
    await run.stop();
    model.dispose();
  });

  test('tell what the next step would do to them, and stay as they are', async () => {
    const model = await engine.model(nn.sequential(nn.linear(4), nn.tanh(), nn.linear(2)), { input: [2], seed: 1 });
    const run = model.fit(xor(), { loss: 'crossEntropy', optimizer: 'adam', batchSize: 4, steps: 4, paused: true });
    for (let i = 0; i < 3; i++) {
      const before = await model.export('safetensors');
      const [weight, bias] = await run.preview(['0.weight', '2.bias']);
      assert.deepEqual(Array.from(await model.export('safetensors')), Array.from(before));
      assert.deepEqual([weight.name, bias.name], ['0.weight', '2.bias']);
      const { values } = await run.step(1, { inspect: ['0.weight.update', '0.weight.grad', '2.bias.update'] });
      assert.deepEqual(values['0.weight.update'].data, weight.update);
      assert.deepEqual(values['0.weight.grad'].data, weight.gradient);
      assert.deepEqual(values['2.bias.update'].data, bias.update);
      assert.ok(weight.update.some((update) => update !== 0));
      if (i === 0) await failureOf(run.preview(['0.wieght']), 'PARAMETER_MISMATCH');
      if (i === 0) await failureOf(run.preview('0.weight'), 'TYPE_MISMATCH');
    }
    await run.stop();
    assert.deepEqual(await run.preview(['0.weight']), []);
    model.dispose();
  });

  test('refuse another size, another name, another place', async () => {
    const model = await make();
    const weight = await model.parameter('0.weight');
    await failureOf(weight.set(new Float32Array(71)), 'PARAMETER_MISMATCH');
    await failureOf(model.set('0.weight', new Float32Array(73)), 'PARAMETER_MISMATCH');
    const error = await failureOf(model.set('0.wieght', new Float32Array(72)), 'PARAMETER_MISMATCH');
    assert.match(error.message, /0\.weight/);
    // One mistake, one error, whichever way it is asked.
    const run = model.fit(data.synthetic('spiral'), { paused: true });
    const asked = [
      model.parameter('0.wieght'),
      model.read(['0.wieght.grad']),
      model.parameters({ names: ['0.wieght'] }),
    ];
    for (const refused of asked) {
      assert.deepEqual((await failureOf(refused, 'PARAMETER_MISMATCH')).data, error.data);
    }
    await failureOf(run.done);
    await failureOf(weight.setOne(72, 0), 'INVALID_VALUE');
    await failureOf(weight.setOne(-1, 0), 'INVALID_VALUE');
    await failureOf(weight.setOne(0.5, 0), 'INVALID_VALUE');
    model.dispose();
  });

  test('that are frozen stay as they are', async () => {
    const model = await engine.model(nn.sequential(nn.linear(4), nn.tanh(), nn.linear(2)), { input: [2], seed: 1 });
    await (await model.parameter('0.weight')).freeze();
    const before = await model.read(['0.weight', '2.weight']);
    await model.fit(xor(), { loss: 'crossEntropy', steps: 20, batchSize: 4 }).done;
    const after = await model.read(['0.weight', '2.weight']);
    assert.deepEqual(after['0.weight'], before['0.weight']);
    assert.notDeepEqual(after['2.weight'], before['2.weight']);
    const frozen = await model.parameter('0.weight');
    assert.equal(frozen.trainable, false);
    const counted = () => [model.summary().trainable, model.summary().layers.map(({ trainable }) => trainable)];
    assert.deepEqual(counted(), [14, [4, 0, 10]]);
    await frozen.freeze(false);
    assert.deepEqual(counted(), [22, [12, 0, 10]]);
    await model.fit(xor(), { loss: 'crossEntropy', steps: 20, batchSize: 4 }).done;
    assert.notDeepEqual((await model.read(['0.weight']))['0.weight'], before['0.weight']);
    model.dispose();
  });

  test('that layers share are one, under both names', async () => {
    const twins = nn.graph({
      nodes: [
        { name: 'a', layer: nn.linear(2), inputs: ['l'] },
        { name: 'b', layer: nn.linear(2), inputs: ['r'], shares: 'a' },
        { name: 'both', layer: nn.add(), inputs: ['a', 'b'] },
      ],
      outputs: ['both'],
    });
    const model = await engine.model(twins, { inputs: { l: [2], r: [2] }, seed: 1 });
    assert.deepEqual(
      (await model.parameters()).map(({ name }) => name),
      ['a.weight', 'a.bias'],
    );
    assert.equal(model.summary().parameters, 6);
    await (await model.parameter('b.weight')).set([1, 0, 0, 1]);
    assert.deepEqual(Array.from((await model.read(['a.weight', 'b.weight']))['b.weight'].data), [1, 0, 0, 1]);
    const set = data.arrays({ inputs: { l: [[1, 2]], r: [[3, 4]] }, targets: { y: [[0, 0]] } }); // prettier-ignore
    const run = model.fit(set, { loss: 'mse', optimizer: { type: 'sgd', lr: 0.1 }, epochs: 1, paused: true });
    // d/dW of mean((x1 W + x2 W + 2 b)²): both inputs' shares are added.
    const bias = (await model.parameter('a.bias')).data;
    const { values } = await run.step(1, { inspect: ['b.weight.grad'] });
    const sum = [4 + 2 * bias[0], 6 + 2 * bias[1]];
    const expected = [sum[0] * 4, sum[0] * 6, sum[1] * 4, sum[1] * 6];
    values['b.weight.grad'].data.forEach((x, i) => assert.ok(Math.abs(x - expected[i]) < 1e-4, `${x} ${expected[i]}`));
    const file = await model.export('safetensors');
    const text = Buffer.from(file).toString('latin1');
    for (const name of ['a.weight', 'a.bias', 'b.weight', 'b.bias']) assert.ok(text.includes(`"${name}"`), name);
    await model.load(file);
    model.dispose();
  });

  test('go out as safetensors and come back', async () => {
    const model = await make(1);
    const other = await make(2);
    const file = await model.export('safetensors');
    const header = JSON.parse(
      Buffer.from(file.subarray(8, 8 + Number(new DataView(file.buffer).getBigUint64(0, true)))).toString(),
    );
    assert.deepEqual(header['0.weight'].shape, [4, 2, 3, 3]);
    assert.equal(header['0.weight'].dtype, 'F32');
    assert.equal(header['1.num_batches_tracked'].dtype, 'I64');
    assert.notDeepEqual(await other.read(['4.weight']), await model.read(['4.weight']));
    const names = (await model.parameters()).map(({ name }) => name);
    const { loaded, notFinite } = await other.load(file);
    assert.deepEqual([loaded.sort(), notFinite], [names.sort(), []]);
    for (const { name } of await model.parameters())
      assert.deepEqual(await other.read([name]), await model.read([name]), name);
    assert.deepEqual(Array.from(await other.export('safetensors')), Array.from(file));
    await model.set('4.bias', [1, NaN, Infinity]);
    assert.deepEqual((await other.load(await model.export('safetensors'))).notFinite, ['4.bias']);
    assert.deepEqual((await other.parameter('4.bias')).data, Float32Array.of(1, NaN, Infinity));
    model.dispose();
    other.dispose();
  });

  test('of another model, cut, overlapping or twice are refused, and nothing changes', async () => {
    const model = await make();
    const file = await model.export('safetensors');
    const stranger = await (await engine.model(nn.sequential(nn.linear(2)), { input: [2] })).export('safetensors');
    const length = Number(new DataView(file.buffer).getBigUint64(0, true));
    const text = Buffer.from(file.subarray(8, 8 + length)).toString();
    const withHeader = (header) => {
      const bytes = Buffer.from(header.padEnd(Math.ceil(header.length / 8) * 8));
      const whole = Buffer.alloc(8 + bytes.length + file.length - 8 - length);
      whole.writeBigUInt64LE(BigInt(bytes.length));
      bytes.copy(whole, 8);
      Buffer.from(file.subarray(8 + length)).copy(whole, 8 + bytes.length);
      return new Uint8Array(whole);
    };
    const bad = {
      empty: [new Uint8Array(0), 'BAD_FILE'],
      'cut in the header': [file.slice(0, 20), 'BAD_FILE'],
      'cut in the data': [file.slice(0, -4), 'BAD_FILE'],
      'with something behind': [Uint8Array.from([...file, 0]), 'BAD_FILE'],
      'a key twice': [withHeader(text.replace('"0.bias"', '"0.weight"')), 'BAD_FILE'],
      overlapping: [withHeader(text.replace(/("4\.weight".*?"data_offsets":\[)(\d+)/, '$10')), 'BAD_FILE'],
      'of another model': [stranger, 'PARAMETER_MISMATCH'],
    };
    const before = await model.export('safetensors');
    for (const [what, [bytes, code]] of Object.entries(bad)) {
      const error = await failureOf(model.load(bytes), code);
      assert.notEqual(error.in('zh'), error.in('en'), what);
      assert.deepEqual(Array.from(await model.export('safetensors')), Array.from(before), what);
    }
    model.dispose();
  });
});
