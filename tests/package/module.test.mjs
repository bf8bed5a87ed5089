// Networks written as classes: traced once into the plain description, with PyTorch's names.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { data, load, nn } from 'trainyard';
import { failureOf } from './support.mjs';

class Residual extends nn.Module {
  constructor(size) {
    super();
    this.norm = nn.layerNorm();
    this.a = nn.linear(4 * size);
    this.b = nn.linear(size);
  }
  forward(x) {
    return x.add(x.through(this.norm, this.a, nn.gelu(), this.b));
  }
}

class Net extends nn.Module {
  blocks = [new Residual(3), new Residual(3)];
  head = nn.sequential(nn.linear(4), nn.tanh(), nn.linear(2));
  forward(x) {
    return x.through(...this.blocks, this.head);
  }
}

const rows = [[1, 2, 3], [0, -1, 0.5]]; // prettier-ignore

describe('a module', () => {
  let engine;
  before(async () => {
    engine = await load({ threads: 1, deterministic: true });
  });
  after(() => engine.dispose());

  test('has its layers’ names, and computes what the same graph computes', async () => {
    const model = await engine.model(new Net(), { input: [3], seed: 1 });
    const names = (await model.parameters()).map(({ name }) => name);
    const block = (i) => ['norm', 'a', 'b'].flatMap((part) => ['weight', 'bias'].map((kind) => `blocks.${i}.${part}.${kind}`)); // prettier-ignore
    const head = ['head.0.weight', 'head.0.bias', 'head.2.weight', 'head.2.bias'];
    assert.deepEqual(names, [...block(0), ...block(1), ...head]);

    const twin = await engine.model(
      nn.sequential(
        ...[0, 1].map(() => nn.residual(nn.layerNorm(), nn.linear(12), nn.gelu(), nn.linear(3))),
        nn.sequential(nn.linear(4), nn.tanh(), nn.linear(2)),
      ),
      { input: [3] },
    );
    const values = await model.parameters();
    for (const [i, parameter] of (await twin.parameters()).entries()) await parameter.set(values[i].data);
    assert.deepEqual(await model.predict(rows), await twin.predict(rows));
  });

  test('is plain data once it is traced', async () => {
    const description = nn.trace(new Net());
    assert.equal(description.trainyard, 1);
    const again = JSON.parse(JSON.stringify(description));
    assert.deepEqual(again, description);
    const [one, two] = await Promise.all([new Net(), again].map((net) => engine.model(net, { input: [3], seed: 4 })));
    assert.deepEqual(await one.predict(rows), await two.predict(rows));
  });

  test('learns, with several inputs and outputs, and layers that it uses twice', async () => {
    class Pair extends nn.Module {
      tower = nn.linear(4, { bias: false });
      forward(left, right) {
        const [a, b] = [left, right].map((side) => side.through(this.tower, nn.tanh()));
        return { score: a.mul(b).through(nn.linear(1)), both: a.concat(b) };
      }
    }
    const model = await engine.model(new Pair(), { inputs: { left: [3], right: [3] }, seed: 1 });
    assert.deepEqual((await model.parameters()).map(({ name }) => name), ['tower.weight', 'linear.weight', 'linear.bias']); // prettier-ignore
    assert.deepEqual(model.summary().outputs, { score: [1], both: [8] });
    const set = data.arrays({ inputs: { left: rows, right: rows }, targets: { y: [[1], [-1]] } }); // prettier-ignore
    const before = await model.read(['tower.weight']);
    const { loss } = await model.fit(set, { loss: 'mse', epochs: 300, optimizer: { type: 'adam', lr: 0.02 } }).done;
    assert.ok(loss < 0.05, `loss ${loss}`);
    assert.notDeepEqual(await model.read(['tower.weight']), before);
    const { both } = await model.predictAll({ left: rows, right: rows });
    assert.deepEqual(both.data.slice(0, 4), both.data.slice(4, 8));
  });

  test('says what it cannot be traced through', async () => {
    const bad = {
      nothing: () => undefined,
      numbers: () => [1, 2],
      'a layer': () => nn.relu(),
      'no layer': (x) => x.through('relu'),
      'no value': (x) => x.add(1),
      'another’s value': () => stray,
    };
    let stray;
    nn.trace({ __proto__: nn.Module.prototype, forward: (x) => (stray = x) });
    for (const [what, forward] of Object.entries(bad)) {
      class Bad extends nn.Module {
        forward(x) {
          return forward(x);
        }
      }
      const error = await failureOf(engine.model(new Bad(), { input: [3] }), 'TYPE_MISMATCH');
      assert.equal(error.path, 'forward', what);
    }
    class Thrown extends nn.Module {
      forward() {
        throw new RangeError('mine');
      }
    }
    await assert.rejects(engine.model(new Thrown(), { input: [3] }), new RangeError('mine'));
  });
});
