/** Puts into a new network what an earlier one had learnt, as far as it fits. */
import type { Model } from 'trainyard';
import type { Tensor } from './snapshot.ts';

/**
 * Grows and shrinks: kept neurons keep their weights, new ones listen at random and are not listened to yet, so that
 * adding neurons to a layer leaves the answers as they were. Layers are found by their place in the line, or tensors
 * by their names, where what differs may be how many rows a table has.
 */
export async function graft(model: Model, learnt: readonly Tensor[], by: 'layers' | 'names'): Promise<void> {
  const own = await model.parameters();
  const pairs = by === 'layers' ? align(learnt, own) : namesakes(learnt, own);
  for (const [parameter, old] of pairs) {
    const values = Float32Array.from(parameter.data);
    const [outs = 1, ins = 1] = parameter.shape;
    const [oldOuts = 1, oldIns = 1] = old.shape;
    const field = parameter.size / outs / (parameter.shape.length > 1 ? ins : 1);
    const inputs = parameter.shape.length > 1 ? ins : 1;
    const oldInputs = old.shape.length > 1 ? oldIns : 1;
    for (let out = 0; out < Math.min(outs, oldOuts); out++) {
      for (let input = 0; input < inputs; input++) {
        for (let at = 0; at < field; at++) {
          values[(out * inputs + input) * field + at] =
            input < oldInputs ? (old.values[(out * oldInputs + input) * field + at] ?? 0) : 0;
        }
      }
    }
    await parameter.set(values);
  }
}

/** Pairs tensors of the same name that differ at most in their first size. */
function namesakes<New extends { name: string; shape: readonly number[] }>(
  old: readonly Tensor[],
  own: readonly New[],
): [New, Tensor][] {
  return own.flatMap((parameter): [New, Tensor][] => {
    const other = old.find(({ name }) => name === parameter.name);
    const rest = (shape: readonly number[]): string => `${shape.length}: ${shape.slice(1).join()}`;
    return other && rest(other.shape) === rest(parameter.shape) ? [[parameter, other]] : [];
  });
}

/** Pairs the tensors of two networks layer by layer: from the front those of the same rank, and the last with the last. */
function align<New extends { shape: readonly number[]; kind: string }>(
  old: readonly Tensor[],
  own: readonly New[],
): [New, Tensor][] {
  const group = <T extends { kind: string }>(list: readonly T[]): T[][] => {
    const layers: T[][] = [];
    for (const tensor of list) {
      if (tensor.kind === 'weight') layers.push([tensor]);
      else layers.at(-1)?.push(tensor);
    }
    return layers;
  };
  const before = group(old);
  const after = group(own);
  const pairs: [New, Tensor][] = [];
  after.forEach((layer, i) => {
    const last = i === after.length - 1;
    const match = last ? before.at(-1) : i < before.length - 1 ? before[i] : undefined;
    // Only where the layer before is the same one too: what the inputs mean must not have changed.
    if (!match || (last && after.length !== before.length)) return;
    layer.forEach((tensor, k) => {
      const other = match[k];
      if (other?.shape.length === tensor.shape.length && sameKernel(other.shape, tensor.shape))
        pairs.push([tensor, other]);
    });
  });
  return pairs;
}

const sameKernel = (a: readonly number[], b: readonly number[]): boolean =>
  a.slice(2).every((size, i) => size === b[i + 2]);
