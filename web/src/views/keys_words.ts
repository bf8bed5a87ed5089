/** What the list of keys says, in both languages. */
import type { Language } from '../state/settings.ts';

const en = {
  title: 'Keys',
  single: 'Single letters and signs are shortcuts',
  singleHelp: 'Turn them off if you speak to your computer or press keys by accident. Space and arrows always work.',
  close: 'Close',
  list: [
    ['Space', 'train or pause'],
    ['S', 'one step', 'letter'],
    ['V', 'slowly', 'letter'],
    ['R', 'start again', 'letter'],
    ['D', 'new seed', 'letter'],
    ['[ ]', 'slower, faster', 'letter'],
    ['← →', 'back and forth along the run'],
    ['?', 'this list', 'letter'],
  ] as readonly (readonly [key: string, meaning: string, letter?: 'letter'])[],
};

const zh: typeof en = {
  title: '按键',
  single: '字母和符号可以当快捷键',
  singleHelp: '用语音操作电脑，或者容易误按，可以关掉。空格和方向键一直有效。',
  close: '关闭',
  list: [
    ['空格', '训练或暂停'],
    ['S', '走一步', 'letter'],
    ['V', '慢放', 'letter'],
    ['R', '从头再来', 'letter'],
    ['D', '换个种子', 'letter'],
    ['[ ]', '慢一点、快一点', 'letter'],
    ['← →', '沿着训练过程前后看'],
    ['?', '这张表', 'letter'],
  ],
};

export const keysWords: Record<Language, typeof en> = { en, zh };
