// What is printed: a line a row while it runs, tables and the ratios to the fastest other engine at the end.

const digits = (x) => (x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x >= 0.1 ? x.toFixed(2) : x.toFixed(4));

const time = ({ msPerStep: ms }) => (ms < 0.1 ? `${digits(1000 * ms)} µs` : `${digits(ms)} ms`);

const memory = ({ peakBytes, usedBytes }) =>
  [peakBytes ? digits(peakBytes / 1e6) : '?', usedBytes && `(${digits(usedBytes / 1e6)})`].filter(Boolean).join(' ');

const percent = (share) => `${(100 * share).toFixed(0)} %`;

const isAnswer = ({ workload }) => /^I\d/.test(workload);

const column = ({ engine, variant, isolated, threads }) =>
  [
    engine,
    ['trainyard', 'pytorch'].includes(engine) && variant,
    threads > 1 && `${threads} threads`,
    isolated && 'isolated',
  ]
    .filter(Boolean)
    .join(' ');

const line = ({ workload, size, orientation }) => (size ? `${workload} ${size} ${orientation}` : workload);

export function describeRow(row) {
  const label = `${line(row)}, ${column(row)}`;
  if (row.error) return `${label}: ERROR ${row.error}`;
  if (row.workload === 'page') {
    return `${label}: ${row.longTasks} tasks over 50 ms in ${row.seconds} s of training (longest ${digits(row.longestTaskMs)} ms)`;
  }
  if (row.workload === 'load') {
    const warm = `${digits(row.warmMs)} ms (best ${digits(row.warmMsMin)}) of a later visit`;
    return `${label}: load() to the end of the first step ${warm}, ${digits(row.coldMs)} ms of the first`;
  }
  if (row.gflops) {
    const share = row.shareOfPeak
      ? `, ${percent(row.shareOfPeak)} of the peak (best ${percent(row.shareOfPeakMax)})`
      : '';
    return `${label}: ${row.gflops} GFLOP/s (best ${row.gflopsMax})${share}`;
  }
  const roofline = row.rooflineMs
    ? `, ${digits(row.timesRoofline)} times its roofline of ${time({ msPerStep: row.rooflineMs })}`
    : '';
  if (isAnswer(row)) {
    const inside = row.insideMs ? `, of which the engine takes ${time({ msPerStep: row.insideMs })}` : '';
    return `${label}: ${time(row)} an answer (best ${time({ msPerStep: row.msPerStepMin })})${inside}${roofline}`;
  }
  const losses = `loss ${row.lossStart} -> ${row.lossCheck} -> ${row.lossEnd}`;
  return `${label}: ${row.msPerStep} ms/step (best ${row.msPerStepMin})${roofline}, first ${digits(row.firstStepMs)} ms, ${losses}`;
}

const programs = ['pytorch', 'trainyard-native'];

/** Markdown tables of all rows. */
export function tables(rows) {
  const good = rows.filter((row) => !row.error);
  const training = good.filter((row) => row.lossStart !== undefined);
  const products = good.filter((row) => row.size);
  const peaks = good.filter((row) => row.workload === 'peak');
  const parts = [];
  if (training.length) {
    parts.push(
      table(
        'Milliseconds a training step: median slice (best slice)',
        training,
        (row) => `${digits(row.msPerStep)} (${digits(row.msPerStepMin)})`,
      ),
    );
    const bounded = training.filter((row) => row.rooflineMs);
    if (bounded.length) {
      parts.push(
        table(
          'Roofline of a step, ms, and how many times that a step takes: median slice (best slice)',
          bounded,
          (row) => `${digits(row.rooflineMs)}: ${digits(row.timesRoofline)} (${digits(row.timesRooflineMin)})`,
        ),
      );
    }
    const known = training.filter((row) => row.peakBytes ?? row.usedBytes);
    if (known.length) parts.push(table('Memory at most (in use after training), MB', known, memory));
    parts.push(table('load() to first finished step, ms', training, (row) => digits(row.loadMs + row.firstStepMs)));
    parts.push(table('First step, building and compiling included, ms', training, (row) => digits(row.firstStepMs)));
  }
  const answers = good.filter(isAnswer);
  if (answers.length) {
    parts.push(
      table('Microseconds an answer: median slice (best slice), and in the engine alone', answers, (row) =>
        [row.msPerStep, row.msPerStepMin, row.insideMs].map((ms) => (ms ? digits(1000 * ms) : '–')).join(', '),
      ),
    );
  }
  if (products.length) {
    parts.push(
      table(
        'Products, GFLOP/s: median slice (share of the register-only peak, that of the best slice)',
        products,
        (row) =>
          row.shareOfPeak
            ? `${digits(row.gflops)} (${percent(row.shareOfPeak)}, ${percent(row.shareOfPeakMax)})`
            : digits(row.gflops),
      ),
    );
  }
  if (peaks.length) parts.push(table('Register-only peak, one thread, GFLOP/s', peaks, (row) => digits(row.gflops)));
  const comparison = ratios(training);
  if (comparison.length)
    parts.push(['### One thread, how many times as fast as the fastest other engine', '', ...comparison].join('\n'));
  const gained = gains(training);
  if (gained.length) {
    parts.push(['### Several threads, how many times as fast as one (in registers alone)', '', ...gained].join('\n'));
  }
  const outside = againstPyTorch(training);
  if (outside.length) parts.push(['### How many times as fast as PyTorch on as many cores', '', ...outside].join('\n'));
  return parts.join('\n\n');
}

function table(title, rows, cell) {
  const columns = [...new Set(rows.map(column))];
  const lines = [...new Set(rows.map(line))];
  const body = lines.map((name) => {
    const cells = columns.map((c) => rows.find((row) => line(row) === name && column(row) === c));
    return `| ${name} | ${cells.map((row) => (row ? cell(row) : '–')).join(' | ')} |`;
  });
  return [`### ${title}`, '', `| | ${columns.join(' | ')} |`, `|---|${'---:|'.repeat(columns.length)}`, ...body].join(
    '\n',
  );
}

/** Our fastest row with one thread against the fastest row of the others, whatever its threads. */
function ratios(rows) {
  const fastest = (list) => list.toSorted((a, b) => a.msPerStep - b.msPerStep)[0];
  return [...new Set(rows.map((row) => row.workload))].flatMap((id) => {
    const ours = fastest(rows.filter((row) => row.workload === id && row.engine === 'trainyard' && row.threads === 1));
    const peer = fastest(rows.filter((row) => row.workload === id && !['trainyard', ...programs].includes(row.engine)));
    if (!ours) return [];
    const mine = `${id}: ${time(ours)} (${column(ours)})`;
    if (!peer) return [`- ${mine}`];
    const ratio = (peer.msPerStep / ours.msPerStep).toPrecision(3);
    return [`- ${mine}, ${ratio} times as fast as ${column(peer)} with ${time(peer)}`];
  });
}

/** Ours with several threads against one, beside what several do of multiply-adds in registers alone. */
function gains(rows) {
  return rows
    .filter((row) => row.peakGain)
    .flatMap((row) => {
      const same = (other) =>
        ['workload', 'engine'].every((key) => other[key] === row[key]) &&
        other.variant === row.variant.replace('-threads', '');
      const one = rows.find((other) => same(other) && other.threads === 1 && !other.isolated);
      if (!one) return [];
      const [usual, best] = ['msPerStep', 'msPerStepMin'].map((key) => one[key] / row[key]);
      const share = percent(usual / row.peakGain);
      return [
        `- ${row.workload}, ${column(row)}: ${usual.toFixed(2)} (best slices ${best.toFixed(2)}) of ${row.peakGain.toFixed(2)}, ${share}`,
      ];
    });
}

/** Ours in a tab and as a native program, each against PyTorch with as many threads. */
function againstPyTorch(rows) {
  return rows
    .filter((row) => row.engine === 'pytorch')
    .flatMap((peer) => {
      const same = rows.filter((row) => row.workload === peer.workload && row.threads === peer.threads);
      return same
        .filter((row) => row.engine.startsWith('trainyard') && !(row.isolated && row.threads === 1))
        .map((row) => {
          const best = (peer.msPerStepMin / row.msPerStepMin).toPrecision(3);
          const ratio = `${(peer.msPerStep / row.msPerStep).toPrecision(3)} times (best slices ${best})`;
          return `- ${row.workload}, ${column(row)}: ${ratio}, ${time(row)} and ${time(peer)}`;
        });
    });
}
