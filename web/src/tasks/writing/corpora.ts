/** What can be learnt to be written. */
import type { Language } from '../../state/settings.ts';

export interface Corpus {
  file: string;
  /** Of the text, for the browser's fonts and for screen readers. */
  lang: string;
  /** What the visitor's prompt is at first. */
  prompt: string;
  /** Characters of a sample. */
  sample: number;
  /** Nats a character of a 2-gram on the last tenth: public/data/SOURCE.md. */
  twoGram: number;
  source: Record<Language, string>;
}

const mobyDick: Corpus = {
  file: 'moby-dick.txt.gz',
  lang: 'en',
  prompt: 'The whale ',
  sample: 140,
  twoGram: 2.41,
  source: {
    en: 'Herman Melville, Moby-Dick (1851): 1,189,652 characters, in the public domain; stdlib datasets, CC0.',
    zh: 'Herman Melville, Moby-Dick（1851）：1,189,652 个字符，公有领域；stdlib datasets，CC0。',
  },
};

const tangPoems: Corpus = {
  file: 'tang-quatrains-zh.txt.gz',
  lang: 'zh-Hans',
  prompt: '\n明月',
  sample: 66,
  twoGram: 6.27,
  source: {
    en: '6,177 quatrains of the Complete Tang Poems, in the public domain; chinese-poetry, (c) 2016 JackeyGao, MIT.',
    zh: '《全唐诗》绝句 6,177 首，公有领域；chinese-poetry，(c) 2016 JackeyGao，MIT。',
  },
};

export const corpora = { melville: mobyDick, tang: tangPoems };
