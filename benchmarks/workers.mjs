// What engines in workers gain that share a batch, where a page may have no threads: steps of the training workloads
// by one engine and by several, in Node, in turn. node benchmarks/workers.mjs [W5 …] [--workers 2]
import { load, data as sets } from '../dist/index.js';
import { batches, parameters, workloads } from './workloads.mjs';
import { describe, input, optimizer } from './describe.mjs';
import { stack } from './layout.mjs';

const given = process.argv.slice(2);
const flag = given.indexOf('--workers');
const workers = flag < 0 ? 2 : Number(given.splice(flag, 2)[1]);
const trained = Object.keys(workloads).filter((id) => workloads[id].kind !== 'gemm');
const ids = given.length > 0 ? given : trained;
if (!(workers >= 2 && workers <= 8) || ids.some((id) => !trained.includes(id))) {
  console.error(`node benchmarks/workers.mjs [${trained.join(' ')}] [--workers 2]`);
  process.exit(2);
}
const rounds = 5;
const milliseconds = 1500;

const engine = await load({ threads: 1 });
const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];

console.log(`${engine.info.build}, ${workers} workers; ms a step, median of ${rounds} rounds`);
for (const id of ids) {
  const w = workloads[id];
  const some = batches(w);
  const all = sets.arrays({ x: stack(w, some, 'x'), y: stack(w, some, 'y') });
  const bytes = Object.values(parameters(w)).reduce((sum, { data }) => sum + 4 * data.length, 0);
  const courses = [];
  for (const number of [1, workers]) {
    const model = await engine.model(describe(w), { input: input(w) });
    const options = { loss: w.loss, batchSize: w.batch, optimizer: optimizer(w.optimizer), shuffle: false };
    const run = model.fit(all, { ...options, workers: number, steps: 1e9, paused: true });
    const start = performance.now();
    const state = await run.step(10);
    courses.push({
      run,
      number: state.workers,
      why: state.alone,
      start: performance.now() - start,
      times: [],
      steps: 10,
    });
  }
  for (let round = 0; round < rounds; round++) {
    for (const course of courses) {
      let done = 0;
      const start = performance.now();
      while (performance.now() - start < milliseconds) {
        await course.run.step(course.steps);
        done += course.steps;
        // As few calls from here as can be.
        course.steps = Math.max(10, Math.round((done * milliseconds) / 2 / (performance.now() - start)));
      }
      course.times.push((performance.now() - start) / done);
    }
  }
  const [one, many] = courses.map(({ times }) => median(times));
  console.log(
    `${id.padEnd(4)} ${(bytes / 1e6).toFixed(2)} MB of gradient: ${one.toFixed(3)} alone, ${many.toFixed(3)} by ${courses[1].number}${courses[1].why ? ` (${courses[1].why})` : ''}: ${(one / many).toFixed(2)} times as fast`,
  );
  for (const { run } of courses) await run.stop();
}
engine.dispose();
