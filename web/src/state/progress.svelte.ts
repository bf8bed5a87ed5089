/** How far the learning has come: steps over all runs of a network, its curve, its figures. */
import type { DivergedEvent, ProgressEvent, ValidationEvent } from 'trainyard';
import { CurveBuilder } from './curve.ts';
import { Meter } from './meter.ts';
import type { Settings } from './settings.ts';
import { emptyCurve, noFigures, type Curve, type Figures, type Mark } from './snapshot.ts';
import { words } from './words.svelte.ts';

export interface Saved {
  step: number;
  figures: Figures;
  builder: CurveBuilder;
  meter: Meter;
}

export class Progress {
  curve = $state.raw<Curve>(emptyCurve);
  figures = $state.raw<Figures>(noFigures);
  /** The figures as they are; those above are as the visitor last saw them. */
  #latest = noFigures;
  #shownAt = 0;
  #builder = new CurveBuilder();
  #meter = new Meter();
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
    // New ones: what was saved keeps the old.
    this.#builder = new CurveBuilder();
    this.#meter = new Meter();
    this.curve = emptyCurve;
    this.#latest = noFigures;
    this.figures = noFigures;
  }

  /** All of it, to be brought back after another network began. */
  save(): Saved {
    return { step: this.step, figures: this.#latest, builder: this.#builder, meter: this.#meter };
  }

  bringBack({ step, figures, builder, meter }: Saved): void {
    this.#base = step;
    this.#runStep = 0;
    this.#latest = figures;
    this.#builder = builder;
    this.#meter = meter;
    this.#meter.resume();
    this.settle();
    this.draw();
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
