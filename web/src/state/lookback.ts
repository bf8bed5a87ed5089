/** What the network was at an earlier step: a second model in the engine takes its parameters and answers as it did. */
import { nn, type Engine, type Model } from 'trainyard';
import type { Tensor } from './snapshot.ts';
import type { Trainer } from './trainer.ts';

export class Lookback {
  #model: Model | undefined;
  #of: Trainer | undefined;

  /** The model with the parameters that the trainer's network had. */
  async model(engine: Engine, trainer: Trainer, tensors: readonly Tensor[]): Promise<Model> {
    if (this.#of !== trainer || !this.#model) {
      this.dispose();
      const { task, settings, data } = trainer;
      this.#of = trainer;
      const made = await engine.model(nn.sequential(...task.layers(settings, data)), { input: task.input(settings) });
      // Meanwhile the trainer may have ended.
      if (this.#of !== trainer) made.dispose();
      else this.#model = made;
    }
    const model = this.#model;
    if (!model) throw new Error('the network that is looked back at has gone');
    await Promise.all(tensors.map(({ name, values }) => model.set(name, values)));
    return model;
  }

  dispose(): void {
    this.#model?.dispose();
    this.#model = undefined;
    this.#of = undefined;
  }
}
