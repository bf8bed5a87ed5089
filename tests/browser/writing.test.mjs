// Texts: learns to write them, shows where it looks and what it expects, in both languages; the scale up to GPT-3.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, figures, open, paused, running, until, withBrowser } from './page.mjs';

withBrowser();

/** Small enough for a busy machine. */
const small = 'net=g1-w32-h2-c32&batch=8';

test('Moby-Dick: the loss falls below blind guessing, samples are refreshed, every view is filled', () =>
  open(`?task=melville&${small}`, async (page) => {
    await running(page);
    await page.getByRole('heading', { level: 1, name: /parameters are learning to write like Melville/ }).waitFor();
    const sample = () => page.locator(at('sample')).textContent();
    await page.locator(at('sample')).waitFor();
    const first = await sample();
    assert.match(first, /^now, step \d/);
    // Blindly it is ln 81 = 4.39.
    const { step } = await figures(page, ({ loss }) => loss < 3.2);
    assert.ok(step > 10);
    await until(async () => (await sample()) !== first, 'another sample is written');
    await page.locator(at('chart')).locator('figure[aria-label*="pairs of characters: 2.41"]').waitFor();
    await page.click(at('toggle'));
    await paused(page);
    // The shares of what comes next, the largest first.
    const shares = await page.locator(`${at('next')} li`).allTextContents();
    assert.equal(shares.length, 7);
    const numbers = shares.map((text) => Number(/([\d.]+)%$/.exec(text)?.[1] ?? 0));
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => b - a),
    );
    assert.ok(numbers[0] > 3, 'surer than blind');
    assert.equal(await page.locator(`${at('heads')} button`).count(), 2);
    await page.click(at('head-0-1'));
    await page.getByText('Layer 1, head 2. Thicker: looks harder').waitFor();
  }));

test('a place is chosen by pointer and by keys, and says where the head looks', () =>
  open(`?task=melville&${small}`, async (page) => {
    await running(page);
    await figures(page, ({ step }) => step > 20);
    await page.click(at('toggle'));
    await paused(page);
    const throat = page.locator(at('throat'));
    const place = async () => Number(await throat.getAttribute('data-place'));
    const last = await place();
    const next = await page.locator(at('next')).textContent();
    await throat.focus();
    for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowLeft');
    assert.equal(await place(), last - 4);
    assert.notEqual(await page.locator(at('next')).textContent(), next);
    const said = await throat.getAttribute('aria-valuetext');
    assert.match(said, /^Guessing place \d+, after “.+”\. Looks at: .+ \d+%/s);
    const box = await throat.boundingBox();
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.75);
    assert.notEqual(await place(), last - 4);
  }));

test('the visitor begins, and it writes on while training is paused', () =>
  open(`?task=melville&${small}`, async (page) => {
    await running(page);
    await figures(page, ({ step }) => step > 20);
    await page.fill(at('prompt'), 'Call me 鲸 ');
    await page.getByText('Not in the text, left out: 鲸').waitFor();
    await until(
      async () => (await page.locator(at('sample')).textContent()).includes('Call me'),
      'the sample begins so',
    );
    await page.click(at('write'));
    await paused(page);
    const { step } = await figures(page);
    const live = page.locator(at('live'));
    const length = async () => (await live.textContent()).length;
    await live.waitFor();
    const before = await length();
    await until(async () => (await length()) > before + 20, 'it writes on');
    await page.click(at('write'));
    assert.equal((await figures(page)).step, step, 'writing is not learning');
  }));

test('an LSTM shows its state instead; the sizes are changed without losing the page', () =>
  open(`?task=melville&${small}`, async (page) => {
    await running(page);
    await page.click(at('kind-lstm'));
    await page.locator(at('memory')).waitFor();
    await running(page);
    assert.match(page.url(), /net=l1-w32-c32/);
    await figures(page, ({ loss }) => loss < 3.6);
    assert.equal(await page.locator(at('heads')).count(), 0);
  }));

test('唐诗: Chinese throughout, and the poems begin to have lines', () =>
  open('?task=tang&lang=zh&theme=dark&net=g1-w32-h2-c16&batch=8', async (page) => {
    await running(page);
    await page.getByRole('heading', { level: 1, name: /个参数，在学写唐诗/ }).waitFor();
    // Blindly it is ln 2,000 = 7.60.
    await figures(page, ({ loss }) => loss < 6.8);
    assert.equal(await page.locator(`${at('sample')} pre`).getAttribute('lang'), 'zh-Hans');
    await page.click(at('tab-parameters'));
    await page.locator(at('scale')).waitFor();
    const text = await page.locator('body').evaluate((body) => body.innerText);
    const words = text.match(/[A-Za-z]{4,}/g) ?? [];
    const names =
      /^(Trainyard|SIMD|LSTM|LLaMA|Adam|PyTorch|safetensors|weight|bias|attn|proj|c_attn|c_proj|head|JackeyGao|chinese|poetry)$/;
    assert.deepEqual(
      words.filter((word) => !names.test(word)),
      [],
    );
  }));

test('the scale: this network, its layers as sums, and GPT-3 to the last parameter', () =>
  open(`?task=melville&${small}`, async (page) => {
    await running(page);
    const own = await page.locator(at('parameters')).textContent();
    await page.click(at('tab-parameters'));
    await page.locator(at('scale-count'), { hasText: own }).waitFor();
    // Each layer as the sum that counts it; all of them together are the parameters.
    const sums = await page.locator(`${at('shares')} tbody small`).allTextContents();
    assert.ok(sums.includes('32 × 81 = 2,592') && sums.includes('(32 + 1) × 128 = 4,224'), sums.join('; '));
    const counts = sums.map((sum) => Number(sum.split(' = ')[1].replaceAll(',', '')));
    assert.equal(
      counts.reduce((a, b) => a + b, 0),
      Number(own.replaceAll(',', '')),
    );
    await page.locator(at('scale')).filter({ hasText: 'GPT-3 has' }).waitFor();
    assert.match(
      await page.locator(at('scale')).getAttribute('aria-label'),
      /GPT-2: 124,439,808; LLaMA-7B: 6,738,415,616/,
    );
    await page.click(at('stretch-gpt3'));
    await page.locator(at('scale-count'), { hasText: '174,604,259,328' }).waitFor();
    assert.match(await page.locator(at('memory-table')).textContent(), /the parameters698 GB/);
    await page.click(at('stretch-back'));
    await page.locator(at('scale-count'), { hasText: own }).waitFor();
  }));
