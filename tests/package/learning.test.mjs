// The golden path in every build, in a worker and beside the caller: points, XOR and real digits are learnt.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load, nn } from 'trainyard';
import { builds, digits, withEngine, xor } from './support.mjs';

const small = () => nn.sequential(nn.linear(8), nn.tanh(), nn.linear(2));

for (const build of builds) {
  describe(build, () => {
    test('XOR is learnt', () =>
      withEngine({ build, threads: 2 }, async (engine) => {
        assert.equal(engine.info.build, build);
        const model = await engine.model(small(), { input: [2], seed: 1 });
        const run = model.fit(xor(), {
          loss: 'crossEntropy',
          optimizer: { type: 'adam', lr: 0.05 },
          steps: 300,
          batchSize: 4,
        });
        const end = await run.done;
        assert.equal(end.state, 'finished');
        assert.equal(end.step, 300);
        const { data: logits, shape } = await model.predict([[0, 0], [0, 1], [1, 0], [1, 1]]); // prettier-ignore
        assert.deepEqual(shape, [4, 2]);
        const answers = [0, 1, 2, 3].map((row) => Number(logits[2 * row + 1] > logits[2 * row]));
        assert.deepEqual(answers, [0, 1, 1, 0]);
      }));

    test('digits are learnt', () =>
      withEngine({ build, threads: 2 }, async (engine) => {
        const { train, val } = (await digits()).split({ val: 0.2, seed: 1 });
        const network = nn.sequential(nn.flatten(), nn.linear(32), nn.relu(), nn.linear(10));
        const model = await engine.model(network, { input: [1, 8, 8], seed: 1 });
        const run = model.fit(train, {
          val,
          epochs: 12,
          loss: 'crossEntropy',
          optimizer: { type: 'adam', lr: 0.01 },
          metrics: ['accuracy'],
        });
        await run.done;
        const { accuracy, loss } = await model.evaluate(val, { loss: 'crossEntropy', metrics: ['accuracy'] });
        assert.ok(accuracy > 0.94, `accuracy ${accuracy}`);
        assert.ok(loss < 0.25, `loss ${loss}`);
      }));
  });
}

test('many models train in one engine at once', async () => {
  const engine = await load({ threads: 1 });
  try {
    const models = await Promise.all([1, 2, 3, 4].map((seed) => engine.model(small(), { input: [2], seed })));
    const ends = await Promise.all(
      models.map(
        (model) =>
          model.fit(xor(), { loss: 'crossEntropy', optimizer: { type: 'adam', lr: 0.05 }, steps: 300, batchSize: 4 })
            .done,
      ),
    );
    assert.deepEqual(ends.map(({ step }) => step), [300, 300, 300, 300]); // prettier-ignore
    for (const model of models) assert.ok((await model.evaluate(xor(), { loss: 'crossEntropy' })).loss < 0.1);
  } finally {
    engine.dispose();
  }
});
