// Bad texts, tokenizer files, sequences, networks and prompts: each refused with its place, in both languages; the model
// keeps its weights, its run goes on, the data and the tokenizer are what they were.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { data, load, nn } from 'trainyard';
import { failureOf, hash } from './support.mjs';

const vocab = 11;
const context = 8;
const bytes = (...list) => Uint8Array.from(list);
const utf8 = (text) => new TextEncoder().encode(text);
const ids = (...list) => ({ data: Int32Array.from(list), shape: [list.length / context, context] });
const good = [0, 1, 2, 3, 4, 5, 6, 7];
const rows = (x, y) => data.arrays({ x: ids(...x), y: ids(...y) });

describe('networks that read and write', () => {
  let engine;
  let tok;
  let model;
  let run;
  let padded;
  let json;
  before(async () => {
    engine = await load({ threads: 1, deterministic: true });
    tok = await engine.tokenizer({ type: 'bpe', text: 'the whale, the sea. 明月光 '.repeat(9), vocab: 280 });
    json = await tok.save();
    model = await gpt({});
    run = model.fit(rows(good, good), { batchSize: 1, epochs: 1e6, paused: true });
    await run.step(3);
    const nodes = [
      { name: 'words', layer: nn.embedding(9, 4), inputs: ['x'] },
      { name: 'attention', layer: nn.transformerEncoderLayer(2, { ff: 8 }), inputs: ['words', 'lengths'] },
      { name: 'gru', layer: nn.gru(4, { output: 'last' }), inputs: ['attention', 'lengths'] },
    ];
    padded = await engine.model(nn.graph({ nodes, outputs: ['gru'] }), { inputs: { x: [5], lengths: [] } });
  });
  after(() => engine.dispose());

  const gpt = (options) =>
    engine.model(nn.gpt({ vocab, context, layers: 1, heads: 2, dim: 8, ...options }), { input: [context], seed: 1 });
  const only = (layer, input) => engine.model(nn.sequential(layer), { input });
  const fit = async (x, y) => (await gpt({})).fit(rows(x, y), { steps: 1, batchSize: 1 }).done;
  const write = (prompt, options) => model.generate(prompt, options).next();
  const char = (text) => engine.tokenizer({ type: 'char', text });
  /** The tokenizer's file with a change. */
  const file = (change) => {
    const edited = JSON.parse(json);
    change(edited, edited.model);
    return engine.tokenizer({ json: edited });
  };
  const lengths = (...list) => {
    const inputs = { x: { data: new Int32Array(5 * list.length), shape: [list.length, 5] }, lengths: list };
    const targets = { y: new Int32Array(list.length) };
    return padded.fit(data.arrays({ inputs, targets }), { steps: 1, batchSize: 1 }).done;
  };

  /** What goes wrong: what is done, and the code, the place, what was expected and what came. */
  const cases = {
    'a byte that begins nothing': [() => char(bytes(97, 0x80)), 'INVALID_VALUE text[1]', 'UTF-8', '80'],
    'a character cut in its middle': [() => char(utf8('ab明').subarray(0, 4)), 'INVALID_VALUE text[2]', 'UTF-8', 'E6 98'],
    'half a pair of UTF-16': [() => tok.encode('ab\udc00'), 'INVALID_VALUE text[2]', 'UTF-16', '\\udc00'],
    'UTF-16 in bytes': [() => tok.encode(bytes(97, 0xed, 0xa0, 0x80)), 'INVALID_VALUE text[1]', 'UTF-8', 'ED A0 80'],
    'an overlong form': [() => tok.windows(bytes(97, 0xc0, 0x80), { length: 1 }), 'INVALID_VALUE text[1]', 'UTF-8', 'C0 80'],
    'a text of nothing': [() => char(''), 'EMPTY_DATA text', '> 0 B', '0 B'],
    'a file of nothing': [() => engine.tokenizer({ type: 'bpe', text: new Blob() }), 'EMPTY_DATA text', '> 0 B', '0 B'],
    'windows of nothing': [() => tok.windows('', { length: 4 }), 'EMPTY_DATA text', '>= 5', '0'],
    'a text shorter than the context': [() => tok.windows('the sea', { length: 8 }), 'EMPTY_DATA text', '>= 9', /^[1-8]$/],
    'a validation part shorter than the context': [() => tok.windows('abcdefghijklmno', { length: 4 }), 'EMPTY_DATA windows.val', '>= 5', '2'],
    'all of it held out': [() => tok.windows('abcdefgh', { length: 4, val: 0.99 }), 'INVALID_VALUE windows.val', '< 8', '8'],
    'a window of none': [() => tok.windows('abcdefgh', { length: 0 }), 'INVALID_VALUE windows.length', '>= 1', '0'],
    'a step of none': [() => tok.windows('abcdefgh', { length: 1, stride: 0 }), 'INVALID_VALUE windows.stride', '>= 1', '0'],
    'ids that are no list': [() => tok.decode(7), 'TYPE_MISMATCH ids', 'Int32Array', 'number'],
    'no ids': [() => tok.decode(undefined), 'TYPE_MISMATCH ids', 'Int32Array', 'undefined'],
    'an id that is no token': [() => tok.decode([1, 1e9]), 'INVALID_VALUE ids[1]', /^\[0, \d+\)$/, '1000000000'],
    'one of those that come one by one': [() => tok.decoder()(0.5), 'INVALID_VALUE id', /^\[0, \d+\)$/, '0.5'],

    'a file cut at its beginning': [() => engine.tokenizer({ json: json.slice(0, 9) }), 'BAD_FILE tokenizer', 'JSON', /./],
    'a file cut in its middle': [() => engine.tokenizer({ json: json.slice(0, json.length / 2) }), 'BAD_FILE tokenizer', 'JSON', /./],
    'a file cut at its end': [() => engine.tokenizer({ json: json.slice(0, -1) }), 'BAD_FILE tokenizer', 'JSON', /./],
    'a file that goes on': [() => engine.tokenizer({ json: `${json}{}` }), 'BAD_FILE tokenizer', 'JSON', /./],
    'a file nested beyond reason': [() => engine.tokenizer({ json: '['.repeat(1e6) }), 'BAD_FILE tokenizer', '<= 64 levels', '> 64 levels'],
    'a file with half a character': [() => engine.tokenizer({ json: json.replace('"!"', '"\ud800"') }), 'INVALID_VALUE tokenizer.json', 'UTF-16', '\\ud800'],
    'half a character for unknown ones': [() => engine.tokenizer({ type: 'char', text: 'a', unknown: '\ud800' }), 'INVALID_VALUE tokenizer.unknown', 'UTF-16', '\\ud800'],
    'a file with a key twice': [() => engine.tokenizer({ json: json.replace('"vocab":{', '"vocab":{"!":0,') }), 'BAD_FILE tokenizer', '', '!'],
    'a file that is a list': [() => engine.tokenizer({ json: [] }), 'BAD_FILE tokenizer', '{ model, … }', '[]'],
    'an id twice': [() => file((_, m) => (m.vocab['!'] = 1)), 'BAD_FILE tokenizer.model.vocab."', '!', '"'],
    'a hole in the ids': [() => file((_, m) => delete m.vocab['!']), 'BAD_FILE tokenizer.model.vocab', /^\[0, \d+\)$/, '0'],
    'an id below zero': [() => file((_, m) => (m.vocab['!'] = -1)), 'BAD_FILE tokenizer.model.vocab.!', 'integer >= 0', '-1'],
    'an id with a fraction': [() => file((_, m) => (m.vocab['!'] = 0.5)), 'BAD_FILE tokenizer.model.vocab.!', 'integer >= 0', '0.5'],
    'an id without end': [() => file((_, m) => (m.vocab['!'] = 1e300)), 'BAD_FILE tokenizer.model.vocab.!', 'integer >= 0', '1e+300'],
    'an id in words': [() => file((_, m) => (m.vocab['!'] = '0')), 'BAD_FILE tokenizer.model.vocab.!', 'integer >= 0', '0'],
    'a vocabulary that is a list': [() => file((_, m) => (m.vocab = ['a'])), 'BAD_FILE tokenizer.model.vocab', '{ … }', '["a"]'],
    'no vocabulary': [() => file((_, m) => delete m.vocab), 'BAD_FILE tokenizer.model.vocab', '{ … }', 'null'],
    'an empty vocabulary': [() => file((_, m) => (m.vocab = {})), 'BAD_FILE tokenizer.model.vocab', '{ token: id }', '{}'],
    'a merge of what is no token': [() => file((_, m) => m.merges.push('zq qz')), /BAD_FILE tokenizer.model.merges\[\d+\]/, '', 'zq'],
    'a merge into what is no token': [() => file((_, m) => m.merges.push('z q')), /BAD_FILE tokenizer.model.merges\[\d+\]/, '', 'zq'],
    'a merge twice': [() => file((_, m) => m.merges.push(m.merges[0])), /BAD_FILE tokenizer.model.merges\[\d+\]/, '', /./],
    'a merge of three': [() => file((_, m) => (m.merges = ['a b c'])), 'BAD_FILE tokenizer.model.merges[0]', '"a b", [a, b]', 'a b c'],
    'a merge that is a number': [() => file((_, m) => (m.merges = [5])), 'BAD_FILE tokenizer.model.merges[0]', '"a b", [a, b]', '5'],
    'an added token with a taken id': [() => file((j) => (j.added_tokens = [{ id: 3, content: '<s>' }])), 'BAD_FILE tokenizer.added_tokens', '$', '<s>'],
    'an added token far away': [() => file((j) => (j.added_tokens = [{ id: 5000, content: '<s>' }])), 'BAD_FILE tokenizer.model.vocab', /^\[0, /, /./],
    'another kind of tokenizer': [() => file((_, m) => (m.type = 'Unigram')), 'NOT_SUPPORTED tokenizer.model.type', 'BPE, WordLevel', 'Unigram'],
    'a normalizer': [() => file((j) => (j.normalizer = { type: 'NFC' })), 'NOT_SUPPORTED tokenizer.normalizer', 'null', '{"type":"NFC"}'],

    'heads that do not divide the width': [() => gpt({ heads: 3 }), /^INVALID_VALUE layers\[0\] gpt.*heads$/, '8 % heads = 0', '3'],
    'heads of keys that do not divide the heads': [() => gpt({ heads: 4, kvHeads: 3 }), /^INVALID_VALUE layers\[0\] gpt.*kvHeads$/, '4 % kvHeads = 0', '3'],
    'more heads of keys than heads': [() => only(nn.multiHeadAttention(2, { kvHeads: 4 }), [4, 8]), /^INVALID_VALUE .*kvHeads$/, '2 % kvHeads = 0', '4'],
    'no heads': [() => gpt({ heads: 0 }), 'INVALID_VALUE layers[0] gpt.heads', '>= 1', '0'],
    'heads of a block': [() => only(nn.transformerEncoderLayer(3), [4, 8]), /^INVALID_VALUE .*heads$/, '8 % heads = 0', '3'],
    'more positions than the context': [() => gpt({ context: 4 }), 'SHAPE_MISMATCH layers[0] gpt', '[*, <= 4]', '[*, 8]'],
    'a vocabulary beyond 32 bits': [() => gpt({ vocab: 2 ** 31 }), /^INVALID_VALUE .*vocab$/, '[1, 2147483647]', '2147483648'],
    'a kernel longer than the series': [() => only(nn.conv1d(3, 9), [4, 8]), 'SHAPE_MISMATCH layers[0] conv1d', '[*, 4, >= 9]', '[*, 4, 8]'],
    'an LSTM over no sequence': [() => only(nn.lstm(3), [8]), 'SHAPE_MISMATCH layers[0] lstm', '[*, T, features]', '[*, 8]'],

    'an id outside the vocabulary, to learn from': [() => fit([...good.slice(1), vocab], good), 'INVALID_LABEL x[0, 7]', '[0, 10]', '11'],
    'a negative id, to learn from': [() => fit([-1, ...good.slice(1)], good), 'INVALID_LABEL x[0, 0]', '[0, 10]', '-1'],
    'a target outside the vocabulary': [() => fit(good, [...good.slice(1), vocab]), 'INVALID_LABEL y[0, 7]', '[0, 11)', '11'],
    'a negative target': [() => fit(good, [-1, ...good.slice(1)]), 'INVALID_LABEL y[0, 0]', '[0, 11)', '-1'],
    'an id outside the vocabulary, to predict': [() => model.predict(ids(...good.slice(1), vocab)), 'INVALID_LABEL x[0, 7]', '[0, 10]', '11'],
    'half an id': [() => model.predict([[0, 0.5, 2, 3, 4, 5, 6, 7]]), 'INVALID_LABEL x[0, 1]', '[0, 10]', '0.5'],
    'an id that is NaN': [() => model.predict([[0, NaN, 2, 3, 4, 5, 6, 7]]), 'INVALID_DATA x[0, 1]', '', 'NaN'],
    'a sequence of another length': [() => model.predict([[0, 1]]), 'SHAPE_MISMATCH x', '[*, 8]', '[*, 2]'],
    'a sequence that is all padding': [() => lengths(3, 0), 'INVALID_LABEL lengths[1]', '[1, 5]', '0'],
    'a length beyond the sequence': [() => lengths(6, 3), 'INVALID_LABEL lengths[0]', '[1, 5]', '6'],
    'a negative length': [() => lengths(3, -1), 'INVALID_LABEL lengths[1]', '[1, 5]', '-1'],
    'half a step': [() => lengths(1.5, 2), 'INVALID_LABEL lengths[0]', '[1, 5]', '1.5'],
    'no lengths': [() => padded.predict({ x: [[1, 2, 3, 4, 5]] }), 'MISSING_OPTION data.inputs', 'lengths', 'x'],
    'an empty sequence': [() => data.sequences({ inputs: [[1], []], targets: [0, 1] }), 'EMPTY_DATA inputs[1]', '[step, …]', 'list'],

    'a prompt of nothing': [() => write([]), 'EMPTY_DATA prompt', '>= 1', '0'],
    'a prompt in words': [() => write('the'), 'TYPE_MISMATCH prompt', 'Int32Array', 'string'],
    'a prompt outside the vocabulary': [() => write([1, vocab]), 'INVALID_LABEL prompt[1]', '[0, 11)', '11'],
    'a prompt with a hole': [() => write(Array(3).fill(1, 0, 1)), 'INVALID_LABEL prompt[1]', 'integer', 'undefined'], // prettier-ignore
    'a temperature that is NaN': [() => write([1], { temperature: NaN }), 'INVALID_VALUE generate.temperature', '< Infinity', 'NaN'],
    'a temperature below zero': [() => write([1], { temperature: -1 }), 'INVALID_VALUE generate.temperature', '>= 0', '-1'],
    'topK of none': [() => write([1], { topK: 0 }), 'INVALID_VALUE generate.topK', '>= 1', '0'],
    'topK below none': [() => write([1], { topK: -3 }), 'INVALID_VALUE generate.topK', '>= 1', '-3'],
    'topP of none': [() => write([1], { topP: 0 }), 'INVALID_VALUE generate.topP', '(0, 1]', '0'],
    'topP beyond all': [() => write([1], { topP: 1.01 }), 'INVALID_VALUE generate.topP', '(0, 1]', '1.01'],
    'topP that is NaN': [() => write([1], { topP: NaN }), 'INVALID_VALUE generate.topP', '< Infinity', 'NaN'],
    'a penalty of zero': [() => write([1], { repetitionPenalty: 0 }), 'INVALID_VALUE generate.repetitionPenalty', '> 0', '0'],
    'a stop token outside the vocabulary': [() => write([1], { stop: [2, vocab] }), 'INVALID_LABEL generate.stop[1]', '[0, 11)', '11'],
    'a stop token that is no list': [() => write([1], { stop: 3 }), 'TYPE_MISMATCH generate.stop', 'integers', '3'],
    'fewer tokens than none': [() => write([1], { maxTokens: -1 }), 'INVALID_VALUE generate.maxTokens', '>= 0', '-1'],
    'a seed with a fraction': [() => write([1], { seed: 0.5 }), 'TYPE_MISMATCH generate.seed', 'integer', '0.5'],
  }; // prettier-ignore

  const same = (got, wanted, what) =>
    wanted instanceof RegExp ? assert.match(got, wanted, what) : assert.equal(got, wanted, what);

  for (const [what, [action, place, expected, got]] of Object.entries(cases)) {
    test(what, async () => {
      const before = await hash(await model.export('safetensors'));
      const error = await failureOf(new Promise((resolve) => resolve(action())));
      same(`${error.code} ${error.path}`, place);
      same(error.expected, expected, 'expected');
      same(error.got, got, 'got');
      assert.equal(error.in('en'), error.message);
      assert.match(error.in('zh'), /[\u4e00-\u9fff]/);
      assert.equal(await hash(await model.export('safetensors')), before);
      // The same run, model and tokenizer go on.
      const { step } = await run.step(1);
      assert.ok(step > 3);
      assert.equal((await write([1])).done, false);
      assert.equal(await tok.save(), json);
    });
  }

  test('after all of them the data are whole, and steps still teach', async () => {
    const set = rows(good, good);
    const { loss } = await model.evaluate(set, { loss: 'crossEntropy' });
    await run.step(50);
    assert.ok((await model.evaluate(set, { loss: 'crossEntropy' })).loss < loss);
    await lengths(5, 1);
  });
});
