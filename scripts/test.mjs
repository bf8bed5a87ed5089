// npm test: sets up what is missing, runs every stage, and says what ran and how long it took.
// Usage: node scripts/test.mjs [STAGE…] (all stages without one). Fails when a stage fails or ran no test.
import { installPackages, setUp } from './lib/prepare.mjs';
import { stages } from './stages.mjs';

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !stages.some((stage) => stage.name === name));
if (unknown.length > 0) {
  console.error(`unknown stage ${unknown.join(', ')}; there are: ${stages.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const chosen = wanted.length > 0 ? stages.filter(({ name }) => wanted.includes(name)) : stages;

const rows = [];
const minutes = (since) => ((performance.now() - since) / 60_000).toFixed(1);

async function timed(name, what, task) {
  const start = performance.now();
  console.log(`\n=== ${name}: ${what}`);
  let failure = '';
  let tests;
  try {
    tests = await task();
    if (tests === 0) failure = 'ran no test';
  } catch (error) {
    failure = error.message;
  }
  rows.push({ name, minutes: minutes(start), tests: tests ?? '', failure });
  console.log(`=== ${name}: ${failure === '' ? 'passed' : `FAILED (${failure})`}, ${rows.at(-1).minutes} min`);
}

const start = performance.now();
await timed('set-up', 'toolchain, system packages, npm packages', async () => {
  await setUp('all');
  await installPackages();
});
if (rows[0].failure === '') for (const { name, what, run } of chosen) await timed(name, what, run);

console.log('\nstage                  minutes   tests');
for (const { name, minutes, tests, failure } of rows) {
  console.log(
    `${name.padEnd(22)} ${minutes.padStart(7)} ${String(tests).padStart(7)}   ${failure === '' ? 'passed' : `FAILED: ${failure}`}`,
  );
}
console.log(`${'total'.padEnd(22)} ${minutes(start).padStart(7)}`);
process.exit(rows.every(({ failure }) => failure === '') ? 0 : 1);
