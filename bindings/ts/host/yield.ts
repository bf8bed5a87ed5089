import { builtin } from '../node.js';

/**
 * Calls back in a task of its own, so that messages are read in between. Never a timer and never a frame: those are
 * throttled in hidden tabs.
 */
export function makeYield(callback: () => void): () => void {
  if (builtin('node:os')) return () => void setImmediate(callback);
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = callback;
  return () => port2.postMessage(0);
}

declare const setImmediate: (callback: () => void) => unknown;
