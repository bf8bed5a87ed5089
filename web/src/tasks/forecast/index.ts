/** A curve through time: an LSTM reads the last values and says how it goes on. */
import { nn } from 'trainyard';
import { isNetwork, readNetwork, startsAnew, writeNetwork, type Choices } from '../../state/sequence.ts';
import type { Task } from '../task.ts';
import { nameOf, seriesNames } from './names.ts';
import type { ForecastData, ForecastWatched } from './work.ts';

export const choices: Choices = {
  kinds: ['lstm'],
  layers: [1, 2, 3],
  widths: [4, 8, 16, 24, 32, 48, 64],
  heads: [1],
  contexts: [6, 12, 14, 18, 24, 28, 36, 48],
  ahead: [1, 2, 3, 6, 12, 24],
};

export const forecast: Task<ForecastData, ForecastWatched> = {
  id: 'forecast',
  said: {
    en: { name: 'Forecast', title: 'predict a curve', batch: (size) => `${size} windows`, rate: 'windows per second' },
    zh: { name: '预测', title: '预测一条曲线', batch: (size) => `${size} 段`, rate: '每秒看的段数' },
  },
  defaults: {
    variant: 'passengers',
    network: writeNetwork({ kind: 'lstm', layers: 1, width: 16, heads: 1, context: 12 }),
    learningRate: 0.003,
    batchSize: 16,
    optimizer: 'adam',
    // Slow enough to see it learn: at full speed it knows these few windows by heart in seconds.
    speed: 3,
  },
  variants: seriesNames,
  network: (text) => isNetwork(text, choices),
  loss: 'mse',
  metrics: [],
  heldOutEvery: 25,
  pictureEvery: 250,
  input: (settings) => [readNetwork(settings.network).context, 1],
  layers(settings) {
    const { layers, width, ahead } = readNetwork(settings.network);
    return [nn.lstm(width, { layers, output: 'last' }), nn.linear(ahead)];
  },
  otherData(old, next) {
    const [a, b] = [readNetwork(old.network), readNetwork(next.network)];
    return a.context !== b.context || a.ahead !== b.ahead || nameOf(old) !== nameOf(next);
  },
  startsAnew: (old, next) => startsAnew(old.network, next.network),

  program(settings) {
    const { context, ahead } = readNetwork(settings.network);
    return {
      before: `// ${nameOf(settings)}: one number for each time.
const { train, val: heldOut } = data.seriesWindows(values, { length: ${context}, horizon: ${ahead}, val: 0.2 });
`,
      after: '',
    };
  },

  load: async (settings) => (await import('./work.ts')).load(nameOf(settings), settings),
  watch: async (watching) => (await import('./work.ts')).watch(watching),

  async views() {
    const [stage, setup, model] = await Promise.all([
      import('./Stage.svelte'),
      import('./Setup.svelte'),
      import('./Model.svelte'),
    ]);
    return { stage: stage.default, setup: setup.default, model: model.default };
  },
};
