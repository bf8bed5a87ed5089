/** What the simplest methods reach, as lines over the loss, with their names where the curves leave room. */
import type uPlot from 'uplot';
import type { Palette } from './colour.ts';
import { freePlace, type Box, type Point } from './free_place.ts';
import { loss } from './numbers.ts';

interface Chart {
  /** Whether there is room for the names. */
  named: boolean;
  log: boolean;
  steps: readonly number[];
  /** What the names keep clear of. */
  curves: readonly (readonly number[])[];
}

/** Draws into the chart; the font is the chart's. */
export function drawBaselines(
  u: uPlot,
  baselines: readonly { value: number; name: string }[],
  colours: Palette,
  { named, log, steps, curves }: Chart,
): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio || 1;
  ctx.font = ctx.font.replace(/^600 /, '');
  const lines = curves.map((values) =>
    values.flatMap((value, i): Point[] =>
      Number.isFinite(value) && (!log || value > 0)
        ? [{ x: u.valToPos(steps[i] ?? 0, 'x', true), y: u.valToPos(value, 'y', true) }]
        : [],
    ),
  );
  const taken: Box[] = [];
  for (const { value, name } of baselines) {
    const y = u.valToPos(value, 'y', true);
    ctx.strokeStyle = colours.line2;
    ctx.lineWidth = ratio;
    ctx.setLineDash([2 * ratio, 4 * ratio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.setLineDash([]);
    if (!named) continue;
    const label = `${name} ${loss(value)}`;
    const { width } = ctx.measureText(label);
    const places = [0.99, 0.7, 0.4].flatMap((part) =>
      [-8, 9].map((above) => ({
        left: bbox.left + Math.max(0, part * bbox.width - width),
        top: y + (above - 7) * ratio,
        width,
        height: 14 * ratio,
      })),
    );
    const place = freePlace(places, bbox, lines, taken);
    taken.push(place);
    ctx.lineWidth = 3 * ratio;
    ctx.strokeStyle = colours.sheet;
    ctx.strokeText(label, place.left, place.top + 7 * ratio);
    ctx.fillStyle = colours.ink3;
    ctx.fillText(label, place.left, place.top + 7 * ratio);
  }
}
