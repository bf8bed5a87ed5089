/** A network that guesses the next character of a text, and so learns to write like it. */
import type { Language, Settings } from '../../state/settings.ts';
import { isNetwork, readNetwork, startsAnew, textLayers, writeNetwork, type Choices } from '../../state/sequence.ts';
import type { Said, Task } from '../task.ts';
import { corpora } from './corpora.ts';
import type { WritingData, WritingWatched } from './work.ts';

export const choices: Choices = {
  kinds: ['gpt', 'lstm'],
  layers: [1, 2, 3, 4, 6],
  widths: [32, 64, 96, 128, 192],
  heads: [1, 2, 4, 8],
  contexts: [16, 32, 64, 96, 128],
};

type Words = Record<Language, Pick<Said, 'name' | 'title'>>;

function writing(id: keyof typeof corpora, words: Words): Task<WritingData, WritingWatched> {
  const corpus = corpora[id];
  const context = (settings: Settings): number => readNetwork(settings.network).context;
  return {
    id,
    said: {
      en: {
        ...words.en,
        batch: (size) => `${size} pieces`,
        right: 'guessed right, held out',
        rate: 'characters per second',
      },
      zh: { ...words.zh, batch: (size) => `${size} 段`, right: '没见过的猜对', rate: '每秒读的字符' },
    },
    defaults: {
      network: writeNetwork({ kind: 'gpt', layers: 2, width: 96, heads: 4, context: 64 }),
      learningRate: 0.002,
      batchSize: 8,
      optimizer: 'adam',
      speed: 6,
    },
    network: (text) => isNetwork(text, choices),
    loss: 'crossEntropy',
    metrics: ['accuracy'],
    heldOutEvery: 100,
    pictureEvery: 500,
    input: (settings) => ({ shape: [context(settings)], dtype: 'i32' }),
    layers: (settings, data) => textLayers(readNetwork(settings.network), data.tokenizer.size, context(settings)),
    counts: context,
    otherData: (old, next) => context(old) !== context(next),
    startsAnew: (old, next) => startsAnew(old.network, next.network),

    program: (settings) => ({
      before: `const text = await (await fetch('${corpus.file.replace('.gz', '')}')).text();
const tokenizer = await engine.tokenizer({ type: 'char', text });
const { train, val: heldOut } = await tokenizer.windows(text, { length: ${context(settings)}, val: 0.1, stride: 8 });
`,
      after: `const prompt = await tokenizer.encode(${JSON.stringify(corpus.prompt).replaceAll('"', "'")});
for await (const { id } of model.generate(prompt, { maxTokens: 200, temperature: 0.8 })) {
  console.log(tokenizer.decode([id]));
}
`,
    }),

    load: async (settings, engine) => (await import('./work.ts')).load(corpus, settings, engine),
    watch: async (watching) => (await import('./work.ts')).watch(corpus, watching),

    async views() {
      const [stage, setup, model, parameters] = await Promise.all([
        import('./Stage.svelte'),
        import('./Setup.svelte'),
        import('./Model.svelte'),
        import('../../views/sequence/Scale.svelte'),
      ]);
      return {
        stage: stage.default,
        setup: setup.default,
        model: model.default,
        parameters: parameters.default,
      };
    },
  };
}

export const melville = writing('melville', {
  en: { name: 'Moby-Dick', title: 'write like Melville' },
  zh: { name: '白鲸记', title: '仿写《白鲸记》' },
});

export const tang = writing('tang', {
  en: { name: 'Tang poems', title: 'write Tang poems' },
  zh: { name: '唐诗', title: '学写唐诗' },
});
