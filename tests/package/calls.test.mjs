// Training calls nothing in JavaScript step by step: only the clock, now and then, and once for each slice of time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, nn } from 'trainyard';
import { xor } from './support.mjs';

test('no step calls into JavaScript', async () => {
  let calls = 0;
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = (module, imports) => {
    for (const [space, functions] of Object.entries(imports)) {
      imports[space] = Object.fromEntries(
        Object.entries(functions).map(([name, value]) => [
          name,
          typeof value === 'function' ? (...args) => (calls++, value(...args)) : value,
        ]),
      );
    }
    return instantiate(module, imports);
  };
  let engine;
  try {
    engine = await load({ worker: false, threads: 1 });
  } finally {
    WebAssembly.instantiate = instantiate;
  }
  assert.ok(calls > 0, 'the calls are counted');
  const model = await engine.model(nn.sequential(nn.linear(8), nn.tanh(), nn.linear(2)), { input: [2], seed: 1 });
  const run = model.fit(xor(), { batchSize: 4, valEvery: 1_000_000, steps: 1e9, paused: true });
  await run.step(100);
  calls = 0;
  const steps = 50_000;
  await run.step(steps);
  assert.ok(calls < steps / 50, `${calls} calls in ${steps} steps`);
  await run.stop();
  engine.dispose();
});
