// What holds for every task: languages, themes, the address, small screens, the size of the first load.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { at, figures, open, paused, running, until, withBrowser } from './page.mjs';

withBrowser();

test('HTML, JavaScript and CSS of the first load: 120 kB in gzip or less', () =>
  open('', async (page, responses) => {
    await running(page);
    let bytes = 0;
    for (const response of responses) {
      const type = response.headers()['content-type'] ?? '';
      // The engine's own file counts with the engine: the page is read before it.
      if (!/html|javascript|css/.test(type) || /trainyard\./.test(response.url())) continue;
      bytes += gzipSync(await response.body()).length;
    }
    assert.ok(bytes > 20_000, 'nothing was counted');
    assert.ok(bytes <= 120_000, `${bytes} bytes`);
  }));

test('both languages, changed without losing the run', () =>
  open('?lang=zh', async (page) => {
    await running(page);
    await page.getByRole('heading', { level: 1 }).filter({ hasText: '这个网络有 105 个参数' }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'zh-Hans');
    const { step } = await figures(page, (now) => now.step > 50);
    await page.click(at('language'));
    await page.getByRole('heading', { level: 1 }).filter({ hasText: 'This network has 105 parameters' }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    assert.ok((await figures(page)).step >= step);
  }));

test('a Chinese browser is spoken to in Chinese', () =>
  open('', (page) => page.getByText('这个网络有').waitFor(), { locale: 'zh-CN' }));

test('no English is left over in the Chinese page', () =>
  open('?lang=zh&task=digits', async (page) => {
    await running(page);
    // The program is code in any language.
    for (const tab of ['setup', 'results', 'parameters']) {
      await page.click(at(`tab-${tab}`));
      const text = await page.locator('body').evaluate((body) => body.innerText);
      const words = text.match(/[A-Za-z]{3,}/g) ?? [];
      // Names: of the project, of methods, of files, of people.
      const names =
        /^(Trainyard|SIMD|ReLU|GELU|Sigmoid|tanh|SGD|Adam|RMS|MNIST|NIST|Yann|LeCun|Corinna|Cortes|PyTorch|safetensors|weight|bias)$/;
      assert.deepEqual(
        words.filter((word) => !names.test(word)),
        [],
      );
    }
  }));

test('the address holds the state', () =>
  open('?data=moons&net=3&act=relu&lr=0.02&batch=20&opt=sgd&seed=5&theme=dark', async (page) => {
    await running(page);
    assert.equal(await page.locator(at('parameters')).textContent(), '13');
    assert.equal(await page.locator(at('shape-moons')).getAttribute('aria-pressed'), 'true');
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
    await page.click(at('theme'));
    await page.click(at('shape-circle'));
    await running(page);
    const { searchParams } = new URL(page.url());
    assert.equal(searchParams.get('data'), 'circle');
    assert.equal(searchParams.get('theme'), null);
    assert.equal(searchParams.get('seed'), '5');
  }));

test('a garbled address falls back to what is usual', () =>
  open('?data=rings&net=9x9&lr=-1&batch=1.5&seed=abc&speed=99', async (page) => {
    await running(page);
    assert.equal(await page.locator(at('parameters')).textContent(), '105');
  }));

for (const [task, lang] of [
  ['points', 'zh'],
  ['digits', 'en'],
]) {
  test(`fits a phone: ${task}`, () =>
    open(
      `?task=${task}&lang=${lang}`,
      async (page) => {
        await running(page);
        await figures(page, ({ step }) => step > 10);
        const { scroll, client } = await page.evaluate(() => ({
          scroll: document.documentElement.scrollWidth,
          client: document.documentElement.clientWidth,
        }));
        assert.ok(scroll <= client, `${scroll} wide on ${client}`);
        await page.tap(at('toggle'));
        await page.locator('main[data-phase="paused"]').waitFor();
      },
      { width: 390, height: 844, hasTouch: true, isMobile: true },
    ));
}

test('one step, slowly: numbers appear as they are worked out, and add up', () =>
  open('?net=3', async (page) => {
    await running(page);
    await figures(page, ({ step }) => step > 50);
    await page.keyboard.press('v');
    await page.locator(at('sum-panel')).waitFor();
    const panel = () => page.locator(at('sum-panel')).textContent();
    assert.doesNotMatch(await panel(), /−ln \d/);
    assert.equal(await page.locator(at('slow-loss')).textContent(), '');
    for (let i = 0; i < 6; i++) await page.click(at('slow-on'));
    assert.match(await page.locator(at('slow-loss')).textContent(), /^\d+\.\d{4}$/);
    const text = (await panel()).replaceAll('−', '-');
    const [, value, rate, gradient, result] =
      /(-?\d+\.\d+) - (\d*\.?\d+) × \(?(-?\d+\.\d+)\)? = (-?\d+\.\d+)/.exec(text.slice(text.indexOf('Update'))) ?? [];
    assert.ok(Math.abs(Number(value) - Number(rate) * Number(gradient) - Number(result)) < 2e-4, text);
    await page.click(at('slow-lab'));
    await page.locator('main[data-phase="paused"]').waitFor();
  }));

/** Closes the list of keys, and waits until the keys are the page's again. */
async function closed(page) {
  await page.keyboard.press('Escape');
  await until(() => page.evaluate(() => !document.activeElement.closest('dialog')), 'the focus has left the list');
}

test('letters and signs can be switched off as keys, which is remembered; space and arrows stay', () =>
  open('', async (page) => {
    await running(page);
    await figures(page, ({ step }) => step > 20);
    await page.keyboard.press('?');
    await page.uncheck(at('letters'));
    await closed(page);
    await page.keyboard.press(' ');
    await paused(page);
    const { step } = await figures(page);
    for (const key of ['r', 'R', 's', 'd', 'v', '[', '?']) await page.keyboard.press(key);
    await page.waitForTimeout(300);
    assert.equal((await figures(page)).step, step);
    assert.equal(new URL(page.url()).search, '');
    assert.equal(await page.locator('dialog[open]').count(), 0);
    await page.reload();
    await running(page);
    await page.keyboard.press('s');
    await page.waitForTimeout(300);
    await running(page);
    await page.getByRole('button', { name: 'Keys' }).first().click();
    await page.check(at('letters'));
    await closed(page);
    await page.keyboard.press('s');
    await paused(page);
  }));

test('what a key threw away can be brought back: weights, steps, curve and seed', () =>
  open('', async (page) => {
    await running(page);
    await figures(page, ({ step, accuracy }) => step > 400 && accuracy > 0.6);
    await page.keyboard.press(' ');
    await paused(page);
    const before = await figures(page);
    // One step a second: the new network never learns for as long as the old one did.
    for (let i = 0; i < 5; i++) await page.keyboard.press('[');
    for (const key of ['r', 'd']) {
      await page.keyboard.press(key);
      await running(page);
      await page.keyboard.press(' ');
      await paused(page);
      // A second press must not put the few steps since then in the place of what was lost.
      await page.keyboard.press('r');
      await running(page);
      await page.click(at('bring-back'));
      await until(async () => (await figures(page)).step >= before.step, 'the steps are back');
      assert.equal(await page.locator(at('bring-back')).count(), 0);
      await page.keyboard.press(' ');
      await paused(page);
      const after = await figures(page);
      assert.ok(after.step >= before.step);
      assert.equal(new URL(page.url()).searchParams.get('seed'), null);
      Object.assign(before, after);
    }
    assert.ok(before.accuracy > 0.6);
  }));
