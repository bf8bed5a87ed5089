// How fast the character GPT of workload W5, with nn.gpt's own initial weights, learns a text: validation loss in nats a
// character against the clock, through the package in Node, threads and all. The last tenth of the text is never
// trained on.
//
//   node benchmarks/text.mjs FILE[.gz] [--minutes 10] [--lr 3e-3] [--batch 8] [--looks 5] [--json FILE]
//     [--steps N] [--threads N] [--build relaxed-threads]
//
// The clock runs for everything after the model is built and the pace of its steps measured: looks at the validation part
// (all of it, which takes some seconds) included. With --steps the run is as long as they take.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { load } from '../dist/index.js';
import { describe } from './describe.mjs';
import { workloads } from './workloads.mjs';

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '10' },
    lr: { type: 'string', default: '3e-3' },
    batch: { type: 'string', default: String(workloads.W5.batch) },
    build: { type: 'string', default: 'relaxed-threads' },
    looks: { type: 'string', default: '5' },
    steps: { type: 'string' },
    threads: { type: 'string' },
    json: { type: 'string' },
  },
});
const [file] = positionals;
if (!file) throw new Error('which text? node benchmarks/text.mjs FILE');
const bytes = readFileSync(file);
const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
const minutes = Number(args.minutes);

const engine = await load({ build: args.build, ...(args.threads && { threads: Number(args.threads) }) });
const tokenizer = await engine.tokenizer({ type: 'char', text });
const w = { ...workloads.W5, vocab: tokenizer.size };
const { train } = await tokenizer.windows(text, { length: w.context, val: 0.1, stride: 1 });
// Every character of the validation part once.
const { val } = await tokenizer.windows(text, { length: w.context, val: 0.1, stride: w.context });
const model = await engine.model(describe(w), { input: { shape: [w.context], dtype: 'i32' }, seed: 1 });

const lr = Number(args.lr);
const common = {
  batchSize: Number(args.batch),
  optimizer: { type: 'adamw', lr, weightDecay: 0.1, betas: [0.9, 0.99] },
  clipNorm: 1,
};
const loss = async () => (await model.evaluate(val, { loss: 'crossEntropy' })).loss;

// The pace: steps that change nothing, and a look.
const still = { type: 'sgd', lr: 0 };
const probe = model.fit(train, { ...common, optimizer: still, steps: 1e9, paused: true });
await probe.step(10);
let from = performance.now();
await probe.step(40);
const stepSeconds = (performance.now() - from) / 40_000;
await probe.stop();
from = performance.now();
const first = await loss();
const lookSeconds = (performance.now() - from) / 1000;
const looks = Number(args.looks);
const steps = Number(args.steps) || Math.floor((minutes * 60 - looks * lookSeconds) / stepSeconds);

// The rate rises for a hundred steps, stays for half of the rest, and falls to a hundredth with the end of the time.
const after = { type: 'linear', hold: 0.5, endFactor: 0.01 };
const schedule = { type: 'warmup', steps: 100, startFactor: 0.01, after };
const { build, threads } = engine.info;
console.log(
  `${build}, ${threads} threads, ${tokenizer.size} characters, ${steps} steps${args.steps ? '' : ` in ${minutes} minutes`}, batch ${args.batch}, rate ${lr}`,
);
const start = performance.now();
const rows = [];
const note = (step, nats) => {
  const row = { seconds: Math.round((performance.now() - start) / 1000), step, loss: Number(nats.toFixed(4)) };
  rows.push(row);
  const [seconds, at] = [String(row.seconds).padStart(4), String(step).padStart(6)];
  console.log(`${seconds} s  step ${at}  ${row.loss.toFixed(3)} nats a character`);
};
note(0, first);
const run = model.fit(train, { ...common, schedule, steps, paused: true });
for (let look = 1, step = 0; look <= looks; look++) {
  const until = Math.round((steps * look) / looks);
  await run.step(until - step);
  step = until;
  note(step, await loss());
}
await run.stop();
if (args.json) writeFileSync(args.json, `${JSON.stringify({ file: file.split('/').pop(), rows }, null, 1)}\n`);
await engine.dispose();
