/** What a function returned, as a flat list of nodes with a structure; and back: numbers in that structure. */
import { fail } from '../errors.ts';
import { Expr, foreign, idIn } from '../graph/expression.ts';
import type { Graph } from '../graph/graph.ts';
import { show } from '../graph/show.ts';
import { Matrix, Vector } from '../graph/vector.ts';
import type { Signature } from '../tape/layout.ts';
import { type Output, type Outputs, sizeOf, type Value } from './signature.ts';

export interface FlatOutputs extends Pick<Signature, 'outputs' | 'single'> {
  /** Node of each number. */
  readonly ids: Int32Array;
}

/** @throws NoOutput, WrongType, ForeignNode */
export function outputsOf(graph: Graph, returned: Outputs): FlatOutputs {
  const single = isOutput(returned);
  const named = single ? [['value', returned] as const] : entriesOf(returned);
  const ids = joined(named.map(([name, output]) => idsOf(graph, name, output)));
  if (ids.length === 0) fail('NoOutput', 'compile: the function returned nothing to compute');
  return { outputs: named.map(([name, output]) => ({ name, shape: shapeOf(output) })), single, ids };
}

/** Numbers in the structure of a signature: one, an array (names 0, 1, …), or a record. */
export function arrange<R>({ outputs, single }: Signature, number: (i: number) => number): Value<R> {
  let next = 0;
  const values = outputs.map(({ shape }) => {
    const first = next;
    next += sizeOf(shape);
    return shape.length === 0 ? number(first) : Float64Array.from({ length: sizeOf(shape) }, (_, i) => number(first + i));
  });
  if (single) return values[0] as Value<R>;
  const isArray = outputs.every(({ name }, i) => name === String(i));
  return (isArray ? values : Object.fromEntries(outputs.map(({ name }, i) => [name, values[i]]))) as Value<R>;
}

function isOutput(x: unknown): x is Output {
  return typeof x === 'number' || x instanceof Expr || x instanceof Vector || x instanceof Matrix;
}

function entriesOf(returned: Exclude<Outputs, Output>): [string, Output][] {
  const what = 'an expression, an array of expressions, or a record of them';
  if (returned === undefined || returned === null)
    fail('NoOutput', `compile: the function returned ${returned}; expected ${what}`);
  if (typeof returned !== 'object' || 'then' in returned)
    fail('WrongType', `compile: the function returned ${show(returned)}; expected ${what}`);
  const entries = Object.entries(returned);
  for (const [name, output] of entries) {
    if (!isOutput(output))
      fail('WrongType', `compile: the output '${name}' is ${show(output)}; expected an expression, a vector or a number`);
  }
  return entries;
}

function idsOf(graph: Graph, name: string, output: Output): Int32Array {
  if (typeof output === 'number' || output instanceof Expr) return Int32Array.of(idIn(graph, output, `output ${name}`));
  if (output.graph !== graph) foreign(`output ${name}`, output);
  return output.ids;
}

function shapeOf(output: Output): number[] {
  if (output instanceof Vector) return [output.length];
  return output instanceof Matrix ? [output.rows, output.cols] : [];
}

/** Several lists as one. */
export function joined(lists: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
}
