// Errors as data: what crosses between page and engine, free of any language.
import { errorCodes } from './generated/registry.js';
import type { HintKey } from './text/keys.js';

/** What went wrong, as a word that programs can compare. The list is the engine's own. */
export type ErrorCode = (typeof errorCodes)[number];

/** An error as data. */
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

/** The parts of an error that may be left out. */
export interface ErrorDetails {
  expected?: string;
  got?: string;
  hint?: HintKey;
  argument?: string;
}

export function errorData(code: ErrorCode, path: string, details: ErrorDetails = {}): ErrorData {
  const { expected = '', got = '', hint = '', argument = '' } = details;
  return { code, path, expected, got, hint: { key: hint, argument } };
}

/** Whatever was thrown, as data; what is no error of the engine's is a defect of ours: INTERNAL. */
export function toData(thrown: unknown): ErrorData {
  const { code, path = '', expected = '', got = '', hint } = (thrown ?? {}) as Partial<ErrorData>;
  if (code === undefined || !(errorCodes as readonly string[]).includes(code)) {
    return errorData('INTERNAL', '', { got: String(thrown) });
  }
  return { code, path, expected, got, hint: { key: hint?.key ?? '', argument: hint?.argument ?? '' } };
}

/** Thrown in the engine's thread, which has no sentences: the page makes a TrainyardError of it. */
export class Refusal extends Error implements ErrorData {
  readonly code: ErrorCode;
  readonly path: string;
  readonly expected: string;
  readonly got: string;
  readonly hint: { key: string; argument: string };

  constructor(code: ErrorCode, path: string, details?: ErrorDetails) {
    super(code);
    const data = errorData(code, path, details);
    this.code = code;
    this.path = path;
    this.expected = data.expected;
    this.got = data.got;
    this.hint = data.hint;
  }
}
