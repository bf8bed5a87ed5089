// Networks over sequences, as one writes them: padded, read and rewritten, foretold.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { data, load, nn } from 'trainyard';

/** The same whole numbers in [0, n) every time (Lehmer 1951). */
function counter() {
  let state = 1;
  return (n) => (state = (state * 48271) % 2147483647) % n;
}

describe('sequences', () => {
  let engine;
  before(async () => {
    engine = await load({ threads: 1, deterministic: true });
  });
  after(() => engine.dispose());

  test('a convolution reads along the steps of words, and an LSTM what it makes of them', async () => {
    const twoWords = nn.sequential(
      nn.embedding(9, 5),
      nn.transpose(),
      nn.conv1d(7, 3, { padding: 1 }),
      nn.relu(),
      nn.transpose(),
      nn.lstm(8, { output: 'last' }),
      nn.linear(2),
    );
    const model = await engine.model(twoWords, { input: [6], seed: 1 });
    const outputs = model.summary().layers.map(({ output }) => output.join());
    assert.deepEqual(outputs, ['6,5', '5,6', '7,6', '7,6', '6,7', '8', '2']);
    // Whether 1 is followed by 2 anywhere: what a window of three sees and no single word.
    const next = counter();
    const rows = Array.from({ length: 300 }, () => Array.from({ length: 6 }, () => 1 + next(3)));
    const found = rows.map((ids) => Number(ids.some((id, i) => id === 1 && ids[i + 1] === 2)));
    const set = data.arrays({ x: { data: Int32Array.from(rows.flat()), shape: [300, 6] }, y: Int32Array.from(found) });
    await model.fit(set, { epochs: 30, ...adam(0.01) }).done;
    const { accuracy } = await model.evaluate(set, { metrics: ['accuracy'] });
    assert.ok(accuracy > 0.95, `${accuracy}`);
    model.dispose();
  });

  /** Ids 1 … 8, the class is the last one's remainder by 3. */
  const labelled = (longest) => {
    const next = counter();
    const inputs = Array.from({ length: 300 }, () => Array.from({ length: 1 + next(longest) }, () => 1 + next(8)));
    return data.sequences({ inputs, targets: inputs.map((ids) => ids.at(-1) % 3), length: longest });
  };
  const ofLengths = (longest) => ({ inputs: { x: [longest], lengths: [] }, seed: 1 });
  const adam = (lr) => ({ optimizer: { type: 'adam', lr }, batchSize: 20, seed: 1 });

  class Recurrent extends nn.Module {
    words = nn.embedding(9, 16);
    gru = nn.gru(16, { bidirectional: true, output: 'last' });
    head = nn.linear(3);
    forward(x, lengths) {
      return x.through(this.words).into(this.gru, lengths).through(this.head);
    }
  }
  class Encoder extends nn.Module {
    words = nn.embedding(9, 16);
    places = nn.positionalEmbedding(6, { kind: 'sinusoidal' });
    block = nn.transformerEncoderLayer(2, { ff: 32, dropout: 0 });
    first = nn.slice({ axis: 0, start: 0, end: 1 });
    head = nn.sequential(nn.flatten(), nn.linear(3));
    forward(x, lengths) {
      return x.through(this.words, this.places).into(this.block, lengths).through(this.first, this.head);
    }
  }

  for (const Net of [Recurrent, Encoder]) {
    test(`${Net.name}: sequences of different lengths are told apart, and padding is never seen`, async () => {
      const rows = labelled(6);
      const model = await engine.model(new Net(), ofLengths(6));
      await model.fit(rows, { ...adam(0.01), steps: 300 }).done;
      assert.ok((await model.evaluate(rows, { metrics: ['accuracy'] })).accuracy > 0.95);
      const says = async (x, lengths) => [...(await model.predict({ x, lengths })).data];
      const said = await says([[5, 2, 0, 0, 0, 0]], [2]);
      assert.deepEqual(await says([[5, 2, 8, 1, 7, 3]], [2]), said);
      assert.notDeepEqual(await says([[5, 2, 8, 1, 7, 3]], [3]), said);
    });
  }

  test('an encoder and a decoder learn to turn a sequence round', async () => {
    const vocab = 8;
    const longest = 5;
    class Reverser extends nn.Module {
      words = nn.embedding(vocab, 24);
      places = nn.positionalEmbedding(longest);
      encoder = nn.transformerEncoderLayer(2, { ff: 48, dropout: 0 });
      saidWords = nn.embedding(vocab, 24);
      saidPlaces = nn.positionalEmbedding(longest);
      decoder = nn.transformerDecoderLayer(2, { ff: 48, dropout: 0 });
      head = nn.linear(vocab);
      forward(x, said, lengths) {
        const memory = x.through(this.words, this.places).into(this.encoder, lengths);
        const decoded = said.through(this.saidWords, this.saidPlaces).into(this.decoder, memory, lengths);
        return decoded.through(this.head);
      }
    }
    const next = counter();
    const n = 400;
    const table = (fill) => ({ data: new Int32Array(n * longest).fill(fill), shape: [n, longest] });
    const x = table(0);
    const said = table(0);
    const y = table(-100);
    const lengths = Int32Array.from({ length: n }, () => 1 + next(longest));
    for (let i = 0; i < n; i++) {
      const row = ({ data: numbers }) => numbers.subarray(i * longest, i * longest + lengths[i]);
      row(x).forEach((_, t, ids) => (ids[t] = 1 + next(vocab - 1)));
      row(y).set(row(x).toReversed?.() ?? [...row(x)].reverse());
      row(said).set(row(y).subarray(0, -1), 1);
    }
    const rows = data.arrays({ inputs: { x, said, lengths }, targets: { y } });
    const inputs = { x: [longest], said: [longest], lengths: [] };
    const model = await engine.model(new Reverser(), { inputs, seed: 1 });
    const names = (await model.parameters()).map(({ name }) => name);
    assert.ok(names.includes('decoder.multihead_attn.in_proj_weight'), names.join());
    await model.fit(rows, { ...adam(0.003), steps: 500 }).done;
    assert.ok((await model.evaluate(rows, { metrics: ['accuracy'] })).accuracy > 0.95);
  });

  test('an LSTM foretells several steps of a series', async () => {
    const values = Array.from({ length: 400 }, (_, i) => 10 + Math.sin(i / 5) + 0.5 * Math.sin(i / 11));
    const { train, val, mean, std } = data.seriesWindows(values, { length: 20, horizon: 5, val: 0.2 });
    const network = nn.sequential(nn.lstm(16, { output: 'last' }), nn.linear(5));
    const model = await engine.model(network, { input: [20, 1], seed: 1 });
    await model.fit(train, { ...adam(0.01), steps: 300, loss: 'mse' }).done;
    const { loss } = await model.evaluate(val, { loss: 'mse' });
    assert.ok(loss < 0.05, `${loss}, and 1 is what the mean would cost`);
    // And as its numbers were: the last windows of all.
    const seen = values.slice(-25, -5).map((v) => [(v - mean[0]) / std[0]]);
    const { data: ahead } = await model.predict([seen]);
    ahead.forEach((a, i) => assert.ok(Math.abs(mean[0] + std[0] * a - values.at(i - 5)) < 0.5));
  });

  test('steps that are labelled one by one', async () => {
    const next = counter();
    const inputs = Array.from({ length: 200 }, () => Array.from({ length: 1 + next(6) }, () => 1 + next(5)));
    // The label of a step is the id before it.
    const rows = data.sequences({ inputs, targets: inputs.map((ids) => [0, ...ids.slice(0, -1)]) });
    const network = nn.graph({
      nodes: [
        { name: 'words', layer: nn.embedding(6, 12), inputs: ['x'] },
        { name: 'rnn', layer: nn.rnn(24), inputs: ['words', 'lengths'] },
        { name: 'head', layer: nn.linear(6), inputs: ['rnn'] },
      ],
      outputs: ['head'],
    });
    const model = await engine.model(network, ofLengths(6));
    await model.fit(rows, { ...adam(0.01), steps: 300 }).done;
    assert.ok((await model.evaluate(rows, { metrics: ['accuracy'] })).accuracy > 0.98);
  });
});
