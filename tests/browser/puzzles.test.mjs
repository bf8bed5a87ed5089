// Copy, reverse, sort, add: learnt by attention, judged on puzzles that were never asked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, figures, open, paused, running, until, withBrowser } from './page.mjs';

withBrowser();

const right = async (page) => page.locator(`${at('examples')} [data-right="true"]`).count();

test('copying is learnt: unseen puzzles become right, and every view is filled', () =>
  open('?task=puzzles&of=copy&net=g1-w32-h2-c4&lr=0.005&speed=0', async (page) => {
    await running(page);
    await page.getByRole('heading', { level: 1, name: /parameters are learning to copy/ }).waitFor();
    await page.locator(at('example-0')).waitFor();
    assert.ok((await right(page)) < 4, 'nothing is learnt yet');
    for (let i = 0; i < 6; i++) await page.keyboard.press(']');
    const reached = await figures(page, ({ accuracy }) => accuracy > 0.97, 30_000);
    assert.ok(reached.loss < 1);
    await until(async () => (await right(page)) >= 7, 'the shown answers are right');
    await until(
      async () => Number(await page.locator(at('whole')).getAttribute('data-share')) > 0.8,
      'most are right to the last digit',
    );
    await page.click(at('toggle'));
    await paused(page);
    assert.equal(await page.locator(`${at('heads')} button`).count(), 2);
    assert.match(
      await page.locator(at('example-3')).getAttribute('aria-label'),
      /^\d+: it answers \d+, (right|wrong)$/,
    );
    // Another puzzle, another digit of its answer.
    await page.click(at('example-3'));
    const throat = page.locator(at('throat'));
    await throat.focus();
    const place = Number(await throat.getAttribute('data-place'));
    await page.keyboard.press('ArrowRight');
    assert.equal(Number(await throat.getAttribute('data-place')), place + 1);
    assert.match(await throat.getAttribute('aria-valuetext'), /Looks at: /);
  }));

test('another puzzle, another length, an LSTM: each from the set-up, each in the address', () =>
  open('?task=puzzles&net=g1-w16-h1-c4', async (page) => {
    await running(page);
    await page.getByRole('heading', { name: /write backwards/ }).waitFor();
    await page.click(at('puzzle-add'));
    await page.getByRole('heading', { name: /learning to add/ }).waitFor();
    await page.locator(at('example-7'), { hasText: /\d\d\+\d\d/ }).waitFor();
    await running(page);
    const { step } = await figures(page, (now) => now.step > 20);
    await page.locator(at('size-context')).focus();
    await page.keyboard.press('ArrowRight');
    await page.locator(at('example-7'), { hasText: /\d{3}\+\d{3}/ }).waitFor();
    // Another length goes on with what was learnt.
    await running(page);
    assert.ok((await figures(page)).step >= step);
    await page.click(at('kind-lstm'));
    await page.getByText('An LSTM has nothing to look back with').waitFor();
    await running(page);
    await figures(page, ({ loss }) => loss < 2.4);
    assert.match(page.url(), /of=add.*net=l1-w16-c6/);
  }));

test('with attention and without: the other kind, as large, on the same puzzles, and what both runs say', () =>
  open('?task=puzzles&net=g1-w32-h2-c4&lr=0.005', async (page) => {
    await running(page);
    await page.getByText('will it do as well?').waitFor();
    const size = async () => Number((await page.locator(at('parameters')).textContent()).replaceAll(',', ''));
    const own = await size();
    await figures(page, ({ step }) => step > 150);
    await page.click(at('other-kind'));
    await page.getByText('An LSTM has nothing to look back with').waitFor();
    assert.match(page.url(), /net=l1-w\d+-c4/);
    const ratio = (await size()) / own;
    assert.ok(ratio > 0.6 && ratio < 1.7, `${ratio} times as many`);
    // What it carries instead, and the two runs after as many steps.
    await page.locator(at('memory')).waitFor();
    await running(page);
    await figures(page, ({ step }) => step > 150);
    await page.locator(at('verdict'), { hasText: /After \d+ steps each.*GPT \d+% right, LSTM \d+%/ }).waitFor();
    // Back to the GPT as it was.
    await page.click(at('other-kind'));
    await page.locator(at('heads')).waitFor();
    assert.match(page.url(), /net=g1-w32-h2-c4/);
  }));

test('Chinese, dark and on a phone', () =>
  open(
    '?task=puzzles&of=sort&lang=zh&theme=dark&net=g1-w16-h2-c4',
    async (page) => {
      await running(page);
      await page.getByRole('heading', { level: 1, name: /个参数，在学排序/ }).waitFor();
      await figures(page, ({ loss }) => loss < 2.4);
      const { scroll, client } = await page.evaluate(() => ({
        scroll: document.documentElement.scrollWidth,
        client: document.documentElement.clientWidth,
      }));
      assert.ok(scroll <= client, `${scroll} wide on ${client}`);
      await page.selectOption(at('tasks'), 'points');
      await page.getByText('这个网络有').waitFor();
    },
    { width: 390, height: 844, hasTouch: true, isMobile: true },
  ));
