/** How this page writes times and speeds: with three figures. */
import type { Language } from '../state/visitor.ts';
import { count } from '../views/numbers.ts';

const figures = (value: number): string => {
  const places = Math.max(0, 2 - Math.floor(Math.log10(value)));
  return value.toFixed(places);
};

export function time(milliseconds: number, language: Language): string {
  const zh = language === 'zh';
  if (milliseconds < 0.1) return `${figures(milliseconds * 1000)} ${zh ? '微秒' : 'µs'}`;
  if (milliseconds < 1000) return `${figures(milliseconds)} ${zh ? '毫秒' : 'ms'}`;
  return `${figures(milliseconds / 1000)} ${zh ? '秒' : 's'}`;
}

/** How many a second: more figures than three would be noise. */
export function rate(perSecond: number, language: Language): string {
  return perSecond < 100 ? figures(perSecond) : count(Number(perSecond.toPrecision(3)), language);
}

export const gflops = (value: number): string => value.toFixed(value < 9.95 ? 1 : 0);

const products: Record<string, string> = { AB: 'A·B', AtB: 'Aᵀ·B', ABt: 'A·Bᵀ' };
export const orientationName = (name: string): string => products[name] ?? name;
