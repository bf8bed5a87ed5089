// The points in the plane: trains on first paint, every parameter within reach, changes that keep what was learnt.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, figures, open, paused, running, until, withBrowser } from './page.mjs';

withBrowser();

const parameters = (page) => page.locator(at('parameters')).textContent();

test('trains on first paint, and the curve moves', () =>
  open('', async (page) => {
    await running(page);
    assert.equal(await parameters(page), '105');
    const first = await figures(page, ({ step }) => step > 20);
    await figures(page, ({ step }) => step > first.step + 200);
    // The figures are ahead of the curve, which is drawn with the next picture.
    const drawn = async () => Number(await page.locator(at('chart')).getAttribute('data-last'));
    await until(async () => (await drawn()) > first.step + 200, 'the curve is drawn that far');
  }));

test('solves the spiral', () =>
  open('', async (page) => {
    await running(page);
    await page.keyboard.press(']');
    await figures(page, ({ accuracy }) => accuracy >= 0.95);
  }));

test('pause pauses, a step is one step, going on goes on', () =>
  open('', async (page) => {
    await running(page);
    await figures(page, ({ step }) => step > 20);
    await page.click(at('toggle'));
    await paused(page);
    const { step } = await figures(page);
    await page.waitForTimeout(400);
    assert.equal((await figures(page)).step, step);
    await page.click(at('step'));
    assert.equal((await figures(page, (now) => now.step !== step)).step, step + 1);
    // Away from the button that was clicked: there the key would press that.
    await page.locator('h1').click();
    await page.keyboard.press('Space');
    await running(page);
    await figures(page, (now) => now.step > step + 20);
  }));

test('the same seed gives the same network, another seed another one', () =>
  open('?speed=0&view=slowly', async (page) => {
    await page.locator(at('sum-panel')).waitFor();
    const title = () => page.locator(at('slow-numbers')).first().textContent();
    const once = await title();
    await page.reload();
    await page.locator(at('sum-panel')).waitFor();
    assert.equal(await title(), once);
    await page.goto(`${page.url().split('?')[0]}?speed=0&view=slowly&seed=7`);
    await page.locator(at('sum-panel')).waitFor();
    assert.notEqual(await title(), once);
  }));

test('layers and neurons are added and taken away, with each count as its sum', () =>
  open('', async (page) => {
    await running(page);
    const formulas = () => page.locator(at('formula')).allTextContents();
    assert.deepEqual(await formulas(), ['(2 + 1) × 8 = 24', '(8 + 1) × 8 = 72', '(8 + 1) × 1 = 9']);
    await page.click(at('more-0'));
    await page.locator(at('parameters'), { hasText: '116' }).waitFor();
    assert.deepEqual(await formulas(), ['(2 + 1) × 9 = 27', '(9 + 1) × 8 = 80', '(8 + 1) × 1 = 9']);
    await page.click(at('add-'));
    await page.locator(at('parameters'), { hasText: '148' }).waitFor();
    await page.click(at('remove-2'));
    await page.locator(at('parameters'), { hasText: '116' }).waitFor();
    assert.match(page.url(), /net=9-8/);
    assert.equal(await page.locator(at('sum')).textContent(), '116');
  }));

test('a wider layer answers as before: the loss has no jump', () =>
  open('', async (page) => {
    await running(page);
    await figures(page, ({ accuracy, loss }) => accuracy >= 0.95 && loss < 0.3);
    await page.click(at('toggle'));
    await paused(page);
    const before = await figures(page);
    await page.click(at('more-1'));
    await page.locator(at('parameters'), { hasText: '115' }).waitFor();
    await page.click(at('toggle'));
    await figures(page, ({ step }) => step >= before.step + 20);
    const after = await figures(page, ({ step }) => step >= before.step + 40);
    assert.ok(after.step > before.step, 'steps go on counting');
    assert.ok(after.accuracy >= 0.9, `knew ${before.accuracy}, now ${after.accuracy}`);
  }));

test('the learning rate changes while it trains, without losing steps or weights', () =>
  open('', async (page) => {
    await running(page);
    const before = await figures(page, ({ accuracy }) => accuracy >= 0.95);
    await page.locator(at('rate')).fill('12');
    assert.equal(await page.locator(at('rate-value')).textContent(), '0.001');
    // A full step at the old rate may have thrown it off just before the change: it comes back within the wait.
    const after = await figures(page, ({ step, accuracy }) => step > before.step + 100 && accuracy >= 0.9);
    assert.match(page.url(), /lr=0.001/);
    await page.click(at('optimizer-sgd'));
    await running(page);
    await figures(page, ({ step, accuracy }) => step > after.step + 100 && accuracy >= 0.9);
  }));

test('the keyboard reaches a weight, reads it, nudges it', () =>
  open('', async (page) => {
    await running(page);
    await figures(page, ({ step }) => step > 20);
    await page.keyboard.press('Space');
    await paused(page);
    const cell = page.getByRole('gridcell');
    for (let i = 0; i < 40 && !(await cell.evaluate((element) => element === document.activeElement)); i++) {
      await page.keyboard.press('Tab');
    }
    assert.match(await cell.getAttribute('aria-label'), /^Layer 1, This weight: x₁ to neuron 1, [+−]\d\.\d{3}/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    assert.match(await cell.getAttribute('aria-label'), /x₂ to neuron 2/);
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown');
    assert.match(await cell.getAttribute('aria-label'), /^Layer 2, This weight: neuron 2 to neuron 2/);
    await page.keyboard.press('Enter');
    const card = page.locator(at('card'));
    await card.waitFor();
    const value = async () => Number((await page.locator(at('card-value')).textContent()).replace('−', '-'));
    const before = await value();
    await page.keyboard.press('+');
    await until(async () => (await value()) !== before, 'the card shows another value');
    assert.ok(Math.abs((await value()) - before - 0.1) < 0.002);
  }));

test('a click on a dot opens its card, with gradient and history', () =>
  open('', async (page) => {
    await running(page);
    await figures(page, ({ step }) => step > 200);
    const canvas = page.locator('.pan canvas');
    const box = await canvas.boundingBox();
    await page.mouse.click(box.x + 68 + 42 * 2.5, box.y + 6 + 42 * 0.5);
    const card = page.locator(at('card'));
    await card.waitFor();
    assert.match(await card.textContent(), /gradient now\s*[+−]\d/);
    await page.click(at('card-sum'));
    await page.locator(at('sum-panel')).waitFor();
  }));

const number = async (locator) => Number((await locator.textContent()).replace('−', '-'));

for (const optimizer of ['adam', 'sgd']) {
  test(`the next push is what the next step does: ${optimizer}`, () =>
    open(`?speed=1&opt=${optimizer}&lr=0.5`, async (page) => {
      await running(page);
      await figures(page, ({ step }) => step >= 2);
      await page.click(at('toggle'));
      await paused(page);
      const canvas = page.locator('.pan canvas');
      const box = await canvas.boundingBox();
      await page.mouse.click(box.x + 68 + 42 * 2.5, box.y + 6 + 42 * 0.5);
      await page.locator(at('card')).waitFor();
      for (let i = 0; i < 3; i++) {
        const { step } = await figures(page);
        const before = await number(page.locator(at('card-value')));
        const push = await number(page.locator(at('card-push')));
        const gradient = await number(page.locator(at('card-gradient')));
        assert.ok(push !== 0 && gradient !== 0);
        if (optimizer === 'sgd') assert.ok(Math.abs(push + 0.5 * gradient) < 1e-3, `${push} for ${gradient}`);
        await page.click(at('step'));
        await figures(page, (now) => now.step === step + 1);
        await until(
          async () => Math.abs((await number(page.locator(at('card-value')))) - before - push) < 0.0011,
          `${before} has moved by ${push}`,
        );
      }
    }));
}

test('the yard is there before the engine, and nothing jumps when it arrives', () =>
  open('?speed=0', async (page) => {
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route(/\.wasm/, async (route) => {
      await held;
      await route.continue();
    });
    await page.reload();
    assert.equal(await parameters(page), '105');
    const cell = page.getByRole('gridcell');
    const early = await cell.getAttribute('aria-label');
    assert.match(early, /[+−]\d\.\d{3}/);
    assert.equal(await page.locator('main').getAttribute('data-phase'), 'loading');
    const box = await page.locator('.pan canvas').boundingBox();
    release();
    await running(page);
    assert.deepEqual(await page.locator('.pan canvas').boundingBox(), box);
    await cell.focus();
    await page.keyboard.press('Enter');
    const [value] = /[+−]\d\.\d{3}/.exec(early);
    await page.locator(at('card'), { hasText: new RegExp(`at step 0\\s*${value.replace('+', '')}`) }).waitFor();
  }));

test('every tensor opens as a picture in which a parameter is chosen', () =>
  open('?net=3', async (page) => {
    await running(page);
    await page.click(at('tab-parameters'));
    await page.click(at('tensor-0.weight'));
    const picture = page.locator(at('weights-0.weight'));
    const box = await picture.boundingBox();
    await picture.click({ position: { x: box.width * 0.75, y: box.height * 0.5 } });
    await page.locator(at('ledger-value'), { hasText: '0.weight[1, 1]' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.locator(at('ledger-value'), { hasText: '0.weight[2, 1]' }).waitFor();
    assert.match(await page.locator(at('card')).textContent(), /x₂ to neuron 3/);
  }));

test('loss and accuracy are watched live, in training and held out', () =>
  open('', async (page) => {
    await running(page);
    await figures(page, ({ accuracy, trainingAccuracy }) => accuracy > 0.8 && trainingAccuracy > 0.8);
    const chart = page.locator('.chart figure');
    assert.match(await chart.getAttribute('aria-label'), /^Loss over .* Training 0\.\d+, held out 0\.\d+\.$/);
    await page.click(at('curve-of'));
    assert.match(
      await chart.getAttribute('aria-label'),
      /^Share of right answers .* Training \d+(\.\d)?%, held out \d+(\.\d)?%\.$/,
    );
  }));

test('the curve is the slider of the run: back to an earlier step and to the present', () =>
  open('', async (page) => {
    await running(page);
    await figures(page, ({ step }) => step > 400);
    const cell = page.getByRole('gridcell');
    const over = page.locator('.u-over');
    const box = await over.boundingBox();
    await page.mouse.move(box.x + box.width * 0.3, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + 2, box.y + 40, { steps: 5 });
    await page.mouse.up();
    await paused(page);
    const present = page.locator(at('present'));
    await present.waitFor();
    // Copies are taken as pictures are drawn: the very first may lie a little left of where the pointer let go.
    await until(async () => {
      if (/step 0\./.test(await present.textContent())) return true;
      await page.keyboard.press('ArrowLeft');
      return false;
    }, 'step 0 is shown');
    const { step } = await figures(page);
    // What the card says of step 0 is what is shown.
    await cell.focus();
    await page.keyboard.press('Enter');
    const card = page.locator(at('card'));
    await card.waitFor();
    const then = await number(page.locator(at('card-value')));
    await card.filter({ hasText: new RegExp(`at step 0\\s*${String(then.toFixed(3)).replace('-', '−')}`) }).waitFor();
    assert.equal(await page.locator(at('card-push')).textContent(), '–');
    await page.locator('h1').click();
    await page.keyboard.press('ArrowRight');
    await page.locator(at('present'), { hasNotText: 'step 0.' }).waitFor();
    await page.click(at('present'));
    await until(async () => (await number(page.locator(at('card-value')))) !== then, 'the present is shown');
    // The engine works it out; the card shows it as soon as it answers.
    await until(async () => /\d/.test(await page.locator(at('card-push')).textContent()), 'the next push is shown');
    assert.equal((await figures(page)).step, step, 'looking back changes nothing');
  }));

test('the curve as a table and as a file', () =>
  open('', async (page) => {
    await running(page);
    await figures(page, ({ step }) => step > 60);
    await page.click(at('toggle'));
    await paused(page);
    await page.click(at('curve-as-table'));
    const table = page.locator(at('curve-table'));
    await table.waitFor();
    const rows = await table.locator('tbody tr').count();
    assert.ok(rows > 40, `${rows} rows`);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click(at('csv'))]);
    assert.equal(download.suggestedFilename(), 'trainyard-points-42.csv');
    await page.keyboard.press('Escape');
    await table.waitFor({ state: 'detached' });
  }));

test('on a phone a tap opens a card that can be seen', () =>
  open(
    '',
    async (page) => {
      await running(page);
      await figures(page, ({ step }) => step > 20);
      await page.locator('.pan canvas').tap({ position: { x: 90, y: 50 } });
      const card = page.locator(at('card'));
      await card.waitFor();
      await page.locator(at('loupe')).waitFor();
      await page.locator(at('loupe')).waitFor({ state: 'detached' });
      const dock = page.locator('.dock');
      await until(async () => {
        const [above, below] = [await card.boundingBox(), await dock.boundingBox()];
        return above.y >= 0 && above.y + above.height <= below.y;
      }, 'the whole card is above the dock');
    },
    { width: 390, height: 844, hasTouch: true, isMobile: true },
  ));

test('a run that diverges says so, keeps good weights and goes on with a smaller rate', () =>
  open('?act=gelu&opt=sgd&lr=10&batch=1&net=32-32-32', async (page) => {
    const notice = page.locator(at('notice'), { hasText: /became NaN at step \d+, in layer \d/ });
    await notice.waitFor({ timeout: 30_000 });
    await page.click(at('slower'));
    await running(page);
    assert.match(page.url(), /lr=1(&|$)/);
  }));
