// A program as a place to measure in: the native build and PyTorch. It answers every line of JSON with one, and reads
// its tensors from a file of raw numbers, in PyTorch's layouts.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, input, optimizer, parameterName, product } from './describe.mjs';
import { stack, toPyTorch } from './layout.mjs';
import { batches, gemmCase, parameters, workloads } from './workloads.mjs';

/** The end of a program's standard input and output: ask(line) resolves to its answer. */
function converse(command, threads) {
  const [program, ...args] = command;
  const env = { ...process.env, OMP_NUM_THREADS: String(threads) };
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env });
  const waiting = [];
  let said = '';
  let ended;
  const end = (why) => {
    ended ??= why;
    for (const { reject } of waiting.splice(0)) reject(new Error(ended));
  };
  child.stderr.on('data', (text) => (said = `${said}${text}`.slice(-2000)));
  child.stdin.on('error', () => {}); // its end says why
  child.on('error', (error) => end(error.message));
  child.on('close', (code) => end(`${program} ended with ${code}: ${said.trim().split('\n').at(-1)}`));
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(JSON.parse(line)));
  return {
    pid: child.pid,
    async ask(message) {
      if (ended) throw new Error(ended);
      const answer = await new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin.write(`${JSON.stringify(message)}\n`);
      });
      if (answer.error) throw new Error(answer.error);
      return answer;
    },
    end: () => child.stdin.end(),
  };
}

/** A file of tensors that grows: put(tensor) says where it lies. */
function pack() {
  const parts = [];
  let offset = 0;
  return {
    put({ data, shape }) {
      const place = { shape, dtype: data instanceof Int32Array ? 'i32' : 'f32', offset, bytes: data.byteLength };
      parts.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
      offset += data.byteLength;
      return place;
    },
    write: (file) => writeFileSync(file, Buffer.concat(parts)),
  };
}

/** Columns as the engine takes them, and where their numbers lie. */
function columns(places, targets = {}) {
  const all = [...Object.entries(places), ...Object.entries(targets)];
  const column = ([name, { shape, dtype }]) => [name, { shape, dtype, buffer: all.findIndex(([n]) => n === name) }];
  const some = (list) => Object.fromEntries(Object.entries(list).map(column));
  return {
    buffers: all.map(([, place]) => place),
    data: { kind: 'arrays', inputs: some(places), ...(Object.keys(targets).length && { targets: some(targets) }) },
  };
}

/** What a program is told about a training workload, and its file. */
function trainingJob(w, file) {
  const tensors = pack();
  const tensorsOf = Object.entries(parameters(w)).map(([name, tensor]) => {
    const data = toPyTorch(w, name, tensor);
    const { shape } = tensor;
    // Dense weights are turned round, kernels [h, w, in, out] become [out, in, h, w].
    const turned = ['embedding', 'tokens', 'positions'].includes(name) ? shape : shape.toReversed();
    const there = shape.length === 4 ? [shape[3], shape[2], shape[0], shape[1]] : turned;
    return { name, parameter: parameterName(w, name), ...tensors.put({ data, shape: there }) };
  });
  const all = batches(w);
  const both = (some) => columns({ x: tensors.put(stack(w, some, 'x')) }, { y: tensors.put(stack(w, some, 'y')) });
  const job = {
    method: 'train',
    file,
    workload: w,
    description: describe(w),
    options: { input: input(w) },
    fit: { loss: w.loss, batchSize: w.batch, optimizer: optimizer(w.optimizer), steps: 1e9, shuffle: false },
    parameters: tensorsOf,
    all: both(all),
    first: both(all.slice(0, 1)),
  };
  tensors.write(file);
  return job;
}

function gemmJob({ n, orientation, a, b, index }, file) {
  const tensors = pack();
  const one = ({ data }) => tensors.put({ data, shape: [1, n, n] });
  const all = columns({ a: one(a), b: one(b) });
  tensors.write(file);
  const options = { inputs: { a: [n, n], b: [n, n] } };
  return { method: 'gemm', file, orientation, index, description: product(orientation), options, all };
}

/** Bytes of memory that a process has now ("VmRSS") or had at most ("VmHWM"); Linux tells. */
function memoryOf(pid, what) {
  try {
    return (
      1024 * Number(new RegExp(`^${what}:\\s*(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1])
    );
  } catch {
    return undefined;
  }
}

/** A place as browser.mjs has it; `isolated` means one thread for each core. */
export async function openProcess({ engine, isolated }) {
  const threads = isolated ? availableParallelism() : 1;
  const command = await engine.command();
  const from = performance.now();
  const { ask, end, pid } = converse(command, threads);
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-bench-'));
  const file = join(folder, 'tensors');
  const close = async () => {
    end();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const info = await ask({ method: 'open', threads });
    let before;
    const methods = {
      startTraining(id) {
        const job = trainingJob(workloads[id], file);
        before = memoryOf(pid, 'VmRSS');
        return ask(job);
      },
      steps: (first, count) => ask({ method: 'steps', first, count }),
      firstLoss: async () => (await ask({ method: 'firstLoss' })).value,
      async startGemm(n, orientation) {
        const test = gemmCase(n, orientation);
        const { ms, value } = await ask(gemmJob(test, file));
        if (!(Math.abs(value - test.expected) < 1e-4 * n))
          throw new Error(`wrong product: ${value}, not ${test.expected}`);
        return { ms };
      },
      products: (count) => ask({ method: 'products', count }),
      peak: async (milliseconds, allThreads = false) => (await ask({ method: 'peak', milliseconds, allThreads })).value,
      copy: async (bytes, milliseconds) => (await ask({ method: 'copy', bytes, milliseconds })).value,
      /** How much more the process had at most than before the workload. */
      memory: () => ({ peakBytes: before && memoryOf(pid, 'VmHWM') - before }),
    };
    const hasPeak = Boolean(engine.hasPeak);
    return {
      call: (method, ...args) => methods[method](...args),
      info: { ...info, loadMs: performance.now() - from, hasPeak },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
