/**
 * One example through one training step, every number of it the engine's: a copy of the network is built, the example
 * is inspected on its way forward, and one step of plain SGD is done on the copy. The network that learns is not touched.
 */
import { data as sources, nn, type InspectedValue } from 'trainyard';
import { tasks } from '../tasks/index.ts';
import type { PointsData } from '../tasks/points/index.ts';
import { reach } from '../tasks/points/sets.ts';
import type { Point } from '../views/points.ts';
import { matrices } from '../views/yard_draw.ts';
import type { Lab } from './lab.svelte.ts';
import type { Activation } from './settings.ts';
import { reducedMotion } from './media.svelte.ts';

/** A layer's numbers before, during and after the step. Weights are `[out, in]`. */
export interface SlowLayer {
  inputs: number;
  outputs: number;
  weight: Float32Array;
  bias: Float32Array;
  /** Sums before and after the activation; the last layer has none, and both are the score. */
  sums: Float32Array;
  answers: Float32Array;
  weightGradient: Float32Array;
  /** For one example this is the layer's δ. */
  biasGradient: Float32Array;
  weightAfter: Float32Array;
  biasAfter: Float32Array;
}

export interface SlowStep {
  step: number;
  point: Point;
  input: readonly [number, number];
  layers: readonly SlowLayer[];
  activation: Activation;
  score: number;
  /** The share that the network gives to blue. */
  chance: number;
  loss: number;
  rate: number;
}

/** Operations in their order: 0 the example goes in; then each layer; the loss; each layer backwards; the update. */
export const operations = (layers: number): number => 2 * layers + 3;

export class Slowly {
  step = $state.raw<SlowStep | undefined>();
  /** Which operation was done last. */
  at = $state(0);
  playing = $state(false);
  /** The parameter whose sum is shown: of layer, from input (the bias is the last) to output. */
  chosen = $state.raw({ layer: 0, input: 0, output: 0 });
  #example = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #generation = 0;

  get last(): number {
    return operations(this.step?.layers.length ?? 1) - 1;
  }

  /** Whether the forward numbers, the gradients, the new values of a layer are worked out. */
  forwardDone(layer: number): boolean {
    return this.at >= layer + 1;
  }
  get lossDone(): boolean {
    return this.at >= (this.step?.layers.length ?? 0) + 1;
  }
  backwardDone(layer: number): boolean {
    const layers = this.step?.layers.length ?? 0;
    return this.at >= layers + 2 + (layers - 1 - layer);
  }
  get updateDone(): boolean {
    return this.at >= this.last;
  }

  go(at: number): void {
    this.at = Math.max(0, Math.min(this.last, at));
    if (this.at === this.last) this.stop();
  }

  play(): void {
    if (this.at === this.last) this.at = 0;
    this.playing = true;
    const tick = (): void => {
      this.#timer = setTimeout(() => {
        this.go(this.at + 1);
        if (this.playing) tick();
      }, 700);
    };
    if (reducedMotion()) {
      this.go(this.at + 1);
      this.playing = false;
    } else tick();
  }

  stop(): void {
    this.playing = false;
    clearTimeout(this.#timer);
  }

  /** Another of the training points. */
  next(lab: Lab): void {
    this.#example++;
    this.load(lab).catch(() => undefined);
  }

  async load(lab: Lab): Promise<void> {
    const engine = lab.engine;
    const { settings, tensors } = lab;
    const data = lab.data as PointsData | undefined;
    if (!engine || !data || settings.task !== 'points' || tensors.length === 0) return;
    const generation = ++this.#generation;
    const train = data.points.filter(({ heldOut }) => !heldOut);
    const point = train[(this.#example * 37 + 11) % train.length];
    if (!point) return;
    const task = tasks.points;
    const x = { data: Float32Array.of(reach * point.x, reach * point.y), shape: [1, 2] };
    const y = { data: Float32Array.of(point.kind), shape: [1, 1] };
    const model = await engine.model(nn.sequential(...task.layers(settings, data)), {
      input: task.input(settings),
      seed: settings.seed,
    });
    try {
      const parameters = await model.parameters();
      await Promise.all(
        parameters.map((parameter) =>
          parameter.set(tensors.find(({ name }) => name === parameter.name)?.values ?? parameter.data),
        ),
      );
      const seen = await model.inspect(x, { targets: y, loss: task.loss });
      const chance = (await model.predict(x, { activation: 'sigmoid' })).data[0] ?? NaN;
      const rate = settings.learningRate;
      const run = model.fit(sources.arrays({ x, y }), {
        loss: task.loss,
        optimizer: { type: 'sgd', lr: rate },
        batchSize: 1,
        steps: 2,
        paused: true,
        seed: settings.seed,
      });
      await run.step(1);
      const after = await model.parameters({ with: ['gradient'] });
      await run.stop();
      if (generation !== this.#generation) return;
      const before = matrices(tensors);
      const field = (name: string | undefined, of: 'data' | 'gradient'): Float32Array => {
        const found = after.find((parameter) => parameter.name === name);
        return (of === 'data' ? found?.data : found?.values.gradient) ?? new Float32Array();
      };
      const activations = seen.filter(({ role }) => role === 'activation');
      const sums = activations.filter(({ op }) => op === 'linear');
      const answers = activations.filter(({ op }) => op === settings.activation);
      const layers = before.map(({ weight, bias }, layer): SlowLayer => ({
        inputs: weight.shape[1] ?? 0,
        outputs: weight.shape[0] ?? 0,
        weight: weight.values,
        bias: bias?.values ?? new Float32Array(),
        sums: values(sums[layer]),
        answers: values(answers[layer] ?? sums[layer]),
        weightGradient: field(weight.name, 'gradient'),
        biasGradient: field(bias?.name, 'gradient'),
        weightAfter: field(weight.name, 'data'),
        biasAfter: field(bias?.name, 'data'),
      }));
      const score = layers.at(-1)?.sums[0] ?? 0;
      const loss = seen.find(({ role }) => role === 'loss')?.data[0] ?? NaN;
      this.step = {
        step: lab.progress.figures.step,
        point,
        input: [reach * point.x, reach * point.y],
        layers,
        activation: settings.activation,
        score,
        chance,
        loss,
        rate,
      };
      const most = layers[this.chosen.layer];
      if (!most || this.chosen.input > most.inputs || this.chosen.output >= most.outputs)
        this.chosen = { layer: 0, input: 0, output: 0 };
    } finally {
      model.dispose();
    }
  }
}

const values = (inspected: InspectedValue | undefined): Float32Array => inspected?.data ?? new Float32Array();
