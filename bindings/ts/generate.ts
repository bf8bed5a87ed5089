// Texts that a model writes: asked for in small batches, so that few messages cross and none is made for nothing.
import type { Client } from './client.js';
import { failure } from './errors.js';
import { kindOf, optionsOf, plain } from './plain.js';
import type { Handle } from './protocol.js';

export interface GenerateOptions {
  /** Tokens at most; default 256. */
  maxTokens?: number;
  /** Below 1 more like the most probable, above 1 wilder; 0 always takes the most probable. Default 1. */
  temperature?: number;
  /** Draws only from so many of the most probable tokens. */
  topK?: number;
  /** Draws only from the fewest most probable tokens that together have this share; default 1: all. */
  topP?: number;
  /** Above 1: tokens that prompt or text hold already come less often. Default 1. */
  repetitionPenalty?: number;
  /** Ids; the first of them to come is the last token. */
  stop?: readonly number[];
  /** The same seed draws the same text from the same weights; default 0. */
  seed?: number;
  /** How many of the most probable tokens to tell with each; default 0. */
  candidates?: number;
}

export interface TokenProbability {
  id: number;
  /** That it was drawn with: after penalty, temperature (0 counts as 1 here), topK and topP. */
  probability: number;
}

export interface Token extends TokenProbability {
  /** The most probable first; what topK or topP left out has probability 0. */
  candidates: TokenProbability[];
}

/**
 * Tokens in a message at most, and how many times as many there are in the next: they are written ahead of whoever reads
 * them, though for no longer than 10 ms.
 */
const most = 64;
const growth = 8;

export async function* generate(
  client: Client,
  use: () => Handle,
  prompt: Int32Array | readonly number[],
  options?: GenerateOptions,
): AsyncGenerator<Token, void> {
  const wanted = plain(optionsOf(options, 'generate'), 'generate');
  const args = { model: use(), prompt: idsOf(prompt), options: wanted };
  const { generator } = await client.call('generate', args);
  try {
    let done = wanted.maxTokens === 0;
    for (let count = 1; !done; count = Math.min(growth * count, most)) {
      use();
      const { numbers, ...answer } = await client.call('generateNext', { generator, count });
      done = answer.done;
      const told = (at: number): TokenProbability => ({ id: numbers[at]!, probability: numbers[at + 1]! });
      // How many candidates there are is the engine's to say: a vocabulary may be small.
      const step = 2 + 2 * answer.candidates;
      for (let at = 0; at < numbers.length; at += step) {
        use();
        const candidates = Array.from({ length: answer.candidates }, (_, i) => told(at + 2 + 2 * i));
        yield { ...told(at), candidates };
      }
    }
  } finally {
    // If the engine is gone, so is the text.
    client.call('release', { handle: generator }).catch(() => {});
  }
}

/** Ids as the engine takes them. Throws TYPE_MISMATCH, INVALID_LABEL. */
function idsOf(ids: Int32Array | readonly number[]): Int32Array {
  if (ids instanceof Int32Array) return ids;
  if (!Array.isArray(ids)) throw failure('TYPE_MISMATCH', 'prompt', { expected: 'Int32Array', got: kindOf(ids) });
  return Int32Array.from(ids as number[], (id, i) => {
    if (id === (id | 0)) return id;
    throw failure('INVALID_LABEL', `prompt[${i}]`, { expected: 'integer', got: String(id) });
  });
}
