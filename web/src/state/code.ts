/** The present network and its training as a program that uses the package. */
import type { Layer } from 'trainyard';
import type { Task, TaskData } from '../tasks/task.ts';
import type { Settings } from './settings.ts';

/** Options that are written without their names. */
const positional: Record<string, readonly string[]> = {
  linear: ['out'],
  lstm: ['hidden'],
  conv2d: ['out', 'kernel'],
  maxPool2d: ['kernel'],
};

/** A plain value as a program has it. */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([name, each]) => `${name}: ${written(each)}`);
  return `{ ${entries.join(', ')} }`;
}

function call({ type, ...options }: Layer): string {
  const first = positional[type] ?? [];
  const rest = Object.entries(options).filter(([name]) => !first.includes(name));
  const named = rest.map(([name, value]) => `${name}: ${written(value)}`).join(', ');
  const values = first.map((name) => written(options[name]));
  return `nn.${type}(${[...values, ...(named === '' ? [] : [`{ ${named} }`])].join(', ')})`;
}

export function programOf(task: Task, settings: Settings, data: TaskData): string {
  const { seed, batchSize, learningRate, optimizer } = settings;
  const { before = '', after = '' } = task.program?.(settings) ?? {};
  const counts = task.metrics.length > 0;
  return `import { ${before.includes('data.') ? 'data, ' : ''}load, nn } from 'trainyard';

const engine = await load({ deterministic: true });
${before}const model = await engine.model(
  nn.sequential(
${task
  .layers(settings, data)
  .map((layer) => `    ${call(layer)},`)
  .join('\n')}
  ),
  { input: ${written(task.input(settings))}, seed: ${seed} },
);

const run = model.fit(train, {
  val: heldOut,
  epochs: 10,
  batchSize: ${batchSize},
  loss: ${written(task.loss)},
  optimizer: { type: '${optimizer}', lr: ${learningRate} },
${counts ? `  metrics: ${written(task.metrics)},\n` : ''}});
for await (const event of run) {
  if (event.type === 'validation') console.log(event.val.${counts ? 'accuracy' : 'loss'});
}
${after}`;
}
