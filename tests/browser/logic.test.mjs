// The page's plain functions, loaded through Vite: the address, the network's writing, the yard's geometry, the curve.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

const web = fileURLToPath(new URL('../../web', import.meta.url));
let vite;
const load = (file) => vite.ssrLoadModule(`/src/${file}`);

before(async () => {
  const { createServer } = await import(pathToFileURL(createRequire(`${web}/package.json`).resolve('vite')).href);
  vite = await createServer({
    root: web,
    logLevel: 'error',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true, include: [] },
  });
});
after(() => vite?.close());

test('an address holds what differs from the defaults, and reading it gives the same settings', async () => {
  const { readSettings, writeSettings } = await load('state/settings.ts');
  const defaults = { language: 'zh', theme: 'dark', learningRate: 0.01 };
  const usual = readSettings('', () => defaults);
  assert.equal(writeSettings(usual, defaults), '');
  const changed = { ...usual, shape: 'moons', network: '3-4-5', learningRate: 0.05, seed: 7, theme: 'light', speed: 2 };
  const address = writeSettings(changed, defaults);
  assert.equal(address, '?theme=light&data=moons&net=3-4-5&lr=0.05&seed=7&speed=2');
  assert.deepEqual(
    readSettings(address, () => defaults),
    changed,
  );
  assert.deepEqual(
    readSettings('?data=__proto__&lr=NaN&batch=2.5&net=1-&seed=-1&theme=pink', () => defaults),
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
    if (step % 400 === 0) builder.addHeldOut(step + 40, 2 / (1 + step));
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
  assert.equal(numbers.count(124_000_000, 'en'), '124 million');
  assert.equal(numbers.count(174_600_000_000, 'zh'), '1,746 亿');
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

test('the same seed gives the same points, both kinds held out alike', async () => {
  const { heldOutRows, makePoints, trainRows } = await load('tasks/points/shapes.ts');
  for (const shape of ['circle', 'xor', 'gaussians', 'spiral', 'moons']) {
    const points = makePoints(shape, 0.05, 42);
    assert.deepEqual(makePoints(shape, 0.05, 42), points);
    assert.notDeepEqual(makePoints(shape, 0.05, 43), points);
    assert.equal(points.length, trainRows + heldOutRows);
    const held = points.filter(({ heldOut }) => heldOut);
    assert.equal(held.length, heldOutRows);
    assert.equal(held.filter(({ kind }) => kind === 1).length, heldOutRows / 2);
    assert.ok(points.every(({ x, y }) => Math.abs(x) < 1 && Math.abs(y) < 1));
  }
});
