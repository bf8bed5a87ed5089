/** The chosen parameter's sum, from the example to its new value, as lines of symbols and of the engine's numbers. */
import type { SlowStep } from '../../state/slowly.svelte.ts';
import type { Activation } from '../../state/settings.ts';
import { fixed, places, signed, subscript } from '../numbers.ts';
import type { Chosen } from './neighbourhood.ts';

export interface Equation {
  symbols: string;
  numbers: string;
  result: string;
  /** The operation that must be done for the numbers to be known. */
  at: number;
}

export interface Sum {
  forward: Equation[];
  loss: Equation[];
  backward: Equation[];
  update: Equation[];
  gradient: number;
}

/** Above this many terms a sum shows its own and "the rest". */
const mostTerms = 3;

const slope: Record<Activation, (h: string) => string> = {
  tanh: (h) => `(1 − ${h}²)`,
  sigmoid: (h) => `${h} · (1 − ${h})`,
  relu: (h) => `[${h} > 0]`,
  gelu: () => 'gelu′(z)',
};

const figure = (value: number): string => fixed(value, places(value));
const withSign = (value: number): string => signed(value, places(value));
const bracket = (value: number, digits = places(value)): string =>
  value < 0 ? `(${fixed(value, digits)})` : fixed(value, digits);

/** Terms and what they add up to; where there are too many, the chosen one and the rest. */
function terms(
  all: readonly (readonly [number, number])[],
  own: number,
  extra: number,
  total: number,
  rest: string,
): string {
  if (all.length <= mostTerms) {
    const list = all.map(([a, b]) => `${bracket(a)}×${bracket(b)}`);
    return [...list, ...(extra === 0 ? [] : [bracket(extra)])].join(' + ');
  }
  const [a, b] = all[own] ?? [0, 0];
  return `${bracket(a)}×${bracket(b)} + ${bracket(total - a * b)} (${rest})`;
}

export function workOut(
  step: SlowStep,
  chosen: Chosen,
  words: { rate: string; gradient: string; rest: (count: number) => string },
): Sum {
  const { layers, activation } = step;
  const layer = layers[chosen.layer];
  if (!layer) return { forward: [], loss: [], backward: [], update: [], gradient: 0 };
  const last = layers.length - 1;
  const isBias = chosen.input === layer.inputs;
  const before = chosen.layer === 0 ? step.input : (layers[chosen.layer - 1]?.answers ?? []);
  const at = (index: number): number => layer.weight[chosen.output * layer.inputs + index] ?? 0;
  const names = {
    h: chosen.layer === last ? 's' : `h${subscript(chosen.output + 1)}`,
    z: chosen.layer === last ? 's' : `z${subscript(chosen.output + 1)}`,
  };
  const source = isBias ? '1' : `${chosen.layer === 0 ? 'x' : 'h'}${subscript(chosen.input + 1)}`;
  const delta = layer.biasGradient[chosen.output] ?? 0;
  const down = layers.length + 2;

  const forward: Equation[] = [
    {
      symbols: isBias ? `${names.z} = Σ w·${chosen.layer === 0 ? 'x' : 'h'} + b` : `${names.z} = w·${source} + …  + b`,
      numbers: terms(
        Array.from({ length: layer.inputs }, (_, i) => [at(i), before[i] ?? 0] as const),
        isBias ? 0 : chosen.input,
        layer.bias[chosen.output] ?? 0,
        layer.sums[chosen.output] ?? 0,
        words.rest(layer.inputs),
      ),
      result: fixed(layer.sums[chosen.output] ?? 0, 3),
      at: chosen.layer + 1,
    },
  ];
  if (chosen.layer < last) {
    const name = { tanh: 'tanh', relu: 'ReLU', sigmoid: 'σ', gelu: 'GELU' }[activation];
    forward.push({
      symbols: `${names.h} = ${name} ${names.z}`,
      numbers: `${name} ${bracket(layer.sums[chosen.output] ?? 0)}`,
      result: fixed(layer.answers[chosen.output] ?? 0, 3),
      at: chosen.layer + 1,
    });
  }

  const blue = step.point.kind === 1;
  const right = blue ? step.chance : 1 - step.chance;
  const loss: Equation[] = [
    {
      symbols: blue ? 'p = 1 / (1 + e⁻ˢ)' : '1 − p,  p = 1 / (1 + e⁻ˢ)',
      numbers: `s = ${fixed(step.score, 3)}`,
      result: fixed(right, 3),
      at: layers.length + 1,
    },
    {
      symbols: blue ? 'L = −ln p' : 'L = −ln (1 − p)',
      numbers: `−ln ${fixed(right, 3)}`,
      result: step.loss.toFixed(4),
      at: layers.length + 1,
    },
  ];

  const backward: Equation[] = [];
  const back = down + (last - chosen.layer);
  if (chosen.layer === last) {
    backward.push({
      symbols: 'δ = p − y',
      numbers: `${fixed(step.chance, 3)} − ${step.point.kind}`,
      result: withSign(delta),
      at: back,
    });
  } else {
    const next = layers[chosen.layer + 1];
    const downstream = Array.from(
      { length: next?.outputs ?? 0 },
      (_, k) => [next?.weight[k * (next.inputs ?? 0) + chosen.output] ?? 0, next?.biasGradient[k] ?? 0] as const,
    );
    const blame = downstream.reduce((sum, [weight, error]) => sum + weight * error, 0);
    const name = slope[activation](names.h);
    const factor = blame === 0 ? 0 : delta / blame;
    backward.push({
      symbols: `δ${subscript(chosen.output + 1)} = ${downstream.length === 1 ? 'v · δ' : 'Σ v·δ'} · ${name}`,
      numbers:
        downstream.length === 1
          ? `${bracket(downstream[0]?.[0] ?? 0)} × ${bracket(downstream[0]?.[1] ?? 0)} × ${figure(factor)}`
          : `${bracket(blame)} × ${figure(factor)}`,
      result: withSign(delta),
      at: back,
    });
  }
  const gradient =
    (isBias ? layer.biasGradient[chosen.output] : layer.weightGradient[chosen.output * layer.inputs + chosen.input]) ??
    0;
  backward.push({
    symbols: isBias ? '∂L/∂b = δ' : `∂L/∂w = δ · ${source}`,
    numbers: isBias ? bracket(delta) : `${bracket(delta)} × ${bracket(before[chosen.input] ?? 0)}`,
    result: withSign(gradient),
    at: back,
  });
  const value = (isBias ? layer.bias[chosen.output] : at(chosen.input)) ?? 0;
  const after =
    (isBias ? layer.biasAfter[chosen.output] : layer.weightAfter[chosen.output * layer.inputs + chosen.input]) ?? 0;
  const letter = isBias ? 'b' : 'w';
  // So many places that the change shows.
  const digits = Math.max(4, places(step.rate * gradient));
  const update: Equation[] = [
    {
      symbols: `${letter} ← ${letter} − ${words.rate} × ${words.gradient}`,
      numbers: `${fixed(value, digits)} − ${step.rate} × ${bracket(gradient)}`,
      result: fixed(after, digits),
      at: 2 * layers.length + 2,
    },
  ];
  return { forward, loss, backward, update, gradient };
}
