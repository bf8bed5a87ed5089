// An engine that shares another's run: it takes a step whenever the leader says so, with the changes of the settings
// that come with it, and lives as long as the leader wants it to.
import type { Joining } from '../protocol.js';
import { withBuffers } from './buffers.js';
import { Exchange, listen } from './exchange.js';
import type { EngineModule, ModelObject } from './module.js';

/** Gives its model. `failed` hears of an error on the way, after which it is of no use any more. */
export function join(module: EngineModule, joining: Joining, failed: (error: unknown) => void): ModelObject {
  const { made, weights, frozen, data, buffers, options, member, members, ports } = joining;
  const model = module.createModel(JSON.stringify(made.description), JSON.stringify(made.options));
  withBuffers(module, [weights], ([pointer]) => model.load(pointer!, weights.length));
  for (const name of frozen) model.freeze(name, true);
  const train = withBuffers(module, buffers, (list) => module.unpackDataset(JSON.stringify(data), list));
  // What looks at validations is the leader's, who tells the learning rate with each step.
  const own = { ...options, earlyStopping: null, trackUpdates: false, schedule: 'constant' };
  const run = module.createRun(model, train, null, JSON.stringify(own));
  run.join(member, members);

  const asked: string[] = [];
  const next = (): void => {
    if (exchange.begun || asked.length === 0) return;
    const changes = asked.shift();
    if (changes) run.set(changes);
    exchange.begin();
  };
  const exchange = new Exchange(run, member, ports, { waits: () => {}, stepped: next });
  listen(ports, (from, message) => {
    try {
      if (typeof message !== 'string') return exchange.take(from, message);
      asked.push(message);
      next();
    } catch (error) {
      failed(error);
    }
  });
  return model;
}
