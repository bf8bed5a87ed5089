/** Two kinds of point in the plane, told apart by a small network of which every parameter can be seen. */
import { data, nn } from 'trainyard';
import { readParts } from '../../state/network.ts';
import type { Settings } from '../../state/settings.ts';
import type { Point } from '../../views/points.ts';
import { largestScore } from '../../views/colour.ts';
import type { Maps } from '../../views/yard_draw.ts';
import type { Task, TaskData } from '../task.ts';
import { makePoints } from './shapes.ts';

export interface PointsData extends TaskData {
  points: readonly Point[];
}

export interface PointsWatched {
  /** Scores over the plane. */
  answer: Maps;
  /** One for each layer but the last. */
  maps: readonly Maps[];
}

const surfaceSide = 96;
const mapSide = 36;
const surfaceGrid = grid(surfaceSide);
const mapGrid = grid(mapSide);

/** The square from −1 to 1, row by row from the top. */
function grid(side: number): { data: Float32Array; shape: readonly number[] } {
  const places = new Float32Array(side * side * 2);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const at = 2 * (row * side + column);
      places[at] = (2 * (column + 0.5)) / side - 1;
      places[at + 1] = 1 - (2 * (row + 0.5)) / side;
    }
  }
  return { data: places, shape: [side * side, 2] };
}

export const points: Task<PointsData, PointsWatched> = {
  id: 'points',
  defaults: { network: '8-8', activation: 'tanh', learningRate: 0.01, batchSize: 10, optimizer: 'adam', speed: 5 },
  input: [2],
  loss: 'bceWithLogits',
  letters: [''],
  sizes: { '': { low: 1, high: 32, step: 1, usual: 4, most: 5 } },
  heldOutEvery: 20,
  pictureEvery: 50,

  layers(settings: Settings) {
    const activation = nn[settings.activation];
    return [...readParts(settings.network).flatMap(({ size }) => [nn.linear(size), activation()]), nn.linear(1)];
  },

  async load(settings) {
    const points = makePoints(settings.shape, settings.noise, settings.seed);
    const of = (chosen: readonly Point[]) =>
      data.arrays({
        x: { data: Float32Array.from(chosen.flatMap(({ x, y }) => [x, y])), shape: [chosen.length, 2] },
        y: { data: Float32Array.from(chosen, ({ kind }) => kind), shape: [chosen.length, 1] },
      });
    const train = points.filter(({ heldOut }) => !heldOut);
    const held = points.filter(({ heldOut }) => heldOut);
    return { points, train: of(train), heldOut: of(held), trainRows: train.length, heldOutRows: held.length };
  },

  async watch({ model, settings }) {
    const hidden = readParts(settings.network);
    const [surface, values] = await Promise.all([
      model.predict(surfaceGrid),
      hidden.length > 0 ? model.inspect(mapGrid) : Promise.resolve([]),
    ]);
    const span = { tanh: 1, sigmoid: 1, relu: 2, gelu: 2 }[settings.activation];
    const activations = values.filter(({ role, op }) => role === 'activation' && op === settings.activation);
    const maps = activations.map(({ data: answers, shape }) => ({
      neurons: shape[1] ?? 1,
      side: mapSide,
      values: answers,
      low: -span,
      high: span,
    }));
    const answer = { neurons: 1, side: surfaceSide, values: surface.data, low: -largestScore, high: largestScore };
    return { answer, maps };
  },

  async views() {
    const [stage, setup] = await Promise.all([import('./Stage.svelte'), import('./Setup.svelte')]);
    return { stage: stage.default, setup: setup.default };
  },
};
