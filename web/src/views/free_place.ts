/** Where a name in a chart meets no curve and no other name. */

export interface Point {
  x: number;
  y: number;
}

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

const meet = (a: Box, b: Box): boolean =>
  a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;

/** How much of a curve's width lies within a box: the pieces between its points count, not the points alone. */
function crossed(curve: readonly Point[], { left, top, width, height }: Box): number {
  let within = 0;
  curve.forEach((to, i) => {
    const from = curve[i - 1];
    if (!from || to.x < left || from.x > left + width) return;
    const [high, low] = from.y < to.y ? [from.y, to.y] : [to.y, from.y];
    if (low < top || high > top + height) return;
    within += Math.min(to.x, left + width) - Math.max(from.x, left);
  });
  return within;
}

/** The first of the places that nothing crosses; where there is none, the one that is crossed least. */
export function freePlace(
  places: readonly Box[],
  within: Box,
  curves: readonly (readonly Point[])[],
  taken: readonly Box[],
): Box {
  let best: Box = { left: 0, top: 0, width: 0, height: 0 };
  let least = Infinity;
  for (const place of places) {
    const outside = place.top < within.top - place.height || place.top + place.height > within.top + within.height;
    const cost =
      curves.reduce((sum, curve) => sum + crossed(curve, place), 0) +
      (outside || taken.some((other) => meet(place, other)) ? 1e6 : 0);
    if (cost < least) [best, least] = [place, cost];
    if (cost === 0) break;
  }
  return best;
}
