/** What the visitor asks of the writer: a beginning, a temperature, a place to look at. */
import type { Corpus } from './corpora.ts';
import type { Sample } from './work.ts';

export class Look {
  /** As typed; characters that the text does not have are left out. */
  prompt = $state(undefined as unknown as string);
  temperature = $state(0.8);
  /** The place that is guessed, counted in what was read; beyond the end: the place after it. */
  place = $state(Infinity);
  layer = $state(0);
  head = $state(0);
  /** What it wrote so far, by step. */
  samples = $state.raw<readonly Sample[]>([]);
  /** What is being written at this moment, while training is paused. */
  live = $state.raw<string | undefined>();

  constructor(prompt: string) {
    this.prompt = prompt;
  }
}

const looks: Record<string, Look> = {};

/** One for each text: going to the other task and back finds the prompt as it was. */
export function lookOf(corpus: Corpus): Look {
  return (looks[corpus.file] ??= new Look(corpus.prompt));
}
