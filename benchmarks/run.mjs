// npm run bench: measures Trainyard and the other in-browser trainers; README.md says how.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { installPackages } from '../scripts/lib/prepare.mjs';

/** Says what is wrong before anything is measured. */
function refuse(why) {
  console.error(why);
  process.exit(2);
}

/** The options; those that there are not, or that lack a value, are named without a stack trace. */
function read(options) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return refuse(error.message);
  }
}
const args = read({
  only: { type: 'string' },
  engine: { type: 'string' },
  json: { type: 'string' },
  node: { type: 'boolean', default: false },
  rounds: { type: 'string', default: '7' },
  slice: { type: 'string', default: '200' },
  python: { type: 'string' },
  chromium: { type: 'string', default: process.env.CHROMIUM ?? '/usr/bin/chromium' },
});
/** A positive number. */
const positive = (option, whole) => {
  const value = Number(args[option]);
  if (!(value > 0 && value < Infinity) || (whole && !Number.isInteger(value))) refuse(`--${option} ${args[option]}`);
  return value;
};
const timing = { rounds: positive('rounds', true), sliceMs: positive('slice') };
if (args.python) process.env.PYTHON = args.python;
await installPackages('benchmarks'); // the other engines are dependencies of this folder alone
if (!existsSync(new URL('../dist/index.js', import.meta.url))) {
  throw new Error('dist/ is missing: npm run build makes the package that is measured');
}

const { cells, engines, usualEngines } = await import('./engines.mjs');
const { measureWorkload } = await import('./measure.mjs');
const { openProcess } = await import('./process.mjs');
const { measureInference } = await import('./inference.mjs');
const { describeRow, tables } = await import('./report.mjs');
const { inferences, workloads } = await import('./workloads.mjs');

const chosen = (list, all, usual = all) => {
  const names = list === undefined ? usual : [...new Set(list.split(','))];
  for (const name of names) if (!all.includes(name)) refuse(`unknown name ${name}, not one of ${all.join(', ')}`);
  return names;
};
const workloadNames = chosen(args.only, [...Object.keys(workloads), ...Object.keys(inferences), 'load', 'page']);
const runs = ({ inNode, command }) => !args.node || inNode || command;
const engineNames = chosen(args.engine, Object.keys(engines), usualEngines).filter((name) => runs(engines[name]));
const measurable = workloadNames.filter((name) => workloads[name] || inferences[name] || !args.node);
if (engineNames.length === 0 || measurable.length === 0) refuse('nothing of this runs with --node');
if (args.json) {
  // Refused now, not after a quarter of an hour.
  await writeFile(args.json, '', { flag: 'a' }).catch((error) => refuse(`--json: ${error.message}`));
}

const tab = args.node
  ? (await import('./node.mjs')).openNode()
  : await (await import('./browser.mjs')).openBrowser(args.chromium);
const place = { open: (cell) => (cell.engine.command ? openProcess(cell) : tab.open(cell)) };
const rows = [];
const report = (more) => {
  rows.push(...more);
  for (const row of more) console.log(describeRow(row));
};

for (const id of workloadNames.filter((name) => workloads[name])) {
  const w = workloads[id];
  for await (const more of measureWorkload(place, w, cells(engineNames, w), timing)) report(more);
}
for (const id of workloadNames.filter((name) => inferences[name])) {
  report(await measureInference(place, inferences[id], cells(engineNames, inferences[id]), timing));
}
await tab.close();
const inTab = (name) => workloadNames.includes(name) && engineNames.includes('trainyard') && !args.node;
if (inTab('load')) {
  const { measureLoad } = await import('./load.mjs');
  report(await measureLoad(args.chromium));
}
if (inTab('page')) {
  const { measurePage } = await import('./page.mjs');
  report([await measurePage(args.chromium)]);
}
if (rows.length === 0) refuse(`none of ${engineNames.join(', ')} does any of ${workloadNames.join(', ')}`);
console.log(`\n${tables(rows)}`);

if (args.json) {
  const machine = {
    date: new Date().toISOString(),
    cpu: cpus()[0].model,
    cores: cpus().length,
    place: tab.name,
    command: `npm run bench -- ${process.argv.slice(2).join(' ')}`.trim(),
  };
  await writeFile(args.json, `${JSON.stringify({ machine, rows }, null, 1)}\n`);
}
if (rows.every(({ error }) => error)) process.exitCode = 1;
