/** The points' network, and the settings with which it starts. */
import type { Layer } from 'trainyard';
import { readParts } from '../../state/network.ts';
import type { Defaults, Settings } from '../../state/settings.ts';

type Nn = typeof import('trainyard').nn;

export const defaults: Defaults = {
  network: '8-8',
  activation: 'tanh',
  learningRate: 0.01,
  batchSize: 10,
  optimizer: 'adam',
  speed: 5,
};

export const input = [2];

/** The address writes a network as "8-8". */
export const network = (text: string): boolean => /^\d{1,3}(-\d{1,3}){0,7}$/.test(text);

export function layers(nn: Nn, settings: Pick<Settings, 'network' | 'activation'>): Layer[] {
  const activation = nn[settings.activation];
  return [...readParts(settings.network).flatMap(({ size }) => [nn.linear(size), activation()]), nn.linear(1)];
}
