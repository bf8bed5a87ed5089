/** Settings in a page's address: a table says each one's name there, what it may be, and its default. */
export interface Entry<T> {
  /** The name in the address. */
  key: string;
  fallback: T;
  read(text: string): T | undefined;
}

export type Table<S> = { [K in keyof S]: Entry<S[K]> };

export const oneOf = <T extends string>(key: string, names: readonly T[], fallback: T): Entry<T> => ({
  key,
  fallback,
  read: (text) => names.find((name) => name === text),
});

export const number = (key: string, fallback: number, low: number, high: number, whole = false): Entry<number> => ({
  key,
  fallback,
  read: (text) => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (!(value >= low && value <= high) || (whole && !Number.isInteger(value))) return undefined;
    return value;
  },
});

export function startValue<S, K extends keyof S>(table: Table<S>, name: K, defaults: Partial<S>): S[K] {
  return defaults[name] ?? table[name].fallback;
}

const namesOf = <S>(table: Table<S>): (keyof S)[] => Object.keys(table) as (keyof S)[];

/** The settings of an address; what it leaves out or garbles is the default. */
export function readTable<S>(table: Table<S>, query: string, defaults: Partial<S>): S {
  const params = new URLSearchParams(query);
  const settings: Partial<S> = {};
  for (const name of namesOf(table)) {
    const text = params.get(table[name].key);
    settings[name] = (text === null ? undefined : table[name].read(text)) ?? startValue(table, name, defaults);
  }
  return settings as S;
}

/** The address of these settings: only what differs from the defaults. */
export function writeTable<S>(table: Table<S>, settings: S, defaults: Partial<S>): string {
  const params = new URLSearchParams();
  for (const name of namesOf(table)) {
    if (settings[name] !== startValue(table, name, defaults)) params.set(table[name].key, String(settings[name]));
  }
  const query = params.toString();
  return query === '' ? '' : `?${query}`;
}
