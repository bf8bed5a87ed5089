// The package's face agrees with the engine's lists, and every sentence exists in both languages.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { nn, TrainyardError } from 'trainyard';

const root = new URL('../../', import.meta.url);
const registry = JSON.parse(execFileSync(fileURLToPath(new URL('build/native/describe', root)), { encoding: 'utf8' }));

test('the generated registry is the engine’s', () => {
  const written = readFileSync(new URL('bindings/ts/generated/registry.ts', root), 'utf8');
  const printed = execFileSync('node', [new URL('scripts/describe.mjs', root).pathname, '--print'], {
    encoding: 'utf8',
  });
  assert.equal(written, printed, 'npm run describe');
});

test('every code and every hint of the engine has a sentence in both languages', () => {
  const data = (code, hint) => ({ code, path: 'here', expected: '1', got: '2', hint: { key: hint, argument: 'that' } });
  const bare = (code) => new TrainyardError(data(code, ''));
  for (const code of registry.errors) {
    const error = bare(code);
    assert.match(error.in('en'), /^here: [A-Z].*\. Expected 1, got 2\.$/, code);
    assert.match(error.in('zh'), /^here：.*[\u4e00-\u9fff].*。应为 1，实为 2。$/, code);
  }
  for (const hint of registry.hints) {
    const error = new TrainyardError(data('INTERNAL', hint));
    for (const language of ['en', 'zh'])
      assert.notEqual(error.in(language), bare('INTERNAL').in(language), `${hint} in ${language}`);
    assert.match(error.in('zh').replace(bare('INTERNAL').in('zh'), ''), /[\u4e00-\u9fff]/, hint);
  }
});

test('nn has every layer of the engine, with options that it knows', () => {
  const numbers = [3, 2];
  for (const { name, options } of registry.layers) {
    if (name === 'sequential') continue;
    assert.equal(typeof nn[name], 'function', name);
    const built = nn[name](...numbers.slice(0, nn[name].length));
    // A ready model (gpt, lstmText) is a description of that one layer.
    const { type, ...made } = built.trainyard ? built.layers[0] : built;
    assert.equal(type, name);
    const known = options.map((option) => option.name);
    for (const key of Object.keys(made)) assert.ok(known.includes(key), `${name}.${key}: ${known.join(', ')}`);
  }
  const known = ['graph', 'Module', 'Value', 'trace', ...registry.layers.map(({ name }) => name)];
  assert.deepEqual(Object.keys(nn).filter((name) => !known.includes(name)), []); // prettier-ignore
});
