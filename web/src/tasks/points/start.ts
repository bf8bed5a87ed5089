/**
 * What can be drawn before the engine is there: the first network with its points, and a picture of every set. The
 * engine itself works it out when the page is built (vite.config.ts), so that nothing jumps when it arrives.
 */
import { readSettings, shapes, type Settings, type Shape } from '../../state/settings.ts';
import { layerRows, tensorsOf, type Summary, type Tensor } from '../../state/snapshot.ts';
import type { Point } from '../../views/points.ts';
import { defaults, input, layers, network as isNetwork } from './network.ts';
import { pointSet, splitPoints, toPoints } from './sets.ts';

export interface Start {
  /** The settings that it is true of. */
  settings: Pick<Settings, 'shape' | 'noise' | 'seed' | 'network' | 'activation'>;
  tensors: readonly (Omit<Tensor, 'values'> & { values: readonly number[] })[];
  summary: Summary;
  points: readonly Point[];
  /** Some points of every set. */
  pictures: Record<Shape, readonly Point[]>;
}

/** Enough for a picture as small as a button. */
const fewRows = 80;
const rounded = (points: readonly Point[], places: number): Point[] =>
  points.map((point) => ({ ...point, x: Number(point.x.toFixed(places)), y: Number(point.y.toFixed(places)) }));

export async function makeStart({ load, nn, data }: typeof import('trainyard')): Promise<Start> {
  const { shape, noise, seed, network, activation } = readSettings('', () => ({ defaults, network: isNetwork }));
  const settings = { shape, noise, seed, network, activation };
  const engine = await load({ deterministic: true, threads: 1 });
  try {
    const model = await engine.model(nn.sequential(...layers(nn, settings)), { input, seed });
    const { train, heldOut } = splitPoints(data, settings);
    const points = [
      ...toPoints(await engine.readData(train), false),
      ...toPoints(await engine.readData(heldOut), true),
    ];
    const pictures = {} as Record<Shape, readonly Point[]>;
    for (const each of shapes) {
      const set = pointSet(data, each, noise, seed, fewRows);
      pictures[each] = rounded(toPoints(await engine.readData(set), false), 2);
    }
    const start: Start = {
      settings,
      tensors: tensorsOf(await model.parameters()).map((tensor) => ({ ...tensor, values: [...tensor.values] })),
      summary: layerRows(model.summary()),
      points: rounded(points, 3),
      pictures,
    };
    model.dispose();
    return start;
  } finally {
    engine.dispose();
  }
}
