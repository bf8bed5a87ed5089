// Files of weights between PyTorch and here: a state dict of each golden run is read, and what is written has exactly
// its names, shapes, types and bytes, which is what load_state_dict(strict=True) asks for; tests/golden/strict.py asks it.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { data, load } from 'trainyard';
import { decoded, golden, inputsIn, inputsOf, saved, tensorsOf } from '../golden/saved.mjs';

const names = readdirSync(new URL('../golden/models', import.meta.url)).map((file) => file.replace('.json', ''));

describe('state dicts of PyTorch', () => {
  let engine;
  before(async () => {
    engine = await load({ threads: 1, deterministic: true });
  });
  after(() => engine.dispose());

  for (const name of names) {
    test(name, async () => {
      const run = golden(name);
      const model = await engine.model(run.description, inputsOf(run));
      const file = saved(run.start);
      await model.load(file);
      const ours = tensorsOf(await model.export('safetensors'));
      const theirs = tensorsOf(file);
      assert.deepEqual(Object.keys(ours).sort(), Object.keys(theirs).sort());
      for (const [tensor, { dtype, shape, bytes }] of Object.entries(theirs)) {
        assert.deepEqual(ours[tensor].shape, shape, tensor);
        assert.equal(ours[tensor].dtype, dtype, tensor);
        assert.deepEqual(ours[tensor].bytes, bytes, tensor);
      }
      // And it says what PyTorch's says: their loss before the first step is one of training, so not with batch norm.
      if (Object.keys(theirs).some((tensor) => tensor.endsWith('running_mean'))) return;
      const [batch] = run.batches;
      const set = data.arrays({ inputs: inputsIn(batch), targets: { y: decoded(batch.y) } });
      const { loss } = await model.evaluate(set, { loss: run.train.loss });
      const [wanted] = decoded(run.losses64).data;
      assert.ok(Math.abs(loss - wanted) <= 1e-4 * Math.abs(wanted), `${loss}, ${wanted} in PyTorch`);
    });
  }
});
