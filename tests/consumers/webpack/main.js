import { data, load, nn } from 'trainyard';

const xor = data.arrays({ x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: Int32Array.of(0, 1, 1, 0) }); // prettier-ignore
const network = nn.sequential(nn.linear(8), nn.tanh(), nn.linear(2));

async function learn(options) {
  const engine = await load(options);
  const model = await engine.model(network, { input: [2], seed: 1 });
  const run = model.fit(xor, { optimizer: { type: 'adam', lr: 0.05 }, steps: 300, batchSize: 4 });
  const { step, loss } = await run.done;
  engine.dispose(); // else its model is forgotten, and the console says so whenever memory is collected
  return { step, loss, worker: engine.info.worker };
}

// In a worker; and beside the page, where the engine's script is imported and not bundled.
const [there, here] = [await learn(), await learn({ worker: false })];
globalThis.outcome = { ...there, here };
