/** Networks that read sequences: how the address writes them ("g2-w96-h4-c64"), their layers, what they look at. */
import { nn, type InspectedValue, type Layer } from 'trainyard';

export interface SequenceNetwork {
  kind: 'gpt' | 'lstm';
  layers: number;
  width: number;
  /** Of attention; an LSTM has none. */
  heads: number;
  /** How many characters or values it sees at once. */
  context: number;
  /** How many values it says at once; 1 for characters. */
  ahead: number;
}

/** What can be chosen of each. */
export interface Choices {
  kinds: readonly SequenceNetwork['kind'][];
  layers: readonly number[];
  widths: readonly number[];
  heads: readonly number[];
  contexts: readonly number[];
  ahead?: readonly number[];
}

/** The network that a text stands for, if it is one. */
function parse(text: string): SequenceNetwork | undefined {
  const [, kind, layers, width, , heads, context, , ahead] =
    /^([gl])(\d)-w(\d{1,3})(-h(\d{1,2}))?-c(\d{1,3})(-p(\d{1,2}))?$/.exec(text) ?? [];
  if (kind === undefined) return undefined;
  const read = {
    kind: kind === 'g' ? 'gpt' : 'lstm',
    layers: Number(layers),
    width: Number(width),
    heads: Number(heads ?? 1),
    context: Number(context),
    ahead: Number(ahead ?? 1),
  } as const;
  return read.width % read.heads === 0 ? read : undefined;
}

/** Whether a text is a network with sizes that can be chosen. */
export function isNetwork(text: string, choices: Choices): boolean {
  const read = parse(text);
  return (
    read !== undefined &&
    choices.kinds.includes(read.kind) &&
    choices.layers.includes(read.layers) &&
    choices.widths.includes(read.width) &&
    (read.kind === 'lstm' || choices.heads.includes(read.heads)) &&
    choices.contexts.includes(read.context) &&
    (choices.ahead ?? [1]).includes(read.ahead)
  );
}

/** The network that settings stand for; they were checked when they were read. */
export function readNetwork(text: string): SequenceNetwork {
  return parse(text) ?? { kind: 'gpt', layers: 2, width: 64, heads: 4, context: 64, ahead: 1 };
}

export function writeNetwork(network: Omit<SequenceNetwork, 'ahead'> & { ahead?: number }): string {
  const { kind, layers, width, heads, context, ahead = 1 } = network;
  const start = kind === 'gpt' ? `g${layers}-w${width}-h${heads}` : `l${layers}-w${width}`;
  return `${start}-c${context}${ahead === 1 ? '' : `-p${ahead}`}`;
}

/** From ids of a vocabulary to the scores of the next one, at every place. */
export function textLayers({ kind, layers, width, heads }: SequenceNetwork, vocab: number, context: number): Layer[] {
  return kind === 'gpt'
    ? [...nn.gpt({ vocab, context, layers, heads, dim: width }).layers]
    : [nn.lstmText({ vocab, dim: Math.min(64, width), hidden: width, layers })];
}

/** Whether nothing of the one fits into the other. */
export function startsAnew(old: string, next: string): boolean {
  const [a, b] = [readNetwork(old), readNetwork(next)];
  return a.kind !== b.kind || a.width !== b.width || a.heads !== b.heads;
}

/** One layer's attention over one text: `weights[(head * side + to) * side + from]`. */
export interface AttentionMap {
  heads: number;
  side: number;
  weights: Float32Array;
}

/** The attention of each layer in what was inspected for one example. */
export function attentionMaps(values: readonly InspectedValue[]): AttentionMap[] {
  return values
    .filter(({ role, shape }) => role === 'attention' && shape.length === 4)
    .map(({ shape, data }) => ({ heads: shape[1] ?? 1, side: shape[3] ?? 1, weights: data }));
}

/** What one LSTM layer carries: `values[place * units + unit]`. */
export interface MemoryState {
  units: number;
  values: Float32Array;
}

/** The state of each LSTM layer after each of the first places, in what was inspected for one example. */
export function memoryStates(values: readonly InspectedValue[], units: number, places: number): MemoryState[] {
  return values
    .filter(({ role, op, shape }) => role === 'activation' && op === 'lstm' && shape.length === 3 && shape[2] === units)
    .map(({ data }) => ({ units, values: data.slice(0, places * units) }));
}

/** How strongly one place looks at each place up to it. */
export function attentionRow(map: AttentionMap, head: number, place: number): Float32Array {
  const start = (Math.min(head, map.heads - 1) * map.side + place) * map.side;
  return map.weights.subarray(start, start + place + 1);
}

/** Scores as shares that add up to 1; the temperature flattens or sharpens them. */
export function shares(scores: Float32Array, temperature = 1): Float32Array {
  const most = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = scores.map((score) => Math.exp((score - most) / temperature));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** The places of the largest numbers, largest first. */
export function largest(values: ArrayLike<number>, count: number): number[] {
  const places: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (places.length === count && value <= (values[places[count - 1] ?? 0] ?? 0)) continue;
    let at = places.length;
    while (at > 0 && value > (values[places[at - 1] ?? 0] ?? 0)) at--;
    places.splice(at, 0, i);
    if (places.length > count) places.pop();
  }
  return places;
}
