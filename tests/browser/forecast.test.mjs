// A curve through time: an LSTM learns it, and says what it never saw better than the simplest guess.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, figures, open, paused, running, until, withBrowser } from './page.mjs';

withBrowser();

const errors = (page, test) =>
  page.locator(at(test)).evaluate(({ dataset }) => ({ own: Number(dataset.own), simple: Number(dataset.simple) }));

test('air passengers: better than the month before, on months that it never learnt from', () =>
  open('?task=forecast', async (page) => {
    await running(page);
    await page.getByRole('heading', { level: 1, name: /parameters are learning how a curve goes on/ }).waitFor();
    await page.locator(at('errors')).waitFor();
    const first = await errors(page, 'errors');
    // As the data's description has it: 44.2.
    assert.ok(Math.abs(first.simple - 44.2) < 0.05, `${first.simple}`);
    const far = await errors(page, 'far-errors');
    await until(async () => (await errors(page, 'errors')).own < 30, 'it beats the month before', 60_000);
    await until(async () => (await errors(page, 'far-errors')).own < far.own, 'it goes on better by itself');
    await page.click(at('toggle'));
    await paused(page);
    // Every point is within reach of the keys.
    await page.locator(at('series')).focus();
    assert.match(
      await page.locator(at('point')).textContent(),
      /^1959-01: 360\.0; it said \d+\.\d; by itself \d+\.\d$/,
    );
    await page.keyboard.press('ArrowLeft');
    assert.match(await page.locator(at('point')).textContent(), /^1958-12: 337\.0; it said \d+\.\d$/);
  }));

test('other curves, windows and horizons', () =>
  open('?task=forecast&net=l1-w8-c12', async (page) => {
    await running(page);
    await page.click(at('series-sunspots'));
    await page.locator(`${at('series')}[aria-label^="Sunspots, 1809 to 2008"]`).waitFor();
    await running(page);
    // As the data's description has it: 25.1.
    assert.ok(Math.abs((await errors(page, 'errors')).simple - 25.1) < 0.05);
    await page.locator(at('size-ahead')).focus();
    await page.keyboard.press('ArrowRight');
    await running(page);
    assert.match(page.url(), /of=sunspots.*net=l1-w8-c12-p2/);
    const { step } = await figures(page);
    await figures(page, (now) => now.step > step + 20);
    for (const series of ['co2', 'births']) {
      await page.click(at(`series-${series}`));
      await page.locator(`${at('series-' + series)}[aria-pressed="true"]`).waitFor();
      await running(page);
      await page.locator(at('errors')).waitFor();
      assert.ok(Number.isFinite((await errors(page, 'errors')).own), series);
    }
  }));

test('Chinese, dark and on a phone', () =>
  open(
    '?task=forecast&lang=zh&theme=dark',
    async (page) => {
      await running(page);
      await page.getByRole('heading', { level: 1, name: /个参数，在学曲线接下来怎么走/ }).waitFor();
      await page.locator(at('errors')).waitFor();
      await figures(page, ({ step }) => step > 20);
      const { scroll, client } = await page.evaluate(() => ({
        scroll: document.documentElement.scrollWidth,
        client: document.documentElement.clientWidth,
      }));
      assert.ok(scroll <= client, `${scroll} wide on ${client}`);
    },
    { width: 390, height: 844, hasTouch: true, isMobile: true },
  ));
