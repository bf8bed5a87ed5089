/** A point of one of two kinds. */
export interface Point {
  x: number;
  y: number;
  kind: 0 | 1;
  /** Never trained on. */
  heldOut: boolean;
}
