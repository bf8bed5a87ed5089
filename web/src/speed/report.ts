/** What a reader takes along: the rows as `npm run bench -- --json` writes them, and what the browser tells of the machine. */
import type { Row } from '../../../benchmarks/measure.mjs';

export function report(rows: readonly Row[], command: string, hidden: boolean): string {
  const machine = {
    date: new Date().toISOString(),
    cores: navigator.hardwareConcurrency,
    place: navigator.userAgent,
    command,
    isolated: crossOriginIsolated,
    builds: [...new Set(rows.flatMap(({ variant }) => variant ?? []))],
    threads: Math.max(1, ...rows.map(({ threads = 1 }) => threads)),
    /** Whether the tab was in the background for a while. */
    hidden,
  };
  return `${JSON.stringify({ machine, rows }, null, 1)}\n`;
}
