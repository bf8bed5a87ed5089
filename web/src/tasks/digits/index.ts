/** Handwritten digits, told apart by a small convolutional network. */
import { nn } from 'trainyard';
import { readParts } from '../../state/network.ts';
import type { Settings } from '../../state/settings.ts';
import type { Task } from '../task.ts';
import type { DigitsData, DigitsWatched } from './work.ts';

const classes = 10;

export const digits: Task<DigitsData, DigitsWatched> = {
  id: 'digits',
  defaults: { network: 'c8-c16', activation: 'relu', learningRate: 0.002, batchSize: 32, optimizer: 'adam', speed: 6 },
  network: (text) => /^([cd]\d{1,3}(-[cd]\d{1,3}){0,7}|0)$/.test(text),
  said: {
    en: {
      name: 'Digits',
      title: 'handwritten digits',
      batch: (size) => `${size} digits`,
      right: 'right on held-out digits',
      rate: 'digits per second',
    },
    zh: {
      name: '手写数字',
      title: '手写数字',
      batch: (size) => `${size} 个数字`,
      right: '没见过的判对',
      rate: '每秒看的数字',
    },
  },
  input: () => [1, 28, 28],
  loss: 'crossEntropy',
  metrics: ['accuracy'],
  letters: ['c', 'd'],
  sizes: {
    c: { low: 1, high: 32, step: 1, usual: 8, most: 3 },
    d: { low: 4, high: 128, step: 4, usual: 32, most: 2 },
  },
  heldOutEvery: 125,
  pictureEvery: 100,

  layers(settings: Settings) {
    const activation = nn[settings.activation];
    const parts = readParts(settings.network);
    const convolutions = parts.filter(({ letter }) => letter === 'c');
    const hidden = parts.filter(({ letter }) => letter === 'd');
    return [
      ...convolutions.flatMap(({ size }) => [nn.conv2d(size, 3, { padding: 1 }), activation(), nn.maxPool2d(2)]),
      nn.flatten(),
      ...hidden.flatMap(({ size }) => [nn.linear(size), activation()]),
      nn.linear(classes),
    ];
  },

  load: async () => (await import('./work.ts')).load(),
  watch: async (watching) => (await import('./work.ts')).watch(watching),
  examine: async (watching) => (await import('./work.ts')).examine(watching),

  async views() {
    const [stage, results] = await Promise.all([import('./Stage.svelte'), import('./Results.svelte')]);
    return { stage: stage.default, results: results.default };
  },
};
