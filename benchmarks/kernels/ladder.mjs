// Climbs the kernels' ladder in WebAssembly: in Node, or in a page that imports this file.
//   node [--experimental-wasm-relaxed-simd] ladder.mjs MODULE [part of the names]

const now = () => performance.now();
const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

/** Milliseconds of one call: the best slice. */
async function best(run, slices) {
  let calls = 1;
  for (;;) {
    let time = Infinity; // of two, so that a pause of the machine does not make a slice too short to time
    for (let i = 0; i < 2; i++) {
      const start = now();
      run(calls);
      time = Math.min(time, now() - start);
    }
    if (time > 2 || calls > 2 ** 24) break;
    calls = Math.ceil(calls * (time > 0.2 ? Math.max(1.2, 2.6 / time) : 8));
  }
  let fastest = Infinity;
  for (let i = 0; i < slices; i++) {
    const start = now();
    run(calls);
    fastest = Math.min(fastest, (now() - start) / calls);
  }
  return fastest;
}

/** Rows {name, us, referenceUs, rate, share, error}; `rate` in G/s, `share` of the rung's bound. */
export async function climb(create, only = '', print = () => {}) {
  const m = await create();
  const rows = [];
  for (let i = 0; i < 60; i++) m._ladder_peak(500);
  await pause(); // the optimised code takes over between calls
  for (let i = 0; i < m._ladder_count(); i++) {
    const name = m.UTF8ToString(m._ladder_name(i));
    if (!name.includes(only)) continue;
    const error = m._ladder_error(i);
    const work = m._ladder_work(i);
    const reference = (await best((calls) => m._ladder_run(i, 1, calls), 1)) / m._ladder_referenced(i);
    for (let t = now(); now() - t < 20;) m._ladder_run(i, 0, 1);
    await pause();
    const bounded = m._ladder_bound(i) === 0;
    let time = Infinity;
    let bound = 0;
    for (let round = 0; round < 5; round++) {
      time = Math.min(time, await best((calls) => m._ladder_run(i, 0, calls), 10));
      const fastest = bounded
        ? m._ladder_peak(1) / (await best((calls) => m._ladder_peak(calls), 5))
        : work / (await best((calls) => m._ladder_copy(work, calls), 5));
      bound = Math.max(bound, fastest);
    }
    const rate = work / time / 1e6;
    const row = { name, us: time * 1e3, referenceUs: reference * 1e3, rate, share: (rate * 1e6) / bound, error };
    rows.push(row);
    print(line(row, bounded ? 'GF/s' : 'GB/s'));
  }
  return rows;
}

const line = ({ name, us, referenceUs, rate, share, error }, unit) =>
  `${name.padEnd(46)} ${us.toFixed(2).padStart(10)} us ${(referenceUs / us).toFixed(1).padStart(7)}x ` +
  `${rate.toFixed(1).padStart(7)} ${unit} ${(100 * share).toFixed(0).padStart(5)} %${error < 1e-3 ? '' : '  WRONG'}`;

if (typeof process !== 'undefined' && process.argv?.[1]?.endsWith('ladder.mjs')) {
  const { resolve } = await import('node:path');
  const { default: create } = await import(resolve(process.argv[2]));
  await climb(create, process.argv[3] ?? '', (text) => console.log(text));
}
