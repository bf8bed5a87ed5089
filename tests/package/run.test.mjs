// A run as an object: events, pause, step, resume, set, stop, speed.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { data, load, nn } from 'trainyard';
import { failureOf } from './support.mjs';

describe('a run', () => {
  let engine;
  before(async () => {
    engine = await load({ threads: 1, deterministic: true });
  });
  after(() => engine.dispose());

  const spiral = data.synthetic('spiral', { n: 400, noise: 0.1, seed: 1 });
  const make = () => engine.model(nn.sequential(nn.linear(16), nn.tanh(), nn.linear(2)), { input: [2], seed: 1 });
  const options = { loss: 'crossEntropy', optimizer: { type: 'adam', lr: 0.01 }, batchSize: 20 };

  test('tells where it is, in order, at most 30 times a second', async () => {
    const model = await make();
    const start = performance.now();
    const { train, val } = spiral.split({ val: 0.25, seed: 1 });
    const run = model.fit(train, { ...options, val, steps: 20_000, metrics: ['accuracy'] });
    const heard = [];
    run.on('progress', (event) => heard.push(event.step));
    const seen = [];
    for await (const event of run) seen.push(event);
    const seconds = (performance.now() - start) / 1000;
    const progress = seen.filter(({ type }) => type === 'progress');
    assert.ok(progress.length >= 2 && progress.length <= 30 * seconds + 2, `${progress.length} events in ${seconds} s`);
    for (const [i, event] of progress.entries()) {
      assert.ok(i === 0 || event.step > progress[i - 1].step);
      assert.ok(Number.isFinite(event.loss) && event.losses.length > 0 && event.losses.length <= 64);
      assert.equal(event.lr, 0.01);
    }
    assert.equal(progress.at(-1).step, 20_000);
    assert.deepEqual([progress.at(-1).epoch, progress.at(-1).row], [Math.floor(20_000 / 15), (20_000 % 15) * 20]);
    assert.equal(heard.at(-1), 20_000);
    const looks = seen.filter(({ type }) => type === 'validation');
    assert.ok(looks.length > 0);
    assert.ok(looks.at(-1).val.loss < looks[0].val.loss);
    assert.ok(looks.every(({ val: { accuracy } }) => accuracy >= 0 && accuracy <= 1));
    model.dispose();
  });

  test('pauses between two steps, does single steps, goes on, stops', async () => {
    const model = await make();
    const run = model.fit(spiral, { ...options, epochs: 1e6 });
    const paused = await run.pause();
    assert.equal(paused.state, 'paused');
    const before = await model.read(['0.weight']);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(await model.read(['0.weight']), before, 'a paused run must not train');

    const one = await run.step(1, { inspect: ['0.weight', '0.weight.grad', '0.weight.update'] });
    assert.equal(one.step, paused.step + 1);
    const { data: now } = one.values['0.weight'];
    const { data: update } = one.values['0.weight.update'];
    const { data: gradient } = one.values['0.weight.grad'];
    before['0.weight'].data.forEach((old, i) => assert.ok(Math.abs(old + update[i] - now[i]) < 1e-6));
    assert.ok(gradient.some((x) => x !== 0));

    assert.equal((await run.step(5)).step, one.step + 5);
    await run.resume();
    let heard = 0;
    for await (const event of run) if (event.type === 'progress' && ++heard === 2) break;
    const stopped = await run.stop();
    assert.equal(stopped.state, 'stopped');
    assert.equal(stopped.reason, 'stopped');
    assert.ok(stopped.step > one.step + 5);
    assert.deepEqual(await run.done, stopped);
    assert.deepEqual(await run.stop(), stopped, 'stopping twice is harmless');
    const kept = await model.read(['0.weight']);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(await model.read(['0.weight']), kept, 'a stopped run leaves the weights');
    model.dispose();
  });

  test('answers other calls while it trains', async () => {
    const model = await make();
    const run = model.fit(spiral, { ...options, epochs: 1e6 });
    const first = await model.predict([[0.5, 0.5]]);
    await model.predict([[0.5, 0.5]]);
    for await (const event of run) if (event.type === 'progress') break;
    const later = await model.predict([[0.5, 0.5]]);
    assert.notDeepEqual(later.data, first.data);
    await failureOf(model.fit(spiral, { ...options, steps: 1 }).done, 'BUSY');
    await run.stop();
    assert.equal((await model.fit(spiral, { ...options, steps: 1 }).done).step, 1);
    model.dispose();
  });

  test('says why it ended', async () => {
    const model = await make();
    assert.equal((await model.fit(spiral, { ...options, epochs: 2 }).done).reason, 'complete');
    const still = { ...options, optimizer: { type: 'sgd', lr: 0 }, val: spiral, epochs: 9 };
    const { reason, epoch } = await model.fit(spiral, { ...still, earlyStopping: { patience: 2 } }).done;
    assert.deepEqual([reason, epoch], ['early stopping', 3]);
    model.dispose();
  });

  test('a loss that is not finite is NaN, a metric without a value null', async () => {
    const model = await engine.model(nn.sequential(nn.linear(1)), { input: [2], seed: 1 });
    await model.set('0.weight', [1e30, 1]);
    const set = (x) => data.arrays({ x: [[x, 1]], y: [[1]] });
    const options = { loss: 'mse', optimizer: 'sgd', metrics: ['rmse'] };
    const nothing = { loss: NaN, rows: 1, rmse: null };
    assert.deepEqual(await model.evaluate(set(1e30), { loss: 'mse', metrics: ['rmse'] }), nothing);
    const run = model.fit(set(0), { ...options, val: set(1e30), epochs: 1 });
    const looks = [];
    for await (const event of run) if (event.type === 'validation') looks.push(event.val);
    assert.deepEqual(looks, [nothing]);
    model.dispose();
  });

  test('takes another learning rate from the next step on', async () => {
    const model = await make();
    const run = model.fit(spiral, { ...options, optimizer: { type: 'sgd', lr: 0.1 }, epochs: 1e6, paused: true });
    await run.step(1);
    const size = ({ values }) => Math.hypot(...values['0.weight.update'].data);
    await run.set({ lr: 0 });
    assert.equal(size(await run.step(1, { inspect: ['0.weight.update'] })), 0);
    await run.set({ lr: 0.1 });
    assert.ok(size(await run.step(1, { inspect: ['0.weight.update'] })) > 0);
    const error = await failureOf(run.set({ learningRate: 1 }), 'UNKNOWN_OPTION');
    assert.match(error.path, /learningRate/);
    await run.stop();
    model.dispose();
  });

  test('takes another end and other options of its optimizer on the way', async () => {
    const model = await make();
    const run = model.fit(spiral, { ...options, epochs: 1e6, paused: true });
    await run.step(3);
    await run.set({ betas: [0.5, 0.6], eps: 1e-6, weightDecay: 0.1, decayBiasAndNorm: true, microBatchSize: 7 });
    const { optimizer } = await run.step(1);
    assert.deepEqual(
      [optimizer.betas, optimizer.eps, optimizer.weightDecay, optimizer.decayBiasAndNorm],
      [[0.5, 0.6], 1e-6, 0.1, true],
    );
    await failureOf(run.set({ amsgrad: true }), 'INVALID_VALUE');
    await failureOf(run.set({ momentum: 0.9 }), 'UNKNOWN_OPTION');
    await run.set({ steps: 7 });
    await run.resume();
    const { step, reason } = await run.done;
    assert.deepEqual([step, reason], [7, 'complete']);
    const epochs = model.fit(spiral, { ...options, epochs: 1e6, paused: true });
    await epochs.set({ epochs: 2 });
    await epochs.resume();
    assert.equal((await epochs.done).epoch, 2);
    model.dispose();
  });

  test('goes as slowly as it is told', async () => {
    const model = await make();
    const run = model.fit(spiral, { ...options, steps: 40, stepsPerSecond: 100, paused: true });
    await run.step(1);
    const start = performance.now();
    await run.resume();
    const { step } = await run.done;
    const milliseconds = performance.now() - start;
    assert.equal(step, 40);
    // A slow machine may take longer. Never less than the wish allows: one at once, ten that it may catch up, and 28.
    assert.ok(milliseconds >= 279, `39 steps in ${milliseconds} ms`);
    model.dispose();
  });

  test('may be asked for events before the last answer came', async () => {
    const model = await make();
    const run = model.fit(spiral, { ...options, epochs: 1e6 });
    const events = run[Symbol.asyncIterator]();
    const both = await Promise.all([events.next(), events.next()]);
    assert.ok(both.every(({ value }) => value.type.length > 0));
    const last = [events.next(), events.next()];
    await run.stop();
    for (let next = await Promise.all(last); !next[1].done;) next = [await events.next(), await events.next()];
    model.dispose();
  });

  test('may be asked anything while its end is on its way', async () => {
    const model = await make();
    for (let i = 0; i < 20; i++) {
      const run = model.fit(spiral, { ...options, steps: 1 + i });
      await run.pause();
      await run.resume();
      const answers = [run.stop(), run.pause(), run.resume(), run.step(1), run.set({ lr: 0.1 }), run.stop()];
      await Promise.all(answers);
      assert.match((await run.done).state, /finished|stopped/);
    }
    model.dispose();
  });

  test('a long wait for the next step ends when it may go faster', async () => {
    const model = await make();
    const run = model.fit(spiral, { ...options, steps: 50, stepsPerSecond: 0.01 });
    for await (const event of run) if (event.type === 'progress') break;
    await run.set({ stepsPerSecond: Infinity });
    assert.equal((await run.done).step, 50);
    model.dispose();
  });

  test('pauses amid a validation, and a step ends with the validation that it is due', async () => {
    const model = await engine.model(nn.sequential(nn.linear(128), nn.tanh(), nn.linear(2)), { input: [2], seed: 1 });
    const val = data.synthetic('spiral', { n: 100_000, noise: 0.1, seed: 2, labels: 'id' });
    await engine.inspectData(val);
    const run = model.fit(spiral, { ...options, val, epochs: 1e6, valEvery: 1, paused: true });
    const looks = [];
    run.on('validation', ({ step, val: { rows } }) => looks.push([step, rows]));
    await run.step(1);
    await run.pause();
    assert.deepEqual(looks, [[1, 100_000]]);
    // Almost all its time goes into validations: a pause comes amid one, and the next step has its own.
    let amid = 0;
    for (let i = 0; i < 8; i++) {
      await run.resume();
      await new Promise((resolve) => setTimeout(resolve, 15));
      const { state, step } = await run.pause();
      assert.equal(state, 'paused');
      if (step > looks.at(-1)[0]) amid++;
    }
    assert.ok(amid > 0, 'a pause must not wait for the end of a validation');
    const { step } = await run.step(1);
    await run.pause();
    assert.deepEqual(looks.at(-1), [step, 100_000]);
    await run.stop();
    model.dispose();
  });

  test('ends at once where the options are wrong', async () => {
    const model = await make();
    const run = model.fit(spiral, { ...options, optimizer: { type: 'adan' } });
    const error = await failureOf(run.done, 'UNKNOWN_LAYER');
    assert.match(error.hint, /adam/);
    await failureOf(run.pause(), 'UNKNOWN_LAYER');
    await assert.rejects(async () => {
      for await (const event of run) assert.fail(event.type);
    }, error);
    model.dispose();
  });
});
