/** What a parameter of the digits' network is called. */
import type { Place, Tensor } from '../../state/snapshot.ts';
import type { Dictionary } from '../../text/index.ts';

export function describePlace(
  place: Place,
  tensors: readonly Tensor[],
  text: Dictionary,
): { title: string; layer: string; count: number } | undefined {
  const tensor = tensors.find(({ name }) => name === place.tensor);
  if (!tensor) return undefined;
  const layers = [...new Set(tensors.map(({ layer }) => layer))];
  const layer = text.yard.layer(layers.indexOf(tensor.layer) + 1);
  const [, inputs = 1, height = 1, width = 1] = tensor.shape;
  const field = height * width;
  const output = Math.floor(place.index / (inputs * field)) + 1;
  const input = (Math.floor(place.index / field) % inputs) + 1;
  const at = place.index % field;
  const title =
    tensor.kind === 'bias'
      ? text.card.bias(text.card.neuron(place.index + 1))
      : tensor.shape.length === 4
        ? text.card.weight(
            `${text.card.filter(output)}${inputs > 1 ? `.${input}` : ''}`,
            text.card.pixel(Math.floor(at / width) + 1, (at % width) + 1),
          )
        : text.card.weight(text.card.neuron(input), text.card.neuron(output));
  return { title, layer, count: tensor.values.length };
}
