/** What the list of parameters says, in both languages. */
import type { Language } from '../state/settings.ts';
import { digits } from './numbers.ts';

const en = {
  title: (parameters: number) => `All ${digits(parameters)} parameters`,
  name: 'tensor',
  shape: 'shape',
  count: 'count',
  formula: 'how many',
  help: 'Names and shapes are PyTorch’s, so a saved file opens there.',
  save: 'Save as safetensors',
  show: (name: string) => `${name} as a picture: each pixel is a parameter. Click one, or use the arrow keys.`,
  pixels: 'Each pixel is a parameter: blue positive, red negative. Click one to open its card.',
};

const zh: typeof en = {
  title: (parameters) => `全部 ${digits(parameters)} 个参数`,
  name: '张量',
  shape: '形状',
  count: '个数',
  formula: '怎么算的',
  help: '名字和形状与 PyTorch 一致，存下来的文件可以直接在那边打开。',
  save: '存成 safetensors',
  show: (name) => `${name} 的图：一个像素是一个参数。点一下，或用方向键选。`,
  pixels: '一个像素是一个参数：蓝正红负。点一下就打开它的卡片。',
};

export const ledgerWords: Record<Language, typeof en> = { en, zh };
