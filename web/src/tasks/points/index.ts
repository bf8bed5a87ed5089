/** Two kinds of point in the plane, told apart by a small network of which every parameter can be seen. */
import { data, nn } from 'trainyard';
import start from 'virtual:start';
import { readParts } from '../../state/network.ts';
import type { Point } from '../../views/points.ts';
import { largestScore } from '../../views/colour.ts';
import type { Maps } from '../../views/yard_draw.ts';
import type { Task, TaskData } from '../task.ts';
import { defaults, input, layers, network } from './network.ts';
import { heldOutRows, reach, splitPoints, toPoints, trainRows } from './sets.ts';

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

/** The square, row by row from the top. */
function grid(side: number): { data: Float32Array; shape: readonly number[] } {
  const places = new Float32Array(side * side * 2);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const at = 2 * (row * side + column);
      places[at] = reach * ((2 * (column + 0.5)) / side - 1);
      places[at + 1] = reach * (1 - (2 * (row + 0.5)) / side);
    }
  }
  return { data: places, shape: [side * side, 2] };
}

export const points: Task<PointsData, PointsWatched> = {
  id: 'points',
  said: {
    en: {
      name: 'Points',
      title: 'points in the plane',
      batch: (size) => `${size} points`,
      right: 'right on held-out points',
      rate: 'points per second',
    },
    zh: {
      name: '平面上的点',
      title: '平面上的点',
      batch: (size) => `${size} 个点`,
      right: '没见过的点判对',
      rate: '每秒点数',
    },
  },
  defaults,
  network,
  input: () => input,
  loss: 'bceWithLogits',
  metrics: ['accuracy'],
  letters: [''],
  sizes: { '': { low: 1, high: 32, step: 1, usual: 4, most: 5 } },
  heldOutEvery: 20,
  pictureEvery: 50,

  layers: (settings) => layers(nn, settings),

  first(settings) {
    const names = Object.keys(start.settings) as (keyof typeof start.settings)[];
    if (names.some((name) => settings[name] !== start.settings[name])) return undefined;
    return {
      data: { ...splitPoints(data, settings), points: start.points, trainRows, heldOutRows },
      tensors: start.tensors.map((tensor) => ({ ...tensor, values: Float32Array.from(tensor.values) })),
      summary: start.summary,
    };
  },

  async load(settings, engine) {
    const { train, heldOut } = splitPoints(data, settings);
    const [seen, unseen] = await Promise.all([engine.readData(train), engine.readData(heldOut)]);
    const points = [...toPoints(seen, false), ...toPoints(unseen, true)];
    return { points, train, heldOut, trainRows, heldOutRows };
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
