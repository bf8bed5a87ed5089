// What each call of a workload's training plan costs, in a native build: node benchmarks/profile.mjs W3 [native] [1]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, inputShape } from './describe.mjs';
import { classes, workloads } from './workloads.mjs';

const [id = 'W2', preset = 'native', threads = '1'] = process.argv.slice(2);
const w = workloads[id];
if (!w || w.kind === 'gemm') throw new Error(`unknown training workload ${id}`);
const job = {
  description: describe(w),
  input: inputShape(w),
  rows: w.batch,
  loss: w.loss,
  threads: Number(threads),
  ...(w.loss === 'crossEntropy' && { classes: classes(w) }),
};
const root = fileURLToPath(new URL('..', import.meta.url));
spawnSync('cmake', ['--build', '--preset', preset, '--target', 'profile'], { cwd: root, stdio: 'inherit' });
const program = `${root}build/${preset}/profile`;
const { status } = spawnSync(program, [], { input: JSON.stringify(job), stdio: ['pipe', 'inherit', 'inherit'] });
process.exit(status ?? 1);
