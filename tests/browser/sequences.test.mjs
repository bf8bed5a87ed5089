// What the tasks on sequences make by themselves: networks in the address, puzzles, curves.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { withSources } from './sources.mjs';

const load = withSources();

test('a network that reads sequences is written and read; sizes that cannot be chosen are refused', async () => {
  const { isNetwork, readNetwork, writeNetwork } = await load('state/sequence.ts');
  const { choices } = await load('tasks/writing/index.ts');
  const gpt = { kind: 'gpt', layers: 2, width: 96, heads: 4, context: 64, ahead: 1 };
  assert.equal(writeNetwork(gpt), 'g2-w96-h4-c64');
  assert.deepEqual(readNetwork('g2-w96-h4-c64'), gpt);
  assert.equal(writeNetwork({ ...gpt, kind: 'lstm', ahead: 3 }), 'l2-w96-c64-p3');
  assert.equal(readNetwork('l2-w96-c64-p3').ahead, 3);
  for (const good of ['g2-w96-h4-c64', 'l1-w128-c32', 'g6-w192-h8-c128']) assert.ok(isNetwork(good, choices), good);
  for (const bad of ['8-8', 'g2-w96-h5-c64', 'g2-w97-h1-c64', 'g9-w96-h4-c64', 'l1-w128-c32-p3', 'g2-w64-h4', ''])
    assert.ok(!isNetwork(bad, choices), bad);
});

test('shares add up to 1 and sharpen with a low temperature; the largest come first', async () => {
  const { largest, shares } = await load('state/sequence.ts');
  const scores = Float32Array.of(1, 3, 2, 800, -5).map((score) => score / 4);
  const cold = shares(scores.subarray(0, 3), 0.1);
  assert.ok(cold[1] > 0.9 && Math.abs(cold.reduce((a, b) => a + b) - 1) < 1e-6);
  assert.ok(shares(scores.subarray(0, 3), 2)[1] < 0.5);
  assert.deepEqual(largest(scores, 3), [3, 1, 2]);
  assert.deepEqual(largest([1, 1, 0], 5), [0, 1, 2]);
});

test('puzzles are what they say, the same for a seed, and those held out were never asked', async () => {
  const { kinds, places, symbols } = await load('tasks/puzzles/kinds.ts');
  const { examples, question, rowsOf, unseen } = await load('tasks/puzzles/puzzles.ts');
  const answer = {
    copy: (input) => [...input].join(''),
    reverse: (input) => [...input].reverse().join(''),
    sort: (input) => [...input].sort().join(''),
    add: (input) => {
      const [a, b] = input
        .map((id) => symbols[id])
        .join('')
        .split('+');
      return [...String(Number(a) + Number(b)).padStart(a.length + 1, '0')].reverse().join('');
    },
  };
  for (const kind of kinds) {
    const training = examples(kind, 8, 500, 7);
    assert.deepEqual(training, examples(kind, 8, 500, 7));
    const longest = Math.max(...training.map(({ input, answer: digits }) => input.length + digits.length));
    assert.equal(places(kind, 8), longest);
    assert.notDeepEqual(training, examples(kind, 8, 500, 8));
    for (const each of training) assert.equal(each.answer.join(''), answer[kind](each.input), kind);
    const fresh = unseen(kind, 8, 100, 1, training);
    assert.equal(fresh.length, 100);
    const known = new Set(training.map(question));
    assert.ok(
      fresh.every((each) => !known.has(question(each))),
      kind,
    );
    // The loss counts in the answer alone, each digit where the one before it has been read.
    const width = places(kind, 8);
    const { x, y } = rowsOf(training, width);
    training.slice(0, 50).forEach(({ input, answer: digits }, row) => {
      const wanted = [...y.subarray(row * width, (row + 1) * width)];
      assert.deepEqual(
        wanted.filter((id) => id !== -100),
        digits,
      );
      assert.equal(
        wanted.findIndex((id) => id !== -100),
        input.length,
      );
      assert.equal(symbols[x[row * width + input.length]], '|');
      digits.slice(0, -1).forEach((digit, i) => assert.equal(x[row * width + input.length + 1 + i], digit));
    });
  }
});

test('two runs are compared after as many steps; a run that began anew forgets the old one', async () => {
  const { compared, extended } = await load('tasks/puzzles/runs.svelte.ts');
  let gpt;
  [0.1, 0.4, 0.9].forEach((share, i) => (gpt = extended(gpt, 'g', 9, { step: 50 * (i + 1), share })));
  let lstm = extended(undefined, 'l', 8, { step: 100, share: 0.2 });
  assert.equal(compared({ gpt }), undefined);
  assert.deepEqual(compared({ gpt, lstm }), { step: 100, gpt: 0.4, lstm: 0.2 });
  // Another look at the same step takes its place.
  lstm = extended(lstm, 'l', 8, { step: 100, share: 0.3 });
  assert.equal(lstm.points.length, 1);
  assert.equal(compared({ gpt, lstm }).lstm, 0.3);
  assert.deepEqual(extended(gpt, 'g', 9, { step: 50, share: 0 }).points, [{ step: 50, share: 0 }]);
  assert.deepEqual(extended(gpt, 'g2', 20, { step: 200, share: 1 }).points, [{ step: 200, share: 1 }]);
  for (let step = 200; step < 90_000; step += 50) gpt = extended(gpt, 'g', 9, { step, share: step / 1e5 });
  assert.ok(gpt.points.length <= 200);
  assert.equal(gpt.points.at(-1).step, 89_950);
});

test('curves are read, missing months filled in, and every form of a step leads back to the value', async () => {
  const { encoder, readSeries, series } = await load('tasks/forecast/series.ts');
  const file = (name) => readFileSync(new URL(`../../web/public/data/${name}`, import.meta.url), 'utf8');
  const co2 = readSeries(file(series.co2.file), series.co2.column);
  assert.equal(co2.values.length, 746);
  assert.equal(co2.times[3], '1958-06');
  assert.ok(Math.abs(co2.values[3] - (co2.values[2] + co2.values[4]) / 2) < 1e-9);
  const passengers = readSeries(file(series.passengers.file), series.passengers.column);
  assert.deepEqual([passengers.times.length, passengers.times[0], passengers.values[143]], [144, '1949-01', 432]);
  for (const learns of ['values', 'changes', 'ratios']) {
    const { code, value } = encoder(learns);
    assert.ok(Math.abs(value(112, code(112, 118)) - 118) < 1e-9, learns);
  }
});
