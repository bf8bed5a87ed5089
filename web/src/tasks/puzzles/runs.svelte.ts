/** How the visitor's own runs went on each puzzle, one of each kind of network: what attention is worth. */
import type { SequenceNetwork } from '../../state/sequence.ts';

export type NetworkKind = SequenceNetwork['kind'];

export interface Run {
  /** As the address writes it. */
  network: string;
  parameters: number;
  /** Of the longest questions, the share answered right to the last digit, by step. */
  points: readonly { step: number; share: number }[];
}

export type Pair = Partial<Record<NetworkKind, Run>>;

const most = 200;

/** The run with one more look; a new one where the network or the steps began anew. */
export function extended(old: Run | undefined, network: string, parameters: number, point: Run['points'][number]): Run {
  const before = old?.network === network && point.step >= (old.points.at(-1)?.step ?? 0) ? old.points : [];
  const points = [...before.filter(({ step }) => step < point.step), point];
  const thin = points.length <= most ? points : points.filter((_, i) => i % 2 === 0 || i === points.length - 1);
  return { network, parameters, points: thin };
}

/** Both after as many steps as the one that did fewer. */
export function compared({ gpt, lstm }: Pair): { step: number; gpt: number; lstm: number } | undefined {
  const ends = [gpt, lstm].map((run) => run?.points.at(-1)?.step ?? 0);
  const step = Math.min(...ends);
  if (step === 0) return undefined;
  const at = (run: Run | undefined): number => run?.points.findLast((point) => point.step <= step)?.share ?? 0;
  return { step, gpt: at(gpt), lstm: at(lstm) };
}

export class Runs {
  #pairs = $state.raw<Readonly<Record<string, Pair>>>({});

  of(puzzle: string): Pair {
    return this.#pairs[puzzle] ?? {};
  }

  record(puzzle: string, kind: NetworkKind, run: Run): void {
    this.#pairs = { ...this.#pairs, [puzzle]: { ...this.of(puzzle), [kind]: run } };
  }
}

export const runs = new Runs();
