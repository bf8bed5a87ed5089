/** Makes of a drawing what MNIST makes of a scan: fitted into 20 × 20, centred by its mass in 28 × 28. */
export interface Dot {
  /** 0 to 1 across the pad. */
  x: number;
  y: number;
}
export type Strokes = readonly (readonly Dot[])[];

export const side = 28;
const box = 20;
/** About as thick as a pen's line in the data. */
const pen = 2.3;

export function normalise(strokes: Strokes): Float32Array {
  const dots = strokes.flat();
  const image = new Float32Array(side * side);
  if (dots.length === 0) return image;
  const xs = dots.map(({ x }) => x);
  const ys = dots.map(({ y }) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  // A single tap stays a dot: it is not blown up to fill the box.
  const scale = (box - pen) / Math.max(right - left, bottom - top, 0.15);
  const shift = { x: side / 2 - ((left + right) / 2) * scale, y: side / 2 - ((top + bottom) / 2) * scale };
  rasterise(strokes, scale, shift, image);
  let mass = 0;
  let mx = 0;
  let my = 0;
  image.forEach((value, i) => {
    mass += value;
    mx += value * ((i % side) + 0.5);
    my += value * (Math.floor(i / side) + 0.5);
  });
  if (mass > 0)
    rasterise(strokes, scale, { x: shift.x + side / 2 - mx / mass, y: shift.y + side / 2 - my / mass }, image);
  return image;
}

function rasterise(strokes: Strokes, scale: number, shift: Dot, image: Float32Array): void {
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return;
  context.setTransform(scale, 0, 0, scale, shift.x, shift.y);
  trace(context, strokes, pen / scale);
  const { data } = context.getImageData(0, 0, side, side);
  for (let i = 0; i < image.length; i++) image[i] = (data[i * 4 + 3] ?? 0) / 255;
}

/** Smooth lines through the dots. */
export function trace(context: CanvasRenderingContext2D, strokes: Strokes, width: number): void {
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.lineWidth = width;
  for (const stroke of strokes) {
    const [first] = stroke;
    if (!first) continue;
    context.beginPath();
    context.moveTo(first.x, first.y);
    if (stroke.length === 1) context.lineTo(first.x, first.y + 1e-4);
    stroke.forEach((dot, i) => {
      const next = stroke[i + 1];
      if (i > 0 && next) context.quadraticCurveTo(dot.x, dot.y, (dot.x + next.x) / 2, (dot.y + next.y) / 2);
      else if (i > 0) context.lineTo(dot.x, dot.y);
    });
    context.stroke();
  }
}
