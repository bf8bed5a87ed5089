// What `npm test` runs, in order. A stage's `run` resolves to the number of tests it ran, or to nothing where its
// steps are checks that count for themselves; a stage that ran zero tests has failed.
import { readFileSync } from 'node:fs';
import { files, root } from './lib/files.mjs';
import { build, installPackages } from './lib/prepare.mjs';
import { jobs, run } from './lib/run.mjs';

/** Sums what the captured output says, one number a match. */
const total = (text, pattern) => [...text.matchAll(pattern)].reduce((sum, match) => sum + Number(match[1]), 0);

/** Builds a preset and runs its Google Tests; `label` chooses some. A skipped test is one that did not run. */
async function ctest(preset, { label, targets = [] } = {}) {
  await build(preset, ...targets);
  await run(['ctest', '--preset', preset, '-j', jobs, ...(label ? ['-L', label] : [])]);
  const log = readFileSync(`${root}/build/${preset}/Testing/Temporary/LastTest.log`, 'utf8');
  const skipped = log.match(/^\[ {2}SKIPPED \].*|YOU HAVE \d+ DISABLED.*/m);
  if (skipped) throw new Error(`a test was left out: ${skipped[0]}`);
  return total(log, /\[==========\] (\d+) tests? from .* ran\./g);
}

// Relaxed SIMD is still behind a flag in Node 20; later ones refuse the flag.
const relaxedSimd = process.versions.node.startsWith('20.') ? ['--experimental-wasm-relaxed-simd'] : [];

/** Runs Node's tests of a folder on the built package. A skipped test counts as not run, and all must run. */
async function nodeTests(folder, prepare = async () => {}) {
  await build('native', 'describe');
  await run(['node', 'scripts/build.mjs']);
  await prepare();
  const tests = files(new RegExp(`^tests/${folder}/[^/]*\\.test\\.mjs$`));
  if (tests.length === 0) throw new Error(`tests/${folder} holds no tests`);
  // A file that hangs is ended and named.
  const runner = ['--test', '--test-concurrency=1', '--test-reporter=tap', '--test-timeout=600000'];
  const output = await run(['node', '--expose-gc', ...relaxedSimd, ...runner, ...tests]);
  const passed = total(output, /^# pass (\d+)$/gm);
  const left = total(output, /^# tests (\d+)$/gm) - passed;
  if (left > 0) throw new Error(`${left} tests were left out`);
  return passed;
}

/** The package against bounds and plain code measured in the same run, which holds on a slow and noisy machine too. */
async function speed() {
  await run(['node', 'scripts/build.mjs']);
  return total(await run(['node', ...relaxedSimd, 'benchmarks/gate.mjs']), /^(\d+) ratios passed/gm);
}

async function buildPage() {
  await installPackages('web');
  await run(['npm', 'run', 'build'], { cwd: `${root}/web` });
}

async function lint() {
  await installPackages('web');
  // Two lanes: each of these keeps one core busy.
  const types = async () => {
    await run(['node_modules/.bin/tsc', '-p', 'bindings/ts', '--noEmit', '--emitDeclarationOnly', 'false']);
    await run(['npm', 'run', 'check'], { cwd: `${root}/web` });
  };
  const texts = async () => {
    for (const check of ['format', 'lengths', 'includes']) await run(['node', `scripts/checks/${check}.mjs`]);
    await run(['node_modules/.bin/eslint', '--max-warnings', '0', '.']);
  };
  const lanes = await Promise.allSettled([types(), texts()]);
  for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason;
}

export const stages = [
  { name: 'lint', what: 'formatters, linters, types, file lengths, include order', run: lint },
  {
    name: 'tidy',
    what: 'clang-tidy over the C++ sources',
    run: async () => void (await run(['node', 'scripts/checks/tidy.mjs'])),
  },
  {
    name: 'native',
    what: 'every engine test, this machine’s best instruction set; the ops with lesser ones',
    run: () => ctest('native'),
  },
  { name: 'asan', what: 'every engine test under AddressSanitizer and UBSan', run: () => ctest('asan') },
  {
    name: 'tsan',
    what: 'parallel engine tests under ThreadSanitizer',
    run: () => ctest('tsan', { targets: ['parallel_tests'] }),
  },
  { name: 'wasm-simd128', what: 'every engine test in strict WebAssembly', run: () => ctest('wasm-simd128') },
  {
    name: 'wasm-relaxed-threads',
    what: 'every engine test, relaxed SIMD and threads',
    run: () => ctest('wasm-relaxed-threads'),
  },
  {
    name: 'wasm-relaxed',
    what: 'kernel tests, relaxed SIMD',
    run: () => ctest('wasm-relaxed', { label: 'kernel', targets: ['kernel_tests'] }),
  },
  {
    name: 'wasm-simd128-threads',
    what: 'kernel and parallel tests, strict SIMD and threads',
    run: () => ctest('wasm-simd128-threads', { label: 'kernel|parallel', targets: ['kernel_tests', 'parallel_tests'] }),
  },
  { name: 'package', what: 'the built package under Node, in every build', run: () => nodeTests('package') },
  { name: 'consumers', what: 'the packed package in other people’s pages', run: () => nodeTests('consumers') },
  { name: 'browser', what: 'the page in headless Chromium', run: () => nodeTests('browser', buildPage) },
  { name: 'speed', what: 'ratios of speed within one run, in Node', run: speed },
  {
    name: 'size',
    what: 'sizes against their budgets',
    run: async () => void (await run(['node', 'scripts/size.mjs'])),
  },
];
