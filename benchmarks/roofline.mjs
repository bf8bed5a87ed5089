// The least time that a training step could take on this machine: its arithmetic at the register-only peak, then the
// memory that any implementation must move at the speed of a copy. README.md says what counts.
import { activationCount, flopsPerStep, inputCount, multiplyAdds, parameterCount } from './arithmetic.mjs';

const NUMBER = 4; // bytes
const perParameter = { sgd: 1, adam: 3 }; // numbers that a step changes: the parameter and the optimizer's own

/** Numbers that a step changes or makes, and those that it only reads. */
function numbers(w) {
  const kept = parameterCount(w) * perParameter[w.optimizer.kind] + w.batch * activationCount(w);
  return { kept, read: w.batch * inputCount(w) };
}

/** Bytes that a step must read or write. */
export function trafficBytes(w) {
  const { kept, read } = numbers(w);
  return NUMBER * (2 * kept + read);
}

/** Bytes of everything that they lie in: a copy is timed in a buffer of this size. */
export function footprintBytes(w) {
  const { kept, read } = numbers(w);
  return NUMBER * (kept + read);
}

/** `peak`: GFLOP/s of one thread; `copy`: GB/s, read and written. */
export function rooflineMs(w, { peak, copy, threads = 1 }) {
  return flopsPerStep(w) / (peak * threads) / 1e6 + trafficBytes(w) / copy / 1e6;
}

/** The same of one answer of an inference workload: {flops, traffic, footprint}. */
export function answer(w) {
  if (w.kind !== 'gpt') {
    const [parameters, made, read] = [parameterCount(w), activationCount(w), inputCount(w)];
    const traffic = NUMBER * (parameters + 2 * made + read);
    return { flops: 2 * multiplyAdds(w), traffic, footprint: NUMBER * (parameters + made + read) };
  }
  // A token with the keys and values before it, a mean over those that follow the prompt. Of the tables of tokens and
  // positions it needs one row each.
  const { width, layers, vocab, context, prompt } = w;
  const seen = (prompt + 1 + context - 1) / 2; // by the first of them and by the last
  const parameters = parameterCount(w) - (vocab + context - 2) * width;
  const kept = 2 * width * layers;
  const made = activationCount(w) / context;
  return {
    flops: 2 * (layers * (12 * width ** 2 + 2 * width * seen) + width * vocab),
    traffic: NUMBER * (parameters + kept * seen + 2 * made),
    footprint: NUMBER * (parameters + kept * seen + made),
  };
}

export const answerRooflineMs = (w, { peak, copy }) => answer(w).flops / peak / 1e6 + answer(w).traffic / copy / 1e6;
