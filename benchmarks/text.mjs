// How fast a character GPT (workload W5's) learns a text: validation loss in nats a character against the clock, through
// the package in Node, threads and all. The last tenth of the text is never trained on.
//
//   node benchmarks/text.mjs FILE[.gz] [--minutes 10] [--lr 2e-3] [--json FILE]
//
// The clock runs for everything after the model is built, looks at the validation part included.
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
    lr: { type: 'string', default: '2e-3' },
    build: { type: 'string', default: 'relaxed-threads' },
    stepsPerMinute: { type: 'string' },
    json: { type: 'string' },
  },
});
const [file] = positionals;
if (!file) throw new Error('which text? node benchmarks/text.mjs FILE');
const bytes = readFileSync(file);
const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
const minutes = Number(args.minutes);

const engine = await load({ build: args.build });
const tokenizer = await engine.tokenizer({ type: 'char', text });
const w = { ...workloads.W5, vocab: tokenizer.size };
const { train } = await tokenizer.windows(text, { length: w.context, val: 0.1, stride: 1 });
// Every character of the validation part once.
const { val } = await tokenizer.windows(text, { length: w.context, val: 0.1, stride: w.context });
const model = await engine.model(describe(w), { input: { shape: [w.context], dtype: 'i32' }, seed: 1 });

const start = performance.now();
const seconds = () => (performance.now() - start) / 1000;
const lr = Number(args.lr);
const common = {
  batchSize: w.batch,
  optimizer: { type: 'adamw', lr, weightDecay: 0.1, betas: [0.9, 0.99] },
  clipNorm: 1,
};
const loss = async () => (await model.evaluate(val, { loss: 'crossEntropy' })).loss;
const rows = [];
const look = async (step) => {
  const row = { seconds: Math.round(seconds()), step, loss: Number((await loss()).toFixed(4)) };
  rows.push(row);
  console.log(
    `${String(row.seconds).padStart(4)} s  step ${String(step).padStart(6)}  ${row.loss.toFixed(3)} nats a character`,
  );
};

// The rate rises for a hundred steps and falls to a tenth along a cosine that ends with the time: steps a minute are
// measured first.
let perMinute = Number(args.stepsPerMinute);
if (!perMinute) {
  const probe = model.fit(train, {
    ...common,
    optimizer: { ...common.optimizer, lr: 0, weightDecay: 0 },
    steps: 1e9,
    paused: true,
  });
  await probe.step(10);
  const from = performance.now();
  await probe.step(40);
  perMinute = (40 * 60_000) / (performance.now() - from);
  await probe.stop();
}
const steps = Math.round(perMinute * minutes * 0.97);
const after = { type: 'cosine', tMax: steps, etaMin: lr / 10 };
const schedule = { type: 'warmup', steps: 100, startFactor: 0.01, after };
const run = model.fit(train, { ...common, schedule, steps: 1e9, paused: true });
console.log(
  `${engine.info.build}, ${engine.info.threads} threads, ${tokenizer.size} characters, ${steps} steps in ${minutes} minutes`,
);
await look(0);
for (let step = 0; seconds() < minutes * 60;) {
  const count = Math.round(perMinute / (step < perMinute ? 4 : 2));
  await run.step(count);
  step += count;
  await look(step);
}
await run.stop();
if (args.json) writeFileSync(args.json, `${JSON.stringify({ file: file.split('/').pop(), rows }, null, 1)}\n`);
await engine.dispose();
