// What callers pass, checked on the page's side: options as plain data. So a worker and an engine beside the caller
// see the same, and what JSON cannot say (NaN, functions, cycles) has its place in the error.
import { failure, TrainyardError } from './errors.js';
import type { ErrorCode, ErrorDetails } from './errorData.js';

/** Options nested deeper than this are a cycle, or no options. */
const deepest = 64;

const isNumbers = (value: object): value is Float64Array => ArrayBuffer.isView(value) && 'length' in value;

/** What a value is, for an error: `number`, `null`, `list`, `Map`. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value !== 'object') return typeof value;
  return Object.prototype.toString.call(value).slice(8, -1);
}

/**
 * A copy of options as data that JSON can say; typed arrays become lists.
 *
 * @throws {TrainyardError} INVALID_VALUE for NaN and infinities and for cycles, TYPE_MISMATCH for functions, symbols
 * and bigints, each with its place below `path`.
 */
export function plain<T>(value: T, path: string): T {
  try {
    return copy(value, path, 0) as T;
  } catch (error) {
    // A getter of the caller's that throws.
    throw error instanceof TrainyardError
      ? error
      : failure('INVALID_VALUE', path, { got: String(error), cause: error });
  }
}

function copy(value: unknown, path: string, depth: number): unknown {
  const refuse = (code: ErrorCode, details: ErrorDetails): never => {
    throw failure(code, path, details);
  };
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? value : refuse('INVALID_VALUE', { expected: '< Infinity', got: String(value) });
    case 'string':
    case 'boolean':
    case 'undefined':
      return value;
    case 'object':
      break;
    default:
      return refuse('TYPE_MISMATCH', { expected: 'JSON', got: typeof value });
  }
  if (value === null) return value;
  if (depth > deepest) return refuse('INVALID_VALUE', { expected: `<= ${deepest} levels`, got: `> ${deepest} levels` });
  const list: unknown = isNumbers(value) ? Array.from(value) : value;
  if (Array.isArray(list)) return Array.from(list, (part, i) => copy(part, `${path}[${i}]`, depth + 1));
  const below = path === '' ? '' : `${path}.`;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copy(part, `${below}${key}`, depth + 1)]));
}

/** Options as an object; left out is the same as empty. Throws TYPE_MISMATCH for anything else. */
export function optionsOf<T extends object>(options: T | undefined, path: string): T {
  if (options === undefined) return {} as T;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw failure('TYPE_MISMATCH', path, { expected: '{ … }', got: kindOf(options) });
  }
  return options;
}

/** Throws UNKNOWN_OPTION for a key that is not in the list, with the nearest that is. */
export function refuseUnknown(options: object, known: readonly string[], path: string): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const near = known.find((name) => nearly(name.toLowerCase(), key.toLowerCase()));
    const hint = near === undefined ? {} : ({ hint: 'did_you_mean', argument: near } as const);
    throw failure('UNKNOWN_OPTION', path === '' ? key : `${path}.${key}`, {
      expected: known.join(', '),
      got: key,
      ...hint,
    });
  }
}

/** Whether two words differ by a letter or two neighbours in another order: their letters nearly agree in place. */
function nearly(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return Math.max(a.length, b.length) - start - end <= 2;
}

/** A number above zero, or Infinity where that is meant. Throws TYPE_MISMATCH or INVALID_VALUE. */
export function positive(value: number, path: string): number {
  if (typeof value !== 'number') throw failure('TYPE_MISMATCH', path, { expected: 'number', got: kindOf(value) });
  if (!(value > 0)) throw failure('INVALID_VALUE', path, { expected: '> 0', got: String(value) });
  return value;
}

/** A whole number from `least` on. Throws TYPE_MISMATCH or INVALID_VALUE. */
export function whole(value: number, least: number, path: string): number {
  if (typeof value !== 'number') throw failure('TYPE_MISMATCH', path, { expected: 'integer', got: kindOf(value) });
  if (!Number.isSafeInteger(value)) throw failure('INVALID_VALUE', path, { expected: 'integer', got: String(value) });
  if (value < least) throw failure('INVALID_VALUE', path, { expected: `>= ${least}`, got: String(value) });
  return value;
}

/** true or false. Throws TYPE_MISMATCH. */
export function flag(value: boolean, path: string): boolean {
  if (typeof value !== 'boolean') throw failure('TYPE_MISMATCH', path, { expected: 'boolean', got: kindOf(value) });
  return value;
}

/** A list of names. Throws TYPE_MISMATCH. */
export function namesOf<T extends string>(names: readonly T[], path: string): T[] {
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return [...names] as T[];
  throw failure('TYPE_MISMATCH', path, { expected: '[name, …]', got: kindOf(names) });
}
