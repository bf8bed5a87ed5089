/** What the puzzles are called, and how much room they need. */

export const kinds = ['copy', 'reverse', 'sort', 'add'] as const;
export type Kind = (typeof kinds)[number];

/** The ids of the vocabulary are places in this list: digits, plus, the bar, and what fills up short examples. */
export const symbols = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '+', '|', '·'] as const;

/** Places of an example of the greatest length: input, bar, answer, less the last one, which nothing follows. */
export function places(kind: Kind, longest: number): number {
  if (kind !== 'add') return 2 * longest;
  // Two numbers with the plus between them, and their sum.
  const digits = Math.max(1, Math.floor(longest / 2));
  return 2 * digits + 1 + digits + 1;
}
