/** How numbers are written: true minus, fixed places, and in Chinese 万 and 亿 above 100,000. */
import type { Language } from '../state/settings.ts';

const minus = (text: string): string => text.replace('-', '−');

/** A number with a fixed count of places; never "−0.000". */
export function fixed(value: number, places: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  const text = value.toFixed(places);
  return Number(text) === 0 ? text.replace('-', '') : minus(text);
}

/** The same with a plus before what is not negative. */
export function signed(value: number, places: number): string {
  const text = fixed(value, places);
  return text.startsWith('−') || text === 'NaN' ? text : `+${text}`;
}

/** A gradient or a push: as many places as show two figures, four at least, never more than seven. */
export function small(value: number): string {
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return fixed(value, 0);
  const places = Math.min(7, Math.max(4, 1 - Math.floor(Math.log10(Math.abs(value)))));
  return signed(value, places);
}

/** So many places that three figures show: three at least, seven at most. */
export function places(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return 3;
  return Math.min(7, Math.max(3, 2 - Math.floor(Math.log10(Math.abs(value)))));
}

/** A loss: three figures. */
export function loss(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '–' : '∞';
  if (value === 0) return '0';
  if (value >= 1000) return value.toExponential(1).replace('e+', 'e');
  if (value < 0.001) return value.toExponential(1).replace('-', '−');
  return value.toFixed(Math.max(0, 2 - Math.floor(Math.log10(value))));
}

/** A count for reading; ledgers use `digits` instead. */
export function count(value: number, language: Language): string {
  if (language === 'zh') {
    if (value >= 1e12) return `${figures(value / 1e12)} 万亿`;
    if (value >= 1e8) return `${figures(value / 1e8)} 亿`;
    if (value >= 1e5) return `${figures(value / 1e4)} 万`;
    return digits(value);
  }
  if (value >= 1e12) return `${figures(value / 1e12)} trillion`;
  if (value >= 1e9) return `${figures(value / 1e9)} billion`;
  if (value >= 1e6) return `${figures(value / 1e6)} million`;
  return digits(value);
}

/** An amount of memory, three figures. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log10(value) / 3));
  return `${figures(value / 1000 ** step)} ${units[step]}`;
}

/** Every digit, grouped by three. */
export function digits(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function percent(share: number, places = 1): string {
  if (Number.isNaN(share)) return '–';
  const text = (share * 100).toFixed(places);
  return share === 1 ? '100%' : `${text}%`;
}

/** A probability, which is never rounded to none. */
export function chance(share: number): string {
  return share < 0.001 ? '< 0.1%' : percent(share);
}

/** Seconds as a person says them. */
export function duration(seconds: number, language: Language): string {
  const zh = language === 'zh';
  if (seconds < 1) return zh ? `${Math.round(seconds * 1000)} 毫秒` : `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return zh ? `${seconds.toFixed(1)} 秒` : `${seconds.toFixed(1)} s`;
  const whole = Math.floor(seconds);
  const minutes = Math.floor(whole / 60);
  return zh ? `${minutes} 分 ${whole % 60} 秒` : `${minutes} min ${whole % 60} s`;
}

function figures(value: number): string {
  return value >= 1000 ? digits(value) : value.toPrecision(3).replace(/\.0+$|(\.\d*?)0+$/, '$1');
}

const subscripts = '₀₁₂₃₄₅₆₇₈₉';
export function subscript(value: number): string {
  return String(value).replace(/\d/g, (digit) => subscripts[Number(digit)] ?? digit);
}
