import { count, digits } from '../../views/numbers.ts';
import type { SpeedWords } from './en.ts';

/** 数字和量词之间空一格，“万”“亿”后面不空。 */
const many = (number: string, unit: string): string => number.replace(/\d$/, '$& ') + unit;

const items: Record<string, string> = {
  W1: '个点',
  W1b: '个点',
  W2: '张图',
  W2b: '张图',
  W3: '张图',
  W4: '个序列',
  W4b: '个字符',
  W5: '个字符',
};

/** “这台机器有多快”一页的全部中文。另写，不是翻译。 */
export const zh: SpeedWords = {
  title: '这台机器有多快？',
  lead: '就在这个标签页里，算矩阵乘法，再训练八个小网络，用的正是 Trainyard 自己的测速题。数字只留在这台机器上。',
  navigation: '页面',
  lab: '实验室',
  skip: '直接看结果',
  theme: '浅色或深色',
  otherLanguage: 'EN',

  measure: '测一测这台机器',
  again: '再测一次',
  stop: '停',
  takes: (seconds) => `大约 ${digits(seconds)} 秒。测的时候别切走，也别让别的程序忙。`,
  facts: (cores, use) => `浏览器看到 ${digits(cores)} 个核。${use}`,
  threads: (threads) => (threads === 1 ? '单线程' : `${threads} 线程`),
  willUse: {
    both: (threads) => `单线程和 ${threads} 线程都测。`,
    oneCore: '只测单线程。',
    notIsolated: '只测单线程：这个网址没有开启跨源隔离，用不了多线程。',
  },
  progress: '进度',
  now: (what, done, all) => `${what} · 第 ${done + 1} 项，共 ${all} 项`,
  product: (size, orientation) => `矩阵乘法 ${size} × ${size}，${orientation}`,
  ended: {
    done: '测完了。',
    stopped: '已停下，测过的还在。',
    failed: '有几项没测成，原因写在各自的那一行。',
  },
  hidden: '测的时候这个标签页有一阵在后台，浏览器会让后台页面变慢。想要可信的数字，请再测一次。',
  busy: (percent) => `同样的活，几次之间最多相差 ${percent}%：机器在忙别的，或者在省电。这时最快的一次比中位数更可信。`,
  copy: '复制 JSON',
  copied: '已复制',
  notCopied: '浏览器不让复制，请存成文件',
  save: '存成文件',

  summary: {
    title: '一句话',
    peak: 'GFLOP/s，单线程的上限',
    share: (size) => `${size} × ${size} 的乘法，达到上限的比例`,
    text: '每秒读的字符，小 GPT 边学边读',
    faster: (threads) => `${threads} 线程训练 GPT，相对单线程的速度`,
  },

  products: {
    title: '矩阵乘法',
    lead: '神经网络的计算几乎全是它：正向算 A·B，反向求梯度时算 Aᵀ·B 和 A·Bᵀ。每根柱子是单线程上限的几成，上限紧跟着测：机器要是在两次之间变快或变慢，比例会超过 100%。',
    sizes: '方阵的大小',
    share: '占单线程上限的比例',
    chart: (best) => `柱状图：各种大小、三种乘法，占单线程上限的比例。${best}每个数都在表里。`,
    best: (size, orientation, share) => `最高 ${share}，大小 ${size}，${orientation}。`,
    none: '还没有测。',
    table: '矩阵乘法：GFLOP/s，以及占单线程上限的比例',
    size: '大小',
    unit: 'GFLOP/s 和占上限的比例，取各次的中位数',
    peak: (gflops) => `100% 是当时测得的单线程上限；这一轮最高 ${gflops} GFLOP/s`,
    noPeak: '100% 是单线程的上限',
  },

  steps: {
    title: '训练一步',
    lead: '每一项都是真正的一步训练：正向、反向，再改动每个参数。横条是每秒完成的运算量，竖线是单线程测得的最高上限。百分数说的是离“屋顶线”多近，也就是离这一步最少要用的时间多近。',
    thread: '线程',
    bar: 'GFLOP/s',
    step: '一步用时',
    best: '最快一次',
    perSecond: '每秒步数',
    items: '每秒处理',
    share: (share) => `屋顶线的 ${share}`,
    peak: (gflops) => `上限 ${gflops}`,
    described: (what, parameters, operations) =>
      `${what}${digits(parameters)} 个参数，一步 ${many(count(operations, 'zh'), '次运算')}。`,
    many: (id, number) => many(number, items[id] ?? ''),
    name: {
      W1: '平面上的点，2-8-8-1',
      W1b: '平面上的点，2-4-2-1',
      W2: '图片，三个全连接层',
      W2b: '图片，两个全连接层',
      W3: '图片，卷积',
      W4: '序列，LSTM',
      W4b: '文字，LSTM',
      W5: '文字，小 GPT',
    },
    what: {
      W1: '和实验室里第一个网络一样大，一步 10 个点，SGD。要算的太少，时间全花在“开工”上。',
      W1b: '更小，几乎只剩“开工”。',
      W2: '784-256-128-10，输入和手写数字一样大，一步 128 张，SGD。',
      W2b: '784-128-10，一步 64 张，Adam。',
      W3: '28 × 28 的图，两次卷积和池化，再接两个全连接层，一步 32 张，Adam。',
      W4: '64 个单元读 32 步，每步 28 个数，一步 32 个序列，Adam。',
      W4b: '128 个单元读 32 个字符，每读一个就猜下一个，一步 32 段文字，Adam。',
      W5: '4 层，宽 128，4 个头，能回看 128 个字符，一步 8 段文字，AdamW。',
    },
    failed: '没测成：',
    noEngine: '引擎没下载到。这台机器可能断网了，稍后再测一次。',
  },

  method: {
    title: '测的是什么，怎么测',
    parts: (rounds, slice, parameters) => [
      [
        'GFLOP/s 是什么',
        '两个数相乘或相加一次，叫一次浮点运算。一个 GFLOP/s 就是每秒十亿次。训练网络，说到底就是做这个。',
      ],
      [
        '一步训练做了什么',
        `网络先回答一批样本，损失说明答得有多错，再从后往前算出梯度，最后优化器把每个参数都改一点。以小 GPT 为例：8 × 128 = 1,024 个位置，每个位置猜下一个字符，然后 ${digits(parameters)} 个参数各改一次。`,
      ],
      [
        '上限怎么来的',
        '一个只做乘加的循环，数一直留在处理器的寄存器里，不碰内存。这就是这台机器的一个线程在 WebAssembly 里能达到的最快速度。每测一次，紧接着就再测一次上限，机器一时变慢，两边一起慢。',
      ],
      [
        '屋顶线',
        '一步训练最少要用的时间：全部运算按各线程的上限来做，再加上非读写不可的数据按这台机器的复制速度来搬。两个限度每次都紧跟着重测。写着 50%，就是用了最少时间的两倍；小网络的时间几乎都花在等待和开工上，所以低得多。',
      ],
      [
        '测几次，中位数和最快一次',
        `先热身，让浏览器把代码优化好。然后测 ${rounds} 次，每次 ${slice} 毫秒，单线程和多线程轮流来。中位数是平时能指望的速度，最快一次是没有干扰时的本事。`,
      ],
      [
        '为什么看比例',
        '同一台机器，发热、用电池、省电模式、后台有活，都会变慢，有时慢一半。同一次测出来的比例受影响小得多，要比就比它。差不到 20%，不要当真。',
      ],
      [
        '一步的运算量',
        '是数出来的，不是测出来的：只数乘法、卷积、循环和注意力，正向反向都算。激活、归一化和优化器也花时间，却不计入，所以小网络看上去比实际慢。',
      ],
      ['多线程', '大的运算分给多个线程做；小的还是一个线程做，因为分活比干活还慢。所以小网络线程再多也不会快。'],
      [
        '数字去了哪里',
        '哪里也没去，只在这个标签页里，除非你自己复制或保存。代码仓库里的 npm run bench 跑的是同样的题、同样的代码，还和别的训练库一起比；这里存下的数据格式与它相同。',
      ],
    ],
  },
};
