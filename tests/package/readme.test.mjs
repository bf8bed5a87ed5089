// The README's example runs as it stands.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url);

test('the README’s example learns the spiral', async () => {
  const readme = readFileSync(new URL('README.md', root), 'utf8');
  const [, example] = /```js\n([^`]*)```/.exec(readme);
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
