/** Which neurons of each layer are shown: all of them where they are few, else those around the chosen parameter. */
import type { SlowStep } from '../../state/slowly.svelte.ts';

export interface Chosen {
  layer: number;
  input: number;
  output: number;
}

export const mostShown = 3;

/** For the inputs and each layer, the indices of the neurons shown, in order. */
export function neighbourhood(step: SlowStep, chosen: Chosen): number[][] {
  const sizes = [step.input.length, ...step.layers.map(({ outputs }) => outputs)];
  return sizes.map((size, level) => {
    const own = level === chosen.layer ? chosen.input : level === chosen.layer + 1 ? chosen.output : 0;
    const first = Math.max(0, Math.min(size - mostShown, (own >= size ? 0 : own) - 1));
    return Array.from({ length: Math.min(size, mostShown) }, (_, i) => first + i);
  });
}
