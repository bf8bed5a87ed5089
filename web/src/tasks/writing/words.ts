/** What the writers' stage says, in both languages. */
import type { Language } from '../../state/settings.ts';
import { digits } from '../../views/numbers.ts';

const en = {
  title: {
    melville: (parameters: number) => ['', digits(parameters), ' parameters are learning to write like Melville'],
    tang: (parameters: number) => ['', digits(parameters), ' parameters are learning to write Tang poems'],
  },
  lead: {
    melville: (tokens: number) =>
      `It guesses one letter at a time, out of ${digits(tokens)}. Nobody ever told it what a word is.`,
    tang: (tokens: number) =>
      `It guesses one character at a time, out of ${digits(tokens)}. Nobody told it that a line has five or seven.`,
  },
  moments: 'One beginning, several moments',
  now: (step: number) => `now, step ${digits(step)}`,
  step: (step: number) => `step ${digits(step)}`,
  same: 'The same seed each time: what differs is what it has learnt.',
  prompt: 'Your beginning',
  promptHelp: (left: string) => `Not in the text, left out: ${left}`,
  temperature: 'Temperature',
  temperatureHelp: 'Low: it takes what is likeliest. High: it dares more.',
  write: 'Let it write on',
  stop: 'Stop',
  writing: 'Training pauses while it writes.',
  where: 'Where it looks back before it guesses',
  read: 'What it has read before it guesses',
  next: (before: string) => `What comes after “${before}”?`,
  truth: 'what it did write',
  hover: 'Point at a character, or use the arrow keys, to choose the place that is guessed.',
  source: 'The text',
};

type Words = typeof en;

const zh: Words = {
  title: {
    melville: (parameters) => ['', digits(parameters), ' 个参数，在学着像梅尔维尔那样写字'],
    tang: (parameters) => ['', digits(parameters), ' 个参数，在学写唐诗'],
  },
  lead: {
    melville: (tokens) => `它每次从 ${digits(tokens)} 个字符里猜下一个。没有人告诉过它什么是单词。`,
    tang: (tokens) => `它每次从 ${digits(tokens)} 个字符里猜下一个。没有人告诉过它一句是五个字还是七个字。`,
  },
  moments: '同一个开头，几个时刻',
  now: (step) => `现在，第 ${digits(step)} 步`,
  step: (step) => `第 ${digits(step)} 步`,
  same: '每次用同一个随机种子，不同的只是它学到的东西。',
  prompt: '你来开头',
  promptHelp: (left) => `原文里没有，略去：${left}`,
  temperature: '温度',
  temperatureHelp: '温度低，只挑最有把握的；温度高，更敢写。',
  write: '让它接着写',
  stop: '停',
  writing: '写的时候，训练先停着。',
  where: '猜下一个字之前，它回头看了哪里',
  read: '猜下一个字之前，它读到了这些',
  next: (before) => `“${before}”后面是什么？`,
  truth: '它写下的就是这个',
  hover: '指着一个字，或按左右键，就选中要猜的位置。',
  source: '原文',
};

export const writingWords = (language: Language): Words => (language === 'zh' ? zh : en);
