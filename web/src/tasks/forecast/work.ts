/** A curve as windows to learn from, and what the network says of the part that it never saw. */
import { data as sources, type Model } from 'trainyard';
import { readNetwork } from '../../state/sequence.ts';
import type { Settings } from '../../state/settings.ts';
import { fetchText } from '../fetch.ts';
import type { TaskData, Watching } from '../task.ts';
import type { SeriesName } from './names.ts';
import { encoder, readSeries, series, type Points, type Series } from './series.ts';

export interface ForecastData extends TaskData {
  series: Series;
  points: Points;
  /** The first value that is never learnt from. */
  border: number;
  /** The steps from value to value as the network gets them: mean 0, spread 1 in the part it learns from. */
  codes: Float32Array;
  mean: number;
  spread: number;
}

export interface Errors {
  model: number;
  /** That the value before comes again. */
  before: number;
  /** That the season before comes again. */
  season: number | undefined;
  /** Of the network going on by itself, and of repeating the last season that was seen. */
  rollOut: number;
  rollOutSeason: number | undefined;
}

export interface ForecastWatched {
  /** The first value of the picture. */
  first: number;
  /** What it says of each of them, one step ahead. */
  said: Float64Array;
  /** From the border on, fed with its own answers. */
  rollOut: Float64Array;
  /** Mean absolute errors on the held-out part. */
  errors: Errors;
}

const files = new Map<string, Promise<string>>();

function fetchSeries(file: string): Promise<string> {
  const known = files.get(file) ?? fetchText(file);
  files.set(file, known);
  known.catch(() => files.delete(file));
  return known;
}

export async function load(name: SeriesName, settings: Settings): Promise<ForecastData> {
  const { context, ahead } = readNetwork(settings.network);
  const one: Series = series[name];
  const points = readSeries(await fetchSeries(one.file), one.column);
  const border = points.values.length - one.heldOut;
  const { code } = encoder(one.learns);
  // The first value has none before it.
  const raw = points.values.map((value, i) => code(points.values[Math.max(0, i - 1)] ?? value, value));
  const seen = raw.subarray(0, border);
  const mean = seen.reduce((sum, value) => sum + value, 0) / border;
  const spread = Math.sqrt(seen.reduce((sum, value) => sum + (value - mean) ** 2, 0) / border);
  const codes = Float32Array.from(raw, (value) => (value - mean) / spread);
  const windows = (from: number, to: number) =>
    sources.seriesWindows(codes.slice(from, to), { length: context, horizon: ahead, val: 0, normalize: false }).train;
  return {
    series: one,
    points,
    border,
    codes,
    mean,
    spread,
    train: windows(0, border),
    // What it is asked to say was never seen; what it reads before that may have been.
    heldOut: windows(border - context, codes.length),
    trainRows: border - context - ahead + 1,
    heldOutRows: one.heldOut - ahead + 1,
  };
}

/** What the network says after each of these places: `[places, ahead]`. */
async function say(
  model: Model,
  codes: ArrayLike<number>,
  ends: readonly number[],
  context: number,
): Promise<Float32Array> {
  const x = new Float32Array(ends.length * context);
  ends.forEach((end, row) => {
    for (let i = 0; i < context; i++) x[row * context + i] = codes[end - context + i] ?? 0;
  });
  return (await model.predict({ data: x, shape: [ends.length, context, 1] })).data;
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

export async function watch({ model, data, settings }: Watching<ForecastData>): Promise<ForecastWatched> {
  const { context, ahead } = readNetwork(settings.network);
  const { series: one, points, border, codes, mean, spread } = data;
  const { values } = points;
  const { code, value } = encoder(one.learns);
  const decode = (before: number, said: number): number => value(before, said * spread + mean);
  const at = (i: number): number => values[i] ?? NaN;

  const first = Math.max(context, values.length - Math.max(one.shown, one.heldOut));
  const ends = Array.from({ length: values.length - first }, (_, i) => first + i);
  const answers = await say(model, codes, ends, context);
  const said = Float64Array.from(ends, (end, row) => decode(at(end - 1), answers[row * ahead] ?? NaN));

  const own = [...codes.subarray(0, border)];
  const rollOut: number[] = [];
  while (rollOut.length < one.rollOut) {
    const next = await say(model, own, [own.length], context);
    for (let i = 0; i < ahead && rollOut.length < one.rollOut; i++) {
      const before = rollOut.at(-1) ?? at(border - 1);
      const answer = decode(before, next[i] ?? NaN);
      rollOut.push(answer);
      own.push((code(before, answer) - mean) / spread);
    }
  }

  const unseen = ends.filter((end) => end >= border);
  const error = (guess: (i: number) => number): number => meanOf(unseen.map((i) => Math.abs(guess(i) - at(i))));
  const far = unseen.slice(0, one.rollOut);
  const farError = (guess: (i: number) => number): number => meanOf(far.map((i) => Math.abs(guess(i) - at(i))));
  const { season } = one;
  return {
    first,
    said,
    rollOut: Float64Array.from(rollOut),
    errors: {
      model: error((i) => said[i - first] ?? NaN),
      before: error((i) => at(i - 1)),
      season: season === undefined ? undefined : error((i) => at(i - season)),
      rollOut: farError((i) => rollOut[i - border] ?? NaN),
      rollOutSeason: season === undefined ? undefined : farError((i) => at(border - season + ((i - border) % season))),
    },
  };
}
