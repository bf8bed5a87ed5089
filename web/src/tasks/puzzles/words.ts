/** What the puzzles' stage says, in both languages. */
import type { Language } from '../../state/settings.ts';
import { digits, percent } from '../../views/numbers.ts';
import type { Kind } from './kinds.ts';

const en = {
  title: {
    copy: (parameters: number) => ['', digits(parameters), ' parameters are learning to copy'],
    reverse: (parameters: number) => ['', digits(parameters), ' parameters are learning to write backwards'],
    sort: (parameters: number) => ['', digits(parameters), ' parameters are learning to sort'],
    add: (parameters: number) => ['', digits(parameters), ' parameters are learning to add'],
  } satisfies Record<Kind, unknown>,
  lead: {
    copy: 'It reads digits up to the bar, then writes them again. It has to look back at the same place each time.',
    reverse:
      'It reads digits up to the bar, then writes the last one first. Each digit it writes it looks further back.',
    sort: 'It reads digits up to the bar, then writes the smallest first. It has to look at all of them at once.',
    add: 'It reads two numbers up to the bar, then writes their sum, units first: so the carry is known in time.',
  },
  puzzle: 'Puzzle',
  kinds: { copy: 'Copy', reverse: 'Reverse', sort: 'Sort', add: 'Add' },
  length: 'Longest',
  lengthHelp: 'Longest: so many digits in a question. Another length keeps what it has learnt.',
  data: (train: number, fresh: number) =>
    `${digits(train)} puzzles made here to train on; ${digits(fresh)} others, never seen, to judge it by.`,
  unseen: 'Puzzles that it never saw',
  answer: (input: string, given: string, right: boolean) =>
    `${input}: it answers ${given}, ${right ? 'right' : 'wrong'}`,
  wrong: 'struck through: wrong',
  whole: (share: number, count: number) => `${percent(share)} of ${digits(count)} answered right to the last digit`,
  byLength: 'By the length of the question',
  bar: (length: number, share: number) => `length ${length}: ${percent(share, 0)} right`,
  notYet: 'After the first look at the puzzles that it never saw.',
  where: 'Where it looks for this digit',
  hover: 'Choose a puzzle, then point at a digit of its answer, or use the arrow keys.',
  carries: 'What it carries when it writes this digit',
  noHeads: 'An LSTM has nothing to look back with: all it knows of the question is in its state.',
  compare: 'What is attention for?',
  invite: {
    gpt: 'An LSTM has no attention. Give one about as many parameters and the same puzzles: will it do as well? Guess, then try.',
    lstm: 'A GPT has attention. Give one about as many parameters and the same puzzles: will it do better? Guess, then try.',
  },
  other: { gpt: 'Let a GPT try', lstm: 'Let an LSTM try' },
  longestRight: 'The longest questions: right to the last digit',
  size: (name: string, parameters: number) => `${name}: ${digits(parameters)} parameters`,
  verdict: (step: number, gpt: number, lstm: number) =>
    `After ${digits(step)} steps each, of the longest questions: GPT ${percent(gpt, 0)} right, LSTM ${percent(lstm, 0)}.`,
  ahead:
    'At the bar, all that the LSTM still has of the question is its state, and every digit must come back out of that. The GPT still sees each digit and looks up the one it needs: that is what attention is for.',
  even: 'No difference that counts so far. Train both for as long, or make the puzzles longer.',
  behind: 'So far the LSTM is ahead: attention must first learn where to look. Train both for longer.',
};

type Words = typeof en;

const zh: Words = {
  title: {
    copy: (parameters) => ['', digits(parameters), ' 个参数，在学照抄'],
    reverse: (parameters) => ['', digits(parameters), ' 个参数，在学倒着写'],
    sort: (parameters) => ['', digits(parameters), ' 个参数，在学排序'],
    add: (parameters) => ['', digits(parameters), ' 个参数，在学加法'],
  },
  lead: {
    copy: '它读到竖线为止，再把数字照抄一遍：每次都要回头看同样远的地方。',
    reverse: '它读到竖线为止，再从最后一个写起：每写一个，就要看得更远。',
    sort: '它读到竖线为止，再从小到大写出来：得一下子看遍所有数字。',
    add: '它读到竖线为止，再写出两数之和，个位在前：这样轮到进位时，进位已经知道了。',
  },
  puzzle: '题目',
  kinds: { copy: '照抄', reverse: '倒写', sort: '排序', add: '加法' },
  length: '最长',
  lengthHelp: '最长：一道题最多几个数字。改长度，学到的还在。',
  data: (train, fresh) => `${digits(train)} 道题现造现学；另有 ${digits(fresh)} 道从没见过，用来考它。`,
  unseen: '没见过的题',
  answer: (input, given, right) => `${input}：它答 ${given}，${right ? '对' : '错'}`,
  wrong: '划掉的是错的',
  whole: (share, count) => `${digits(count)} 道题里，${percent(share)} 从头到尾全对`,
  byLength: '按题目长短看',
  bar: (length, share) => `长 ${length}：对 ${percent(share, 0)}`,
  notYet: '考过一次没见过的题之后才有。',
  where: '写这个数字时，它看了哪里',
  hover: '先选一道题，再指着答案里的一个数字，或按左右键。',
  carries: '写这个数字时，它记着什么',
  noHeads: 'LSTM 没法回头看：题目是什么，全凭它的状态记着。',
  compare: '注意力有什么用？',
  invite: {
    gpt: 'LSTM 没有注意力。给它差不多一样多的参数、一样的题，它能做得一样好吗？先猜，再试。',
    lstm: 'GPT 有注意力。给它差不多一样多的参数、一样的题，它会做得更好吗？先猜，再试。',
  },
  other: { gpt: '让 GPT 来试试', lstm: '让 LSTM 来试试' },
  longestRight: '最长的题，从头到尾全对的有多少',
  size: (name, parameters) => `${name}：${digits(parameters)} 个参数`,
  verdict: (step, gpt, lstm) =>
    `各学 ${digits(step)} 步以后，最长的题里，GPT 全对的有 ${percent(gpt, 0)}，LSTM 有 ${percent(lstm, 0)}。`,
  ahead:
    'LSTM 读到竖线时，题目只剩下记在状态里的那些，每个数字都得从里面还原出来。GPT 却仍然看得见每个数字，要哪个就看哪个：这就是注意力的用处。',
  even: '目前看不出差别。让两个学得一样久，或者把题目加长。',
  behind: '目前 LSTM 领先：注意力得先学会该看哪里。让两个都再学久一点。',
};

export const puzzleWords = (language: Language): Words => (language === 'zh' ? zh : en);
