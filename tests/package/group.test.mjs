// Engines that share a batch: the same bits again, what one thread comes to, and no run that is lost with a worker.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { data, nn } from 'trainyard';
import { digits, failureOf, hash, withEngine, withWorkers } from './support.mjs';

const alone = { threads: 1, build: 'relaxed' };

const mlp = {
  make: (engine) => engine.model(nn.sequential(nn.flatten(), nn.linear(48), nn.relu(), nn.dropout(0.2), nn.linear(10)), { input: [8, 8], seed: 1 }), // prettier-ignore
  data: async () => digits(),
  fit: { batchSize: 50, optimizer: { type: 'adam', lr: 1e-3 }, steps: 100 },
};
const text = 'It was the whiteness of the whale that above all things appalled me. 明月光\n'.repeat(40);
const gpt = {
  make: (engine) =>
    engine.model(nn.gpt({ vocab: 64, context: 24, layers: 2, heads: 2, dim: 16, dropout: 0.1 }), { input: [24] }),
  data: async (engine) => {
    const tok = await engine.tokenizer({ type: 'char', text });
    return (await tok.windows(text, { length: 24, val: 0.1 })).train;
  },
  fit: { batchSize: 13, optimizer: { type: 'adamw', lr: 2e-3 }, clipNorm: 1, schedule: 'cosine', steps: 100 },
};
// Rows that know of each other: a step has several exchanges.
const normed = {
  make: (engine) =>
    engine.model(
      nn.sequential(
        nn.reshape(1, 8, 8), nn.conv2d(6, 3), nn.batchNorm2d(), nn.relu(), nn.maxPool2d(2), nn.flatten(),
        nn.linear(24), nn.batchNorm1d(), nn.gelu(), nn.linear(10),
      ), // prettier-ignore
      { input: [1, 8, 8], seed: 1 },
    ),
  data: () => digits(),
  fit: { batchSize: 50, optimizer: { type: 'sgd', lr: 0.05 }, steps: 100 },
};

/** The end of a run in a fresh engine, and its weights. */
const trained = (task, options, load = alone) =>
  withEngine(load, async (engine) => {
    const model = await task.make(engine);
    const set = await task.data(engine);
    const state = await model.fit(set, { ...task.fit, ...options }).done;
    const { loss } = await model.evaluate(set);
    return { state, loss, weights: await hash(await model.export('safetensors')) };
  });

for (const [name, task] of Object.entries({ mlp, gpt, normed })) {
  test(`${name}: workers come to what one thread does, and to the same bits again`, async () => {
    const one = await trained(task, { workers: 1 });
    assert.equal(one.state.workers, 1);
    for (const workers of [2, 3]) {
      const many = await trained(task, { workers });
      assert.equal(many.state.workers, workers);
      assert.equal(many.state.alone, undefined);
      assert.equal(many.state.step, 100);
      assert.ok(Math.abs(many.state.loss - one.state.loss) <= 1e-4, `${many.state.loss} ${one.state.loss}`);
      assert.ok(Math.abs(many.loss - one.loss) <= 1e-4, `${many.loss} ${one.loss}`);
      assert.notEqual(many.weights, one.weights, 'its sums are added in another order');
      assert.deepEqual(await trained(task, { workers }), many);
      assert.equal((await trained(task, { workers, microBatchSize: 1000 })).weights, many.weights);
    }
  });
}

test('beside the caller and in the other build too', async () => {
  const strict = await trained(mlp, { workers: 2 }, { threads: 1, build: 'simd128' });
  const beside = await trained(mlp, { workers: 2 }, { threads: 1, build: 'simd128', worker: false });
  assert.deepEqual(beside, strict);
  assert.equal(strict.state.workers, 2);
});

test('what was trained, frozen, weighted, split and scaled before is the same for all', async () => {
  const weighted = {
    ...mlp,
    make: async (engine) => {
      const model = await mlp.make(engine);
      await model.fit(await digits(), { steps: 5, batchSize: 20 }).done;
      await (await model.parameter('1.weight')).freeze();
      return model;
    },
    data: async () => (await digits()).split({ val: 0.3, seed: 2 }).train,
  };
  const one = await trained(weighted, { workers: false });
  const two = await trained(weighted, { workers: 2 });
  assert.equal(two.state.workers, 2);
  assert.ok(Math.abs(two.state.loss - one.state.loss) <= 1e-4, `${two.state.loss} ${one.state.loss}`);
});

describe('a run of two', () => {
  const withRun = (options, use, load = alone) =>
    withEngine(load, async (engine) => {
      const model = await mlp.make(engine);
      return use(model.fit(await mlp.data(), { ...mlp.fit, workers: 2, ...options }), model, engine);
    });

  test('pauses, steps, changes its settings and stops as one does', async () => {
    const course = (workers) =>
      withRun({ workers, paused: true, steps: 1e6 }, async (run, model) => {
        const states = [await run.step(3)];
        await run.set({ lr: 5e-3, batchSize: 41 });
        states.push(await run.step(1));
        const [preview] = await run.preview(['4.bias']);
        states.push(await run.step(1));
        const { '4.bias.grad': gradient } = await model.read(['4.bias.grad']);
        preview.gradient.forEach((g, i) => assert.ok(Math.abs(g - gradient.data[i]) < 1e-5, `${i}`));
        await run.resume();
        await new Promise((resolve) => run.on('progress', resolve));
        await run.set({ lr: 1e-4 });
        const paused = await run.pause();
        assert.equal(paused.state, 'paused');
        assert.ok(paused.step > 5);
        assert.equal((await run.step(2)).step, paused.step + 2);
        assert.equal((await run.stop()).state, 'stopped');
        assert.equal((await run.done).workers, workers);
        return states;
      });
    const one = await course(1);
    const two = await course(2);
    for (const [i, state] of two.entries()) {
      const { loss, lr, step, row } = one[i];
      assert.deepEqual([state.lr, state.step, state.row, state.state], [lr, step, row, 'paused']);
      assert.ok(Math.abs(state.loss - loss) <= 1e-4, `${state.loss} ${loss}`);
    }
  });

  test('that was changed before its first step is so for all', async () => {
    const end = (workers) =>
      withRun({ workers, paused: true, steps: 40 }, async (run) => {
        await run.set({ lr: 2e-2, batchSize: 60 });
        await run.resume();
        return run.done;
      });
    const [one, two] = [await end(1), await end(2)];
    assert.deepEqual([two.workers, two.lr, two.epoch, two.row], [2, one.lr, one.epoch, one.row]);
    assert.ok(Math.abs(two.loss - one.loss) <= 1e-4, `${two.loss} ${one.loss}`);
  });

  test('tells the loss of every step once', async () => {
    const told = (workers, how) =>
      withRun({ workers, steps: 103, ...how }, async (run) => {
        const losses = [];
        for await (const { type, steps, losses: means, lossStride } of run) {
          if (type !== 'progress') continue;
          assert.equal(means.length, Math.ceil(steps / lossStride));
          assert.ok(means.length <= 64);
          means.forEach((mean, i) => losses.push([Math.min(lossStride, steps - i * lossStride), mean]));
        }
        return losses;
      });
    const sum = (losses) => losses.reduce((all, [steps, mean]) => all + steps * mean, 0);
    const one = await told(1, { stepsPerSecond: 1000 });
    for (const losses of [one, await told(2), await told(2, { eventsPerSecond: 0.1 })]) {
      assert.equal(losses.reduce((all, [steps]) => all + steps, 0), 103); // prettier-ignore
      assert.ok(Math.abs(sum(losses) - sum(one)) < 1e-3, `${sum(losses)} ${sum(one)}`);
    }
  });

  test('is throttled, validates and stops early', async () => {
    const seen = [];
    await withRun({ stepsPerSecond: 200, steps: 4, val: await digits(), valEvery: 2 }, async (run) => {
      for await (const event of run) seen.push(`${event.type} ${event.step}`);
    });
    assert.ok(seen.includes('validation 4'), seen.join());
    const stopping = { monitor: 'loss', patience: 0, minDelta: 1e9 };
    const end = await withRun({ val: await digits(), valEvery: 3, earlyStopping: stopping }, (run) => run.done);
    assert.deepEqual([end.reason, end.step, end.workers], ['early stopping', 6, 2]);
  });

  test('that diverges ends as one does', async () => {
    const error = await withRun({ optimizer: { type: 'sgd', lr: 1e38 } }, (run) => failureOf(run.done, 'DIVERGED'));
    assert.match(error.path, /linear/);
  });

  test('goes on alone when the model is changed from outside', () =>
    withRun({ paused: true, steps: 50 }, async (run, model) => {
      assert.equal((await run.step(2)).workers, 2);
      await model.set('4.bias', new Float32Array(10).fill(0.5));
      const after = await run.step(1);
      assert.deepEqual([after.step, after.workers, after.alone], [3, 1, 'model changed']);
      await run.resume();
      assert.equal((await run.done).step, 50);
    }));

  test('ends with its model and its engine', async () => {
    await withRun({ steps: 1e9 }, async (run, model, engine) => {
      await new Promise((resolve) => run.on('progress', resolve));
      model.dispose();
      assert.equal((await run.done).state, 'stopped');
      const other = await mlp.make(engine);
      assert.equal((await other.fit(await mlp.data(), { ...mlp.fit, workers: 2 }).done).workers, 2);
    });
    const lost = await withRun({ steps: 1e9 }, async (run, _, engine) => {
      await new Promise((resolve) => run.on('progress', resolve));
      engine.dispose();
      return failureOf(run.done, 'DISPOSED');
    });
    assert.equal(lost.code, 'DISPOSED');
  });
});

describe('members', () => {
  const watched = (use) =>
    withWorkers((started) => withEngine({ ...alone, worker: false }, (engine) => use(engine, started)));

  test('have the weights that the page sees', () =>
    watched(async (engine, started) => {
      const model = await mlp.make(engine);
      const run = model.fit(await mlp.data(), { ...mlp.fit, workers: 3, paused: true });
      await run.step(7);
      const ours = await hash(await model.export('safetensors'));
      assert.equal(started.length, 2);
      for (const worker of started) {
        const theirs = new Promise((resolve) => worker.on('message', ({ id, value }) => id === 99 && resolve(value)));
        worker.postMessage({ kind: 'call', id: 99, method: 'exportModel', args: { model: 1 } });
        assert.equal(await hash(await theirs), ours);
      }
      await run.stop();
    }));

  for (const when of ['while they start', 'between two steps', 'amid the run']) {
    test(`may die ${when}: the run, the model and the engine go on`, () =>
      watched(async (engine, started) => {
        const model = await mlp.make(engine);
        const run = model.fit(await mlp.data(), { ...mlp.fit, workers: 3, steps: 300, paused: true });
        if (when === 'while they start') {
          const step = run.step(1);
          while (started.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
          await started[1].terminate();
          await step;
        } else {
          await run.step(5);
          if (when === 'amid the run') await run.resume();
          await started[1].terminate();
        }
        await run.resume();
        const end = await run.done;
        assert.deepEqual([end.state, end.step, end.workers, end.alone], ['finished', 300, 1, 'worker lost']);
        assert.ok(end.loss < 1, `${end.loss}`);
        assert.equal((await model.predict([new Float32Array(64)].map((x) => [...Array(8)].map((_, i) => x.slice(8 * i, 8 * i + 8))))).data.length, 10); // prettier-ignore
      }));
  }

  for (const [name, task] of Object.entries({ mlp, normed })) {
    test(`${name}: may fall silent: after twenty looks, a second apart, the run goes on alone`, () =>
      watched(async (engine, started) => {
        const model = await task.make(engine);
        const run = model.fit(await task.data(), { ...task.fit, workers: 2, steps: 20, paused: true });
        const { setInterval } = globalThis;
        const looks = [];
        globalThis.setInterval = (look, milliseconds) =>
          setInterval(() => {
            looks.push(milliseconds);
            look();
          }, 1);
        try {
          const step = run.step(1);
          while (started.length < 1) await new Promise((resolve) => setTimeout(resolve, 1));
          const { postMessage } = started[0];
          started[0].postMessage = function (message, transfer) {
            if (message.method !== 'join') return postMessage.call(this, message, transfer);
            // It is ready like any other, but what it says and hears goes to nobody.
            const { port1 } = new MessageChannel();
            return postMessage.call(this, { ...message, args: { ...message.args, ports: [port1, null] } }, [port1]);
          };
          const { state, step: at, workers, alone: why } = await step;
          assert.deepEqual([state, at, workers, why], ['paused', 1, 1, 'worker lost']);
          assert.deepEqual(looks, Array(20).fill(1000));
        } finally {
          globalThis.setInterval = setInterval;
        }
        await run.resume();
        assert.equal((await run.done).step, 20);
      }));
  }
});

test('only what can be shared is: the state says why not', () =>
  withEngine(alone, async (engine) => {
    const set = await digits();
    const end = async (layers, options) => {
      const model = await engine.model(nn.sequential(nn.flatten(), ...layers, nn.linear(10)), { input: [8, 8] });
      const { workers, alone: why } = await model.fit(set, { steps: 1, batchSize: 20, ...options }).done;
      model.dispose();
      return `${workers} ${why}`;
    };
    assert.equal(await end([], { workers: 2 }), '2 undefined');
    assert.equal(await end([], {}), '1 undefined');
    assert.equal(await end([nn.batchNorm1d()], { workers: 2 }), '2 undefined');
    assert.equal(await end([nn.batchNorm1d()], { workers: 2, microBatchSize: 10 }), '1 batch norm');
    assert.equal(await end([], { workers: 2, metrics: ['accuracy'] }), '2 undefined');
    // A hundred counts in double beside a gradient of 85 numbers.
    assert.equal(await end([nn.linear(1)], { workers: 2, metrics: ['confusionMatrix'] }), '1 metrics');
    assert.equal(await end([], { workers: 2, val: set, schedule: 'reduceOnPlateau' }), '2 undefined');
    assert.equal(await end([], { workers: 8, batchSize: 15 }), '1 small batch');
  }));

test('what is no number of workers is refused', async () => {
  const refused = (options, load = alone) =>
    withEngine(load, async (engine) => {
      const model = await mlp.make(engine);
      return failureOf(model.fit(data.arrays({ x: { data: new Float32Array(64), shape: [1, 8, 8] } }), options).done);
    });
  for (const workers of [0, -1, 9, 1e9]) {
    const { code, path } = await refused({ workers });
    assert.deepEqual([code, path], ['INVALID_VALUE', 'fit.workers'], `${workers}`);
  }
  for (const workers of ['2', 1.5, true, {}]) {
    const { code, path } = await refused({ workers });
    assert.deepEqual([code, path], ['TYPE_MISMATCH', 'fit.workers'], `${workers}`);
  }
  const { code, path, got } = await refused({ workers: 2 }, { build: 'simd128-threads', threads: 2 });
  assert.deepEqual([code, path, got], ['NOT_SUPPORTED', 'fit.workers', 'simd128-threads']);
});
