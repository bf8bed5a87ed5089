/** How far the learning has come: steps over all runs of a network, its curve, its figures. */
import type { DivergedEvent, ProgressEvent, ValidationEvent } from 'trainyard';
import { CurveBuilder } from './curve.ts';
import { Meter } from './meter.ts';
import type { Settings } from './settings.ts';
import { emptyCurve, noFigures, type Curve, type Figures, type Mark } from './snapshot.ts';
import { words } from './words.svelte.ts';

export class Progress {
  curve = $state.raw<Curve>(emptyCurve);
  figures = $state.raw<Figures>(noFigures);
  /** The figures as they are; those above are as the visitor last saw them. */
  #latest = noFigures;
  #shownAt = 0;
  readonly #builder = new CurveBuilder();
  readonly #meter = new Meter();
  /** Steps that earlier runs of this network did. */
  #base = 0;
  #runStep = 0;

  get step(): number {
    return this.#base + this.#runStep;
  }

  /** Step 0 of a new network. */
  clear(): void {
    this.#base = 0;
    this.#runStep = 0;
    this.#builder.clear();
    this.#meter.clear();
    this.curve = emptyCurve;
    this.#latest = noFigures;
    this.figures = noFigures;
  }

  /** Another run goes on from here; its own steps begin at 0. */
  nextRun(): void {
    this.#base += this.#runStep;
    this.#runStep = 0;
    this.#meter.resume();
  }

  /** The clock goes on after a pause. */
  resume(): void {
    this.#meter.resume();
  }

  batches(event: ProgressEvent, batchSize: number, rows: number): void {
    const step = this.#base + event.step;
    this.#builder.addBatches(this.step, step, event.losses ?? [event.loss]);
    this.#meter.count(event.step - this.#runStep, batchSize);
    const examples = (event.step - this.#runStep) * Math.min(batchSize, rows);
    this.#runStep = event.step;
    this.#show({ step, epoch: this.#latest.epoch + examples / rows, loss: event.loss });
  }

  heldOut(event: ValidationEvent): void {
    const { loss, accuracy = NaN } = event.val;
    const trainingAccuracy = Number(event.metrics?.accuracy ?? NaN);
    this.#builder.addLook({
      step: this.#base + event.step,
      loss,
      right: accuracy,
      trainingRight: trainingAccuracy,
    });
    this.#show({ heldOutLoss: loss, accuracy, trainingAccuracy });
  }

  /** Back at the last good step; gives the step that failed and the one that is kept. */
  diverged(event: DivergedEvent): { step: number; keptStep: number } {
    const step = this.#base + event.step;
    this.#builder.mark({ kind: 'diverged', step, from: '', to: '' });
    this.#runStep = event.kept;
    this.draw();
    return { step, keptStep: this.step };
  }

  mark(kind: Mark['kind'], from = '', to = ''): void {
    this.#builder.mark({ step: this.step, kind, from, to });
    this.draw();
  }

  /** Writes over the curve what the visitor changed. */
  change(old: Settings, next: Settings): void {
    const names = words.text.training.optimizers;
    if (next.learningRate !== old.learningRate) this.mark('rate', String(old.learningRate), String(next.learningRate));
    if (next.batchSize !== old.batchSize) this.mark('batch', String(old.batchSize), String(next.batchSize));
    if (next.optimizer !== old.optimizer) this.mark('optimizer', names[old.optimizer], names[next.optimizer]);
  }

  /** Gives the curve so far to the views. */
  draw(): void {
    this.curve = this.#builder.snapshot();
  }

  /** Shows the figures as they are now, where a run has just stopped. */
  settle(): void {
    this.#shownAt = performance.now();
    this.figures = this.#latest;
  }

  /** Numbers that change more than ten times a second cannot be read. */
  #show(figures: Partial<Figures>): void {
    this.#latest = { ...this.#latest, ...figures, ...this.#meter.rates() };
    if (performance.now() - this.#shownAt >= 100) this.settle();
  }
}
