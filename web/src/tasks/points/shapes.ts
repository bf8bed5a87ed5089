/** Points of two kinds in the square from −1 to 1, from a seeded generator: the same seed, the same points. */
import type { Shape } from '../../state/settings.ts';
import type { Point } from '../../views/points.ts';

export const trainRows = 140;
export const heldOutRows = 60;

/** Counter-based uniform numbers in [0, 1): murmur3's finalizer over a running index. */
function generator(seed: number): () => number {
  let index = Math.imul(seed, 0x9e3779b9);
  return () => {
    index = (index + 0x6d2b79f5) | 0;
    let h = index;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
  };
}

type Place = (kind: 0 | 1, along: number, random: () => number) => readonly [number, number];

const turn = 2 * Math.PI;

const places: Record<Shape, Place> = {
  circle(kind, _, random) {
    const radius = kind === 1 ? 0.42 * Math.sqrt(random()) : 0.62 + 0.26 * random();
    const angle = turn * random();
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  },
  xor(kind, _, random) {
    const x = 0.06 + 0.8 * random();
    const y = 0.06 + 0.8 * random();
    const flip = random() < 0.5 ? 1 : -1;
    return kind === 1 ? [flip * x, flip * y] : [flip * x, -flip * y];
  },
  gaussians(kind, _, random) {
    const centre = kind === 1 ? 0.4 : -0.4;
    return [centre + 0.19 * gaussian(random), centre + 0.19 * gaussian(random)];
  },
  spiral(kind, along) {
    const radius = 0.08 + 0.8 * along;
    const angle = 1.3 * turn * along + (kind === 1 ? 0 : Math.PI);
    return [radius * Math.sin(angle), radius * Math.cos(angle)];
  },
  moons(kind, _, random) {
    const angle = Math.PI * random();
    return kind === 1
      ? [0.55 * Math.cos(angle) - 0.25, 0.6 * Math.sin(angle) - 0.15]
      : [0.25 - 0.55 * Math.cos(angle), 0.2 - 0.6 * Math.sin(angle)];
  },
};

/** A standard normal number, by Box and Muller. */
function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(turn * random());
}

/** `noise`: standard deviation of what is added to both coordinates. Held-out points are drawn evenly among the others. */
export function makePoints(shape: Shape, noise: number, seed: number): Point[] {
  const random = generator(seed);
  const rows = trainRows + heldOutRows;
  const place = places[shape];
  const clip = (value: number): number => Math.max(-0.98, Math.min(0.98, value));
  return Array.from({ length: rows }, (_, i) => {
    const kind = (i % 2) as 0 | 1;
    const [x, y] = place(kind, Math.floor(i / 2) / (rows / 2), random);
    return {
      x: clip(x + noise * gaussian(random)),
      y: clip(y + noise * gaussian(random)),
      kind,
      // Whole pairs, so that both kinds are held out alike.
      heldOut: (Math.floor(i / 2) * heldOutRows) % rows < heldOutRows,
    };
  });
}
