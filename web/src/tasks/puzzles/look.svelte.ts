/** Which of the shown puzzles is looked at closely, at which place, through which head. */
export class Look {
  example = $state(0);
  /** Of the answer, from 0. */
  digit = $state(0);
  layer = $state(0);
  head = $state(0);
}

export const look = new Look();
