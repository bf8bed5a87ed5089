// Writes bindings/ts/generated/registry.ts from the lists that the engine prints (build/native/describe).
// Usage: node scripts/describe.mjs [--print]
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { root } from './lib/files.mjs';
import { build } from './lib/prepare.mjs';

// What is printed is read: whoever asks for that has built it.
if (!process.argv.includes('--print')) await build('native', 'describe');

const lists = JSON.parse(execFileSync(`${root}/build/native/describe`, { encoding: 'utf8', maxBuffer: 1 << 26 }));

const array = (name, values) =>
  `export const ${name} = [\n${values.map((value) => `  '${value}',\n`).join('')}] as const;\n`;
const names = (list) => list.map(({ name }) => name);

const text = [
  '// Printed from the engine’s own lists by bindings/describe; `npm run describe` writes it, a test fails when it is stale.\n' +
    array('errorCodes', lists.errors),
  array('hintKeys', lists.hints),
  array('layerNames', names(lists.layers)),
  array('lossNames', names(lists.losses)),
  array('optimizerNames', names(lists.optimizers)),
  array('scheduleNames', names(lists.schedules)),
  array('metricNames', names(lists.metrics)),
  array('initializerNames', names(lists.initializers)),
  array('syntheticNames', names(lists.synthetic)),
  array('fitOptions', names(lists.fit)),
].join('\n');

if (process.argv.includes('--print')) process.stdout.write(text);
else writeFileSync(`${root}/bindings/ts/generated/registry.ts`, text);
