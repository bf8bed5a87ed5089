// Handwritten digits: learns real ones, reads what is drawn.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, figures, open, paused, running, until, withBrowser } from './page.mjs';

withBrowser();

test('over 96 % of held-out digits within six epochs, and the curve moves', () =>
  open('?task=digits', async (page) => {
    await running(page);
    assert.equal(await page.locator(at('parameters')).textContent(), '9,098');
    const drawn = async () => Number(await page.locator(at('chart')).getAttribute('data-last'));
    const before = await drawn();
    const reached = await figures(page, ({ accuracy, epoch }) => accuracy > 0.96 || epoch > 6, 300_000);
    assert.ok(reached.accuracy > 0.96);
    // When it got there stands in the curve, however late it was asked. A table stays as it was when it was opened.
    await page.click(at('toggle'));
    await paused(page);
    let step;
    const look = async () => {
      await page.click(at('curve-as-table'));
      await page
        .locator(`${at('curve-table')} tbody tr`)
        .first()
        .waitFor();
      step = await page.locator(`${at('curve-table')} tbody tr`).evaluateAll((rows) => {
        const row = rows.find(({ cells }) => Number(cells[5].textContent) > 0.96);
        return row && Number(row.cells[0].textContent.replace(/,/g, ''));
      });
      await page.keyboard.press('Escape');
      await page.locator(at('curve-table')).waitFor({ state: 'detached' });
      return step !== undefined;
    };
    await until(look, 'the curve has it');
    assert.ok((step * 32) / 8004 <= 6, `at step ${step}`);
    await page.click(at('toggle'));
    await running(page);
    await until(async () => (await drawn()) > before, 'the curve has moved');
    // What is counted for the matrix are the same digits.
    await page.locator('table.confusion').waitFor({ timeout: 60_000 });
    const cells = await page.locator('table.confusion tbody td').allTextContents();
    assert.equal(cells.length, 100);
    assert.equal(
      cells.reduce((sum, cell) => sum + Number(cell || 0), 0),
      1996,
    );
  }));

test('a drawn stroke is read while it trains', () =>
  open('?task=digits', async (page) => {
    await running(page);
    await figures(page, ({ accuracy }) => accuracy > 0.9, 300_000);
    await page.click(at('clear'));
    const box = await page.locator(at('pad')).boundingBox();
    const to = (x, y) => page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 12 });
    await to(0.52, 0.15);
    await page.mouse.down();
    await to(0.48, 0.85);
    await page.mouse.up();
    const answer = page.locator(at('answer'));
    await until(async () => (await answer.getAttribute('data-best')) === '1', 'the stroke is read as a 1');
    const shares = await answer.locator('li').allTextContents();
    assert.equal(shares.length, 10);
  }));

test('any weight opens its card: of a filter, of a hidden neuron, of the answer', () =>
  open('?task=digits&net=c4-d16', async (page) => {
    await running(page);
    await figures(page, ({ step }) => step > 30);
    await page.click(at('toggle'));
    await paused(page);
    const card = page.locator(at('card'));
    const visible = async (title) => {
      await card.filter({ hasText: title }).waitFor();
      const box = await card.boundingBox();
      const stage = await page.locator('.stage').boundingBox();
      assert.ok(box.x >= stage.x && box.x + box.width <= stage.x + stage.width, 'the card is inside the stage');
      assert.ok(await card.evaluate((element) => element.scrollWidth <= element.clientWidth), 'the card is not cut');
      assert.match(await page.locator(at('card-push')).textContent(), /^[+−]?\d/);
    };
    await page.locator('.pairs button').first().click();
    await visible('filter 1');
    await page.locator(at('weights-4.weight')).first().click();
    await visible(/neuron \d+ to neuron 1/);
    await page.locator(at('weights-6.weight')).first().click();
    await visible(/neuron \d+ to neuron \d+/);
  }));

test('the card of a weight fits a phone', () =>
  open(
    '?task=digits&lang=zh',
    async (page) => {
      await running(page);
      await page.locator('.pairs button').first().tap();
      await page.locator(at('card')).waitFor();
      const { scroll, client } = await page.evaluate(() => ({
        scroll: document.documentElement.scrollWidth,
        client: document.documentElement.clientWidth,
      }));
      assert.ok(scroll <= client, `${scroll} wide on ${client}`);
    },
    { width: 390, height: 844, hasTouch: true, isMobile: true },
  ));

test('the network of the digits is rebuilt layer by layer', () =>
  open('?task=digits', async (page) => {
    await running(page);
    await page.click(at('tab-setup'));
    assert.deepEqual(await page.locator(at('formula')).allTextContents(), [
      '(3 × 3 × 1 + 1) × 8 = 80',
      '(3 × 3 × 8 + 1) × 16 = 1,168',
      '(784 + 1) × 10 = 7,850',
    ]);
    await page.click(at('add-d'));
    await page.locator(at('parameters'), { hasText: '26,698' }).waitFor();
    await running(page);
    assert.match(page.url(), /net=c8-c16-d32/);
  }));
