import { count, digits } from '../../views/numbers.ts';

const items: Record<string, string> = {
  W1: 'points',
  W1b: 'points',
  W2: 'pictures',
  W2b: 'pictures',
  W3: 'pictures',
  W4: 'sequences',
  W4b: 'characters',
  W5: 'characters',
};

/** Everything the page “How fast is this machine?” says, in English. `zh.ts` has the same keys or does not compile. */
export const en = {
  title: 'How fast is this machine?',
  lead: 'The page multiplies matrices and trains eight small networks, here in this tab: the workloads of Trainyard’s own benchmark. The numbers stay on this machine.',
  navigation: 'Pages',
  lab: 'Laboratory',
  skip: 'Skip to the results',
  theme: 'Light or dark',
  otherLanguage: '中文',

  measure: 'Measure this machine',
  again: 'Measure again',
  stop: 'Stop',
  takes: (seconds: number) =>
    `Takes about ${digits(seconds)} seconds. Keep this tab in front and other programs quiet.`,
  facts: (cores: number, use: string) =>
    `The browser sees ${cores === 1 ? 'one core' : `${digits(cores)} cores`}. ${use}`,
  threads: (threads: number) => (threads === 1 ? 'One thread' : `${threads} threads`),
  willUse: {
    both: (threads: number) => `Measured with 1 thread and with ${threads}.`,
    oneCore: 'Measured with one thread.',
    notIsolated: 'Measured with one thread: this address is not cross-origin isolated, which threads need.',
  },
  progress: 'Progress',
  now: (what: string, done: number, all: number) => `${what} · ${done + 1} of ${all}`,
  product: (size: number, orientation: string) => `Product ${size} × ${size}, ${orientation}`,
  ended: {
    done: 'Measured.',
    stopped: 'Stopped. What had been measured is still there.',
    failed: 'Some workloads could not be measured; their rows say why.',
  },
  hidden:
    'This tab was in the background for a while, where browsers slow pages down. Measure again for numbers to trust.',
  busy: (percent: number) =>
    `Slices of the same work differ by up to ${percent}%: something else keeps this machine busy, or it saves power. Trust the best slice more than the median one.`,
  copy: 'Copy as JSON',
  copied: 'Copied',
  notCopied: 'Not allowed to copy: save it',
  save: 'Save as a file',

  summary: {
    title: 'In short',
    peak: 'GFLOP/s: the most one thread can do',
    share: (size: number) => `of that in products of ${size} × ${size}`,
    text: 'characters a second go through the small GPT while it learns',
    faster: (threads: number) => `the GPT’s speed with ${threads} threads, against one`,
  },

  products: {
    title: 'Products of matrices',
    lead: 'Nearly all arithmetic of a neural network is this: forward A·B, and backward Aᵀ·B and A·Bᵀ for the gradients. Each bar is a share of what one thread can do at most, measured right after it: where the machine changes its speed in between, a share may pass 100%.',
    sizes: 'Size of the square matrices',
    share: 'share of one thread’s peak',
    chart: (best: string) =>
      `Bars: share of one thread’s peak by size and kind of product. ${best} The table has every number.`,
    best: (size: number, orientation: string, share: string) => `Best: ${share} at ${size}, ${orientation}.`,
    none: 'Nothing measured yet.',
    table: 'Products: GFLOP/s, and the share of one thread’s peak',
    size: 'size',
    unit: 'GFLOP/s, share of the peak: the median of all slices',
    peak: (gflops: string) =>
      `100% is the peak of one thread at that moment; its highest in this run: ${gflops} GFLOP/s`,
    noPeak: '100% is the peak of one thread',
  },

  steps: {
    title: 'Training steps',
    lead: 'A whole step of real training each: forward, backward, and the change of every parameter. The bars say how much arithmetic that is a second; the line marks the highest peak of one thread. The percentages say how near a step comes to its roofline, the least time that it could take.',
    thread: 'threads',
    bar: 'GFLOP/s',
    step: 'a step',
    best: 'best slice',
    perSecond: 'steps a second',
    items: 'a second',
    share: (share: string) => `${share} of its roofline`,
    peak: (gflops: string) => `peak ${gflops}`,
    described: (what: string, parameters: number, operations: number) =>
      `${what} ${digits(parameters)} parameters, ${count(operations, 'en')} operations a step.`,
    many: (id: string, number: string) => `${number} ${items[id] ?? ''}`,
    name: {
      W1: 'Points, 2-8-8-1',
      W1b: 'Points, 2-4-2-1',
      W2: 'Pictures, three dense layers',
      W2b: 'Pictures, two dense layers',
      W3: 'Pictures, convolutions',
      W4: 'Sequences, LSTM',
      W4b: 'Text, LSTM',
      W5: 'Text, a small GPT',
    } as Record<string, string>,
    what: {
      W1: 'The shape of the laboratory’s first network; 10 points a step, SGD. So little arithmetic that merely starting each operation is what takes the time.',
      W1b: 'Smaller still: almost nothing but starting operations.',
      W2: '784-256-128-10, the size of handwritten digits; 128 pictures a step, SGD.',
      W2b: '784-128-10; 64 pictures a step, Adam.',
      W3: 'Two convolutions with pooling, then two dense layers, on 28 × 28 pixels; 32 pictures a step, Adam.',
      W4: '64 cells read 32 steps of 28 numbers each; 32 sequences a step, Adam.',
      W4b: '128 cells read 32 characters and guess the next one after each; 32 pieces of text a step, Adam.',
      W5: '4 layers of width 128 with 4 heads look back over 128 characters; 8 pieces of text a step, AdamW.',
    } as Record<string, string>,
    failed: 'Not measured:',
    noEngine: 'the engine did not arrive. This machine may be offline; measure again later.',
  },

  method: {
    title: 'What is measured, and how',
    parts: (rounds: number, slice: number, parameters: number): readonly (readonly [string, string])[] => [
      [
        'GFLOP/s',
        'Multiplying two numbers, or adding them, is one floating-point operation. A GFLOP/s is a billion of them a second. Training a network is little else.',
      ],
      [
        'A training step',
        `The network answers a batch of examples, the loss says how wrong the answers are, gradients are worked out backwards, and the optimizer changes every parameter a little. For the small GPT: at each of 8 × 128 = 1,024 places it guesses the next character, and then ${digits(parameters)} parameters change.`,
      ],
      [
        'The peak',
        'A loop that multiplies and adds numbers which never leave the processor’s registers: what one thread of this machine does at most in WebAssembly. It is measured again after every slice, so that a slow moment of the machine hits both.',
      ],
      [
        'The roofline',
        'The least time that a step could take: its arithmetic at the peak of all its threads, then what it must read from memory and write to it, at the speed at which this machine copies. Both limits are measured again after every slice. A step of 50% takes twice its least time; a small network’s is almost all waiting and starting, so it stays far below.',
      ],
      [
        'Slices, median, best',
        `After a warm-up, in which the browser optimizes the code, come ${rounds === 1 ? 'one slice' : `${rounds} slices`} of ${slice} ms, the one thread and the many in turn. The median slice is what to expect; the best one is what is possible when nothing disturbs.`,
      ],
      [
        'Why shares and ratios',
        'The same machine is slower when it is hot, runs on battery, saves power or has something else to do, now and then by half. Shares and ratios from one run suffer less: compare those, and trust no difference under 20%.',
      ],
      [
        'Arithmetic of a step',
        'It is counted, not measured: products, convolutions, recurrences and attention, forward and backward. Activations, norms and the optimizer take time and do not count; so the small networks look slower than they are.',
      ],
      [
        'Threads',
        'More threads share the large operations; small ones stay with one, because handing them out takes longer than doing them. So the small networks gain nothing.',
      ],
      [
        'Where the numbers go',
        'Nowhere. They are in this tab until you copy or save them. The same workloads and the same code run in the repository as npm run bench, there beside other trainers; the saved rows have the same form.',
      ],
    ],
  },
};

export type SpeedWords = typeof en;
