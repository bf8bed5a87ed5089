// Less memory for the same learning: batches in pieces, activations computed again, and how many bytes a run takes.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { data, load, nn } from 'trainyard';
import { failureOf } from './support.mjs';

describe('memory of a run', () => {
  let engine;
  before(async () => {
    engine = await load({ threads: 1, deterministic: true });
  });
  after(() => engine.dispose());

  const spiral = data.synthetic('spiral', { n: 100, noise: 0.1, seed: 1 });
  const block = () => nn.residual([nn.linear(16), nn.gelu(), nn.dropout(0.1), nn.linear(16)]);
  const network = () => nn.sequential(nn.linear(16), block(), block(), block(), nn.linear(2));
  const options = { optimizer: { type: 'sgd', lr: 0.1 }, batchSize: 40, epochs: 2 };
  const learn = async (more) => {
    const model = await engine.model(network(), { input: [2], seed: 1 });
    const { bytes, loss } = await model.fit(spiral, { ...options, ...more }).done;
    const { '0.weight': weight } = await model.read(['0.weight']);
    model.dispose();
    return { bytes, loss, weight: [...weight.data] };
  };

  test('pieces of a batch are the batch, activations computed again the same bits', async () => {
    const whole = await learn({});
    const pieces = await learn({ microBatchSize: 8 });
    const again = await learn({ recompute: true });
    assert.ok(Math.abs(pieces.loss - whole.loss) < 1e-5);
    pieces.weight.forEach((w, i) => assert.ok(Math.abs(w - whole.weight[i]) < 1e-5));
    assert.deepEqual([again.loss, again.weight], [whole.loss, whole.weight]);
    assert.equal(pieces.bytes.gradients, 2 * whole.bytes.gradients);
    assert.ok(pieces.bytes.activations < whole.bytes.activations / 2);
    assert.ok(again.bytes.activations < whole.bytes.activations);
    assert.deepEqual(await learn({ microBatchSize: 1000 }), whole);
  });

  test('sizes of pieces change between steps, and wrong ones change nothing', async () => {
    const model = await engine.model(network(), { input: [2], seed: 1 });
    const run = model.fit(spiral, { ...options, epochs: 1e6, paused: true });
    const { bytes } = await run.step(1);
    await run.set({ microBatchSize: 10 });
    assert.ok((await run.step(1)).bytes.activations < bytes.activations);
    for (const [wrong, code] of [
      [0, 'INVALID_VALUE'],
      [NaN, 'INVALID_VALUE'],
      ['8', 'TYPE_MISMATCH'],
    ]) {
      // prettier-ignore
      const error = await failureOf(run.set({ microBatchSize: wrong }), code);
      assert.equal(error.path, 'set.microBatchSize');
      await failureOf(model.fit(spiral, { ...options, microBatchSize: wrong }).done);
    }
    await failureOf(run.set({ recompute: true }), 'UNKNOWN_OPTION');
    await run.set({ microBatchSize: 40 });
    assert.deepEqual((await run.step(1)).bytes, bytes);
    await run.stop();
    model.dispose();
  });

  test('the ledger knows before the run: a GPT in less than half', async () => {
    const gpt = nn.gpt({ vocab: 65, context: 128, layers: 4, heads: 4, dim: 128, tied: false });
    const bytes = async (more) => (await engine.ledger(gpt, { input: [128], batchSize: 8, ...more })).bytes;
    const whole = await bytes({});
    assert.ok((await bytes({ recompute: true })).activations <= whole.activations / 2);
    const pieces = await bytes({ microBatchSize: 2 });
    assert.ok(pieces.activations < whole.activations / 3);
    assert.equal(pieces.gradients, 2 * whole.gradients);
    await failureOf(bytes({ microBatchSize: 0 }), 'INVALID_VALUE');
  });
});
