/** What the page remarks on a run once there is something to see: loaded later than its other words. */
import type { Language } from '../state/settings.ts';
import { bytes, digits, loss } from './numbers.ts';

const en = {
  notData: (rows: number, parameters: number) =>
    `It learns from ${digits(rows)} examples, and none of them is in here: these ${digits(parameters)} numbers, ${bytes(4 * parameters)}, are all that it keeps. Without the data it would answer just the same.`,
  byHeart: (step: number, best: number, now: number) =>
    `Held out, the loss was lowest at step ${digits(step)}: ${loss(best)}. Now it is ${loss(now)}, while in training it still falls: the network learns its training data by heart. More steps are not always better, nor are more layers.`,
};

const zh: typeof en = {
  notData: (rows, parameters) =>
    `它从 ${digits(rows)} 个样本里学，但样本一个也不在这里：留下的只有这 ${digits(parameters)} 个数，共 ${bytes(4 * parameters)}。没有了数据，它照样这么回答。`,
  byHeart: (step, best, now) =>
    `没见过的数据上，损失在第 ${digits(step)} 步最低，是 ${loss(best)}；现在是 ${loss(now)}，训练的损失却还在降：它在死记训练数据。步数多、层数多，都不一定更好。`,
};

export const remarks = (language: Language): typeof en => (language === 'zh' ? zh : en);
