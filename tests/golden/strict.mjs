// For strict.py: trains every golden network a while from weights of its own and leaves in a folder, for each, its file
// of weights and, as JSON, what it then says of the first batch.
// Usage: node tests/golden/strict.mjs FOLDER
import { readdirSync, writeFileSync } from 'node:fs';
import { data, load } from 'trainyard';
import { decoded, golden, inputsIn, inputsOf } from './saved.mjs';

const folder = process.argv[2];
const engine = await load({ threads: 1 });
for (const file of readdirSync(new URL('models', import.meta.url))) {
  const name = file.replace('.json', '');
  const run = golden(name);
  const model = await engine.model(run.description, { ...inputsOf(run), seed: 3 });
  const [batch] = run.batches;
  const inputs = inputsIn(batch);
  const set = data.arrays({ inputs, targets: { y: decoded(batch.y) } });
  await model.fit(set, { ...run.train, batchSize: batch.y.shape[0], steps: 20 }).done;
  const outputs = await model.predict(inputs);
  writeFileSync(`${folder}/${name}.safetensors`, await model.export('safetensors'));
  writeFileSync(`${folder}/${name}.json`, JSON.stringify({ shape: outputs.shape, data: [...outputs.data] }));
  model.dispose();
}
engine.dispose();
