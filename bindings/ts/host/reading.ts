// Numbers out of the engine. Its answers name views of its memory; what leaves here are copies.
import type { Described, InspectedValue, ParameterField, ParameterInfo, ParameterValues, Rows, Tensor } from '../protocol.js'; // prettier-ignore
import { withBuffers } from './buffers.js';
import type { DatasetObject, EngineModule, ModelObject } from './module.js';

/** What an array's place in the module's results is, beside its shape. */
type Placed<T> = Omit<T, 'data'> & { view: number };

/** What `read` copies out of an object, which then gives up what it kept to be read. */
function released<T>(object: { forget(): void }, read: () => T): T {
  try {
    return read();
  } finally {
    object.forget();
  }
}

/** All rows of a data set. */
export function readRows(object: DatasetObject): Rows {
  return released(object, () => {
    const columns = JSON.parse(object.read()) as (Placed<Tensor> & { name: string; target: boolean })[];
    const tensors = (target: boolean): Record<string, Tensor> =>
      Object.fromEntries(
        columns
          .filter((column) => column.target === target)
          .map(({ name, shape, view }) => [name, { shape, data: object.column(view).slice() }]),
      );
    return { inputs: tensors(false), targets: tensors(true) };
  });
}

/** Parameters with these fields: those of these names, or all. Throws PARAMETER_MISMATCH for a name that there is not. */
export function readParameters(object: ModelObject, fields: ParameterField[], names?: string[]): ParameterValues[] {
  const all = JSON.parse(object.parameters()) as ParameterInfo[];
  const byName = new Map(all.flatMap((info) => (info.names ?? [info.name]).map((name) => [name, info])));
  return released(object, () =>
    (names ?? all.map(({ name }) => name)).map((name) => {
      // First of all: it is the engine that refuses an unknown name.
      const values = Object.fromEntries(fields.map((field) => [field, object.read(name, field).slice()]));
      return { ...byName.get(name)!, name, values };
    }),
  );
}

/** The model as a safetensors file. */
export function exportModel(object: ModelObject): Uint8Array<ArrayBuffer> {
  return released(object, () => object.exportSafetensors().slice());
}

/** The outputs for inputs. */
export function predict(module: EngineModule, object: ModelObject, { spec, buffers }: Described) {
  const text = withBuffers(module, buffers, (pointers) => object.predict(JSON.stringify(spec), pointers));
  const outputs = JSON.parse(text) as (Placed<Tensor> & { name: string })[];
  return released(object, () =>
    Object.fromEntries(
      outputs.map(({ name, shape, view }): [string, Tensor] => [name, { shape, data: object.result(view).slice() }]),
    ),
  );
}

/** The values on the way of inputs through a model. */
export function inspect(module: EngineModule, object: ModelObject, { spec, buffers }: Described): InspectedValue[] {
  const text = withBuffers(module, buffers, (pointers) => object.inspect(JSON.stringify(spec), pointers));
  const values = JSON.parse(text) as Placed<InspectedValue>[];
  return released(object, () => values.map(({ view, ...value }) => ({ ...value, data: object.result(view).slice() })));
}

/** An answer that holds losses. JSON has null alone for what is not finite: losses and norms are NaN again. */
export function parseMeasures<T>(text: string): T {
  const revived = (key: string, value: unknown): unknown => {
    if (key === 'losses') return (value as (number | null)[]).map((loss) => loss ?? NaN);
    return value === null && (key === 'loss' || key === 'gradNorm') ? NaN : value;
  };
  return JSON.parse(text, revived) as T;
}
