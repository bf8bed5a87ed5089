// What does not arrive: the page says so in its language, nothing of the old task goes on, and trying again works.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, figures, open, running, until, withBrowser } from './page.mjs';

withBrowser();

/** What Chromium itself writes of a request that fails. */
const expected = /^Failed to load resource/;
const failed = (page) => page.locator('main[data-phase="failed"]').waitFor({ timeout: 30_000 });
const notice = (page) => page.locator(at('notice'));
const answer = (status) => (route) => route.fulfill({ status, body: 'no' });
const html = (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Trainyard</title>' });
const cut = async (route) => {
  const whole = await (await route.fetch()).body();
  await route.fulfill({ contentType: 'application/octet-stream', body: whole.subarray(0, whole.length >> 1) });
};
const offline = (route) => route.abort('internetdisconnected');

/** Lets the requests through again, tries again, and sees the task learn. */
async function recovers(page) {
  await page.unrouteAll({ behavior: 'wait' });
  await page.click(at('retry'));
  await running(page);
  await notice(page).waitFor({ state: 'detached' });
  await figures(page, ({ step }) => step > 5);
}

const downloads = [
  { task: 'digits', files: '**/data/mnist-*', file: /mnist-\S+\.idx\.gz/ },
  { task: 'melville', files: '**/data/moby-dick*', file: /moby-dick\.txt\.gz/ },
  { task: 'tang', files: '**/data/tang-*', file: /tang-quatrains-zh\.txt\.gz/ },
  { task: 'forecast', files: '**/data/air-*', file: /air-passengers\.csv/ },
];

for (const { task, files, file } of downloads) {
  test(`${task}: a switch whose download is refused ends the old run, and trying again fetches anew`, () =>
    open(
      '',
      async (page) => {
        await running(page);
        await figures(page, ({ step }) => step > 20);
        await page.route(files, answer(503));
        await page.click(at(`task-${task}`));
        await failed(page);
        const said = await notice(page).textContent();
        assert.match(said, /The data did not arrive/);
        assert.match(said, file);
        assert.match(said, /503/);
        assert.equal((await figures(page)).step, 0, 'nothing of the old run is left');
        assert.ok(await page.locator(at('toggle')).isDisabled());
        // Refused again: the same is said, and it can be tried again.
        await page.click(at('again'));
        await failed(page);
        await page.locator(at('retry')).waitFor();
        await page.waitForTimeout(300);
        assert.equal((await figures(page)).step, 0, 'no step is done without data');
        await recovers(page);
      },
      { expected },
    ));

  test(`${task}: opened by its address without the data, in Chinese`, () =>
    open(
      `?task=${task}&lang=zh`,
      async (page) => {
        await failed(page);
        assert.match(await notice(page).textContent(), /数据没取到/);
        assert.match(await notice(page).textContent(), file);
        await recovers(page);
      },
      { expected, prepare: (page) => page.route(files, offline) },
    ));
}

for (const [what, way] of [
  ['cut short', cut],
  ['another page', html],
]) {
  test(`a file that is ${what} is not learnt from`, () =>
    open(
      '',
      async (page) => {
        await running(page);
        for (const { task, files, file } of downloads) {
          await page.route(files, way);
          await page.click(at(`task-${task}`));
          await failed(page);
          assert.match(await notice(page).textContent(), /The data did not arrive/);
          assert.match(await notice(page).textContent(), file);
          await recovers(page);
        }
      },
      { expected },
    ));
}

test('from a task that failed to another one, and back', () =>
  open(
    '?task=tang',
    async (page) => {
      await running(page);
      await page.route('**/data/mnist-*', offline);
      await page.click(at('task-digits'));
      await failed(page);
      await page.click(at('language'));
      await notice(page).filter({ hasText: '数据没取到' }).waitFor();
      await page.click(at('language'));
      await page.click(at('task-points'));
      await running(page);
      assert.equal(await page.locator(at('parameters')).textContent(), '105');
      await page.click(at('task-digits'));
      await failed(page);
      await page.click(at('task-tang'));
      await running(page);
      await page.click(at('task-digits'));
      await failed(page);
      await recovers(page);
    },
    { expected },
  ));

test('a download that hangs is left behind with its task', () =>
  open('', async (page) => {
    await running(page);
    let asked = 0;
    await page.route('**/data/moby-dick*', () => void asked++);
    await page.click(at('task-melville'));
    await until(() => asked > 0, 'the text is asked for');
    assert.equal((await figures(page)).step, 0, 'nothing of the old run is left');
    await page.click(at('task-points'));
    await running(page);
    await figures(page, ({ step }) => step > 5);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  }));

test('another series that is refused can be tried again', () =>
  open(
    '?task=forecast',
    async (page) => {
      await running(page);
      await page.route('**/data/sunspots*', answer(404));
      await page.click(at('series-sunspots'));
      await failed(page);
      const { step } = await figures(page);
      await page.waitForTimeout(300);
      assert.equal((await figures(page)).step, step, 'the old curve is not learnt on');
      await recovers(page);
      await page.locator(`${at('series')}[aria-label^="Sunspots"]`).waitFor();
    },
    { expected },
  ));

test('settings that are changed after a failure do not pretend that it trains', () =>
  open(
    '?task=digits',
    async (page) => {
      await failed(page);
      await page.click(at('tab-setup'));
      await page.locator('button', { hasText: /^SGD$/ }).click();
      await page.waitForTimeout(200);
      await failed(page);
      await recovers(page);
    },
    { expected, prepare: (page) => page.route('**/data/mnist-*', answer(500)) },
  ));

test('a network that does not fit has a way out, on the first load too', () =>
  open('?task=digits&net=c8-c8-c8-c8-c8-c8', async (page) => {
    await failed(page);
    await notice(page).filter({ hasText: 'does not fit together' }).waitFor();
    await page.click(at('undo'));
    await running(page);
    assert.equal(await page.locator(at('parameters')).textContent(), '9,098');
  }));

test('an engine that does not arrive can be fetched again', () =>
  open(
    '?task=points',
    async (page) => {
      await failed(page);
      await notice(page).filter({ hasText: 'The engine did not arrive' }).waitFor();
      await recovers(page);
    },
    { expected, prepare: (page) => page.route('**/*.wasm', answer(503)) },
  ));

test('a part of the page that does not arrive is said, and a second try finds it', () =>
  open(
    '',
    async (page) => {
      await running(page);
      await page.route('**/assets/CodeView*', offline);
      await page.click(at('tab-code'));
      await notice(page).filter({ hasText: 'A part of this page did not arrive' }).waitFor();
      const { step } = await figures(page);
      await figures(page, (now) => now.step > step);
      await page.click(at('without'));
      assert.equal(await notice(page).count(), 0);
      await page.click(at('tab-setup'));
      await page.click(at('tab-code'));
      await notice(page).waitFor();
      await page.unroute('**/assets/CodeView*');
      await page.click(at('reload'));
      await running(page);
      await page.click(at('tab-code'));
      await page.getByText('With the package trainyard').waitFor();
      assert.equal(await notice(page).count(), 0);
    },
    { expected },
  ));

test('a task whose own code does not arrive says so', () =>
  open(
    '',
    async (page) => {
      await running(page);
      await page.route('**/assets/*', offline);
      await page.click(at('task-puzzles'));
      await notice(page).filter({ hasText: 'A part of this page did not arrive' }).waitFor();
      await page.unrouteAll({ behavior: 'wait' });
      await page.click(at('reload'));
      await running(page);
      assert.match(page.url(), /task=puzzles/);
      // Without loading the page again it comes too, where the browser asks again for a module that failed.
      await page.route('**/assets/*', offline);
      await page.click(at('task-forecast'));
      await failed(page);
      await page.unrouteAll({ behavior: 'wait' });
      await page.click(at('again'));
      await running(page);
      await page.locator(at('series')).waitFor();
    },
    { expected },
  ));

for (const path of ['?lang=zh', 'speed.html?lang=zh']) {
  test(`words that do not arrive leave no empty page: ${path}`, () =>
    open(
      path,
      async (page) => {
        await page.getByText('这个页面有一部分没取到').waitFor();
        await page.unrouteAll({ behavior: 'wait' });
        await page.getByRole('link', { name: '再试一次' }).click();
        await page
          .locator('h1')
          .filter({ hasText: /[一-鿿]/ })
          .waitFor();
      },
      {
        expected: /Failed to (load resource|fetch dynamically)/,
        forgiven: /Failed to fetch dynamically imported module/,
        prepare: (page) => page.route('**/assets/zh-*', offline),
      },
    ));
}

test('a language that does not arrive leaves the page in the one that it has', () =>
  open(
    '',
    async (page) => {
      await running(page);
      await page.route('**/assets/zh-*', offline);
      await page.click(at('language'));
      await notice(page).filter({ hasText: 'A part of this page did not arrive' }).waitFor();
      assert.equal(await page.locator('html').getAttribute('lang'), 'en');
      await page.getByRole('link', { name: 'Tang poems' }).waitFor();
      await page.unrouteAll({ behavior: 'wait' });
      await page.click(at('language'));
      await page.getByRole('heading', { name: '这个网络有' }).waitFor();
      await notice(page).waitFor({ state: 'detached' });
    },
    { expected },
  ));

test('a drawing is still there after another task whose data never came', () =>
  open(
    '?task=digits',
    async (page) => {
      await running(page);
      await page.click(at('clear'));
      const box = await page.locator(at('pad')).boundingBox();
      await page.mouse.move(box.x + 60, box.y + 30);
      await page.mouse.down();
      await page.mouse.move(box.x + 80, box.y + 150, { steps: 8 });
      await page.mouse.up();
      await page.route('**/data/moby-dick*', offline);
      await page.click(at('task-melville'));
      await failed(page);
      await page.click(at('task-digits'));
      await running(page);
      await page.getByText('yours, centred and scaled').waitFor();
      // Dark in the middle, where the stroke is, light in the corner.
      const shades = () =>
        page.locator(at('pad')).evaluate((pad) => {
          const { data } = pad.getContext('2d').getImageData(0, 0, pad.width, pad.height);
          let low = 255;
          for (let i = 0; i < data.length; i += 4) low = Math.min(low, data[i]);
          return data[0] - low;
        });
      await until(async () => (await shades()) > 150, 'the drawing is seen');
    },
    { expected },
  ));

test('a visitor who changes their mind faster than the page follows', () =>
  open('', async (page) => {
    await running(page);
    const keys = ['r', ' ', 's', 'd', ' ', ']', 'ArrowLeft', 'r'];
    const tasks = ['digits', 'points', 'forecast', 'puzzles', 'tang', 'digits', 'melville', 'points'];
    for (let i = 0; i < 24; i++) {
      await page.click(at(`task-${tasks[i % tasks.length]}`));
      await page.waitForTimeout((i * 37) % 160);
      await page.keyboard.press(keys[(i * 3) % keys.length]);
      if (i % 3 === 0) await page.keyboard.press(keys[(i * 5 + 1) % keys.length]);
    }
    await page.click(at('task-forecast'));
    await page.click(at('task-points'));
    await running(page);
    assert.equal(await page.locator(at('parameters')).textContent(), '105');
    await figures(page, ({ step }) => step > 20);
    assert.equal(await notice(page).count(), 0);
    assert.equal(await page.locator(at('series')).count(), 0);
  }));

test('on a phone the notice comes to where the visitor is looking', () =>
  open(
    '?lang=zh&theme=dark',
    async (page) => {
      await running(page);
      await page.route('**/assets/CodeView*', offline);
      await page.tap(at('tab-code'));
      await page.locator(at('without')).waitFor();
      await until(async () => ((await notice(page).boundingBox())?.y ?? -1) >= 0, 'the notice is in view');
      const { y, height } = await notice(page).boundingBox();
      assert.ok(y + height < 844 - 170, 'above the dock');
      await page.tap(at('without'));
      await notice(page).waitFor({ state: 'detached' });
    },
    { expected, width: 390, height: 844, hasTouch: true, isMobile: true },
  ));
