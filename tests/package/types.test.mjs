// The types say what the engine takes: its lists and theirs agree, and a typo in an option is an error while it is typed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));
const registry = JSON.parse(execFileSync(`${root}build/native/describe`, { encoding: 'utf8' }));
const settings = ts.readConfigFile(`${root}bindings/ts/tsconfig.json`, ts.sys.readFile).config;

/** A file that is not there, beside the package's own, as the compiler sees it. */
function compiled(text) {
  const { options } = ts.parseJsonConfigFileContent(settings, ts.sys, `${root}bindings/ts`);
  const name = `${root}bindings/ts/written.ts`;
  const host = ts.createCompilerHost({ ...options, noEmit: true });
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (file, ...rest) =>
    file === name ? ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true) : getSourceFile(file, ...rest);
  host.fileExists = (file) => file === name || fileExists(file);
  host.readFile = (file) => (file === name ? text : readFile(file));
  const program = ts.createProgram([name], { ...options, noEmit: true }, host);
  return { program, file: program.getSourceFile(name) };
}

const lists = { losses: 'Loss', optimizers: 'Optimizer', schedules: 'Schedule', metrics: 'Metric' };

describe('types', () => {
  let program;
  let file;
  before(() => {
    ({ program, file } = compiled(`
      import type { AdamOptions, Loss, LossOptions, Metric, MetricOptions, Optimizer, OptimizerOptions, RunSettings } from './index.js';
      import type { Schedule, ScheduleOptions } from './index.js';
      export type Losses = LossOptions;
      export type Optimizers = OptimizerOptions;
      export type Schedules = ScheduleOptions;
      export type Metrics = MetricOptions;
      export const losses: Loss[] = ['mse', { type: 'mse' }, { type: 'crossEntropy', classWeights: Float32Array.of(1, 2) },
        { type: 'bceWithLogits', posWeight: [2] }];
      export const optimizers: Optimizer[] = ['adam', { type: 'sgd', lr: 1, nesterov: true }, { type: 'adamw', betas: [0, 0] }];
      export const schedules: Schedule[] = ['cosine', { type: 'step', stepSize: 2 },
        { type: 'warmup', steps: 3, after: { type: 'linear', hold: 0.5 } }];
      export const metrics: Metric[] = ['accuracy', { type: 'topK', k: 3 }, { type: 'f1', average: 'none' }];
      export const settings: RunSettings = { lr: 1, epochs: 3, steps: 4, betas: [0.5, 0.5], momentum: 0.9, alpha: 0.5 };
      export const options: AdamOptions = { amsgrad: true };
      export const wrong = [
        // @ts-expect-error a typo
        { type: 'crossEntropy', labelSmoothin: 0.1 } satisfies Loss,
        // @ts-expect-error what has no options
        { type: 'mse', delta: 1 } satisfies Loss,
        // @ts-expect-error of another one
        { type: 'sgd', betas: [0.9, 0.9] } satisfies Optimizer,
        // @ts-expect-error one number of two
        { type: 'adam', betas: [0.9] } satisfies Optimizer,
        // @ts-expect-error what is required
        'step' satisfies Schedule,
        // @ts-expect-error what is required
        { type: 'warmup' } satisfies Schedule,
        // @ts-expect-error within another
        { type: 'warmup', steps: 3, after: { type: 'linear', holds: 0.5 } } satisfies Schedule,
        // @ts-expect-error no such choice
        { type: 'f1', average: 'mean' } satisfies Metric,
        // @ts-expect-error what is said by its name
        { type: 'topk', k: 3 } satisfies Metric,
        // @ts-expect-error another memory
        { amsgrad: true } satisfies RunSettings,
        // @ts-expect-error a typo
        { momentun: 0.9 } satisfies RunSettings,
      ];
    `));
  });

  test('take what is right and refuse what is wrong', () => {
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    assert.deepEqual(
      found.map(({ messageText, start }) => `${ts.flattenDiagnosticMessageText(messageText, ' ')} ${file.text.slice(start, start + 80)}`), // prettier-ignore
      [],
    );
  });

  for (const [list, kind] of Object.entries(lists)) {
    test(`of each ${kind.toLowerCase()} are the engine’s options`, () => {
      const checker = program.getTypeChecker();
      const name = list[0].toUpperCase() + list.slice(1);
      const [alias] = file.statements.filter((statement) => statement.name?.text === name);
      const typeOf = (symbol) => checker.getNonNullableType(checker.getTypeOfSymbol(symbol));
      /** By name: whether it is required, and the words that it may be. */
      const typed = (type) =>
        Object.fromEntries(
          type.getProperties().map((symbol) => {
            const words = (typeOf(symbol).types ?? []).flatMap((word) => word.value ?? []);
            return [symbol.name, [!(symbol.flags & ts.SymbolFlags.Optional), words.sort()]];
          }),
        );
      const types = checker.getTypeAtLocation(alias.name).getProperties();
      const wanted = registry[list].map(({ name, options }) => [
        name,
        Object.fromEntries(
          options.map(({ name, required = false, choices = [] }) => [name, [required, [...choices].sort()]]),
        ),
      ]);
      const found = types.map((symbol) => {
        const options = typed(typeOf(symbol));
        // A schedule within a schedule is a choice of its own.
        if (options.after) options.after[1] = [];
        return [symbol.name, options];
      });
      assert.deepEqual(Object.fromEntries(found), Object.fromEntries(wanted));
    });
  }
});
