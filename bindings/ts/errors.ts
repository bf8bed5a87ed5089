import { errorCodes } from './generated/registry.js';
import { en } from './text/en.js';
import { zh } from './text/zh.js';

/** What went wrong, as a word that programs can compare. The list is the engine's own. */
export type ErrorCode = (typeof errorCodes)[number];

/** The languages of the package's sentences. */
export type Language = 'en' | 'zh';

/** An error as data: what crosses from the engine, free of any language. */
export interface ErrorData {
  code: ErrorCode;
  /** Which layer, option, column or row: `layers[3] linear`, `optimizer.lr`, `y[17]`. */
  path: string;
  /** Shapes (`[*, 64]`), ranges (`> 0`), names or numbers. */
  expected: string;
  got: string;
  /** Key of a sentence that says how to mend it, and what it is about. */
  hint: { key: string; argument: string };
}

const tables = { en, zh };
let current: Language = 'en';

/** The language of messages of errors made from now on (English until said otherwise). */
export function setLanguage(language: Language): void {
  if (!Object.hasOwn(tables, language)) {
    throw failure('INVALID_VALUE', 'language', { expected: Object.keys(tables).join(', '), got: String(language) });
  }
  current = language;
}

/** The one exception of the package. */
export class TrainyardError extends Error {
  override readonly name = 'TrainyardError';
  readonly code: ErrorCode;
  /** Which layer, option, column or row; empty where the whole is meant. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
  /** How to mend it, in the language set by `load({ language })`; empty if there is no advice. */
  readonly hint: string;
  /** The same without words, for programs and for another language. */
  readonly data: ErrorData;

  constructor(data: ErrorData, options?: ErrorOptions) {
    super(sentence(data, current), options);
    this.code = data.code;
    this.path = data.path;
    this.expected = data.expected;
    this.got = data.got;
    this.hint = hintSentence(data, current);
    this.data = data;
  }

  /** The message in a language. */
  in(language: Language): string {
    return sentence(this.data, language);
  }
}

/** How to mend it, in a language; empty if there is no advice. */
export function hintSentence({ hint }: ErrorData, language: Language): string {
  const { hints } = tables[language];
  return Object.hasOwn(hints, hint.key) ? hints[hint.key as keyof typeof hints](hint.argument) : '';
}

/** The whole message: where, what, expected and got, how to mend it. */
export function sentence(data: ErrorData, language: Language): string {
  const table = tables[language];
  return table.join(data.path, table.codes[data.code], data.expected, data.got, hintSentence(data, language));
}

/** A reason of `engine.info` in a language. */
export function reasonSentence(reason: { key: string; argument: string }, language: Language): string {
  const { reasons } = tables[language];
  return reasons[reason.key as keyof typeof reasons](reason.argument);
}

/** Makes an error of the package itself. */
export function failure(
  code: ErrorCode,
  path: string,
  more: { expected?: string; got?: string; hint?: keyof typeof en.hints; argument?: string; cause?: unknown } = {},
): TrainyardError {
  const { expected = '', got = '', hint = '', argument = '', cause } = more;
  const data: ErrorData = { code, path, expected, got, hint: { key: hint, argument } };
  return new TrainyardError(data, cause === undefined ? undefined : { cause });
}

/** An error that came from the engine (or anything thrown) as a TrainyardError. */
export function fromThrown(thrown: unknown): TrainyardError {
  return thrown instanceof TrainyardError ? thrown : new TrainyardError(toData(thrown), { cause: thrown });
}

/** Whatever was thrown, as data; what is no error of the engine's is a defect of ours: INTERNAL. */
export function toData(thrown: unknown): ErrorData {
  if (thrown instanceof TrainyardError) return thrown.data;
  const { code, path, expected, got, hint } = (thrown ?? {}) as Partial<ErrorData>;
  if ((errorCodes as readonly unknown[]).includes(code)) {
    const { key, argument } = hint ?? { key: '', argument: '' };
    return { code: code!, path: path ?? '', expected: expected ?? '', got: got ?? '', hint: { key, argument } };
  }
  return { code: 'INTERNAL', path: '', expected: '', got: String(thrown), hint: { key: '', argument: '' } };
}
