/** Ticks at 1, 2 and 5. */

/** A little room below and above, in log space. */
export function logRange(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null || !(low > 0)) return [0.1, 1];
  const room = Math.max(1.15, (high / low) ** 0.06);
  return [low / room, Math.max(high * room, (low / room) * 2)];
}

/** At most `most` ticks between two values; on a log axis 1-2-5 of each decade, thinned to 1 and then to every nth decade. */
export function splits(low: number, high: number, log: boolean, most: number): number[] {
  return log ? logSplits(low, high, most) : plainSplits(low, high, most);
}

function logSplits(low: number, high: number, most: number): number[] {
  for (const [steps, every] of [
    [[1, 2, 5], 1],
    [[1, 3], 1],
    [[1], 1],
    [[1], 2],
    [[1], 4],
  ] as const) {
    const ticks: number[] = [];
    for (let decade = Math.floor(Math.log10(low)); decade <= Math.ceil(Math.log10(high)); decade++) {
      if (decade % every !== 0) continue;
      for (const step of steps) {
        const tick = Number(`${step}e${decade}`);
        if (tick >= low && tick <= high) ticks.push(tick);
      }
    }
    if (ticks.length <= most) return ticks;
  }
  return [low, high];
}

function plainSplits(low: number, high: number, most: number): number[] {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high * (1 + 1e-9); i++)
    ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}
