// Text: tokenizers, windows, sequences, and what is wrong with them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { data, load, nn } from 'trainyard';
import { builds, failureOf, withEngine } from './support.mjs';

const poem = '床前明月光，疑是地上霜。\n举头望明月，低头思故乡。\n';
const prose = 'The whale, the whale! Call me Ishmael; it wasn’t the whale’s fault. 🙂\n'.repeat(20);
const bytes = (text) => new TextEncoder().encode(text);

async function* chunked(text, size) {
  const all = bytes(text);
  for (let i = 0; i < all.length; i += size) yield all.subarray(i, i + size);
}

for (const build of builds) {
  test(`tokenizers of characters and byte pairs give back what they were given (${build})`, () =>
    withEngine({ build, threads: build.includes('threads') ? 2 : 1 }, async (engine) => {
      const char = await engine.tokenizer({ type: 'char', text: poem });
      assert.deepEqual(char.tokens, [...new Set(poem)].sort());
      assert.equal(char.size, char.tokens.length);
      const ids = await char.encode('明月光');
      assert.ok(ids instanceof Int32Array);
      assert.deepEqual(
        [...ids],
        ['明', '月', '光'].map((c) => char.tokens.indexOf(c)),
      );
      assert.equal(char.decode(ids), '明月光');

      const bpe = await engine.tokenizer({ type: 'bpe', text: prose + poem, vocab: 300 });
      assert.equal(bpe.size, 300);
      assert.ok(bpe.tokens.includes(' whale'), bpe.tokens.slice(256).join('|'));
      const unseen = '\ufeffwhales? 鲸鱼 🐳\0 ’';
      assert.equal(bpe.decode(await bpe.encode(unseen)), unseen);
      // One by one, a character waits for its last byte.
      const textOf = bpe.decoder();
      const pieces = Array.from(await bpe.encode(unseen), (id) => textOf(id));
      assert.equal(pieces.join(''), unseen);
      assert.ok(pieces.includes('') && pieces.every((piece) => !piece.includes('�')), pieces.join('|'));
      assert.ok((await bpe.encode(prose)).length < prose.length / 3);

      for (const tok of [char, bpe]) {
        const json = await tok.save();
        const again = await engine.tokenizer({ json });
        assert.equal(await again.save(), json);
        assert.deepEqual(again.tokens, tok.tokens);
        assert.deepEqual(await again.encode(poem), await tok.encode(poem));
        assert.deepEqual((await engine.tokenizer({ json: JSON.parse(json) })).tokens, tok.tokens);
      }
    }));
}

test('a text may come as a string, bytes, a file or in chunks that cut characters', () =>
  withEngine({ threads: 1 }, async (engine) => {
    const text = poem + prose;
    const tok = await engine.tokenizer({ type: 'bpe', text, vocab: 320 });
    const expected = await tok.encode(text);
    const all = bytes(text);
    const sources = [all, all.buffer, new Blob([all]), chunked(text, 1), chunked(text, 7), new Blob([all]).stream()];
    for (const source of sources) assert.deepEqual(await tok.encode(source), expected);
    // As in browsers that cannot iterate streams; one that is refused midway is cancelled.
    const plain = (stream) => Object.defineProperty(stream, Symbol.asyncIterator, { value: undefined });
    assert.deepEqual(await tok.encode(plain(new Blob([all]).stream())), expected);
    let cancelled = false;
    const bad = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1 << 20).fill(0xff)),
      cancel: () => (cancelled = true),
    });
    assert.equal((await failureOf(tok.encode(plain(bad)), 'INVALID_VALUE')).path, 'text[0]');
    assert.ok(cancelled);
    const other = await engine.tokenizer({ type: 'bpe', text: chunked(text, 5), vocab: 320 });
    assert.equal(await other.save(), await tok.save());
    assert.equal((await tok.encode('')).length, 0);
    // Longer than a chunk, with a character of two halves across its border.
    const long = `${'x'.repeat((1 << 20) - 1)}🙂${'y'.repeat(100)}`;
    assert.equal(tok.decode(await tok.encode(long)), long);
  }));

test('windows overlap, the target is one further, the end is held out', () =>
  withEngine({ threads: 1 }, async (engine) => {
    const text = 'abcdefghijklmnopqrstuvwxyz0123456789'.repeat(3);
    const tok = await engine.tokenizer({ type: 'char', text });
    const ids = await tok.encode(text);
    const { train, val } = await tok.windows(text, { length: 8, val: 27, stride: 5 });
    const info = await engine.inspectData(train);
    assert.equal(info.rows, Math.floor((81 - 9) / 5) + 1);
    assert.deepEqual(info.inputs.x, { shape: [8], dtype: 'i32' });
    const rows = await engine.readData(train);
    assert.deepEqual([...rows.inputs.x.data.subarray(8, 16)], [...ids.subarray(5, 13)]);
    assert.deepEqual([...rows.targets.y.data.subarray(8, 16)], [...ids.subarray(6, 14)]);
    const held = await engine.readData(val);
    assert.deepEqual([...held.inputs.x.data], [...ids.subarray(81, 105)]);
    const all = await tok.windows(text, { length: 8, val: 0 });
    assert.equal(all.val, undefined);
    assert.equal((await engine.inspectData(all.train)).rows, 100);
    tok.dispose(); // the data stay
    assert.equal((await engine.inspectData(train)).rows, info.rows);
    // They can be split like any other.
    assert.equal((await engine.inspectData(all.train.split({ val: 10 }).val)).rows, 10);
  }));

test('a model learns from windows of a text', () =>
  withEngine({ threads: 1 }, async (engine) => {
    const text = '红豆生南国春来发几枝'.repeat(40);
    const tok = await engine.tokenizer({ type: 'char', text });
    const { train, val } = await tok.windows(text, { length: 1, val: 0.1 });
    const model = await engine.model(nn.sequential(nn.linear(32), nn.tanh(), nn.linear(tok.size)), { input: [1] });
    const options = { loss: 'crossEntropy', optimizer: { type: 'adam', lr: 0.02 }, batchSize: 32, seed: 1 };
    const { state } = await model.fit(train, { ...options, steps: 600 }).done;
    assert.equal(state, 'finished');
    assert.ok((await model.evaluate(val, { loss: 'crossEntropy' })).loss < 1);
  }));

test('a text of 100 MB lies in the engine once, as ids of a byte', () =>
  withEngine({ threads: 1 }, async (engine) => {
    const line = 'Whenever it is a damp, drizzly November in my soul. 举头望明月，低头思故乡。\n';
    const block = bytes(line.repeat(10_000));
    const blocks = Math.ceil(100e6 / block.length);
    const chunks = async function* () {
      for (let i = 0; i < blocks; i++) yield block;
    };
    const tok = await engine.tokenizer({ type: 'char', text: line });
    const before = await engine.memory();
    const { train } = await tok.windows(chunks(), { length: 128, val: 0 });
    const after = await engine.memory();
    const ids = blocks * 10_000 * [...line].length;
    assert.equal((await engine.inspectData(train)).rows, ids - 128);
    assert.ok(after.usedBytes - before.usedBytes < ids * 1.01, `${after.usedBytes - before.usedBytes} B`);
    assert.ok(after.heapBytes < ids * 1.3 + 20e6, `${after.heapBytes} B`);
    // Learning from it takes no order of all its windows either.
    const model = await engine.model(nn.lstmText({ vocab: tok.size, dim: 4, hidden: 4 }), { input: [128] });
    const { step } = await model.fit(train, { steps: 5, batchSize: 4 }).done;
    assert.equal(step, 5);
    assert.ok((await engine.memory()).heapBytes < ids * 1.3 + 20e6, 'after five steps');
  }));

test('series become windows, normalised by what is trained on', () =>
  withEngine({ threads: 1 }, async (engine) => {
    const values = Array.from({ length: 50 }, (_, i) => [i, 7, i % 2]);
    const { train, val, mean, std } = data.seriesWindows(values, { length: 4, horizon: 2, val: 0.2 });
    assert.deepEqual(mean, [19.5, 7, 0.5]);
    assert.ok(Math.abs(std[0] - Math.sqrt((40 ** 2 - 1) / 12)) < 1e-9);
    assert.deepEqual(std.slice(1), [1, 0.5]);
    assert.equal((await engine.inspectData(train)).rows, 35);
    const rows = await engine.readData(val);
    assert.deepEqual(rows.inputs.x.shape, [5, 4, 3]);
    assert.deepEqual(rows.targets.y.shape, [5, 6]);
    const back = (x, f) => Math.round((x * std[f] + mean[f]) * 1e3) / 1e3;
    assert.deepEqual([...rows.inputs.x.data.subarray(0, 3)].map(back), [40, 7, 0]);
    assert.deepEqual(
      [...rows.targets.y.data.subarray(0, 6)].map((x, i) => back(x, i % 3)),
      [44, 7, 0, 45, 7, 1],
    );
    const plain = data.seriesWindows(Float32Array.of(1, 2, 3, 4), { length: 2, val: 0, normalize: false });
    assert.deepEqual(plain.mean, [0]);
    assert.deepEqual([...(await engine.readData(plain.train)).targets.y.data], [3, 4]);

    const refused = (...args) => failureOf((async () => data.seriesWindows(...args))());
    assert.equal(
      (
        await refused(
          [
            [1, 2],
            [3, NaN],
          ],
          { length: 1 },
        )
      ).path,
      'values[1, 1]',
    );
    assert.equal((await refused([1, 2, 3], { length: 1, val: 3 })).code, 'INVALID_VALUE');
    assert.equal((await refused([1, 2, 3], { length: 1, val: NaN })).path, 'series.val');
    assert.equal((await refused([1, 2, 3], { length: 0 })).path, 'series.length');
    assert.equal((await refused([1, 2, 3], { window: 1 })).code, 'UNKNOWN_OPTION');
    const where = async (...args) => {
      const { code, path, hint } = await refused(...args);
      assert.equal(/hold out more/.test(hint), path === 'series.val');
      return `${code} ${path}`;
    };
    assert.equal(await where([1, 2, 3], { length: 3, val: 0 }), 'EMPTY_DATA values');
    assert.equal(await where([], { length: 3 }), 'EMPTY_DATA values');
    assert.equal(await where([1, 2, 3, 4], { length: 1, val: 3 }), 'EMPTY_DATA values');
    assert.equal(await where([1, 2, 3, 4, 5, 6], { length: 1, horizon: 2 }), 'EMPTY_DATA series.val');
    assert.equal(await where([1, 2, 3], {}), 'MISSING_OPTION series.length');
  }));

test('a series far from zero keeps its differences', () =>
  withEngine({ threads: 1 }, async (engine) => {
    const list = Array.from({ length: 100 }, (_, i) => 1.7e9 + i);
    for (const values of [list, Float64Array.from(list), { data: Float64Array.from(list), shape: [100, 1] }]) {
      const { train, mean, std } = data.seriesWindows(values, { length: 3, val: 0 });
      assert.equal(mean[0], 1.7e9 + 49.5);
      const { data: x } = (await engine.readData(train)).inputs.x;
      assert.ok(Math.abs(x[0] * std[0] + 49.5) < 1e-4 && Math.abs((x[1] - x[0]) * std[0] - 1) < 1e-4);
    }
    // What never changes stays as it is, though sums of 0.1 are not exact.
    const still = data.seriesWindows(
      Array.from({ length: 1000 }, (_, i) => [0.1, i, 98.6]),
      { length: 3, val: 0 },
    );
    assert.deepEqual([still.mean[0], still.std[0], still.mean[2], still.std[2]], [0.1, 1, 98.6, 1]);
    const refused = (values) =>
      failureOf((async () => data.seriesWindows(values, { length: 1, val: 0, normalize: false }))());
    assert.equal((await refused([1, 2, 3, 1e300, 5])).path, 'values[3, 0]', 'more than single precision holds');
    const scaled = await refused({ data: new Float32Array(9), shape: [9], scale: 2 });
    assert.deepEqual([scaled.code, scaled.path], ['UNKNOWN_OPTION', 'values.scale']);
    assert.equal((await refused(new BigInt64Array(9))).code, 'TYPE_MISMATCH');
    assert.equal((await refused(new Int16Array(9))).code, 'TYPE_MISMATCH');
  }));

test('sequences of different lengths are padded, with their lengths', () =>
  withEngine({ threads: 1 }, async (engine) => {
    const read = async (fields) => engine.readData(data.sequences(fields));
    const ids = await read({ inputs: [[1, 2, 3], [4]], targets: [1, 0], pad: 9, length: 4 });
    assert.deepEqual([...ids.inputs.x.data], [1, 2, 3, 9, 4, 9, 9, 9]);
    assert.deepEqual([...ids.inputs.lengths.data], [3, 1]);
    assert.deepEqual([...ids.targets.y.data], [1, 0]);
    const steps = await read({ inputs: [[[1, 2]], [[3, 4], [5, 6]]], targets: [[7], [8, 9]] }); // prettier-ignore
    assert.deepEqual([...steps.inputs.x.data], [1, 2, 0, 0, 3, 4, 5, 6]);
    assert.deepEqual([...steps.targets.y.data], [7, -100, 8, 9]);
    const dense = await read({ inputs: [[1], [2, 3]], targets: [[0.5, 1, 2], [1, 2, 3]] }); // prettier-ignore
    assert.deepEqual(dense.targets.y.shape, [2, 3]);
    // Numbers to foretell, though as many as there are steps.
    const foretold = await read({ inputs: [[1, 2], [3, 4]], targets: [[0.5, 1], [1, 2]] }); // prettier-ignore
    assert.deepEqual([...foretold.targets.y.data], [0.5, 1, 1, 2]);

    const refused = (fields) => failureOf((async () => data.sequences(fields))());
    assert.equal((await refused({ inputs: [], targets: [] })).code, 'EMPTY_DATA');
    const empty = await refused({ inputs: [[1], []], targets: [0, 1] });
    assert.deepEqual([empty.code, empty.path], ['EMPTY_DATA', 'inputs[1]']);
    assert.equal((await refused({ inputs: [[1], [1, 2]], targets: [0, 1], length: 1 })).path, 'inputs[1]');
    assert.equal((await refused({ inputs: [[1]], targets: [0, 1] })).path, 'targets');
    assert.equal((await refused({ inputs: [[1], [1.5]], targets: [0, 1] })).path, 'inputs[1][0]');
    assert.equal((await refused({ inputs: [[[1]], [[1, 2]]], targets: [0, 1] })).path, 'inputs[1][0]');
    assert.equal((await refused({ inputs: 'ab', targets: [0, 1] })).code, 'TYPE_MISMATCH');
    for (const first of [undefined, null, [], 'a']) {
      assert.equal((await refused({ inputs: [[first]], targets: [1] })).code, 'TYPE_MISMATCH');
    }
    for (const hole of [undefined, null, {}, true, '', [], [1]]) {
      const error = await refused({ inputs: [[1, hole, 3]], targets: [1] });
      assert.match(`${error.code} ${error.path}`, /^(TYPE|SHAPE)_MISMATCH inputs\[0\]\[1\]$/);
    }
    assert.equal((await refused({ inputs: [[1]], targets: [0], length: 1e10 })).code, 'OUT_OF_MEMORY');
    // What an Int32Array cannot hold does not wrap around.
    assert.equal((await refused({ inputs: [[2 ** 40]], targets: [1] })).path, 'inputs[0][0]');
    assert.equal((await refused({ inputs: [[1], [1, 2]], targets: [[2 ** 40], [1, 2]] })).path, 'targets[0][0]');
    assert.equal((await read({ inputs: [[1]], targets: [2 ** 40] })).targets.y.data[0], 2 ** 40);
    for (const pad of [NaN, 'a', 1.5, 2 ** 31]) {
      assert.equal((await refused({ inputs: [[1], [1, 2]], targets: [0, 1], pad })).path, 'sequences.pad');
    }
  }));

test('bad texts and files are named, and nothing is lost', () =>
  withEngine({ threads: 1 }, async (engine) => {
    const tok = await engine.tokenizer({ type: 'char', text: 'hello 明' });
    const before = await engine.memory();
    const where = async (promise) => {
      const { code, path } = await failureOf(promise);
      return `${code} ${path}`;
    };
    assert.equal(await where(engine.tokenizer({ type: 'char', text: '' })), 'EMPTY_DATA text');
    assert.equal(await where(engine.tokenizer({ type: 'bpe', text: new Uint8Array() })), 'EMPTY_DATA text');
    assert.equal(await where(tok.windows('hello', { length: 5, val: 0 })), 'EMPTY_DATA text');
    assert.equal(await where(tok.windows('hello hello', { length: 4, val: 2 })), 'EMPTY_DATA windows.val');
    assert.equal(await where(tok.windows('hello', {})), 'MISSING_OPTION windows.length');
    assert.equal(await where(tok.windows('hello', { length: 2, step: 1 })), 'UNKNOWN_OPTION windows.step');
    assert.equal(await where(tok.encode(Uint8Array.of(104, 0xc0, 0xaf))), 'INVALID_VALUE text[1]');
    assert.equal(await where(tok.encode(Uint8Array.of(104, 0xe6, 0x98))), 'INVALID_VALUE text[1]');
    assert.equal(await where(tok.encode('h\ud83d')), 'INVALID_VALUE text[1]');
    assert.equal(await where(tok.encode('明x')), 'INVALID_VALUE text[3]');
    assert.match((await failureOf(tok.encode('明x'))).hint, /unknown token/);
    assert.equal(await where(tok.encode(5)), 'TYPE_MISMATCH text');
    assert.equal(await where((async () => tok.decode([0, 99]))()), 'INVALID_VALUE ids[1]');
    assert.equal(await where(engine.tokenizer({ type: 'char' })), 'MISSING_OPTION tokenizer.text');
    assert.equal(await where(engine.tokenizer({ type: 'word', text: 'a' })), 'UNKNOWN_LAYER tokenizer.type');
    assert.equal(await where(engine.tokenizer({ type: 'bpe', text: 'a', vocab: 10 })), 'INVALID_VALUE tokenizer.vocab');
    assert.equal(await where(engine.tokenizer({ json: '{"model":' })), 'BAD_FILE tokenizer');
    assert.equal(await where(engine.tokenizer({ json: {} })), 'BAD_FILE tokenizer.model');
    const json = JSON.parse(await tok.save());
    json.model.vocab['h'] = 0;
    assert.equal(await where(engine.tokenizer({ json })), 'BAD_FILE tokenizer.model.vocab.h');
    // A source that fails on its way, in the middle of a character.
    const failing = async function* () {
      yield* chunked(poem.repeat(10), 4);
      throw new Error('connection lost');
    };
    assert.match((await failureOf(engine.tokenizer({ type: 'char', text: failing() }), 'BAD_FILE')).got, /lost/);
    assert.equal(tok.decode(await tok.encode('hello')), 'hello');
    // Embind keeps the options of a call that fails, a few bytes; never a text or a file.
    assert.equal(await where(engine.tokenizer({ json: `{"version": "${'x'.repeat(1e6)}` })), 'BAD_FILE tokenizer');
    assert.equal(await where(tok.encode(`${'hello'.repeat(1e6)}x`)), 'INVALID_VALUE text[5000000]');
    assert.ok((await engine.memory()).usedBytes < before.usedBytes + 2000);
  }));

test('tokenizers and their data belong to one engine, and end with it', async () => {
  const engine = await load({ threads: 1 });
  const tok = await engine.tokenizer({ type: 'char', text: poem });
  const { train } = await tok.windows(poem, { length: 4, val: 0 });
  await withEngine({ threads: 1 }, async (other) => {
    assert.match((await failureOf(other.inspectData(train), 'INVALID_VALUE')).hint, /another engine/);
  });
  const second = await engine.tokenizer({ type: 'char', text: poem });
  second.dispose();
  second.dispose();
  await failureOf(second.encode('明'), 'DISPOSED');
  await failureOf(second.save(), 'DISPOSED');
  const endless = async function* () {
    for (;;) yield bytes(poem);
  };
  const pending = tok.encode(endless());
  setTimeout(() => engine.dispose(), 20);
  await failureOf(pending, 'DISPOSED');
  await failureOf(tok.encode('明'), 'DISPOSED');
  assert.equal(tok.decode([0]).length, 1);
});
