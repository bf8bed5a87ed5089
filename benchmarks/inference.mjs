// Measures inference workloads as measure.mjs does training: every engine in turn, answers compared.
import {
  attempt,
  interleave,
  lookAtBounds,
  median,
  openAll,
  roofline,
  row,
  takeSlice,
  usual,
  warmUp,
} from './measure.mjs';
import { answer, answerRooflineMs } from './roofline.mjs';

const TOLERANCE = 1e-4;

/** Rows of one workload. `msPerStep` is an answer as its caller waits for it, `insideMs` what the engine took of that. */
export async function measureInference(place, w, cells, lengths) {
  const timing = { ...usual, ...lengths };
  const runs = await openAll(place, cells);
  const answers = async (run, count) => {
    const { ms, done } = await run.call('answers', count);
    return { ms: (ms * count) / done }; // of as many as were asked for
  };
  try {
    for (const run of runs) {
      await attempt(run, async () => {
        const first = await run.call('startInference', w.id);
        Object.assign(run, { firstStepMs: first.ms, value: first.value, inside: [] });
        await warmUp(run, timing, (count) => answers(run, count));
        if (run.info.hasPeak) await run.call('peak', timing.warmUpMs / 3);
      });
    }
    await interleave(runs, timing.rounds, async (run) => {
      await takeSlice(run, timing.sliceMs, (count) => answers(run, count));
      const inside = await run.call('answersInside', run.perSlice);
      if (inside) run.inside.push(inside.ms / inside.done);
      if (run.info.hasPeak) run.bounds.push(await lookAtBounds(run, answer(w).footprint, timing));
    });
    for (const run of runs) await attempt(run, async () => void (run.memory = await run.call('memory')));
    checkAnswers(runs);
    return runs.map((run) => rowOf(w, run));
  } finally {
    for (const run of runs) await run.close?.();
  }
}

function rowOf(w, run) {
  const { inside = [], memory } = run;
  const engine = inside.length ? { insideMs: median(inside), insideMsMin: Math.min(...inside) } : {};
  // The engine's own time is held against the roofline where it is known.
  const timed = inside.length ? { ...run, samples: inside } : run;
  const { rooflineMs, ...rest } = roofline(timed, (bound) => answerRooflineMs(w, bound));
  return row(w, run, { ...engine, ...memory, rooflineMs, ...rest });
}

/** The same weights and question must give the same answer. */
function checkAnswers(runs) {
  const known = runs.filter((run) => !run.error);
  for (const run of known) {
    const { value: expected } = known[0];
    const worst = Math.max(
      ...expected.map((number, i) => Math.abs(number - run.value[i]) / Math.max(1, Math.abs(number))),
    );
    if (!(worst <= TOLERANCE)) run.error = `an answer differs from ${known[0].name}'s by ${worst}`;
  }
}
