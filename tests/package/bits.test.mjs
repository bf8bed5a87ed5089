// Same seed, same bits: strict builds give the committed weights in any number of threads; relaxed ones, on one machine,
// always the same.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { data, nn } from 'trainyard';
import { committed, hashesAfter, runs } from '../support/determinism.mjs';
import { hash, withEngine } from './support.mjs';

const after = (options) => hashesAfter({ url: 'trainyard', runs, options });
const small = () => nn.sequential(nn.linear(8), nn.tanh(), nn.linear(2));

describe('deterministic: the committed bits', () => {
  for (const threads of [1, 2, 4, 8]) {
    test(`in ${threads} thread${threads > 1 ? 's' : ''}`, async () => {
      const { info, hashes } = await after({ deterministic: true, threads });
      assert.equal(info.build, threads > 1 ? 'simd128-threads' : 'simd128');
      assert.equal(info.threads, threads);
      assert.equal(info.deterministic, true);
      assert.deepEqual(hashes, committed);
    });
  }

  test('in a worker and beside the caller', async () => {
    const trained = (options) =>
      withEngine({ deterministic: true, ...options }, async (engine) => {
        const model = await engine.model(small(), { input: [2], seed: 3 });
        const spiral = data.synthetic('spiral', { n: 200, noise: 0.1, seed: 2 });
        await model.fit(spiral, { loss: 'crossEntropy', optimizer: 'adam', steps: 200, batchSize: 16 }).done;
        return hash(await model.export('safetensors'));
      });
    const one = await trained({ threads: 1 });
    for (const options of [{ threads: 1, worker: false }, { threads: 2 }, { threads: 2, worker: false }]) {
      assert.equal(await trained(options), one, JSON.stringify(options));
    }
  });
});

test('relaxed, the default: the same bits again on the same machine, in any number of threads', async () => {
  const first = await after({ threads: 1 });
  assert.equal(first.info.build, 'relaxed');
  assert.equal(first.info.deterministic, false);
  for (const threads of [1, 8]) {
    const { info, hashes } = await after({ threads });
    assert.equal(info.build, threads > 1 ? 'relaxed-threads' : 'relaxed');
    assert.deepEqual(hashes, first.hashes, `${threads} threads`);
  }
});

test('another seed gives others', async () => {
  const weights = (seed) =>
    withEngine({ deterministic: true, threads: 1 }, async (engine) => {
      const model = await engine.model(small(), { input: [2], seed });
      return hash(await model.export('safetensors'));
    });
  assert.notEqual(await weights(1), await weights(2));
  assert.equal(await weights(1), await weights(1));
});
