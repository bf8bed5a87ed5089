// What a network is as plain data: written by nn, posted to the engine, saved and linked.
import { failure } from './errors.js';
import { kindOf, plain } from './plain.js';

/** A number for both directions, or one for each: height, width. */
export type Pair = number | readonly [number, number];

/** One layer: its type and its options. Of these a network is made, saved and linked. */
export interface Layer {
  readonly type: string;
  /**
   * Name of another layer whose parameters this one has too: the gradients of both are added, files carry both names.
   * In a sequence names are places: `'0'`.
   */
  readonly shares?: string;
  readonly [option: string]: unknown;
}

/** Layers one after another. */
export interface SequentialDescription {
  readonly trainyard: 1;
  readonly layers: readonly Layer[];
}

/** A node of a graph: a layer with a name, and the names of what goes in. */
export type Node = Layer & { readonly name: string; readonly inputs: readonly string[] };

/** Named nodes, each with any number of inputs. */
export interface GraphDescription {
  readonly trainyard: 1;
  readonly nodes: readonly Node[];
  readonly outputs: readonly string[];
}

/** What `eng.model()` takes: a layer, a network, or either as plain data. */
export type Description = Layer | SequentialDescription | GraphDescription;

/** The description with its version: what is posted to the engine, saved and linked. */
export function describe(description: Description): SequentialDescription | GraphDescription {
  if (typeof description !== 'object' || description === null || Array.isArray(description)) {
    throw failure('TYPE_MISMATCH', 'model', { expected: 'nn.sequential(…)', got: kindOf(description) });
  }
  if ('trainyard' in description) return plain(description as SequentialDescription | GraphDescription, '');
  return { trainyard: 1, layers: [plain(description, 'layers[0]')] };
}
