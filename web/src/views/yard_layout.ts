/**
 * Where the yard's tracks, crossings and pictures lie. A layer is a block of crossings: one side brings the values in,
 * the other takes them out, and the next layer turns by a right angle, so the blocks walk down and to the right.
 * Layer 1: rows in, columns out. Layer 2: columns in, rows out. And so on.
 */
export interface Block {
  layer: number;
  inputs: number;
  outputs: number;
  /** True where the inputs are rows. */
  rowsIn: boolean;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Picture {
  /** The layer whose output it shows; −1 for the inputs. */
  layer: number;
  neuron: number;
  x: number;
  y: number;
  size: number;
}

export interface Yard {
  blocks: readonly Block[];
  pictures: readonly Picture[];
  width: number;
  height: number;
  pitch: number;
  /** Where the last track leaves. */
  end: { x: number; y: number };
}

export interface Spacing {
  pitch: number;
  /** Side of a neuron's picture. */
  picture: number;
  /** Between a block and a picture. */
  gap: number;
  left: number;
  top: number;
}

/** `sizes`: the numbers that enter the network, then each layer's neurons. */
export function layoutYard(sizes: readonly number[], spacing: Spacing): Yard {
  const { pitch, picture, gap } = spacing;
  const blocks: Block[] = [];
  const pictures: Picture[] = [];
  let x = spacing.left;
  let y = spacing.top;
  // Rows in: x is where the columns begin, and the extra row for the bias is the last. Columns in: the extra column for
  // the bias is the first.
  x += pitch;
  for (let layer = 0; layer + 1 < sizes.length; layer++) {
    const inputs = sizes[layer] ?? 0;
    const outputs = sizes[layer + 1] ?? 0;
    const rowsIn = layer % 2 === 0;
    const last = layer + 2 === sizes.length;
    const block: Block = rowsIn
      ? { layer, inputs, outputs, rowsIn, x, y, width: outputs * pitch, height: (inputs + 1) * pitch }
      : { layer, inputs, outputs, rowsIn, x: x - pitch, y, width: (inputs + 1) * pitch, height: outputs * pitch };
    blocks.push(block);
    if (last) break;
    for (let neuron = 0; neuron < outputs; neuron++) {
      const inset = (pitch - picture) / 2;
      pictures.push(
        rowsIn
          ? { layer, neuron, x: block.x + neuron * pitch + inset, y: block.y + block.height + gap, size: picture }
          : { layer, neuron, x: block.x + block.width + gap, y: block.y + neuron * pitch + inset, size: picture },
      );
    }
    if (rowsIn) y = block.y + block.height + gap + picture + gap;
    else x = block.x + block.width + gap + picture + gap;
  }
  const final = blocks[blocks.length - 1];
  const width = Math.max(...blocks.map((block) => block.x + block.width));
  const height = Math.max(...blocks.map((block) => block.y + block.height));
  const end = !final
    ? { x: 0, y: 0 }
    : final.rowsIn
      ? { x: final.x + final.width / 2, y: final.y }
      : { x: final.x + final.width, y: final.y + final.height / 2 };
  return { blocks, pictures, width, height, pitch, end };
}

/** A crossing by its address in the network: `input` equal to the number of inputs is the bias. */
export interface Crossing {
  layer: number;
  input: number;
  output: number;
}

export function centre(block: Block, crossing: Crossing, pitch: number): { x: number; y: number } {
  if (block.rowsIn)
    return { x: block.x + (crossing.output + 0.5) * pitch, y: block.y + (crossing.input + 0.5) * pitch };
  const column = crossing.input === block.inputs ? 0 : crossing.input + 1;
  return { x: block.x + (column + 0.5) * pitch, y: block.y + (crossing.output + 0.5) * pitch };
}

/** The crossing nearest to a point, if one is within a pitch of it. */
export function nearest(yard: Yard, x: number, y: number): Crossing | undefined {
  const { pitch } = yard;
  for (const block of yard.blocks) {
    const column = Math.floor((x - block.x) / pitch);
    const row = Math.floor((y - block.y) / pitch);
    if (column < 0 || row < 0 || x >= block.x + block.width || y >= block.y + block.height) continue;
    if (block.rowsIn) return { layer: block.layer, input: row, output: column };
    return { layer: block.layer, input: column === 0 ? block.inputs : column - 1, output: row };
  }
  return undefined;
}

/** The neuron's picture at a point. */
export function pictureAt(yard: Yard, x: number, y: number): Picture | undefined {
  return yard.pictures.find((each) => x >= each.x && y >= each.y && x < each.x + each.size && y < each.y + each.size);
}

/** One step of an arrow key, on to the neighbouring block at an edge. */
export function move(yard: Yard, from: Crossing, dx: number, dy: number): Crossing {
  const block = yard.blocks[from.layer];
  if (!block) return from;
  const at = centre(block, from, yard.pitch);
  const inside = nearest(yard, at.x + dx * yard.pitch, at.y + dy * yard.pitch);
  if (inside) return inside;
  // Over the edge: the nearest crossing in that direction, in whichever block it lies.
  let best: Crossing | undefined;
  let least = Infinity;
  for (const other of yard.blocks) {
    if (other.layer === from.layer) continue;
    for (let output = 0; output < other.outputs; output++) {
      for (let input = 0; input <= other.inputs; input++) {
        const there = centre(other, { layer: other.layer, input, output }, yard.pitch);
        const along = (there.x - at.x) * dx + (there.y - at.y) * dy;
        const across = Math.abs((there.x - at.x) * dy) + Math.abs((there.y - at.y) * dx);
        if (along > 0 && along + 2 * across < least) {
          least = along + 2 * across;
          best = { layer: other.layer, input, output };
        }
      }
    }
  }
  return best ?? from;
}
