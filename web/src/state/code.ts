/** The present network and its training as a program that uses the package. */
import type { Layer } from 'trainyard';
import type { Task } from '../tasks/task.ts';
import type { Settings } from './settings.ts';

/** Options that are written without their names. */
const positional: Record<string, readonly string[]> = {
  linear: ['out'],
  conv2d: ['out', 'kernel'],
  maxPool2d: ['kernel'],
};

function call({ type, ...options }: Layer): string {
  const first = positional[type] ?? [];
  const rest = Object.entries(options).filter(([name]) => !first.includes(name));
  const named = rest.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ');
  const values = first.map((name) => JSON.stringify(options[name]));
  return `nn.${type}(${[...values, ...(named === '' ? [] : [`{ ${named} }`])].join(', ')})`;
}

export function programOf(task: Task, settings: Settings): string {
  const { seed, batchSize, learningRate, optimizer } = settings;
  return `import { load, nn } from 'trainyard';

const engine = await load({ deterministic: true });
const model = await engine.model(
  nn.sequential(
${task
  .layers(settings)
  .map((layer) => `    ${call(layer)},`)
  .join('\n')}
  ),
  { input: ${JSON.stringify(task.input)}, seed: ${seed} },
);

const run = model.fit(train, {
  val: heldOut,
  epochs: 10,
  batchSize: ${batchSize},
  loss: '${typeof task.loss === 'string' ? task.loss : task.loss.type}',
  optimizer: { type: '${optimizer}', lr: ${learningRate} },
  metrics: ['accuracy'],
});
for await (const event of run) {
  if (event.type === 'validation') console.log(event.val.accuracy);
}
`;
}
