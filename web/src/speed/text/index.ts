/** Loads this page's words in one language. */
import type { Language } from '../../state/visitor.ts';
import type { SpeedWords } from './en.ts';

export type { SpeedWords };

export async function speedWords(language: Language): Promise<SpeedWords> {
  return language === 'zh' ? (await import('./zh.ts')).zh : (await import('./en.ts')).en;
}
