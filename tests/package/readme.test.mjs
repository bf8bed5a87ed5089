// The README's examples run as they stand.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url);

const examples = () =>
  [...readFileSync(new URL('README.md', root), 'utf8').matchAll(/```js\n(.*?)```/gs)].map(([, example]) => example);

test('the README’s example learns the spiral', async () => {
  const [example] = examples();
  const lines = example.split('\n').filter((line) => line.trim() !== '');
  assert.ok(lines.length <= 15, `${lines.length} lines`);
  // Inside the package its own name is the built package.
  mkdirSync(new URL('build/', root), { recursive: true });
  const file = new URL('build/readme_example.mjs', root);
  writeFileSync(file, `${example}\nexport { engine, file, model, run, scores, val };\n`);
  const { engine, file: weights, model, run, scores, val } = await import(file);
  assert.equal((await run.done).state, 'finished');
  assert.equal(scores.length, 2);
  assert.ok(weights.length > 1000);
  const { accuracy } = await model.evaluate(val, { metrics: ['accuracy'] });
  assert.ok(accuracy > 0.85, `accuracy ${accuracy}`);
  engine.dispose();
});

test('the README’s second example reads a text and writes one', async () => {
  const [, example] = examples();
  // The text comes from here, the steps are fewer, and what it writes is kept.
  const text = 'Call me: the whale and the sea and the ship and the storm. '.repeat(60);
  const run = example
    .replace("await (await fetch('moby-dick.txt')).text()", JSON.stringify(text))
    .replace('steps: 1000', 'steps: 60')
    .replace('console.log(', 'written.push(');
  assert.ok(run.includes('written.push(') && run.includes('steps: 60,') && !run.includes('fetch('));
  const file = new URL('build/readme_text_example.mjs', root);
  const start = "import { load, nn } from 'trainyard';\nconst engine = await load();\nconst written = [];\n";
  mkdirSync(new URL('build/', root), { recursive: true });
  writeFileSync(file, `${start}${run}\nexport { engine, gpt, windows, written };\n`);
  const { engine, gpt, windows, written } = await import(file);
  assert.equal(written.length, 100);
  const { loss } = await gpt.evaluate(windows.val, { loss: 'crossEntropy' });
  assert.ok(loss < 1.5, `loss ${loss}`);
  engine.dispose();
});
