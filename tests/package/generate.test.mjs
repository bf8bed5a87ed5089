// Texts that a model writes: learnt, streamed, ended, several at once; bad prompts and options.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { data, load, nn } from 'trainyard';
import { failureOf } from './support.mjs';

const vocab = 6;
const context = 16;
/** The tokens that `model.generate` gives. */
const collect = (tokens) => Array.fromAsync?.(tokens) ?? gather(tokens);
async function gather(tokens) {
  const list = [];
  for await (const token of tokens) list.push(token);
  return list;
}
const idsOf = (tokens) => tokens.map(({ id }) => id);
/** Windows over 0, 1, …, 5, 0, 1, …: each id is the one before it and one more. */
const pattern = () => {
  const row = (from) => Array.from({ length: context }, (_, i) => (from + i) % vocab);
  const starts = [0, 1, 2, 3, 4, 5];
  return data.arrays({
    x: { data: Int32Array.from(starts.flatMap(row)), shape: [vocab, context] },
    y: { data: Int32Array.from(starts.flatMap((start) => row(start + 1))), shape: [vocab, context] },
  });
};

describe('a model that writes', () => {
  let engine;
  let model;
  const make = () =>
    engine.model(nn.sequential(nn.gpt({ vocab, context, layers: 1, heads: 2, dim: 16 })), {
      input: [context],
      seed: 1,
    });
  before(async () => {
    engine = await load({ threads: 1, deterministic: true });
    model = await make();
    const run = model.fit(pattern(), { optimizer: { type: 'adam', lr: 0.01 }, batchSize: 6, steps: 200 });
    await run.done;
  });
  after(() => engine.dispose());

  test('beside the caller too leaves timers their turn', async () => {
    const beside = await load({ threads: 1, worker: false });
    const writer = await beside.model(nn.gpt({ vocab, context, layers: 1, heads: 2, dim: 16 }), { input: [context] });
    let turns = 0;
    const timer = setInterval(() => ++turns, 1);
    const tokens = writer.generate([1], { maxTokens: 1e6 });
    while (turns < 2) assert.ok(!(await tokens.next()).done, 'no timer had a turn');
    await tokens.return();
    clearInterval(timer);
    beside.dispose();
  });

  test('goes on with what it has learnt, beyond its context', async () => {
    const tokens = await collect(model.generate([2, 3], { maxTokens: 40, temperature: 0, candidates: 2 }));
    assert.deepEqual(
      idsOf(tokens),
      Array.from({ length: 40 }, (_, i) => (4 + i) % vocab),
    );
    for (const { id, probability, candidates } of tokens) {
      assert.ok(probability > 0.5 && probability <= 1);
      assert.equal(candidates.length, 2);
      assert.deepEqual(candidates[0], { id, probability });
      assert.ok(candidates[1].probability < probability);
    }
    assert.deepEqual((await collect(model.generate(Int32Array.of(5), { maxTokens: 1 })))[0].candidates, []);
  });

  test('says what predict says', async () => {
    const ids = Array.from({ length: context }, (_, i) => (i * i) % vocab);
    const { data: shares } = await model.predict(
      { data: Int32Array.from(ids), shape: [1, context] },
      { activation: 'softmax' },
    );
    const [token] = await collect(model.generate(ids, { maxTokens: 1, candidates: vocab }));
    const last = shares.slice(-vocab);
    for (const { id, probability } of token.candidates) assert.ok(Math.abs(last[id] - probability) < 1e-5);
  });

  test('says with every token what the whole network would, a key-value cache or states between', async () => {
    const llama = { norm: 'rmsNorm', mlp: 'swiglu', position: 'rope', heads: 4, kvHeads: 2, tied: false };
    const networks = [
      nn.gpt({ vocab, context, layers: 2, heads: 2, dim: 16 }),
      nn.gpt({ vocab, context, layers: 2, dim: 16, ...llama }),
      nn.sequential(nn.lstmText({ vocab, dim: 8, hidden: 12 })),
    ];
    for (const network of networks) {
      const writer = await engine.model(network, { input: [context], seed: 5 });
      const text = [2, 0, 3];
      const options = { maxTokens: context - text.length, temperature: 0, candidates: vocab };
      for await (const { id, candidates } of writer.generate(text, options)) {
        // Nothing looks ahead: what stands behind the text does not matter.
        const x = { data: Int32Array.from({ length: context }, (_, i) => text[i] ?? 1), shape: [1, context] };
        const { data: shares } = await writer.predict(x, { activation: 'softmax' });
        const last = shares.subarray((text.length - 1) * vocab, text.length * vocab);
        assert.equal(id, last.indexOf(Math.max(...last)));
        for (const c of candidates) assert.ok(Math.abs(last[c.id] - c.probability) < 1e-5);
        text.push(id);
      }
      assert.equal(text.length, context);
      writer.dispose();
    }
  });

  test('draws as temperature, topK, topP and penalty say', async () => {
    const writer = await engine.model(nn.gpt({ vocab, context, layers: 1, heads: 2, dim: 16 }), {
      input: [context],
      seed: 5,
    });
    const prompt = [2, 0, 3];
    /** Probabilities of the first token by id. */
    const shares = async (options) => {
      const [{ id, probability, candidates }] = await collect(
        writer.generate(prompt, { maxTokens: 1, candidates: vocab, ...options }),
      );
      const list = new Array(vocab).fill(NaN);
      for (const c of candidates) list[c.id] = c.probability;
      assert.equal(list[id], probability);
      assert.ok(Math.abs(list.reduce((a, b) => a + b) - 1) < 1e-6);
      return list;
    };
    const near = (got, wanted) => got.forEach((p, i) => assert.ok(Math.abs(p - wanted[i]) < 1e-5, `${got} ${wanted}`));
    const scaled = (list) => list.map((p) => p / list.reduce((a, b) => a + b));
    const own = await shares({});
    const order = own.map((_, id) => id).sort((a, b) => own[b] - own[a]);
    for (const t of [0.5, 2]) near(await shares({ temperature: t }), scaled(own.map((p) => p ** (1 / t))));
    near(await shares({ topK: 2 }), scaled(own.map((p, id) => (order.indexOf(id) < 2 ? p : 0))));
    near(await shares({ topK: 1000 }), own);
    const two = own[order[0]] + own[order[1]];
    near(await shares({ topP: two - 1e-3 }), await shares({ topK: 2 }));
    near(await shares({ topP: two + 1e-3 }), await shares({ topK: 3 }));
    near(await shares({ topP: 1e-9 }), await shares({ topK: 1 }));
    near(await shares({ topP: 1 }), own);
    // What the prompt holds becomes less probable, the rest in proportion more.
    const penalised = await shares({ repetitionPenalty: 1.5 });
    const held = own.map((_, id) => prompt.includes(id));
    const rest = (list) => scaled(list.filter((_, id) => !held[id]));
    near(rest(penalised), rest(own));
    const sumHeld = (list) => list.reduce((sum, p, id) => sum + (held[id] ? p : 0), 0);
    assert.ok(sumHeld(penalised) < sumHeld(own) - 1e-3);
    writer.dispose();
  });

  test('reads the end of a prompt that is longer than its context', async () => {
    const long = Array.from({ length: 10 * context + 3 }, (_, i) => i % vocab);
    const [first] = await collect(model.generate(long, { maxTokens: 1, temperature: 0 }));
    assert.equal(first.id, long.length % vocab);
    const end = Int32Array.from(long.slice(-context / 2));
    const [again] = await collect(model.generate(end, { maxTokens: 1, temperature: 0 }));
    assert.deepEqual(first, again);
  });

  test('is a function of its seed; several at once do not meet', async () => {
    const options = { maxTokens: 30, temperature: 3 };
    const alone = idsOf(await collect(model.generate([1], { ...options, seed: 1 })));
    const both = await Promise.all([1, 2].map((seed) => collect(model.generate([1], { ...options, seed }))));
    assert.deepEqual(idsOf(both[0]), alone);
    assert.notDeepEqual(idsOf(both[1]), alone);
  });

  test('ends with a stop token, with the last one asked for, with break', async () => {
    const stopped = await collect(model.generate([0], { temperature: 0, stop: [4] }));
    assert.deepEqual(idsOf(stopped), [1, 2, 3, 4]);
    assert.deepEqual(await collect(model.generate([0], { maxTokens: 0 })), []);
    const { usedBytes: before } = await engine.memory();
    for (let i = 0; i < 5; i++) {
      let count = 0;
      for await (const token of model.generate([0], { temperature: 0 })) {
        assert.equal(token.id, ++count % vocab);
        if (count === 20) break;
      }
      assert.equal(count, 20);
    }
    const { usedBytes: now } = await engine.memory();
    assert.ok(now - before < 50_000, `${now - before} bytes are left of texts that ended`);
  });

  test('writes while a run is paused, and between its steps, by the weights of the moment', async () => {
    const learner = await make();
    const run = learner.fit(pattern(), {
      optimizer: { type: 'adam', lr: 0.01 },
      batchSize: 6,
      epochs: 1e6,
      paused: true,
    });
    await run.step(1);
    const greedy = { maxTokens: 12, temperature: 0 };
    assert.equal((await collect(learner.generate([0], greedy))).length, 12);
    await run.resume();
    // Written while it learns: sooner or later what it has learnt.
    const wanted = Array.from({ length: 12 }, (_, i) => (1 + i) % vocab).join();
    let text = '';
    for (let tries = 0; tries < 500 && text !== wanted; tries++) {
      text = idsOf(await collect(learner.generate([0], greedy))).join();
    }
    assert.equal(text, wanted);
    await run.stop();
    learner.dispose();
  });

  test('of a model that is disposed of, it ends with DISPOSED', async () => {
    const gone = await make();
    const tokens = gone.generate([0], { maxTokens: 100 });
    await tokens.next();
    gone.dispose();
    await failureOf(tokens.next(), 'DISPOSED');
    assert.deepEqual(await tokens.next(), { done: true, value: undefined });
    await failureOf(gone.generate([0]).next(), 'DISPOSED');
  });

  test('refuses bad prompts and options, and goes on', async () => {
    const refused = async (code, path, prompt, options) => {
      const error = await failureOf(model.generate(prompt, options).next(), code);
      assert.equal(error.path, path);
    };
    await refused('EMPTY_DATA', 'prompt', []);
    await refused('INVALID_LABEL', 'prompt[3]', [0, 1, 2, vocab]);
    await refused('INVALID_LABEL', 'prompt[1]', [0, 1.5]);
    await refused('INVALID_LABEL', 'prompt[0]', [NaN]);
    await refused('TYPE_MISMATCH', 'prompt', 'text');
    await refused('INVALID_VALUE', 'generate.temperature', [0], { temperature: -1 });
    await refused('INVALID_VALUE', 'generate.temperature', [0], { temperature: NaN });
    await refused('INVALID_VALUE', 'generate.topP', [0], { topP: 0 });
    await refused('INVALID_VALUE', 'generate.topP', [0], { topP: 1.5 });
    await refused('INVALID_VALUE', 'generate.topK', [0], { topK: 0 });
    await refused('UNKNOWN_OPTION', 'generate.topk', [0], { topk: 3 });
    await refused('INVALID_LABEL', 'generate.stop[0]', [0], { stop: [vocab] });
    await refused('TYPE_MISMATCH', 'generate', [0], 5);
    assert.equal((await collect(model.generate([0], { maxTokens: 3 }))).length, 3);
  });

  test('refuses models of another kind', async () => {
    const points = await engine.model(nn.sequential(nn.linear(2)), { input: [2] });
    await failureOf(points.generate([0]).next(), 'TYPE_MISMATCH');
    const ahead = await engine.model(
      nn.sequential(nn.embedding(vocab, 4), nn.gru(4, { bidirectional: true }), nn.linear(vocab)),
      { input: [context] },
    );
    const error = await failureOf(ahead.generate([0]).next(), 'NOT_SUPPORTED');
    assert.match(error.hint, /left to right/);
  });

  test('tells of a network that gives no numbers', async () => {
    const broken = await make();
    const [{ name, size }] = await broken.parameters();
    const tokens = broken.generate([0], { maxTokens: 3 });
    assert.equal((await tokens.next()).done, false);
    await broken.set(name, new Float32Array(size).fill(NaN));
    await failureOf(tokens.next(), 'DIVERGED');
    broken.dispose();
  });
});
