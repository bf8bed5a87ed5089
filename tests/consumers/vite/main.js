import { data, load, nn } from 'trainyard';

const engine = await load();
const model = await engine.model(nn.sequential(nn.linear(8), nn.tanh(), nn.linear(2)), { input: [2], seed: 1 });
const xor = data.arrays({ x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: Int32Array.of(0, 1, 1, 0) }); // prettier-ignore
const run = model.fit(xor, { loss: 'crossEntropy', optimizer: { type: 'adam', lr: 0.05 }, steps: 300, batchSize: 4 });
const { step, loss } = await run.done;
globalThis.outcome = { step, loss, build: engine.info.build, threads: engine.info.threads, why: engine.explain('en') };
