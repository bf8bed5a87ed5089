// Calls as people without TypeScript make them: what is wrong is a TrainyardError with its place, the same in a worker
// and beside the caller, nothing hangs, and the engine goes on.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { data, load, nn, TrainyardError } from 'trainyard';
import { failureOf, withEngine, xor } from './support.mjs';

const small = () => nn.sequential(nn.linear(4), nn.tanh(), nn.linear(2));

/** What an action throws at once or rejects with. */
const failing = (action, code) => failureOf(new Promise((resolve) => resolve(action())), code);

const cyclic = () => {
  const layer = { type: 'sequential', layers: [] };
  layer.layers.push(layer);
  return layer;
};
const boo = {
  get type() {
    throw new Error('boo');
  },
};
const detached = () => {
  const numbers = new Float32Array(4);
  const set = data.arrays({ x: { data: numbers, shape: [2, 2] } });
  structuredClone(numbers, { transfer: [numbers.buffer] });
  return set;
};

for (const worker of [true, false]) {
  describe(worker ? 'in a worker' : 'beside the caller', () => {
    let engine;
    let model;
    before(async () => {
      engine = await load({ threads: 1, worker });
      model = await engine.model(small(), { input: [2], seed: 1 });
    });
    after(() => engine.dispose());

    const build = (description, options = { input: [2] }) => engine.model(description, options);
    const fit = (options, set = xor()) => model.fit(set, { steps: 1, ...options }).done;

    /** What goes wrong, the code and the place. */
    const cases = {
      'a model of nothing': [() => build(undefined), 'TYPE_MISMATCH', 'model'],
      'a model without options': [() => engine.model(small()), 'MISSING_OPTION', 'input'],
      'a model with no object of options': [() => build(small(), 5), 'TYPE_MISMATCH', 'model'],
      'a model with both input and inputs': [
        () => build(small(), { input: [2], inputs: { x: [2] } }),
        'INVALID_VALUE',
        'inputs',
      ],
      'a peak of no time': [() => engine.peak(0), 'INVALID_VALUE', 'peak'],
      'a peak of a word': [() => engine.peak(1, 'allThreads'), 'TYPE_MISMATCH', 'peak'],
      'a peak with an option that it lacks': [() => engine.peak(1, { all: true }), 'UNKNOWN_OPTION', 'peak.all'],
      'a peak of all threads in words': [
        () => engine.peak(1, { allThreads: 'yes' }),
        'TYPE_MISMATCH',
        'peak.allThreads',
      ],
      'a size that is NaN': [() => build(nn.linear(NaN)), 'INVALID_VALUE', 'layers[0].out'],
      'a size that is a function': [() => build({ type: 'linear', out: () => 3 }), 'TYPE_MISMATCH', 'layers[0].out'],
      'a size that is a bigint': [() => build(nn.sequential(nn.linear(3n))), 'TYPE_MISMATCH', 'layers[0].out'],
      'a description in a circle': [() => build(cyclic()), 'INVALID_VALUE', /layers\[0\]/],
      'a description that throws': [() => build(boo), 'INVALID_VALUE', 'layers[0]'],
      'a sequence of nothing': [() => nn.sequential(undefined), 'TYPE_MISMATCH', 'nn'],
      'a sequence of a name': [() => nn.sequential('relu'), 'TYPE_MISMATCH', 'nn'],
      'a sequence of a graph': [
        () => nn.sequential(nn.graph({ nodes: [], outputs: [] })),
        'TYPE_MISMATCH',
        'nn',
        /nn\.graph/,
      ],
      'a graph of nothing': [() => nn.graph({}), 'TYPE_MISMATCH', 'nodes'],
      'a node that is none': [() => nn.graph({ nodes: [null], outputs: [] }), 'TYPE_MISMATCH', 'nodes[0]'],
      'a graph without outputs': [() => build(nn.graph({ nodes: [], outputs: [] })), 'INVALID_GRAPH', 'outputs'],
      'a residual with an option that it lacks': [
        () => build(nn.residual([nn.linear(2)], { shortct: [] })),
        'UNKNOWN_OPTION',
        'layers[0] residual.shortct',
      ],

      'a run without data': [() => model.fit().done, 'TYPE_MISMATCH', 'train'],
      'a run with null for options': [() => model.fit(xor(), null).done, 'TYPE_MISMATCH', 'fit'],
      'a share instead of validation data': [() => fit({ val: 0.2 }), 'TYPE_MISMATCH', 'fit.val'],
      'endless epochs': [() => fit({ epochs: Infinity }), 'INVALID_VALUE', 'fit.epochs'],
      'a number of steps that is NaN': [() => fit({ steps: NaN }), 'INVALID_VALUE', 'fit.steps'],
      'more steps than numbers': [() => fit({ steps: 2 ** 63 }), 'TYPE_MISMATCH', 'fit.steps'],
      'a learning rate that is NaN': [
        () => fit({ optimizer: { type: 'sgd', lr: NaN } }),
        'INVALID_VALUE',
        'fit.optimizer.lr',
      ],
      'a loss that is a function': [() => fit({ loss: (y, t) => y - t }), 'TYPE_MISMATCH', 'fit.loss'],
      'no steps a second': [() => fit({ stepsPerSecond: 0 }), 'INVALID_VALUE', 'fit.stepsPerSecond'],
      'steps a second in words': [() => fit({ stepsPerSecond: 'fast' }), 'TYPE_MISMATCH', 'fit.stepsPerSecond'],
      'no events': [() => fit({ eventsPerSecond: NaN }), 'INVALID_VALUE', 'fit.eventsPerSecond'],
      'a schedule that watches nothing': [() => fit({ schedule: 'reduceOnPlateau' }), 'MISSING_OPTION', 'fit.val'],

      'data of nothing': [() => data.arrays(), 'TYPE_MISMATCH', 'x'],
      'data that are null': [() => data.arrays(null), 'TYPE_MISMATCH', 'data'],
      'a column that nobody knows': [
        () => data.arrays({ x: [[1, 2]], wieghts: [1] }),
        'UNKNOWN_OPTION',
        'wieghts',
        /weights/,
      ],
      'a list with a hole': [() => data.arrays({ x: [[1, 2], , [3, 4]] }), 'SHAPE_MISMATCH', 'x[1]'], // eslint-disable-line no-sparse-arrays -- what is tested
      'weights in a table': [() => data.arrays({ x: [[1, 2]], weights: [[1]] }), 'SHAPE_MISMATCH', 'weights'],
      'an array that was given away': [() => engine.inspectData(detached()), /SHAPE_MISMATCH|INVALID_VALUE/, /x|data/],
      'a file of nothing': [() => data.idx(), 'TYPE_MISMATCH', /images|labels/],
      'a share of NaN': [() => xor().split({ val: NaN }), 'INVALID_VALUE', 'split.val'],

      'predicting nothing': [() => model.predict(), 'TYPE_MISMATCH', 'x'],
      'predicting a number': [() => model.predict(5), 'TYPE_MISMATCH', 'x'],
      'inspecting nothing': [() => model.inspect(null), 'TYPE_MISMATCH', 'x'],
      'evaluating with null': [() => model.evaluate(xor(), null), 'TYPE_MISMATCH', 'evaluate'],
      'parameters by one name': [() => model.parameters({ names: '0.weight' }), 'TYPE_MISMATCH', 'parameters.names'],
      'reading nothing': [() => model.read(), 'TYPE_MISMATCH', 'names'],
      'setting nothing': [() => model.set('0.weight'), 'TYPE_MISMATCH', '0.weight'],
      'setting words': [() => model.set('0.weight', 'abcdefgh'), 'TYPE_MISMATCH', '0.weight'],
      'setting one to nothing': [async () => (await model.parameter('0.bias')).setOne(0), 'TYPE_MISMATCH', '0.bias'],
      'loading nothing': [() => model.load(), 'TYPE_MISMATCH', 'bytes'],
      'loading an address': [() => model.load('weights.safetensors'), 'TYPE_MISMATCH', 'bytes'],
      'measuring not at all': [() => model.benchmark([[1, 2]], 0), 'INVALID_VALUE', 'times'],
      'a language that is not there': [() => engine.explain('xx'), 'INVALID_VALUE', 'language'],
    };
    for (const [what, [action, code, path, words = /./]] of Object.entries(cases)) {
      test(what, async () => {
        const error = await failing(action, typeof code === 'string' ? code : undefined);
        assert.match(error.code, typeof code === 'string' ? /./ : code);
        if (typeof path === 'string') assert.equal(error.path, path);
        else assert.match(error.path, path);
        assert.match(error.message, words);
        assert.match(error.in('zh'), /[\u4e00-\u9fff]/);
        assert.deepEqual((await model.predict([[1, 2]])).shape, [1, 2]);
      });
    }

    test('steps that are no number of steps', async () => {
      const run = model.fit(xor(), { epochs: 9, paused: true });
      for (const steps of [0, -1, NaN, 1.5, Infinity]) await failing(() => run.step(steps), 'INVALID_VALUE');
      await failing(() => run.step('3'), 'TYPE_MISMATCH');
      const { path, hint } = await failing(() => run.step(1, { inspekt: ['0.weight'] }), 'UNKNOWN_OPTION');
      assert.deepEqual([path, hint], ['step.inspekt', 'Did you mean inspect?']);
      await failing(() => run.step(1, { inspect: '0.weight' }), 'TYPE_MISMATCH');
      await failing(() => run.set(null), 'TYPE_MISMATCH');
      await failing(() => run.set({ stepsPerSecond: 0 }), 'INVALID_VALUE');
      assert.equal((await run.set({ lr: NaN }).catch((error) => error)).path, 'set.lr');
      assert.equal((await run.step(2)).step, 2);
      await run.stop();
    });

    test('numbers of every kind are what they were', async () => {
      await model.set('0.bias', new Float64Array(4).fill(0.5));
      assert.deepEqual((await model.parameter('0.bias')).data, new Float32Array(4).fill(0.5));
      const rows = [Float32Array.of(0, 0), Float32Array.of(1, 1)];
      assert.deepEqual(await model.predict(rows), await model.predict([[0, 0], [1, 1]])); // prettier-ignore
      // Whole numbers as weights weigh what they say.
      const y = Int32Array.of(0, 1);
      const loss = async (weights) => (await model.evaluate(data.arrays({ x: rows, y, weights }))).loss;
      assert.equal(await loss(Int32Array.of(1, 3)), await loss([1, 3]));
      assert.equal(await loss(Uint8Array.of(1, 3)), await loss(Float32Array.of(1, 3)));
      // So do weights of classes in a typed array.
      const classes = (classWeights) => model.evaluate(data.arrays({ x: rows, y }), { loss: { type: 'crossEntropy', classWeights } }); // prettier-ignore
      assert.deepEqual(await classes(Float32Array.of(1, 3)), await classes([1, 3]));
    });
  });
}

describe('load', () => {
  const cases = {
    'no options': [null, 'TYPE_MISMATCH', 'load'],
    'an option that it lacks': [{ thraeds: 2 }, 'UNKNOWN_OPTION', 'load.thraeds', /Did you mean threads/],
    'no threads': [{ threads: 0 }, 'INVALID_VALUE', 'load.threads'],
    'half a thread': [{ threads: 1.5 }, 'INVALID_VALUE', 'load.threads'],
    'threads that are NaN': [{ threads: NaN }, 'INVALID_VALUE', 'load.threads'],
    'threads in words': [{ threads: '2' }, 'TYPE_MISMATCH', 'load.threads'],
    'a build that is not there': [{ build: 'simd256' }, 'INVALID_VALUE', 'load.build', /simd128/],
    'a build that is not deterministic': [{ build: 'relaxed', deterministic: true }, 'INVALID_VALUE', 'load.build'],
    'determinism in words': [{ deterministic: 'yes' }, 'TYPE_MISMATCH', 'load.deterministic'],
    'no time': [{ timeout: 0 }, 'INVALID_VALUE', 'load.timeout'],
    'a worker that is a number': [{ worker: 5 }, 'TYPE_MISMATCH', 'load.worker'],
    'a worker that is not made': [{ worker: () => { throw new Error('no worker'); } }, 'ENGINE_LOAD', /\.js$/, /no worker/], // prettier-ignore
    'a worker that is none': [{ worker: () => 5 }, 'ENGINE_LOAD', /\.js$/],
    'an address that is none': [{ wasm: 'engine.wasm' }, 'INVALID_VALUE', 'wasm'],
    'another module': [{ wasm: Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0) }, 'ENGINE_LOAD', 'wasm'],
    'a language that is not there': [{ language: 'xx' }, 'INVALID_VALUE', 'language'],
  };
  for (const [what, [options, code, path, words = /./]] of Object.entries(cases)) {
    test(what, async () => {
      const error = await failing(() => load(options), code);
      if (typeof path === 'string') assert.equal(error.path, path);
      else assert.match(error.path, path);
      assert.match(error.message, words);
    });
  }

  test('the peak of one thread and of several are speeds', () =>
    withEngine({ threads: 2, worker: false }, async (engine) => {
      for (const allThreads of [false, true]) {
        const rate = await engine.peak(5, { allThreads });
        assert.ok(rate > 0 && rate < Infinity, `${rate} GFLOP/s`);
      }
    }));

  test('more threads than anyone needs are fewer', () =>
    withEngine({ threads: 1e9, worker: false }, (engine) => assert.equal(engine.info.threads, 32)));
});

test('an error of the package is an Error, with its data', () => {
  const error = new TrainyardError({
    code: 'INTERNAL',
    path: '',
    expected: '',
    got: '',
    hint: { key: '', argument: '' },
  });
  assert.ok(error instanceof Error);
  assert.throws(() => error.in('xx'), { code: 'INVALID_VALUE' });
});
