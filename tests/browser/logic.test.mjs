// The page's plain functions, loaded through Vite: the address, the network's writing, the yard's geometry, the curve.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { withSources } from './sources.mjs';

const load = withSources();

test('an address holds what differs from the defaults, and reading it gives the same settings', async () => {
  const { readSettings, writeSettings } = await load('state/settings.ts');
  const defaults = { language: 'zh', theme: 'dark', learningRate: 0.01 };
  const task = { defaults, network: (text) => /^\d(-\d){0,7}$/.test(text) };
  const usual = readSettings('', () => task);
  assert.equal(writeSettings(usual, defaults), '');
  const changed = { ...usual, shape: 'moons', network: '3-4-5', learningRate: 0.05, seed: 7, theme: 'light', speed: 2 };
  const address = writeSettings(changed, defaults);
  assert.equal(address, '?theme=light&data=moons&net=3-4-5&lr=0.05&seed=7&speed=2');
  assert.deepEqual(
    readSettings(address, () => task),
    changed,
  );
  assert.deepEqual(
    readSettings('?data=__proto__&lr=NaN&batch=2.5&net=1-&seed=-1&theme=pink', () => task),
    usual,
  );
});

test('layers are added where they fit, resized and taken away', async () => {
  const { addPart, readParts, removePart, resizePart, writeParts } = await load('state/network.ts');
  const parts = readParts('c8-c16-d32');
  assert.equal(writeParts(parts), 'c8-c16-d32');
  assert.equal(writeParts(addPart(parts, { letter: 'c', size: 4 }, ['c', 'd'])), 'c8-c16-c4-d32');
  assert.equal(writeParts(addPart(parts, { letter: 'd', size: 9 }, ['c', 'd'])), 'c8-c16-d32-d9');
  assert.equal(writeParts(resizePart(parts, 1, 17)), 'c8-c17-d32');
  assert.equal(writeParts(removePart(readParts('8'), 0)), '0');
  assert.deepEqual(readParts('0'), []);
});

test('in the yard every parameter has a place of its own, which a pointer and the keys find', async () => {
  const { centre, layoutYard, move, nearest, pictureAt } = await load('views/yard_layout.ts');
  for (const sizes of [
    [2, 1],
    [2, 3, 1],
    [2, 8, 8, 1],
    [2, 5, 4, 3, 2, 1],
  ]) {
    const yard = layoutYard(sizes, { pitch: 30, picture: 24, gap: 8, left: 60, top: 6 });
    const places = new Set();
    let parameters = 0;
    for (const block of yard.blocks) {
      for (let output = 0; output < block.outputs; output++) {
        for (let input = 0; input <= block.inputs; input++) {
          const crossing = { layer: block.layer, input, output };
          const { x, y } = centre(block, crossing, yard.pitch);
          parameters++;
          places.add(`${x} ${y}`);
          assert.deepEqual(nearest(yard, x, y), crossing);
          assert.ok(x < yard.width && y < yard.height);
        }
      }
    }
    assert.equal(places.size, parameters);
    for (const picture of yard.pictures) {
      assert.equal(nearest(yard, picture.x + 12, picture.y + 12), undefined, 'pictures lie beside the blocks');
      assert.equal(pictureAt(yard, picture.x + 1, picture.y + 1), picture);
    }
    // Every dot can be reached from the first one.
    const name = ({ layer, input, output }) => `${layer}.${input}.${output}`;
    const start = { layer: 0, input: 0, output: 0 };
    const seen = new Set([name(start)]);
    const queue = [start];
    while (queue.length > 0) {
      const from = queue.pop();
      for (const [dx, dy] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ]) {
        const to = move(yard, from, dx, dy);
        if (!seen.has(name(to))) queue.push(to);
        seen.add(name(to));
      }
    }
    assert.equal(seen.size, parameters, `${sizes}`);
  }
});

test('a long curve stays short and keeps its ends, its held-out losses and one mark for a dragged slider', async () => {
  const { CurveBuilder } = await load('state/curve.ts');
  const builder = new CurveBuilder();
  for (let step = 0; step < 50_000; step += 40) {
    builder.addBatches(
      step,
      step + 40,
      Array.from({ length: 20 }, () => 1 / (1 + step)),
    );
    if (step % 400 === 0) builder.addLook({ step: step + 40, loss: 2 / (1 + step), right: 0.5, trainingRight: 0.6 });
  }
  builder.mark({ step: 50_000, kind: 'rate', from: '0.01', to: '0.02' });
  builder.mark({ step: 50_003, kind: 'rate', from: '0.02', to: '0.05' });
  const curve = builder.snapshot();
  assert.ok(curve.steps.length <= 1700, `${curve.steps.length} entries`);
  assert.ok(curve.steps.every((step, i) => i === 0 || step >= curve.steps[i - 1]));
  assert.ok(curve.steps.at(-1) > 49_000 && curve.steps[0] < 200);
  assert.ok(curve.heldOut.filter((loss) => Number.isFinite(loss)).length > 20);
  assert.deepEqual(curve.marks, [{ step: 50_003, kind: 'rate', from: '0.01', to: '0.05' }]);
});

test('numbers are written as their language writes them', async () => {
  const numbers = await load('views/numbers.ts');
  assert.equal(numbers.signed(-0.0004, 3), '+0.000');
  assert.equal(numbers.signed(-1.2345, 3), '−1.234');
  assert.equal(numbers.count(378_000, 'en'), '378,000');
  assert.equal(numbers.count(378_000, 'zh'), '37.8 万');
  assert.equal(numbers.count(1_000_000, 'zh'), '100 万');
  assert.equal(numbers.bytes(3_300_000), '3.3 MB');
  assert.equal(numbers.count(124_000_000, 'en'), '124 million');
  assert.equal(numbers.count(174_600_000_000, 'zh'), '1,746 亿');
  assert.equal(numbers.count(362e12, 'zh'), '362 万亿');
  assert.equal(numbers.count(362e12, 'en'), '362 trillion');
  assert.equal(numbers.percent(1), '100%');
  assert.equal(numbers.percent(NaN), '–');
  assert.equal(numbers.chance(0.0004), '< 0.1%');
  assert.equal(numbers.duration(169, 'zh'), '2 分 49 秒');
  assert.equal(numbers.loss(0.0374), '0.0374');
});

test('ticks stand at 1, 2 and 5, and never too many', async () => {
  const { logRange, splits } = await load('views/axis.ts');
  assert.deepEqual(splits(0.015, 1.2, true, 8), [0.02, 0.05, 0.1, 0.2, 0.5, 1]);
  assert.deepEqual(splits(0, 1, false, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  for (const low of [1e-9, 1e-4, 0.3]) {
    const [from, to] = logRange(low, 0.9);
    assert.ok(from < low && to > 0.9);
    assert.ok(splits(from, to, true, 5).length <= 5);
  }
});

test('held-out losses and batches stand in the order of their steps, in whichever order they were told', async () => {
  const { CurveBuilder } = await load('state/curve.ts');
  const builder = new CurveBuilder();
  builder.addLook({ step: 20, loss: 0.9, right: 0.5, trainingRight: 0.6 });
  builder.addLook({ step: 40, loss: 0.8, right: 0.7, trainingRight: 0.8 });
  builder.addBatches(
    0,
    50,
    Array.from({ length: 50 }, (_, i) => 1 - i / 100),
  );
  const { steps, raw, training, heldOut, heldOutRight, trainingRight } = builder.snapshot();
  assert.equal(steps.length, 50, 'no batch is lost');
  assert.ok(steps.every((step, i) => i === 0 || step > steps[i - 1]));
  assert.deepEqual(
    steps.filter((_, i) => Number.isFinite(heldOut[i])),
    [20, 40],
  );
  assert.equal(raw[19], 0.81);
  assert.deepEqual([heldOutRight[39], trainingRight[39]], [0.7, 0.8]);
  assert.ok(training.every(Number.isFinite));
});

test('the curve as rows and as a file: one row for a step, empty where nothing was measured', async () => {
  const { curveCsv, curveRows } = await load('views/curve_rows.ts');
  const curve = {
    steps: [1, 2, 2.3, 4],
    raw: [3, 2, NaN, 1],
    training: [3, 2.5, NaN, 2],
    heldOut: [NaN, NaN, 1.5, NaN],
    trainingRight: [NaN, NaN, 0.9, NaN],
    heldOutRight: [NaN, NaN, 0.8, NaN],
  };
  assert.deepEqual(curveCsv(curveRows(curve)).split('\n'), [
    'step,training,batch,held_out,training_right,held_out_right',
    '1,3,3,,,',
    '2,2.5,2,1.5,0.9,0.8',
    '4,2,1,,,',
    '',
  ]);
});

test('the engine makes the points: the same seed, the same ones, both kinds held out alike', async () => {
  const trainyard = await import('trainyard');
  const { heldOutRows, splitPoints, toPoints, trainRows } = await load('tasks/points/sets.ts');
  const engine = await trainyard.load({ threads: 1 });
  try {
    const made = async (shape, seed) => {
      const { train, heldOut } = splitPoints(trainyard.data, { shape, noise: 0.1, seed });
      return [...toPoints(await engine.readData(train), false), ...toPoints(await engine.readData(heldOut), true)];
    };
    for (const shape of ['circle', 'xor', 'gaussians', 'spiral', 'moons']) {
      const points = await made(shape, 42);
      assert.deepEqual(await made(shape, 42), points);
      assert.equal(points.length, trainRows + heldOutRows);
      const held = points.filter(({ heldOut }) => heldOut);
      assert.equal(held.length, heldOutRows);
      const share = (list) => list.filter(({ kind }) => kind === 1).length / list.length;
      assert.ok(Math.abs(share(held) - share(points)) <= 1 / heldOutRows, shape);
      // Clouds have no edge: a few of their points may leave the square.
      const inside = points.filter(({ x, y }) => Math.abs(x) <= 1 && Math.abs(y) <= 1);
      assert.ok(inside.length >= 0.97 * points.length, `${shape}: ${inside.length}`);
    }
    assert.notDeepEqual(await made('spiral', 42), await made('spiral', 43));
  } finally {
    engine.dispose();
  }
});

test('what is drawn before the engine arrives is what the engine will say', async () => {
  const trainyard = await import('trainyard');
  const { makeStart } = await load('tasks/points/start.ts');
  const { points } = await load('tasks/points/index.ts');
  const { readSettings } = await load('state/settings.ts');
  const usual = readSettings('', () => points);
  const first = points.first(usual);
  const start = await makeStart(trainyard);
  assert.equal(first.summary.parameters, 105);
  assert.deepEqual(
    first.tensors.map(({ name, values }) => [name, [...values]]),
    start.tensors.map(({ name, values }) => [name, values]),
  );
  assert.equal(first.data.points.length, 200);
  for (const other of [{ seed: 7 }, { network: '8' }, { shape: 'moons' }, { noise: 0.2 }])
    assert.equal(points.first({ ...usual, ...other }), undefined);
});

test('a name in a chart stands where no curve and no other name is, or where it is crossed least', async () => {
  const { freePlace } = await load('views/free_place.ts');
  const within = { left: 0, top: 0, width: 100, height: 50 };
  const place = (left, top) => ({ left, top, width: 20, height: 10 });
  const places = [place(80, 10), place(80, 22), place(50, 10)];
  const flat = (y) => [
    { x: 0, y },
    { x: 100, y },
  ];
  assert.deepEqual(freePlace(places, within, [flat(40)], []), places[0]);
  // Between its points a curve is there too.
  assert.deepEqual(freePlace(places, within, [flat(15)], []), places[1]);
  assert.deepEqual(freePlace(places, within, [flat(15)], [place(85, 25)]), places[0]);
  const steep = [
    { x: 75, y: 0 },
    { x: 99, y: 49 },
  ];
  assert.deepEqual(freePlace(places, within, [steep], []), places[2]);
  assert.deepEqual(freePlace([place(80, 45), ...places], within, [], []), places[0]);
});

test('a network that learns by heart is told of: held out worse in each of the last looks, better in training', async () => {
  const { byHeart } = await load('state/by_heart.ts');
  const steps = Array.from({ length: 12 }, (_, i) => 50 * i);
  const training = steps.map((_, i) => 1 / (i + 1));
  const curve = (heldOut, of = training) => ({ steps, training: of, heldOut });
  const rising = [1, 0.8, 0.6, 0.5, 0.4, 0.42, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7];
  assert.deepEqual(byHeart(curve(rising)), { step: 200, best: 0.4, now: 0.7 });
  assert.equal(byHeart(curve(training)), undefined);
  // A single bad look, few looks, and a run that is worse in training too say nothing.
  assert.equal(byHeart(curve([...training.slice(0, 11), 0.9])), undefined);
  assert.equal(byHeart(curve(rising.map((loss, i) => (i % 2 ? NaN : loss)))), undefined);
  assert.equal(byHeart(curve(rising, [...training].reverse())), undefined);
});

test('the sizes by which a damaged download is known are those of the files', async () => {
  const { sizes } = await load('tasks/fetch.ts');
  const folder = new URL('../../web/public/data/', import.meta.url);
  const found = readdirSync(folder)
    .filter((name) => /\.(gz|csv)$/.test(name))
    .map((name) => {
      const bytes = readFileSync(new URL(name, folder));
      return [name, (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).length];
    });
  assert.deepEqual(Object.fromEntries(found), sizes);
});

test('what is waited for can be left behind, and what comes after is heard', async () => {
  const { Waiting, noticeOf } = await load('state/notices.ts');
  const waiting = new Waiting();
  const hanging = waiting.for(new Promise(() => {}));
  waiting.end();
  const error = await hanging.catch((reason) => reason);
  assert.equal(noticeOf(error), undefined);
  assert.equal(await waiting.for(Promise.resolve(3)), 3);
});
