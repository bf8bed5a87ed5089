/** What the forecast's stage says, in both languages. */
import type { Language } from '../../state/settings.ts';
import { digits } from '../../views/numbers.ts';

const en = {
  title: (parameters: number) => ['', digits(parameters), ' parameters are learning how a curve goes on'],
  lead: (window: number) =>
    `It reads ${window} values and says the next. Right of the line lies what it never learnt from.`,
  series: 'Curve',
  window: 'Window',
  data: (train: number, heldOut: number) =>
    `${digits(train)} windows to learn from; the last ${digits(heldOut)} held out.`,
  unseen: 'never learnt from',
  actual: 'what happened',
  said: 'what it said, one step ahead',
  rollOut: 'going on by itself',
  label: (name: string, from: string, to: string, model: string, before: string) =>
    `${name}, ${from} to ${to}. Mean error on the unseen part: ${model}; saying the value before again: ${before}.`,
  at: (time: string) => time,
  point: (time: string, actual: string, said: string, rollOut: string) =>
    `${time}: ${actual}; it said ${said}${rollOut === '' ? '' : `; by itself ${rollOut}`}`,
  errors: 'Mean error on the unseen part',
  oneStep: 'One step ahead',
  far: (steps: number) => `${digits(steps)} steps by itself, from the line on`,
  model: 'this network',
  same: (what: string) => `same as ${what}`,
  lastSeason: 'the last season it saw, over and over',
  less: (times: string) => `${times} of the error of the simplest guess`,
  learns: {
    values: 'It gets the values themselves, scaled.',
    changes: 'It gets the changes from value to value, scaled: a trend that goes on looks the same everywhere.',
    ratios: 'It gets the growth from value to value, scaled: so larger numbers are not other patterns.',
  },
};

type Words = typeof en;

const zh: Words = {
  title: (parameters) => ['', digits(parameters), ' 个参数，在学曲线接下来怎么走'],
  lead: (window) => `它读 ${window} 个数，说出下一个。竖线右边的，它从来没学过。`,
  series: '曲线',
  window: '窗口',
  data: (train, heldOut) => `${digits(train)} 段用来学；最后 ${digits(heldOut)} 个留着考它。`,
  unseen: '没学过的',
  actual: '实际',
  said: '它说的，只往前一步',
  rollOut: '让它自己走下去',
  label: (name, from, to, model, before) =>
    `${name}，${from} 到 ${to}。没学过的那段平均误差：${model}；照抄前一个数：${before}。`,
  at: (time) => time,
  point: (time, actual, said, rollOut) =>
    `${time}：${actual}；它说 ${said}${rollOut === '' ? '' : `；自己走到 ${rollOut}`}`,
  errors: '没学过的那段，平均差多少',
  oneStep: '往前一步',
  far: (steps) => `从竖线起，自己走 ${digits(steps)} 步`,
  model: '这个网络',
  same: (what) => `照抄${what}`,
  lastSeason: '一遍遍照抄学过的最后一季',
  less: (times) => `误差是最简单猜法的 ${times}`,
  learns: {
    values: '它拿到的是数值本身，按比例缩放过。',
    changes: '它拿到的是每一步的变化，按比例缩放过：一直往上走的趋势，在哪里看都一样。',
    ratios: '它拿到的是每一步的增长率，按比例缩放过：数变大了，花样还是同一个。',
  },
};

export const forecastWords = (language: Language): Words => (language === 'zh' ? zh : en);
