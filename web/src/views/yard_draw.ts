/** Draws the yard onto a canvas: blocks, tracks, neurons' pictures, and one dot for each parameter. */
import type { Tensor } from '../state/snapshot.ts';
import { dot, paint, type Palette } from './colour.ts';
import { centre, type Block, type Crossing, type Yard } from './yard_layout.ts';

/** One layer's parameters: weight `[out, in]` and bias `[out]`. */
export interface Matrix {
  weight: Tensor;
  bias: Tensor | undefined;
}

/** What every neuron of a layer answers over a square of the plane: `values[point × neurons + neuron]`. */
export interface Maps {
  neurons: number;
  side: number;
  values: Float32Array;
  low: number;
  high: number;
}

export interface YardPicture {
  yard: Yard;
  layers: readonly Matrix[];
  maps: readonly (Maps | undefined)[];
  largest: number;
  selected: Crossing | undefined;
  hovered: Crossing | undefined;
  frozen: ReadonlySet<string>;
  colours: Palette;
  /** Where the arrow to the answer ends; undefined draws a short one upwards. */
  exit: { x: number; y: number } | undefined;
}

export function valueAt(layer: Matrix, crossing: Crossing): number {
  const inputs = layer.weight.shape[1] ?? 0;
  return (
    (crossing.input === inputs
      ? layer.bias?.values[crossing.output]
      : layer.weight.values[crossing.output * inputs + crossing.input]) ?? 0
  );
}

/** The tensor and the index of a crossing. */
export function placeOf(layer: Matrix, crossing: Crossing): { tensor: string; index: number } {
  const inputs = layer.weight.shape[1] ?? 0;
  if (crossing.input === inputs && layer.bias) return { tensor: layer.bias.name, index: crossing.output };
  return { tensor: layer.weight.name, index: crossing.output * inputs + crossing.input };
}

/** The crossing of a place; undefined if it is in none of the layers. */
export function crossingOf(
  layers: readonly Matrix[],
  place: { tensor: string; index: number } | undefined,
): Crossing | undefined {
  if (!place) return undefined;
  for (const [layer, { weight, bias }] of layers.entries()) {
    const inputs = weight.shape[1] ?? 1;
    if (weight.name === place.tensor)
      return { layer, input: place.index % inputs, output: Math.floor(place.index / inputs) };
    if (bias?.name === place.tensor) return { layer, input: inputs, output: place.index };
  }
  return undefined;
}

const scratch = new Map<string, HTMLCanvasElement>();

function thumbnail(key: string): HTMLCanvasElement {
  let canvas = scratch.get(key);
  if (!canvas) scratch.set(key, (canvas = document.createElement('canvas')));
  return canvas;
}

export function drawYard(context: CanvasRenderingContext2D, picture: YardPicture): void {
  const { yard, colours, selected } = picture;
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  for (const block of yard.blocks) drawBlock(context, block, colours);
  const block = selected && yard.blocks[selected.layer];
  if (selected && block) drawCross(context, yard, block, selected, colours);
  for (const each of yard.blocks) drawTracks(context, yard, each, picture);
  for (const each of yard.blocks) drawDots(context, yard, each, picture);
  drawPictures(context, picture);
}

function drawBlock(context: CanvasRenderingContext2D, block: Block, colours: Palette): void {
  context.fillStyle = colours.sheet;
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(block.x + 0.5, block.y + 0.5, block.width - 1, block.height - 1, 2);
  context.fill();
  context.stroke();
}

/** The row and the column of the chosen crossing, and a frame around it. */
function drawCross(
  context: CanvasRenderingContext2D,
  yard: Yard,
  block: Block,
  crossing: Crossing,
  colours: Palette,
): void {
  const { pitch } = yard;
  const { x, y } = centre(block, crossing, pitch);
  context.fillStyle = colours.liveSoft;
  context.fillRect(x - pitch / 2, block.y + 1, pitch, block.height - 2);
  context.fillRect(block.x + 1, y - pitch / 2, block.width - 2, pitch);
  frame(context, x, y, pitch, colours.live, 3);
}

function frame(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  pitch: number,
  colour: string,
  width: number,
): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.roundRect(x - pitch / 2 + 1.5, y - pitch / 2 + 1.5, pitch - 3, pitch - 3, 2);
  context.stroke();
}

function line(context: CanvasRenderingContext2D, ...points: readonly number[]): void {
  context.beginPath();
  for (let i = 0; i < points.length; i += 2) context.lineTo(points[i] ?? 0, points[i + 1] ?? 0);
  context.stroke();
}

function drawTracks(context: CanvasRenderingContext2D, yard: Yard, block: Block, picture: YardPicture): void {
  const { pitch, pictures } = yard;
  const half = pitch / 2;
  const next = yard.blocks[block.layer + 1];
  const own = pictures.find((each) => each.layer === block.layer);
  const lead = Math.max(6, pitch * 0.16);
  context.strokeStyle = picture.colours.track;
  context.lineWidth = 1;
  // Tracks that bring values in run to the last output; those that take them out run on to their picture and beyond it
  // into the next layer, whose own tracks they are.
  for (let input = 0; input <= block.inputs; input++) {
    const at = centre(block, { layer: block.layer, input, output: 0 }, pitch);
    if (block.rowsIn) {
      const bias = input === block.inputs;
      const start = block.layer === 0 ? block.x - lead - pitch * 0.9 : bias ? block.x - lead : block.x - pitch * 0.4;
      line(context, start, at.y, block.x + block.width - half, at.y);
    } else {
      line(
        context,
        at.x,
        input === block.inputs ? block.y - lead : block.y - pitch * 0.4,
        at.x,
        block.y + block.height - half,
      );
    }
  }
  const last = next === undefined;
  if (last) {
    context.strokeStyle = picture.colours.ink;
    context.lineWidth = 2;
  }
  for (let output = 0; output < block.outputs; output++) {
    const first = centre(block, { layer: block.layer, input: block.rowsIn ? 0 : block.inputs, output }, pitch);
    if (block.rowsIn)
      line(context, first.x, first.y, first.x, last ? block.y + block.height - half : (own?.y ?? 0) + 1);
    else line(context, first.x, first.y, last ? block.x + block.width : (own?.x ?? 0) + 1, first.y);
    if (!last && next) {
      if (block.rowsIn) line(context, first.x, (own?.y ?? 0) + (own?.size ?? 0), first.x, next.y + half);
      else line(context, (own?.x ?? 0) + (own?.size ?? 0), first.y, next.x + half, first.y);
    }
  }
  if (last) drawExit(context, yard, block, picture);
}

/** The last track leaves for the answer. */
function drawExit(context: CanvasRenderingContext2D, yard: Yard, block: Block, { exit, colours }: YardPicture): void {
  const from = yard.end;
  const tip = exit ?? { x: from.x, y: from.y - 12 };
  context.strokeStyle = colours.ink;
  context.lineWidth = 2;
  context.lineJoin = 'round';
  if (!exit) {
    if (block.rowsIn) line(context, from.x, block.y + yard.pitch / 2, tip.x, tip.y + 4);
    else line(context, from.x, from.y, from.x + 8, from.y);
  } else if (block.rowsIn) {
    const turn = Math.max(tip.y + 8, Math.min(from.y - 4, tip.y + 26));
    const rise = Math.min(turn - tip.y, tip.x - 12 - from.x);
    line(context, from.x, block.y + yard.pitch / 2, from.x, tip.y + rise, from.x + rise, tip.y, tip.x - 2, tip.y);
  } else {
    line(context, from.x, from.y, tip.x - 2, from.y);
    tip.y = from.y;
  }
  context.fillStyle = colours.ink;
  context.beginPath();
  if (exit || !block.rowsIn) {
    const x = exit ? tip.x - 1 : from.x + 14;
    context.moveTo(x, tip.y);
    context.lineTo(x - 9, tip.y - 5);
    context.lineTo(x - 9, tip.y + 5);
  } else {
    context.moveTo(tip.x, tip.y - 4);
    context.lineTo(tip.x - 4.5, tip.y + 5);
    context.lineTo(tip.x + 4.5, tip.y + 5);
  }
  context.fill();
}

function drawDots(context: CanvasRenderingContext2D, yard: Yard, block: Block, picture: YardPicture): void {
  const layer = picture.layers[block.layer];
  if (!layer) return;
  const { pitch } = yard;
  for (let output = 0; output < block.outputs; output++) {
    for (let input = 0; input <= block.inputs; input++) {
      if (input === block.inputs && !layer.bias) continue;
      const crossing = { layer: block.layer, input, output };
      const { x, y } = centre(block, crossing, pitch);
      dot(context, x, y, valueAt(layer, crossing), picture.largest, pitch * 0.44, picture.colours);
    }
  }
  for (const tensor of [layer.weight, layer.bias]) {
    if (!tensor || !picture.frozen.has(tensor.name)) continue;
    // A frozen tensor's crossings wear a bar across: they do not move.
    context.strokeStyle = picture.colours.ink;
    context.lineWidth = 1.5;
    for (let index = 0; index < tensor.values.length; index++) {
      const crossing = crossingOf(picture.layers, { tensor: tensor.name, index });
      if (!crossing) continue;
      const { x, y } = centre(block, crossing, pitch);
      line(context, x - pitch * 0.3, y + pitch * 0.4, x + pitch * 0.3, y + pitch * 0.4);
    }
  }
  const { hovered } = picture;
  if (hovered?.layer === block.layer) {
    const { x, y } = centre(block, hovered, pitch);
    frame(context, x, y, pitch, picture.colours.ink, 1.5);
  }
}

function drawPictures(context: CanvasRenderingContext2D, { yard, maps, colours }: YardPicture): void {
  context.imageSmoothingEnabled = true;
  for (const { layer, neuron, x, y, size } of yard.pictures) {
    const map = maps[layer];
    context.fillStyle = colours.sunk;
    context.fillRect(x, y, size, size);
    if (map && neuron < map.neurons) {
      const canvas = thumbnail(`${layer}.${neuron}`);
      const { side, low, high, values, neurons } = map;
      paint(canvas, values, {
        width: side,
        height: side,
        table: colours.signed,
        low,
        high,
        offset: neuron,
        stride: neurons,
      });
      context.drawImage(canvas, x, y, size, size);
    }
    context.strokeStyle = colours.line2;
    context.lineWidth = 1;
    context.strokeRect(x + 0.5, y + 0.5, size - 1, size - 1);
  }
}

/** The linear layers of a list of tensors, each weight with its bias. */
export function matrices(tensors: readonly Tensor[]): Matrix[] {
  const layers: Matrix[] = [];
  for (const tensor of tensors) {
    if (tensor.kind === 'weight' && tensor.shape.length === 2) layers.push({ weight: tensor, bias: undefined });
    const last = layers.at(-1);
    if (tensor.kind === 'bias' && last?.weight.layer === tensor.layer) last.bias = tensor;
  }
  return layers;
}
