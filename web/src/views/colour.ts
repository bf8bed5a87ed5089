/** Colour scales for canvases: tables of 257 colours made from the page's tokens, made again when the theme changes. */
import type { Theme } from '../state/settings.ts';

export interface Palette {
  ink: string;
  ink2: string;
  ink3: string;
  paper: string;
  sheet: string;
  sunk: string;
  line: string;
  line2: string;
  track: string;
  pos: string;
  neg: string;
  live: string;
  liveSoft: string;
  plum: string;
  /** −1 to 1, as packed RGBA for an ImageData. */
  signed: Uint32Array;
  /** Scores from −8 to 8, in the colour of the chance they stand for. */
  score: Uint32Array;
  /** Paper to ink, 0 to 1. */
  grey: Uint32Array;
  /** Shares, 0 to 1. */
  share: Uint32Array;
}

type Rgb = readonly [number, number, number];

const cache = new Map<string, Palette>();

/** A score beyond this is one colour: the chance is 0.9997. */
export const largestScore = 8;

export function palette(theme: Theme): Palette {
  const forced = matchMedia('(forced-colors: active)').matches;
  const key = `${theme}${forced ? '-forced' : ''}`;
  const known = cache.get(key);
  if (known) return known;
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const diverging = [token('div-neg'), token('div-mid'), token('div-pos')];
  const made: Palette = {
    ink: token('ink'),
    ink2: token('ink-2'),
    ink3: token('ink-3'),
    paper: token('paper'),
    sheet: token('sheet'),
    sunk: token('sunk'),
    line: token('line'),
    line2: token('line-2'),
    track: token('track'),
    pos: token('pos'),
    neg: token('neg'),
    live: token('live'),
    liveSoft: token('live-soft'),
    plum: token('plum'),
    signed: scale(diverging),
    score: scale(diverging, (at) => (Math.tanh((at - 0.5) * largestScore) + 1) / 2),
    grey: scale([token('sheet'), token('ink')]),
    share: scale(['p0', 'p1', 'p2', 'p3', 'p4'].map(token)),
  };
  if (forced)
    Object.assign(made, {
      pos: 'CanvasText',
      neg: 'CanvasText',
      sheet: 'Canvas',
      ink: 'CanvasText',
      live: 'Highlight',
    });
  cache.set(key, made);
  return made;
}

function rgb(hex: string): Rgb {
  // A style sheet's minifier writes #fff for #ffffff.
  const value = parseInt(hex.length === 4 ? hex.slice(1).replace(/./g, '$&$&') : hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** `bend` takes the place in the table, 0 to 1, to the place on the scale. */
function scale(stops: readonly string[], bend: (at: number) => number = (at) => at): Uint32Array {
  const colours = stops.map(rgb);
  const table = new Uint32Array(257);
  for (let i = 0; i <= 256; i++) {
    const at = bend(i / 256) * (colours.length - 1);
    const low = Math.min(colours.length - 2, Math.floor(at));
    const a = colours[low] ?? [0, 0, 0];
    const b = colours[low + 1] ?? a;
    const mix = (channel: 0 | 1 | 2): number => Math.round(a[channel] + (b[channel] - a[channel]) * (at - low));
    table[i] = 0xff000000 | (mix(2) << 16) | (mix(1) << 8) | mix(0);
  }
  return table;
}

/** Paints values from `low` to `high` into a canvas of one pixel a value. `stride` and `offset` pick one channel. */
export function paint(
  canvas: HTMLCanvasElement,
  values: ArrayLike<number>,
  options: {
    width: number;
    height: number;
    table: Uint32Array;
    low: number;
    high: number;
    offset?: number;
    stride?: number;
  },
): void {
  const { width, height, table, low, high, offset = 0, stride = 1 } = options;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) return;
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const factor = 256 / (high - low || 1);
  for (let i = 0; i < pixels.length; i++) {
    const step = ((values[offset + i * stride] ?? 0) - low) * factor;
    pixels[i] = table[step > 0 ? (step < 256 ? Math.round(step) : 256) : 0] ?? 0;
  }
  context.putImageData(image, 0, 0);
}

/** Fits a canvas to its box at the screen's own resolution; gives a context that draws in CSS pixels. */
export function sharp(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const ratio = Math.min(3, devicePixelRatio || 1);
  const w = Math.max(1, Math.round(width * ratio));
  const h = Math.max(1, Math.round(height * ratio));
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext('2d');
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

/**
 * The one glyph of a parameter: a disc is positive, a ring negative, the area is the size. `largest` is the value that
 * fills `radius`.
 */
export function dot(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  value: number,
  largest: number,
  radius: number,
  colours: Palette,
): void {
  const r = Math.max(1.1, radius * Math.sqrt(Math.min(1, Math.abs(value) / (largest || 1))));
  context.beginPath();
  if (value >= 0) {
    context.arc(x, y, r, 0, 2 * Math.PI);
    context.fillStyle = colours.pos;
    context.fill();
    return;
  }
  const width = Math.max(1.1, Math.min(3.2, r * 0.42));
  context.arc(x, y, Math.max(0.6, r - width / 2), 0, 2 * Math.PI);
  context.fillStyle = colours.sheet;
  context.fill();
  context.lineWidth = width;
  context.strokeStyle = colours.neg;
  context.stroke();
}

/** The 99th percentile of |w|: what fills a dot. */
export function dotScale(tensors: readonly { values: Float32Array }[]): number {
  const sizes: number[] = [];
  for (const { values } of tensors) {
    const stride = Math.max(1, Math.floor(values.length / 2000));
    for (let i = 0; i < values.length; i += stride) sizes.push(Math.abs(values[i] ?? 0));
  }
  sizes.sort((a, b) => a - b);
  return sizes[Math.min(sizes.length - 1, Math.floor(sizes.length * 0.99))] ?? 1;
}
