/** Loads one language's dictionary; the other stays on the server until it is asked for. */
import type { Language } from '../state/settings.ts';
import type { Dictionary } from './en.ts';

export type { Dictionary };

export async function dictionary(language: Language): Promise<Dictionary> {
  return language === 'zh' ? (await import('./zh.ts')).zh : (await import('./en.ts')).en;
}
