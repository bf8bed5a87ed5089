// What each call of a workload's training plan costs: node benchmarks/profile.mjs W3 [native] [1], the build's preset and
// the number of threads. WebAssembly runs in Node: node benchmarks/profile.mjs W5 wasm-relaxed
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, input } from './describe.mjs';
import { classes, workloads } from './workloads.mjs';

const [id = 'W2', preset = 'native', threads = '1'] = process.argv.slice(2);
const w = workloads[id];
if (!w || w.kind === 'gemm') throw new Error(`unknown training workload ${id}`);
const job = {
  description: describe(w),
  input: input(w),
  rows: w.batch,
  loss: w.loss,
  threads: Number(threads),
  ...(w.loss === 'crossEntropy' && { classes: classes(w) }),
};
const root = fileURLToPath(new URL('..', import.meta.url));
const build = ['--build', '--preset', preset, '--target', 'profile'];
// A program of before would tell of another state of the code.
const { status: built } = spawnSync('cmake', build, { cwd: root, stdio: 'inherit' });
if (built !== 0) process.exit(built ?? 1);
const program = `${root}build/${preset}/profile`;
const command = preset.startsWith('wasm')
  ? [
      process.execPath,
      ...(process.versions.node.startsWith('20.') ? ['--experimental-wasm-relaxed-simd'] : []),
      `${program}.cjs`,
    ]
  : [program];
const { status } = spawnSync(command[0], command.slice(1), {
  input: JSON.stringify(job),
  stdio: ['pipe', 'inherit', 'inherit'],
});
process.exit(status ?? 1);
