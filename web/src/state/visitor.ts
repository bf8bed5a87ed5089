/** What the visitor's browser, not the page, decides: the language, light or dark. */
import { oneOf, writeTable, type Table } from './address.ts';

export type Language = 'en' | 'zh';
export type Theme = 'light' | 'dark';

export interface Visitor {
  language: Language;
  theme: Theme;
}

/** Both pages of the site have these in their address. */
export const visitorTable: Table<Visitor> = {
  language: oneOf('lang', ['en', 'zh'], 'en'),
  theme: oneOf('theme', ['light', 'dark'], 'light'),
};

export const browserDefaults = (): Visitor => ({
  language: navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en',
  theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light',
});

/** The query that takes the visitor's choices along to the other page. */
export const visitorQuery = ({ language, theme }: Visitor): string =>
  writeTable(visitorTable, { language, theme }, browserDefaults());

/** Tells the document, for style sheets and screen readers. */
export function dress({ language, theme }: Visitor): void {
  const root = document.documentElement;
  root.lang = language === 'zh' ? 'zh-Hans' : 'en';
  root.dataset.theme = theme;
}
