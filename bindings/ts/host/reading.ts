// Numbers out of the engine. Its answers name views of its memory; what leaves here are copies.
import { Refusal } from '../errorData.js';
import type { Described, InspectedValue, ParameterField, ParameterInfo, ParameterValues, Rows, Tensor } from '../protocol.js'; // prettier-ignore
import { withBuffers } from './buffers.js';
import type { DatasetObject, EngineModule, ModelObject } from './module.js';

/** What an array's place in the module's results is, beside its shape. */
type Placed<T> = Omit<T, 'data'> & { view: number };

/** All rows of a data set. */
export function readRows(object: DatasetObject): Rows {
  const columns = JSON.parse(object.read()) as (Placed<Tensor> & { name: string; target: boolean })[];
  const tensors = (target: boolean): Record<string, Tensor> =>
    Object.fromEntries(
      columns
        .filter((column) => column.target === target)
        .map(({ name, shape, view }) => [name, { shape, data: object.column(view).slice() }]),
    );
  const rows = { inputs: tensors(false), targets: tensors(true) };
  object.forget();
  return rows;
}

/** Parameters with these fields: those of these names, or all. Throws INVALID_VALUE with the names that there are. */
export function readParameters(object: ModelObject, fields: ParameterField[], names?: string[]): ParameterValues[] {
  const all = JSON.parse(object.parameters()) as ParameterInfo[];
  const wanted = names?.map((name) => ({ ...known(all, name), name })) ?? all;
  return wanted.map((info) => ({
    ...info,
    values: Object.fromEntries(fields.map((field) => [field, object.read(info.name, field).slice()])),
  }));
}

/** The outputs for inputs. */
export function predict(module: EngineModule, object: ModelObject, { spec, buffers }: Described) {
  const text = withBuffers(module, buffers, (pointers) => object.predict(JSON.stringify(spec), pointers));
  const outputs = JSON.parse(text) as (Placed<Tensor> & { name: string })[];
  return Object.fromEntries(
    outputs.map(({ name, shape, view }): [string, Tensor] => [name, { shape, data: object.result(view).slice() }]),
  );
}

/** The values on the way of inputs through a model. */
export function inspect(module: EngineModule, object: ModelObject, { spec, buffers }: Described): InspectedValue[] {
  const text = withBuffers(module, buffers, (pointers) => object.inspect(JSON.stringify(spec), pointers));
  const values = JSON.parse(text) as Placed<InspectedValue>[];
  return values.map(({ view, ...value }) => ({ ...value, data: object.result(view).slice() }));
}

/** The parameter of this name. Throws INVALID_VALUE with the names that there are. */
function known(all: ParameterInfo[], name: string): ParameterInfo {
  const found = all.find((info) => info.name === name || info.names?.includes(name));
  if (found) return found;
  const expected = all.map((info) => info.name).join(', ');
  throw new Refusal('INVALID_VALUE', name, { expected: expected.slice(0, 200), got: name });
}
