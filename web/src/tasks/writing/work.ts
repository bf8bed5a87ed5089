/** The text as data, and what is read from the model that learns it. */
import type { Engine, Model, Tokenizer } from 'trainyard';
import type { Settings } from '../../state/settings.ts';
import { attentionMaps, memoryStates, readNetwork, type AttentionMap, type MemoryState } from '../../state/sequence.ts';
import { fetchText } from '../fetch.ts';
import type { TaskData, Watching } from '../task.ts';
import type { Corpus } from './corpora.ts';
import { lookOf } from './look.svelte.ts';

export interface WritingData extends TaskData {
  corpus: Corpus;
  tokenizer: Tokenizer;
}

/** What it wrote at a step, after the prompt. */
export interface Sample {
  step: number;
  prompt: string;
  temperature: number;
  text: string;
}

export interface WritingWatched {
  /** The characters that were read, one each. */
  characters: readonly string[];
  /** Scores of what follows each of them: `[characters, vocabulary]`. */
  scores: Float32Array;
  vocabulary: number;
  /** One for each layer of attention. */
  maps: readonly AttentionMap[];
  /** An LSTM's state after each character. */
  states: readonly MemoryState[];
}

/** Of the held-out tenth, enough for a loss with two places. */
const heldOutLetters = 12_800;
/** Windows begin at every so many characters: many more than anybody waits for, and none is copied. */
const stride = 8;
/** Characters that are looked at closely. */
const readLength = 48;

interface Known {
  text: string;
  tokenizer: Tokenizer;
}
const known = new WeakMap<Engine, Map<string, Promise<Known>>>();

async function fetchCorpus(corpus: Corpus, engine: Engine): Promise<Known> {
  const text = await fetchText(corpus.file);
  return { text, tokenizer: await engine.tokenizer({ type: 'char', text }) };
}

export async function load(corpus: Corpus, settings: Settings, engine: Engine): Promise<WritingData> {
  const { context } = readNetwork(settings.network);
  const corpora = known.get(engine) ?? new Map<string, Promise<Known>>();
  known.set(engine, corpora);
  const asked = corpora.get(corpus.file) ?? fetchCorpus(corpus, engine);
  corpora.set(corpus.file, asked);
  asked.catch(() => corpora.delete(corpus.file));
  const { text, tokenizer } = await asked;
  const border = Math.floor(text.length * 0.9);
  const [seen, unseen] = await Promise.all([
    tokenizer.windows(text.slice(0, border), { length: context, stride, val: 0 }),
    tokenizer.windows(text.slice(border, border + heldOutLetters), { length: context, stride: context, val: 0 }),
  ]);
  const [train, heldOut] = await Promise.all([engine.inspectData(seen.train), engine.inspectData(unseen.train)]);
  return {
    corpus,
    tokenizer,
    train: seen.train,
    heldOut: unseen.train,
    trainRows: train.rows,
    heldOutRows: heldOut.rows,
    baselines: [
      { value: Math.log(tokenizer.size), name: { en: 'guessing blindly', zh: '瞎猜' } },
      { value: corpus.twoGram, name: { en: 'pairs of characters', zh: '只看前一个字' } },
    ],
  };
}

/** The ids of a text; characters that the vocabulary does not have are left out. */
export async function encode(tokenizer: Tokenizer, text: string): Promise<Int32Array> {
  const tokens = new Set(tokenizer.tokens);
  const kept = [...text].filter((character) => tokens.has(character)).join('');
  return tokenizer.encode(kept === '' ? '\n' : kept);
}

/** Lets the model write; the same seed each time. */
export async function write(
  model: Model,
  { tokenizer, corpus }: WritingData,
  prompt: string,
  temperature: number,
): Promise<string> {
  const ids: number[] = [];
  const start = await encode(tokenizer, prompt);
  for await (const { id } of model.generate(start, { maxTokens: corpus.sample, temperature, seed: 1 })) ids.push(id);
  return tokenizer.decode(ids);
}

/** A sample is due after every tenth of the way so far, and 20 steps at least. */
const due = (last: Sample | undefined, step: number): boolean =>
  !last || step < last.step || step >= last.step + Math.max(20, last.step / 10);

export async function watch(
  corpus: Corpus,
  { model, data, settings, step, past }: Watching<WritingData>,
): Promise<WritingWatched> {
  const look = lookOf(corpus);
  const { prompt, temperature } = look;
  const last = look.samples.at(-1);
  if (!past && (due(last, step) || last?.prompt !== prompt || last.temperature !== temperature)) {
    const text = await write(model, data, prompt, temperature);
    const before = last && step < last.step ? [] : look.samples.filter((sample) => sample.prompt === prompt);
    look.samples = thinned([...before.filter((sample) => sample.step < step), { step, prompt, temperature, text }]);
  }
  const sample = look.samples.findLast((each) => each.step <= step) ?? look.samples[0];
  return read(model, data.tokenizer, settings, prompt + ((past ? undefined : look.live) ?? sample?.text ?? ''));
}

/** The first and the last always stay. */
function thinned(samples: readonly Sample[]): readonly Sample[] {
  return samples.length <= 80 ? samples : samples.filter((_, i) => i % 2 === 0 || i === samples.length - 1);
}

/** What the model makes of a text, at each of its characters. */
async function read(model: Model, tokenizer: Tokenizer, settings: Settings, text: string): Promise<WritingWatched> {
  const { context, width } = readNetwork(settings.network);
  const all = await encode(tokenizer, text);
  const ids = all.subarray(0, Math.min(all.length, context, readLength));
  // What comes after the text is never looked at.
  const padded = new Int32Array(context);
  padded.set(ids);
  const values = await model.inspect({ data: padded, shape: [1, context] });
  const activations = values.filter(({ role }) => role === 'activation');
  const scores = activations.findLast(({ shape }) => shape.at(-1) === tokenizer.size);
  const vocabulary = tokenizer.size;
  return {
    characters: [...tokenizer.decode([...ids])],
    scores: scores?.data.slice(0, ids.length * vocabulary) ?? new Float32Array(),
    vocabulary,
    maps: attentionMaps(values),
    states: memoryStates(values, width, ids.length),
  };
}
