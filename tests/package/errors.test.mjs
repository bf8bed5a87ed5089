// Bad input: each a TrainyardError with code, place, expected and got, in both languages, and the engine usable after.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { data, load, nn, setLanguage, TrainyardError } from 'trainyard';
import { failureOf, xor } from './support.mjs';

describe('bad input', () => {
  let engine;
  let model;
  before(async () => {
    engine = await load({ threads: 1 });
    model = await engine.model(nn.sequential(nn.linear(4), nn.tanh(), nn.linear(3)), { input: [2], seed: 1 });
  });
  after(() => engine.dispose());

  const build = (description, input = [2]) => engine.model(description, { input });
  const fit = (set, options = {}) => model.fit(set, { loss: 'crossEntropy', steps: 2, batchSize: 2, ...options }).done;
  const x = (values = [0, 1, 2, 3]) => ({ data: Float32Array.from(values), shape: [values.length / 2, 2] });

  /** What goes wrong, the code, and what the place and the whole message must contain. */
  const cases = {
    'an unknown layer': [() => build({ type: 'lienar', out: 3 }), 'UNKNOWN_LAYER', /layers\[0\]/, /linear/],
    'an unknown option': [
      () => build(nn.linear(3, { biass: false })),
      'UNKNOWN_OPTION',
      /layers\[0\] linear.*biass/,
      /bias/,
    ],
    'an option missing': [() => build({ type: 'linear' }), 'MISSING_OPTION', /out/],
    'an option of another type': [() => build(nn.linear('3')), 'TYPE_MISMATCH', /layers\[0\] linear/],
    'a size below one': [() => build(nn.linear(-3)), 'INVALID_VALUE', /out/],
    'a layer that does not fit': [
      () => build(nn.sequential(nn.linear(3), nn.conv2d(4, 3))),
      'SHAPE_MISMATCH',
      /layers\[1\] conv2d/,
      /\[\*, 3\]/,
    ],
    'a kernel larger than the image': [() => build(nn.conv2d(4, 9), [1, 5, 5]), 'SHAPE_MISMATCH', /layers\[0\] conv2d/],
    'groups that do not divide': [
      () => build(nn.conv2d(4, 3, { groups: 3 }), [4, 8, 8]),
      'INVALID_VALUE',
      /layers\[0\] conv2d/,
    ],
    'a cycle': [
      () => build(nn.graph({ nodes: [{ name: 'a', layer: nn.linear(2), inputs: ['b'] }, { name: 'b', layer: nn.relu(), inputs: ['a'] }], outputs: ['b'] })), // prettier-ignore
      'INVALID_GRAPH',
    ],
    'an edge from nowhere': [
      () => build(nn.graph({ nodes: [{ name: 'a', layer: nn.linear(2), inputs: ['z'] }], outputs: ['a'] })),
      'INVALID_GRAPH',
    ],
    'a version of tomorrow': [() => build({ trainyard: 2, layers: [] }), 'INVALID_VALUE', /trainyard/],
    'more parameters than memory': [
      () => build(nn.sequential(nn.linear(100_000), nn.linear(100_000))),
      'OUT_OF_MEMORY',
      /./,
      /\d{10}/,
    ],
    'an input of another shape': [() => model.predict([[1, 2, 3]]), 'SHAPE_MISMATCH', /x/],
    'a label too large': [() => fit(data.arrays({ x: x(), y: Int32Array.of(0, 3) })), 'INVALID_LABEL', /y\[1\]/],
    'a negative label': [() => fit(data.arrays({ x: x(), y: Int32Array.of(-1, 0) })), 'INVALID_LABEL', /y\[0\]/],
    'a label that is NaN': [() => fit(data.arrays({ x: x(), y: Float32Array.of(NaN, 0) })), 'INVALID_DATA', /y\[0\]/],
    'an input that is NaN': [
      () => fit(data.arrays({ x: x([0, 1, NaN, 3]), y: Int32Array.of(0, 1) })),
      'INVALID_DATA',
      /x\[1/,
    ],
    'an infinite input': [
      () => fit(data.arrays({ x: x([0, 1, 2, Infinity]), y: Int32Array.of(0, 1) })),
      'INVALID_DATA',
      /x\[1/,
    ],
    'no rows': [
      () => fit(data.arrays({ x: { data: new Float32Array(0), shape: [0, 2] }, y: new Int32Array(0) })),
      'EMPTY_DATA',
    ],
    'rows that are not as many': [() => fit(data.arrays({ x: x(), y: Int32Array.of(0, 1, 2) })), 'SHAPE_MISMATCH', /y/],
    'a batch larger than the data': [() => fit(xor(), { batchSize: 5 }), 'BATCH_TOO_LARGE', /batchSize/, /5/],
    'a batch of none': [() => fit(xor(), { batchSize: 0 }), 'INVALID_VALUE', /batchSize/],
    'an unknown loss': [() => fit(xor(), { loss: 'crossEntropi' }), 'UNKNOWN_LAYER', /loss/, /crossEntropy/],
    'an unknown optimizer': [() => fit(xor(), { optimizer: 'adamm' }), 'UNKNOWN_LAYER', /optimizer/, /adam/],
    'an unknown metric': [() => fit(xor(), { metrics: ['acuracy'] }), 'UNKNOWN_LAYER', /metrics/, /accuracy/],
    'an unknown option of fit': [() => fit(xor(), { epoch: 3 }), 'UNKNOWN_OPTION', /epoch/, /epochs/],
    'a negative learning rate': [() => fit(xor(), { optimizer: { type: 'sgd', lr: -1 } }), 'INVALID_VALUE', /lr/],
    'an unknown stage of the graph': [
      () => model.graphText({ stage: 'as buit' }),
      'INVALID_VALUE',
      /stage/,
      /as built/,
    ],
    'no data set': [() => fit({ x: [1] }), 'TYPE_MISMATCH'],
  };

  for (const [what, [action, code, path = /./, words = /./]] of Object.entries(cases)) {
    test(what, async () => {
      const error = await failureOf(new Promise((resolve) => resolve(action())), code);
      assert.match(error.path, path);
      assert.match(error.message, words);
      assert.equal(error.in('en'), error.message);
      assert.match(error.in('zh'), /[\u4e00-\u9fff]/);
      // The engine goes on as if nothing had happened.
      const { shape } = await model.predict([[1, 2]]);
      assert.deepEqual(shape, [1, 3]);
    });
  }

  test('arrays whose shape is not their size', () => {
    const error = catching(() =>
      data.arrays({ x: { data: new Float32Array(5), shape: [2, 2] }, y: Int32Array.of(0, 1) }),
    );
    assert.deepEqual([error.code, error.path, error.got], ['SHAPE_MISMATCH', 'x', '5']);
  });

  test('nested numbers that are ragged, or no numbers', () => {
    assert.equal(catching(() => data.arrays({ x: [[1, 2], [3]] })).path, 'x[1]');
    assert.equal(catching(() => data.arrays({ x: [[1, 2], [3, 'a']] })).path, 'x[1][1]'); // prettier-ignore
    assert.equal(catching(() => data.arrays({ x: 'no' })).code, 'TYPE_MISMATCH');
    assert.equal(catching(() => data.arrays({ x: new BigInt64Array(2) })).code, 'TYPE_MISMATCH');
  });

  test('messages in the language that was chosen', async () => {
    setLanguage('zh');
    try {
      const error = await failureOf(build({ type: 'lienar', out: 3 }), 'UNKNOWN_LAYER');
      assert.equal(error.message, error.in('zh'));
      assert.match(error.hint, /linear/);
    } finally {
      setLanguage('en');
    }
    assert.throws(() => setLanguage('xx'), { code: 'INVALID_VALUE' });
  });

  test('a diverging run says where, and goes back to the last good weights', async () => {
    const wild = await engine.model(nn.sequential(nn.linear(4), nn.relu(), nn.linear(1)), { input: [2], seed: 1 });
    const set = data.arrays({ x: [[1e3, 2e3], [3e3, 4e3]], y: [[1e6], [2e6]] }); // prettier-ignore
    const run = wild.fit(set, { loss: 'mse', optimizer: { type: 'sgd', lr: 1e3 }, batchSize: 2, epochs: 1000 });
    const events = [];
    const error = await failureOf(
      (async () => {
        for await (const event of run) events.push(event);
      })(),
      'DIVERGED',
    );
    await failureOf(run.done, 'DIVERGED');
    assert.match(error.path, /layers\[\d\]|loss/);
    assert.match(error.hint, /learning rate/);
    const { type, step, layer, kept } = events.at(-1);
    assert.equal(type, 'diverged');
    assert.ok(kept < step, `${kept} < ${step}`);
    assert.equal(layer, error.path);
    for (const parameter of await wild.parameters()) assert.ok(parameter.data.every(Number.isFinite), parameter.name);
    wild.dispose();
  });
});

function catching(action) {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof TrainyardError);
    return error;
  }
  return assert.fail('no error');
}
