// How an engine beside its caller answers: never within the caller's own call, and never for long without a turn for
// timers, events and frames.
import type { FromEngine } from '../protocol.js';
import { makeYield } from './yield.js';

/** Milliseconds that answers may follow each other: whoever asks anew for each (generate) is called in microtasks. */
const longest = 10;

export function inTurns(post: (message: FromEngine) => void): (message: FromEngine) => void {
  const waiting: FromEngine[] = [];
  let turn = performance.now();
  const takeTurn = makeYield(() => {
    turn = performance.now();
    waiting.splice(0).forEach(post);
  });
  return (message) => {
    if (waiting.length === 0 && performance.now() - turn < longest) queueMicrotask(() => post(message));
    else if (waiting.push(message) === 1) takeTurn();
  };
}
