// onnxruntime-web: inference alone, in WebAssembly with one thread.
import * as ort from 'onnxruntime-web/wasm';
import { digitModel, tokenModel } from '../onnx/models.mjs';

/** options: assets, the folder of its .wasm. */
export async function open({ assets }) {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = assets;
  return {
    version: ort.env.versions.web,
    threads: 1,
    infer: (w, ...rest) => (w.kind === 'gpt' ? text : digit)(w, ...rest),
  };
}

const session = (bytes) => ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });

async function digit(w, parameters, { x }) {
  const network = await session(digitModel(w, parameters));
  const [height, width, channels] = w.image;
  const feeds = { x: new ort.Tensor('float32', x, [1, channels, height, width]) };
  return {
    async run(count) {
      let answer;
      const start = performance.now();
      for (let i = 0; i < count; i++) answer = await network.run(feeds);
      return { ms: performance.now() - start, done: count, value: Array.from(answer.y.data) };
    },
    close: () => network.release(),
  };
}

async function text(w, parameters, { prompt, tokens }) {
  const network = await session(tokenModel(w, parameters));
  const int = (value) => new ort.Tensor('int64', BigInt64Array.of(BigInt(value)), [1]);
  const parts = ['k', 'v'].flatMap((part) => Array.from({ length: w.layers }, (_, i) => `${part}${i}`));
  const write = async () => {
    const none = [w.heads, 0, w.width / w.heads];
    const past = Object.fromEntries(parts.map((name) => [name, new ort.Tensor('float32', new Float32Array(0), none)]));
    const step = async (id, position) => {
      const answer = await network.run({ ...past, id: int(id), position: int(position) });
      for (const name of parts) past[name] = answer[name.toUpperCase()];
      return answer.y.data;
    };
    const largest = (scores) => scores.indexOf(Math.max(...scores));
    let scores;
    for (const [position, id] of prompt.entries()) scores = await step(id, position);
    const start = performance.now();
    for (let i = 1; i < tokens; i++) scores = await step(largest(scores), prompt.length + i - 1);
    return { ms: performance.now() - start, done: tokens - 1, value: softmax(scores) };
  };
  return { write, close: () => network.release() };
}

function softmax(scores) {
  const largest = Math.max(...scores);
  const exponentials = Array.from(scores, (score) => Math.exp(score - largest));
  const sum = exponentials.reduce((a, b) => a + b);
  return exponentials.map((value) => value / sum);
}
