/** The puzzles as data, and what the network answers to some that it never saw. */
import { data as sources, type Dataset, type Model } from 'trainyard';
import { attentionMaps, memoryStates, readNetwork, type AttentionMap, type MemoryState } from '../../state/sequence.ts';
import type { TaskData, Watching } from '../task.ts';
import { look } from './look.svelte.ts';
import { places, symbols, type Kind } from './kinds.ts';
import { examples, rowsOf, unseen, type Example, type Rows } from './puzzles.ts';
import { extended, runs } from './runs.svelte.ts';

export interface PuzzlesData extends TaskData {
  kind: Kind;
  longest: number;
  /** Of the kind and the length together. */
  name: string;
  /** Held out, and not asked in training. */
  fresh: readonly Example[];
}

export interface Answered extends Example {
  /** What it answers at each place, each after the right digits before it. */
  given: readonly number[];
}

export interface PuzzlesWatched {
  shown: readonly Answered[];
  /** The one that is looked at: its places, and each layer's attention over them. */
  symbols: readonly string[];
  maps: readonly AttentionMap[];
  /** What an LSTM carries from place to place. */
  states: readonly MemoryState[];
}

export interface PuzzlesExamined {
  puzzles: number;
  /** Answered right to the last digit. */
  whole: number;
  /** The share of them, by the length of the question. */
  byLength: readonly { length: number; share: number; count: number }[];
}

const trainCount = 20_000;
const freshCount = 400;
const shownCount = 8;

const dataset = ({ count, width, x, y }: Rows): Dataset =>
  sources.arrays({ x: { data: x, shape: [count, width] }, y: { data: y, shape: [count, width] } });

export async function load(kind: Kind, longest: number, seed: number): Promise<PuzzlesData> {
  const width = places(kind, longest);
  const training = examples(kind, longest, trainCount, seed);
  const fresh = unseen(kind, longest, freshCount, seed + 1_000_003, training);
  return {
    kind,
    longest,
    name: `${kind} ${longest}`,
    fresh,
    train: dataset(rowsOf(training, width)),
    heldOut: dataset(rowsOf(fresh, width)),
    trainRows: training.length,
    heldOutRows: fresh.length,
    baselines: [{ value: Math.log(10), name: { en: 'guessing a digit', zh: '瞎猜一个数字' } }],
  };
}

/**
 * What it answers. It is asked for all digits at once, each after the right ones before it: an answer that is right
 * everywhere is the one that it would write digit after digit.
 */
async function answers(model: Model, list: readonly Example[], width: number): Promise<Answered[]> {
  const { count, x } = rowsOf(list, width);
  const { data: scores } = await model.predict({ data: x, shape: [count, width] });
  const best = (row: number, place: number): number => {
    const start = (row * width + place) * symbols.length;
    const own = scores.subarray(start, start + symbols.length);
    return own.indexOf(own.reduce((a, b) => Math.max(a, b), -Infinity));
  };
  return list.map((each, row) => ({
    ...each,
    given: each.answer.map((_, i) => best(row, each.input.length + i)),
  }));
}

export const right = ({ answer, given }: Answered): boolean => answer.every((digit, i) => digit === given[i]);

export async function watch({ model, data, settings }: Watching<PuzzlesData>): Promise<PuzzlesWatched> {
  const width = places(data.kind, data.longest);
  // The longest of them: the hardest, and the same ones all the time.
  const list = data.fresh
    .toSorted((a, b) => b.input.length - a.input.length)
    .slice(0, shownCount)
    .toReversed();
  const chosen = list[Math.min(look.example, list.length - 1)];
  if (!chosen) return { shown: [], symbols: [], maps: [], states: [] };
  const { x } = rowsOf([chosen], width);
  const [shown, values] = await Promise.all([
    answers(model, list, width),
    model.inspect({ data: x, shape: [1, width] }),
  ]);
  const read = [...x.subarray(0, chosen.input.length + chosen.answer.length)];
  return {
    shown,
    symbols: read.map((id) => symbols[id] ?? ''),
    maps: attentionMaps(values),
    states: memoryStates(values, readNetwork(settings.network).width, read.length),
  };
}

export async function examine({
  model,
  data,
  settings,
  step,
  tensors,
}: Watching<PuzzlesData>): Promise<PuzzlesExamined> {
  const all = await answers(model, data.fresh, places(data.kind, data.longest));
  const lengths = [...new Set(all.map(({ input }) => input.length))].sort((a, b) => a - b);
  const longest = all.filter(({ input }) => input.length === lengths.at(-1));
  const share = longest.filter(right).length / Math.max(1, longest.length);
  const { kind } = readNetwork(settings.network);
  const parameters = tensors.reduce((sum, { values }) => sum + values.length, 0);
  runs.record(data.name, kind, extended(runs.of(data.name)[kind], settings.network, parameters, { step, share }));
  return {
    puzzles: all.length,
    whole: all.filter(right).length,
    byLength: lengths.map((length) => {
      const own = all.filter(({ input }) => input.length === length);
      return { length, share: own.filter(right).length / own.length, count: own.length };
    }),
  };
}
