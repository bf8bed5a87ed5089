/** The digit that the network is looking at: a test digit, or what the visitor draws. */
export class Look {
  image = $state.raw<Float32Array>(new Float32Array(784));
  own = $state(false);
  /** Row in the held-out digits, where it is one of them. */
  row = $state(0);
}

export const look = new Look();
