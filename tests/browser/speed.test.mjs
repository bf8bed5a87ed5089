// The page "How fast is this machine?": every workload gives numbers, in one thread and in several; it can be stopped,
// and what fails says so. How fast it is, no test says.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { activationCount, flopsPerStep, multiplyAdds, parameterCount } from '../../benchmarks/arithmetic.mjs';
import { describe, input } from '../../benchmarks/describe.mjs';
import { takeSlice, warmUp } from '../../benchmarks/measure.mjs';
import { rooflineMs, trafficBytes } from '../../benchmarks/roofline.mjs';
import { parameters, workloads } from '../../benchmarks/workloads.mjs';
import { load } from '../../dist/index.js';
import { at, open, running, until, withBrowser } from './page.mjs';

withBrowser();

const training = Object.keys(workloads).filter((id) => id !== 'W0');
const ended = (page, how = 'done') => page.locator(`main[data-phase="${how}"]`).waitFor({ timeout: 120_000 });

async function measure(page) {
  await page.click(at('measure'));
  await ended(page);
}

/** The file that the page saves. */
async function saved(page) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(at('save'))]);
  return JSON.parse(await readFile(await download.path(), 'utf8'));
}

/** Numbers in the cells of a workload's rows, a list for each number of threads. */
const shown = (page, id) =>
  page
    .locator(`${at(`step-${id}`)} ${at('row')}`)
    .evaluateAll((rows) =>
      rows.map((row) => [...row.querySelectorAll('[data-value]')].map((cell) => Number(cell.dataset.value))),
    );

const isPositive = (value) => Number.isFinite(value) && value > 0;

async function noScroll(page) {
  const { scroll, client } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    client: document.documentElement.clientWidth,
  }));
  assert.ok(scroll <= client, `${scroll} wide on ${client}`);
}

test('every workload gives numbers, in the page and in the file', () =>
  open('speed.html?rounds=1&slice=5', async (page) => {
    await measure(page);
    const ways = await page.evaluate(() => (crossOriginIsolated && navigator.hardwareConcurrency > 1 ? 2 : 1));
    const { machine, rows } = await saved(page);
    assert.deepEqual(
      rows.filter(({ error }) => error),
      [],
    );
    const { sizes, orientations } = workloads.W0;
    const products = rows.filter(({ size }) => size);
    assert.equal(products.length, sizes.length * orientations.length * ways);
    assert.equal(rows.length, products.length + (training.length + 1) * ways);
    for (const row of rows) {
      const figures = row.gflops ? [row.gflops, row.gflopsMax] : [row.msPerStep, row.msPerStepMin, row.stepsPerSecond];
      assert.ok(figures.every(isPositive), JSON.stringify(row));
      assert.match(row.variant, row.threads > 1 ? /-threads$/ : /^(relaxed|simd128)/);
    }
    assert.ok(products.every(({ shareOfPeak }) => isPositive(shareOfPeak)));
    const steps = rows.filter(({ workload }) => training.includes(workload));
    assert.ok(steps.every(({ rooflineMs, timesRoofline }) => isPositive(rooflineMs) && isPositive(timesRoofline)));
    assert.equal(Math.max(...rows.map(({ threads }) => threads)), machine.threads);
    assert.equal(machine.threads > 1, ways === 2);
    assert.match(machine.place, /Chrome/);

    for (const { size, orientation, gflops } of products.filter(({ threads }) => threads === 1)) {
      const cell = await page.locator(at(`product-${size}-${orientation}`)).textContent();
      assert.ok(Math.abs(parseFloat(cell) - gflops) <= 0.51, `${cell} beside ${gflops}`);
    }
    for (const id of training) {
      const lines = await shown(page, id);
      assert.equal(lines.length, ways);
      assert.ok(
        lines.every((values) => values.length === 3 && values.every(isPositive)),
        `${id}: ${lines}`,
      );
    }
    await page.locator(at('summary'), { hasText: '–' }).waitFor({ state: 'detached' });
    await page.setViewportSize({ width: 390, height: 844 });
    await noScroll(page);
  }));

test('a slice is never shorter than the clock can tell, even after a warm-up that had to wait', async () => {
  const msPerStep = 0.0008;
  let [clock, waits] = [0, true];
  const steps = async (count) => {
    const before = clock;
    clock += count * msPerStep + (waits ? 8 : 0);
    waits = false;
    return { ms: (Math.floor(clock * 10) - Math.floor(before * 10)) / 10 };
  };
  const run = { samples: [] };
  await warmUp(run, { sliceMs: 5, warmUpMs: 5 }, steps);
  for (let i = 0; i < 3; i++) await takeSlice(run, 5, steps);
  const errors = run.samples.map((ms) => Math.abs(ms - msPerStep) / msPerStep);
  assert.ok(errors.length === 3 && errors.every((error) => error < 0.2), `${run.samples}`);
  await assert.rejects(
    takeSlice({ perSlice: 1, samples: [] }, 5, async () => ({ ms: 0 })),
    /take no time/,
  );
});

test('stop keeps what is there, and it can be measured again', () =>
  open('speed.html?only=W1,W5&rounds=3&slice=20', async (page) => {
    await page.locator(at('measure')).focus();
    await page.keyboard.press('Enter');
    await until(async () => (await shown(page, 'W1')).every((values) => values.length > 0), 'W1 is measured');
    await page.keyboard.press('Enter');
    await ended(page, 'stopped');
    const { rows } = await saved(page);
    assert.ok(rows.length > 0 && rows.every(({ workload, error }) => workload === 'W1' && !error));
    assert.ok((await shown(page, 'W5')).every((values) => values.length === 0));
    await page.click(at('measure'));
    await until(async () => (await shown(page, 'W1')).every((values) => values.length > 0), 'W1 is measured again');
    await page.click(at('stop'));
    await ended(page, 'stopped');
  }));

test('a plain page has one thread and says why', () =>
  open('speed.html?only=W1&rounds=1&slice=5', async (page) => {
    await page.route('**/speed.html*', async (route) => {
      const response = await route.fetch();
      const headers = Object.entries(response.headers()).filter(([name]) => !name.startsWith('cross-origin-'));
      await route.fulfill({ response, headers: Object.fromEntries(headers) });
    });
    await page.reload();
    await page.getByText('not cross-origin isolated').waitFor();
    await measure(page);
    const { machine, rows } = await saved(page);
    assert.equal(machine.isolated, false);
    assert.deepEqual(
      rows.map(({ workload, threads, isolated }) => ({ workload, threads, isolated })),
      [{ workload: 'W1', threads: 1, isolated: false }],
    );
  }));

test('what cannot be measured says so in its row, and the rest goes on', () =>
  open('speed.html?only=W1,W2b&rounds=1&slice=5', async (page) => {
    let first = true;
    await page.route(/\.wasm/, async (route) => {
      if (!first) return route.continue();
      first = false;
      return route.fulfill({ body: 'no module', contentType: 'application/wasm' });
    });
    await measure(page);
    await page.locator(`${at('step-W1')} ${at('row')}`, { hasText: 'Not measured: ' }).waitFor();
    assert.ok((await shown(page, 'W2b')).every((values) => values.length === 3 && values.every(isPositive)));
    await page.locator(at('said'), { hasText: 'could not be measured' }).waitFor();
    assert.equal((await saved(page)).rows.filter(({ error }) => error).length, 1);
  }));

test('an engine that does not arrive is said in the language of the page, and it can be measured again', () =>
  open(
    'speed.html?only=W0,W1&rounds=1&slice=5&lang=zh',
    async (page) => {
      await page.route(/\.wasm/, (route) => route.abort('internetdisconnected'));
      await measure(page);
      await page.locator(at('step-W1'), { hasText: '引擎没下载到' }).waitFor();
      await page.locator(at('product-32-AB'), { hasText: '引擎没下载到' }).waitFor();
      await page.unrouteAll({ behavior: 'wait' });
      await page.click(at('measure'));
      await ended(page, 'done');
      assert.ok((await shown(page, 'W1')).every((values) => values.length === 3 && values.every(isPositive)));
    },
    { expected: /^Failed to load resource/ },
  ));

test('shares of a step are those of its own roofline, and the line of the peak is there without products', () =>
  open('speed.html?only=W2&rounds=2&slice=20', async (page) => {
    await measure(page);
    const { rows } = await saved(page);
    const parts = await page.locator(`${at('step-W2')} .speed .of`).allTextContents();
    assert.deepEqual(
      parts.map((part) => parseInt(part, 10)),
      rows.map(({ timesRoofline }) => Math.round(100 / timesRoofline)),
    );
    assert.ok((await page.locator(`${at('step-W2')} .peak`).count()) > 0);
  }));

test('without SIMD every row says so', () =>
  open('speed.html?only=W0,W1&rounds=1&slice=5', async (page) => {
    await page.addInitScript(() => (WebAssembly.validate = () => false));
    await page.reload();
    await measure(page);
    await page.locator(at('step-W1'), { hasText: 'WebAssembly SIMD' }).waitFor();
    await page.locator(at('product-32-AB'), { hasText: 'WebAssembly SIMD' }).waitFor();
  }));

test('from the laboratory and back on a phone, in Chinese and dark', () =>
  open(
    '?lang=zh&theme=dark',
    async (page) => {
      await running(page);
      await page.getByRole('link', { name: '这台机器有多快？' }).tap();
      await page.getByRole('heading', { level: 1, name: '这台机器有多快？' }).waitFor();
      assert.equal(await page.locator('html').getAttribute('lang'), 'zh-Hans');
      assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
      await noScroll(page);
      const text = await page.locator('body').evaluate((body) => body.innerText);
      // Names, units and commands are the same in any language.
      const names = /^(Trainyard|GFLOP|LSTM|GPT|SGD|Adam|AdamW|WebAssembly|JSON|npm|run|bench)$/;
      assert.deepEqual(
        (text.match(/[A-Za-z]{3,}/g) ?? []).filter((word) => !names.test(word)),
        [],
      );
      await page.click(at('language'));
      await page.getByRole('heading', { level: 1, name: 'How fast is this machine?' }).waitFor();
      await noScroll(page);
      assert.equal(new URL(page.url()).search, '?theme=dark');
      await page.click(at('theme'));
      await page.click(at('lab'));
      await running(page);
      assert.equal(new URL(page.url()).search, '');
    },
    { width: 390, height: 844, hasTouch: true, isMobile: true },
  ));

test('the arithmetic of a step is what the ledger counts', async () => {
  const engine = await load({ threads: 1 });
  try {
    for (const id of training) {
      const w = workloads[id];
      const ledger = await engine.ledger(describe(w), { input: input(w) });
      assert.equal(multiplyAdds(w), ledger.multiplyAdds, id);
      // Forward and two gradients, of which the one of the data is spared, and some of what is looked up.
      const passes = flopsPerStep(w) / (2 * w.batch * ledger.multiplyAdds);
      assert.ok(passes > 2 && passes <= 3, `${id}: ${passes}`);
      const numbers = Object.values(parameters(w)).reduce((sum, { data }) => sum + data.length, 0);
      assert.equal(parameterCount(w), numbers, id);
    }
  } finally {
    engine.dispose();
  }
});

test('the roofline of a step is its arithmetic at the peak and its memory at the speed of a copy', () => {
  const w = workloads.W2b; // 784-128-10, batch 64, Adam: parameters and two moments of each are read and written
  assert.equal(activationCount(w), 128 + 10);
  const traffic = 4 * (2 * (3 * (784 * 128 + 128 + 128 * 10 + 10) + 64 * 138) + 64 * 784);
  assert.equal(trafficBytes(w), traffic);
  // 1 GFLOP/s is a million operations a millisecond.
  const arithmetic = (2 * 64 * (2 * 784 * 128 + 3 * 128 * 10)) / 1e6;
  assert.ok(Math.abs(rooflineMs(w, { peak: 10, copy: 4, threads: 2 }) - arithmetic / 20 - traffic / 4e6) < 1e-9);
  // Convolutions keep what they read: 13² places of 8 channels and 5² of 16, then 64 and 10 numbers.
  assert.equal(activationCount(workloads.W3), 13 * 13 * 8 + 5 * 5 * 16 + 64 + 10);
  assert.equal(activationCount(workloads.W4), 32 * 6 * 64 + 10);
  // 65 characters, each of them looked up 32 times 32 times in a step: their product is that of 65 rows.
  assert.equal(flopsPerStep(workloads.W4b), 6 * (65 * 64 * 512 + 1024 * (128 * 512 + 128 * 65)));
  assert.equal(activationCount(workloads.W4b), 32 * 6 * 128 + 32 * 65);
});
