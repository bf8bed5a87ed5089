// Text into ids and back.
import type { Client } from './client.js';
import type { Dataset } from './data/dataset.js';
import { readText, refuseHalves, type TextSource } from './data/text.js';
import { disposable } from './dispose.js';
import { failure } from './errors.js';
import { kindOf, optionsOf, plain, refuseUnknown } from './plain.js';
import type { DatasetMade, Handle, TokenizerMade } from './protocol.js';

export type TokenizerOptions =
  /** The characters of a text, sorted; `unknown`: a token more, for those it does not have. */
  | { type: 'char'; text: TextSource; unknown?: string }
  /** Byte pairs as GPT-2's, learnt from a text: so many tokens, 256 at least; default 1,000. */
  | { type: 'bpe'; text: TextSource; vocab?: number }
  /** A tokenizer.json of Hugging Face's `tokenizers`: byte-level BPE, or a vocabulary of characters. */
  | { json: string | object };

export interface WindowOptions {
  /** Tokens of a window: the model's context. */
  length: number;
  /** Share of the text (below 1) or number of tokens at its end that is held out; default 0.1, 0 for none. */
  val?: number;
  /** From one training window to the next, default 1: every place. `stride: length` reads the text once an epoch. */
  stride?: number;
}

export class Tokenizer {
  /** `using tok = await engine.tokenizer(…)`, where the language has it. */
  declare readonly [Symbol.dispose]: () => void;
  /** How many tokens there are. */
  readonly size: number;
  readonly #client: Client;
  readonly #made: TokenizerMade;
  readonly #hold: (made: DatasetMade) => Dataset;
  #names: string[] | undefined;
  #disposed = false;

  /** @internal */
  constructor(client: Client, made: TokenizerMade, hold: (made: DatasetMade) => Dataset) {
    this.#client = client;
    this.#made = made;
    this.#hold = hold;
    this.size = made.ends.length;
  }

  /** The text of each token; � where byte pairs cut a character. */
  get tokens(): string[] {
    return (this.#names ??= Array.from(this.#made.ends, (_, id) => utf8.decode(this.#bytes(id))));
  }

  /**
   * The ids of a text.
   *
   * @throws {TrainyardError} INVALID_VALUE with the path `text[17]`, a place in bytes of UTF-8, for what is no UTF-8 and
   * for a character without a token.
   */
  async encode(text: TextSource): Promise<Int32Array> {
    return (await readText(this.#client, text, { tokenizer: this.#use(), options: null })).ids!;
  }

  /** The text of ids. Throws INVALID_VALUE (`ids[3]`) for one that is no token, TYPE_MISMATCH for what is no list. */
  decode(ids: ArrayLike<number>): string {
    if (typeof (Object(ids) as Partial<ArrayLike<number>>).length !== 'number') {
      throw failure('TYPE_MISMATCH', 'ids', { expected: 'Int32Array', got: kindOf(ids) });
    }
    const parts = Array.from(ids, (id, i) => this.#bytes(this.#known(id, `ids[${i}]`)));
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let end = 0;
    for (const part of parts) {
      bytes.set(part, end);
      end += part.length;
    }
    return utf8.decode(bytes);
  }

  /**
   * For ids that come one by one, as `generate` gives them: a byte pair may be a part of a character, and waits for the
   * rest. Without an id: what is left. Throws as `decode`.
   */
  decoder(): (id?: number) => string {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    return (id) =>
      id === undefined ? decoder.decode() : decoder.decode(this.#bytes(this.#known(id, 'id')), { stream: true });
  }

  /** The tokenizer as tokenizer.json. */
  async save(): Promise<string> {
    return this.#client.call('saveTokenizer', { tokenizer: this.#use() });
  }

  /**
   * A text as data to learn from: `x` is a window's ids, `y` those one further. The ids are kept once, in the smallest
   * type; windows are views of them. No window reaches across the border to the validation part, whose windows lie side
   * by side. The data sets belong to this engine.
   *
   * @throws {TrainyardError} as `encode`; EMPTY_DATA for a text that is shorter than a window and one more.
   */
  windows(text: TextSource, options: WindowOptions & { val: 0 }): Promise<{ train: Dataset }>;
  windows(text: TextSource, options: WindowOptions): Promise<{ train: Dataset; val: Dataset }>;
  async windows(text: TextSource, options: WindowOptions): Promise<{ train: Dataset; val?: Dataset }> {
    const checked = plain(optionsOf(options, 'windows'), 'windows');
    const { windows } = await readText(this.#client, text, { tokenizer: this.#use(), options: checked });
    const [train, val] = windows!.map(this.#hold);
    return { train: train!, ...(val && { val }) };
  }

  /** Frees it in the engine; data sets made with it stay. Harmless when repeated. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#client.call('release', { handle: this.#made.handle }).catch(() => {});
  }

  #bytes(id: number): Uint8Array {
    const { tokens, ends } = this.#made;
    return tokens.subarray(id > 0 ? ends[id - 1] : 0, ends[id]);
  }

  #known(id: number, path: string): number {
    if (Number.isInteger(id) && id >= 0 && id < this.size) return id;
    throw failure('INVALID_VALUE', path, { expected: `[0, ${this.size})`, got: String(id) });
  }

  #use(): Handle {
    if (this.#disposed) throw failure('DISPOSED', 'tokenizer', { hint: 'await_dispose' });
    return this.#made.handle;
  }
}

disposable(Tokenizer);

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Makes or loads a tokenizer in the engine. */
export async function makeTokenizer(client: Client, options: TokenizerOptions): Promise<TokenizerMade> {
  const given: object = optionsOf(options, 'tokenizer');
  if ('json' in given) {
    refuseUnknown(given, ['json'], 'tokenizer');
    const json = typeof given.json === 'string' ? given.json : JSON.stringify(plain(given.json, 'json'));
    refuseHalves(json, () => 'tokenizer.json');
    return client.call('loadTokenizer', { json });
  }
  const { text, ...rest } = given as { text: TextSource; unknown?: unknown };
  if (typeof rest.unknown === 'string') refuseHalves(rest.unknown, () => 'tokenizer.unknown');
  if (text === undefined) throw failure('MISSING_OPTION', 'tokenizer.text', { expected: 'string, Blob, …' });
  const use = { tokenizer: null, options: plain(rest, 'tokenizer') };
  return (await readText(client, text, use)).tokenizer!;
}
