/** What the views of sequences say, in both languages. */
import type { Language } from '../../state/settings.ts';
import { count, digits, percent } from '../numbers.ts';

const en = {
  kinds: { gpt: 'GPT', lstm: 'LSTM' },
  kindsHelp: {
    gpt: 'A GPT keeps every earlier place in sight and decides by attention where to look.',
    lstm: 'An LSTM reads once from left to right and must carry what matters in its state.',
  },
  model: 'Model',
  kind: 'Kind',
  layers: 'Layers',
  width: 'Width',
  heads: 'Heads',
  context: 'Context',
  ahead: 'Says ahead',
  keeps: 'More layers or another context keep what it has learnt; another width begins anew.',
  allHeads: (all: number) => (all === 1 ? 'The one head' : `All ${all} heads`),
  head: (layer: number, head: number, back: number) =>
    `Layer ${layer}, head ${head}: looks mostly ${back === 0 ? 'at the last place' : back === 1 ? '1 place further back' : `${back} places further back`}`,
  headsHelp: 'Row: the place that guesses. Column: where it looks. The stronger the colour, the harder it looks.',
  layer: (layer: number) => `layer ${layer}`,
  pick: (layer: number, head: number) => `Layer ${layer}, head ${head}. Thicker: looks harder`,
  share: 'Below each place: its share of the attention, in %',
  further: (share: number) => `; ${percent(share, 0)} lies further left`,
  guessing: (place: number, before: string, looks: string) =>
    `Guessing place ${place}, after “${before}”. Looks at: ${looks}`,
  looksAt: (character: string, share: number) => `${character} ${percent(share, 0)}`,
  noAttention: 'An LSTM has no attention: this is its state, one row for a unit, one column for a character.',
  state: (place: number) => `The state after ${place} characters`,
  space: 'space',
  newline: 'new line',
  scale: {
    title: 'On the scale up to GPT-3',
    chart: 'Parameters, each line ten times the one before',
    own: 'this network',
    stretched: 'this size',
    vocabulary: 'Vocabulary',
    count: 'count',
    points: 'Points',
    digits: 'Digits',
    ratio: (times: number) =>
      times < 1.05 && times > 0.95
        ? 'As many as GPT-3.'
        : `GPT-3 has ${times < 100 ? times.toFixed(1) : digits(times)} times as many.`,
    stretchHelp: 'Counted by the engine without building it: the same sums for any size.',
    back: 'Back to this network',
    gpt3: 'All the way to GPT-3',
    parameters: 'parameters',
    shares: 'Where they all are',
    sum: 'how many',
    of: 'share',
    all: 'in all',
    memory: 'What they take',
    kinds: {
      weights: 'the parameters',
      gradients: 'their gradients',
      optimizer: 'the optimizer’s averages',
      activations: 'what passes through',
    },
    total: 'in all',
    work: (multiplyAdds: number) => `${count(multiplyAdds, 'en')} multiply-adds forward for one example`,
    waiting: 'Counting',
  },
};

type Words = typeof en;

const zh: Words = {
  kinds: { gpt: 'GPT', lstm: 'LSTM' },
  kindsHelp: {
    gpt: 'GPT 能看到前面的每一个位置，靠注意力决定看哪里。',
    lstm: 'LSTM 从左到右只读一遍，要紧的东西得自己记在状态里。',
  },
  model: '模型',
  kind: '种类',
  layers: '层数',
  width: '宽度',
  heads: '头数',
  context: '上下文',
  ahead: '一次说几个',
  keeps: '改层数或上下文，学到的还在；改宽度就从头学。',
  allHeads: (all) => (all === 1 ? '唯一的一个头' : `全部 ${all} 个头`),
  head: (layer, head, back) =>
    `第 ${layer} 层，第 ${head} 个头：多半看${back === 0 ? '最后一个位置' : `再往前 ${back} 个位置`}`,
  headsHelp: '行是正在猜的位置，列是它看的位置，颜色越显眼，看得越多。',
  layer: (layer) => `第 ${layer} 层`,
  pick: (layer, head) => `第 ${layer} 层，第 ${head} 个头；线越粗，看得越多`,
  share: '格子下面：它占注意力的百分之几',
  further: (share) => `；再往左还有 ${percent(share, 0)}`,
  guessing: (place, before, looks) => `在“${before}”之后，猜第 ${place} 个位置。它看的是：${looks}`,
  looksAt: (character, share) => `${character} ${percent(share, 0)}`,
  noAttention: 'LSTM 没有注意力。这是它的状态：一行一个单元，一列一个字符。',
  state: (place) => `读完 ${place} 个字符后的状态`,
  space: '空格',
  newline: '换行',
  scale: {
    title: '从这个网络到 GPT-3',
    chart: '参数个数，每一格是前一格的十倍',
    own: '这个网络',
    stretched: '这么大',
    vocabulary: '词表',
    count: '个数',
    points: '平面上的点',
    digits: '手写数字',
    ratio: (times) =>
      times < 1.05 && times > 0.95
        ? '和 GPT-3 一样多。'
        : `GPT-3 的参数是它的 ${times < 100 ? times.toFixed(1) : count(times, 'zh')} 倍。`,
    stretchHelp: '不用真的造出来，引擎就能数清：多大都是同样的算式。',
    back: '回到这个网络',
    gpt3: '一直拉到 GPT-3',
    parameters: '个参数',
    shares: '参数都在哪里',
    sum: '怎么数',
    of: '占比',
    all: '合计',
    memory: '占多少内存',
    kinds: { weights: '参数本身', gradients: '梯度', optimizer: '优化器的平均', activations: '流过的数据' },
    total: '合计',
    work: (multiplyAdds) => `一个样本往前算一遍，要 ${count(multiplyAdds, 'zh')} 次乘加`,
    waiting: '正在数',
  },
};

export const sequenceWords = (language: Language): Words => (language === 'zh' ? zh : en);

/** A character as a tile shows it. */
export const shown = (character: string): string => (character === ' ' ? '␣' : character === '\n' ? '↵' : character);
/** A character as it is said. */
export const spoken = (character: string, words: Words): string =>
  character === ' ' ? words.space : character === '\n' ? words.newline : character;
