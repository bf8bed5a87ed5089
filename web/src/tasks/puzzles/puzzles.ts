/** Small sums on sequences, made here: what attention is for. Every example reads `input | answer`. */
import type { Kind } from './kinds.ts';

const plus = 10;
const bar = 11;
const filling = 12;
/** What the loss passes over. */
const ignored = -100;

/** 32-bit numbers from a seed (mulberry32). */
export function randoms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Example {
  input: readonly number[];
  answer: readonly number[];
}

const digitsOf = (value: number, length: number): number[] => Array.from(String(value).padStart(length, '0'), Number);

/** An example of this length: so many digits, or two numbers of half as many. */
function example(kind: Kind, length: number, random: () => number): Example {
  const digit = (): number => Math.floor(random() * 10);
  if (kind === 'add') {
    const places = Math.max(1, Math.floor(length / 2));
    const [a, b] = [Math.floor(random() * 10 ** places), Math.floor(random() * 10 ** places)];
    const sum = digitsOf(a + b, places + 1);
    // Units first, as one adds by hand: the carry is known when it is needed.
    return { input: [...digitsOf(a, places), plus, ...digitsOf(b, places)], answer: sum.reverse() };
  }
  const input = Array.from({ length }, digit);
  const answer = kind === 'copy' ? input : kind === 'reverse' ? input.toReversed() : input.toSorted((a, b) => a - b);
  return { input, answer };
}

/**
 * Lengths from 2 to the longest, the long ones more often: there are more of them. Sums are all of the longest, with
 * zeros in front: places that mean the same in all of them are what makes addition learnable in minutes.
 */
export function examples(kind: Kind, longest: number, count: number, seed: number): Example[] {
  const random = randoms(seed);
  return Array.from({ length: count }, () => {
    const shortest = Math.min(longest, 2);
    const length = shortest + Math.floor(Math.sqrt(random()) * (longest - shortest + 1));
    return example(kind, kind === 'add' ? longest : Math.min(longest, length), random);
  });
}

export interface Rows {
  count: number;
  width: number;
  /** `[count, width]`: what is read. */
  x: Int32Array;
  /** `[count, width]`: what follows each place, where it belongs to the answer. */
  y: Int32Array;
}

/** Examples as the network takes them: the loss counts only in the answer. */
export function rowsOf(list: readonly Example[], width: number): Rows {
  const x = new Int32Array(list.length * width).fill(filling);
  const y = new Int32Array(list.length * width).fill(ignored);
  list.forEach(({ input, answer }, row) => {
    x.set([...input, bar, ...answer.slice(0, -1)], row * width);
    y.set(answer, row * width + input.length);
  });
  return { count: list.length, width, x, y };
}

/** Whether two examples ask the same. */
export const question = ({ input }: Example): string => input.join('');

/** Examples that none of the others asks. */
export function unseen(
  kind: Kind,
  longest: number,
  count: number,
  seed: number,
  others: readonly Example[],
): Example[] {
  const known = new Set(others.map(question));
  const fresh: Example[] = [];
  // Short questions are few: those that are all known are not asked.
  for (let round = 0; fresh.length < count && round < 50; round++) {
    for (const each of examples(kind, longest, count, seed + round)) {
      if (fresh.length === count) break;
      if (known.has(question(each))) continue;
      known.add(question(each));
      fresh.push(each);
    }
  }
  return fresh;
}
