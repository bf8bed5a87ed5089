/** The digits as data, and what is read from the network that learns them. */
import { data } from 'trainyard';
import type { TaskData, Watching } from '../task.ts';
import { fetchDigits, type Digits } from './files.ts';
import { look } from './look.svelte.ts';

export interface DigitsData extends TaskData {
  test: Digits;
}

export interface DigitsWatched {
  /** After each convolution: `[filters, side, side]`. */
  maps: readonly { filters: number; side: number; values: Float32Array }[];
  /** After each hidden linear layer. */
  neurons: readonly Float32Array[];
  scores: Float32Array;
  chances: readonly number[];
}

export interface Mistake {
  row: number;
  truth: number;
  answer: number;
  /** The share that the wrong answer got. */
  chance: number;
}

export interface DigitsExamined {
  confusion: readonly (readonly number[])[];
  accuracy: number;
  mistakes: readonly Mistake[];
}

const classes = 10;
const chunk = 250;

/** One test digit as the network takes it. */
export function testImage(test: Digits, row: number): Float32Array {
  return Float32Array.from(test.pixels.subarray(row * 784, (row + 1) * 784), (value) => value / 255);
}

let known: Promise<DigitsData> | undefined;

async function fetchData(): Promise<DigitsData> {
  const [train, test] = await Promise.all([fetchDigits(['train-a', 'train-b']), fetchDigits(['test'])]);
  const of = ({ rows, pixels, labels }: Digits) =>
    data.arrays({ x: { data: pixels, shape: [rows, 1, 28, 28], scale: 1 / 255 }, y: labels });
  return { test, train: of(train), heldOut: of(test), trainRows: train.rows, heldOutRows: test.rows };
}

export async function load(): Promise<DigitsData> {
  known ??= fetchData();
  try {
    const loaded = await known;
    if (!look.own) look.image = testImage(loaded.test, look.row);
    return loaded;
  } catch (error) {
    known = undefined;
    throw error;
  }
}

export async function watch({ model, settings }: Watching<DigitsData>): Promise<DigitsWatched> {
  const image = { data: look.image, shape: [1, 1, 28, 28] };
  const [values, chances] = await Promise.all([model.inspect(image), model.predict(image, { activation: 'softmax' })]);
  const activations = values.filter(({ role }) => role === 'activation');
  const after = activations.filter(({ op }) => op === settings.activation);
  const scores = activations.at(-1)?.data ?? new Float32Array(classes);
  return {
    maps: after
      .filter(({ shape }) => shape.length === 4)
      .map(({ shape, data: maps }) => ({ filters: shape[1] ?? 1, side: shape[2] ?? 1, values: maps })),
    neurons: after.filter(({ shape }) => shape.length === 2).map(({ data: neurons }) => neurons),
    scores,
    chances: Array.from(chances.data),
  };
}

export async function examine({ model, data: { test, heldOut } }: Watching<DigitsData>): Promise<DigitsExamined> {
  const counted = await model.evaluate(heldOut, {
    loss: 'crossEntropy',
    metrics: ['accuracy', 'confusionMatrix'],
  });
  const mistakes: Mistake[] = [];
  // In pieces, so that training goes on between them.
  for (let first = 0; first < test.rows; first += chunk) {
    const rows = Math.min(chunk, test.rows - first);
    const pixels = test.pixels.slice(first * 784, (first + rows) * 784);
    const images = { data: pixels, shape: [rows, 1, 28, 28], scale: 1 / 255 };
    const { data: shares } = await model.predict(images, { activation: 'softmax' });
    for (let row = 0; row < rows; row++) {
      const own = Array.from(shares.subarray(row * classes, (row + 1) * classes));
      const answer = own.indexOf(Math.max(...own));
      const truth = test.labels[first + row] ?? 0;
      if (answer !== truth) mistakes.push({ row: first + row, truth, answer, chance: own[answer] ?? 0 });
    }
  }
  mistakes.sort((a, b) => b.chance - a.chance);
  return {
    confusion: counted.confusionMatrix as number[][],
    accuracy: counted.accuracy as number,
    mistakes: mistakes.slice(0, 24),
  };
}
