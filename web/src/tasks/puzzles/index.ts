/** Copy, reverse, sort, add: short tasks for which a network must look back, and that show how it does. */
import { isNetwork, readNetwork, startsAnew, textLayers, writeNetwork, type Choices } from '../../state/sequence.ts';
import type { Settings } from '../../state/settings.ts';
import type { Task } from '../task.ts';
import { kinds, places, symbols, type Kind } from './kinds.ts';
import type { PuzzlesData, PuzzlesWatched } from './work.ts';

/** The context is the longest question: the network sees that, the bar and the answer. */
export const choices: Choices = {
  kinds: ['gpt', 'lstm'],
  layers: [1, 2, 3, 4],
  widths: [16, 32, 64, 96, 128],
  heads: [1, 2, 4, 8],
  contexts: [4, 6, 8, 10, 12, 16, 20, 24],
};

export const kindOf = ({ variant }: Settings): Kind => kinds.find((kind) => kind === variant) ?? 'reverse';
const longest = ({ network }: Settings): number => readNetwork(network).context;
const width = (settings: Settings): number => places(kindOf(settings), longest(settings));

export const puzzles: Task<PuzzlesData, PuzzlesWatched> = {
  id: 'puzzles',
  said: {
    en: {
      name: 'Puzzles',
      title: 'copy, reverse, sort, add',
      batch: (size) => `${size} puzzles`,
      right: 'digits right, held out',
      rate: 'puzzles per second',
    },
    zh: {
      name: '数字题',
      title: '照抄、倒写、排序、加法',
      batch: (size) => `${size} 道题`,
      right: '没见过的题，数字对了',
      rate: '每秒做题',
    },
  },
  defaults: {
    variant: 'reverse',
    network: writeNetwork({ kind: 'gpt', layers: 2, width: 64, heads: 4, context: 8 }),
    learningRate: 0.002,
    batchSize: 32,
    optimizer: 'adam',
    speed: 6,
  },
  variants: kinds,
  network: (text) => isNetwork(text, choices),
  loss: { type: 'crossEntropy', ignoreIndex: -100 },
  metrics: ['accuracy'],
  heldOutEvery: 50,
  pictureEvery: 400,
  input: (settings) => ({ shape: [width(settings)], dtype: 'i32' }),
  layers: (settings) =>
    // A table of positions that is as long as the longest choice: another length keeps what was learnt.
    textLayers(readNetwork(settings.network), symbols.length, Math.max(...kinds.map((kind) => places(kind, 24)))),
  otherData: (old, next) => longest(old) !== longest(next) || kindOf(old) !== kindOf(next),
  startsAnew: (old, next) => startsAnew(old.network, next.network),

  load: async (settings) => (await import('./work.ts')).load(kindOf(settings), longest(settings), settings.seed),
  watch: async (watching) => (await import('./work.ts')).watch(watching),
  examine: async (watching) => (await import('./work.ts')).examine(watching),

  async views() {
    const [stage, setup, model, parameters] = await Promise.all([
      import('./Stage.svelte'),
      import('./Setup.svelte'),
      import('./Model.svelte'),
      import('../../views/sequence/Scale.svelte'),
    ]);
    return { stage: stage.default, setup: setup.default, model: model.default, parameters: parameters.default };
  },
};
