import { errorData, type ErrorCode, type ErrorData, type ErrorDetails } from './errorData.js';
import { en } from './text/en.js';
import { zh } from './text/zh.js';

export type { ErrorCode, ErrorData } from './errorData.js';

/** The languages of the package's sentences. */
export type Language = 'en' | 'zh';

const tables = { en, zh };
let current: Language = 'en';

/** The language of messages of errors made from now on (English until said otherwise). */
export function setLanguage(language: Language): void {
  current = known(language);
}

/** The language, if it is one of the package's. */
function known(language: Language): Language {
  if (Object.hasOwn(tables, language)) return language;
  throw failure('INVALID_VALUE', 'language', { expected: Object.keys(tables).join(', '), got: String(language) });
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

  /** The message in a language. Throws INVALID_VALUE for one that is not there. */
  in(language: Language): string {
    return sentence(this.data, known(language));
  }
}

/** A function, so that no argument is taken for a pattern of replacement. */
const filled = (sentence: string, argument: string): string => sentence.replaceAll('{}', () => argument);

/** How to mend it, in a language; empty if there is no advice. */
export function hintSentence({ hint }: ErrorData, language: Language): string {
  const { hints } = tables[language];
  return Object.hasOwn(hints, hint.key) ? filled(hints[hint.key as keyof typeof hints], hint.argument) : '';
}

/** The whole message: where, what, expected and got, how to mend it. */
export function sentence(data: ErrorData, language: Language): string {
  const table = tables[language];
  return table.join(data.path, table.codes[data.code], data.expected, data.got, hintSentence(data, language));
}

/** A reason of `engine.info` in a language, by default that of messages. */
export function reasonSentence(reason: { key: string; argument: string }, language: Language = current): string {
  const { reasons } = tables[known(language)];
  return filled(reasons[reason.key as keyof typeof reasons], reason.argument);
}

/** Makes an error of the package itself. */
export function failure(
  code: ErrorCode,
  path: string,
  details: ErrorDetails & { cause?: unknown } = {},
): TrainyardError {
  const { cause, ...rest } = details;
  return new TrainyardError(errorData(code, path, rest), cause === undefined ? undefined : { cause });
}

/** Whatever was thrown as a TrainyardError: what is none (the engine's come as data) is a defect of ours. */
export function fromThrown(thrown: unknown): TrainyardError {
  return thrown instanceof TrainyardError ? thrown : failure('INTERNAL', '', { got: String(thrown), cause: thrown });
}
