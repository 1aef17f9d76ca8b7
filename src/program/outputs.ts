/** What a function returned, as a flat list of nodes with a structure; and back: numbers in that structure. */
import { fail } from '../errors.ts';
import { Expr, foreign } from '../graph/expression.ts';
import type { Graph } from '../graph/graph.ts';
import { show } from '../graph/show.ts';
import { type Length, Matrix, Vector } from '../graph/vector.ts';
import type { NamedOutput } from '../tape/loops/lower.ts';
import { checkNames, checkValue, copyValue } from './marshal.ts';
import { type Output, type Outputs, sizeOf, type Value } from './signature.ts';

/** An output with the shape it has. */
export interface Shaped {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface Returned {
  readonly outputs: readonly NamedOutput[];
  readonly single: boolean; // one bare expression
}

/** @throws NoOutput, WrongType, ForeignNode */
export function outputsOf(graph: Graph, returned: Outputs): Returned {
  const single = isOutput(returned);
  const named = single ? [['value', returned] as const] : entriesOf(returned);
  for (const [name, output] of named) if (typeof output !== 'number' && output.graph !== graph) foreign(`output ${name}`, output);
  const isNothing = named.every(([, output]) => (shapeOf(output) as Length[]).includes(0));
  if (isNothing) fail('NoOutput', 'compile: the function returned nothing to compute');
  return { outputs: named.map(([name, value]) => ({ name, value })), single };
}

/** The outputs, in order, in the structure the function returned: one, an array (names 0, 1, …), or a record. */
export function arrange<R>(
  { outputs, single }: { readonly outputs: readonly { readonly name: string }[]; readonly single: boolean },
  values: readonly (number | Float64Array)[],
): Value<R> {
  if (single) return values[0] as Value<R>;
  return (isList(outputs) ? values : Object.fromEntries(outputs.map(({ name }, i) => [name, values[i]]))) as Value<R>;
}

/** Were they returned as an array? */
function isList(outputs: readonly { readonly name: string }[]): boolean {
  return outputs.every(({ name }, i) => name === String(i));
}

/**
 * A flat copy of one number for each number of the outputs, given in their structure.
 *
 * @throws WrongType, WrongLength, MissingName, UnknownName, DetachedBuffer
 */
export function flatWeights(what: string, given: unknown, single: boolean, outputs: readonly Shaped[]): Float64Array {
  let values: unknown[];
  if (single) values = [given];
  else if (isList(outputs)) {
    if (!Array.isArray(given) && !ArrayBuffer.isView(given))
      fail('WrongType', `${what}: expected an array of ${outputs.length}, one for each output, got ${show(given)}`);
    const list = given as ArrayLike<unknown>;
    if (list.length !== outputs.length)
      fail('WrongLength', `${what}: expected ${outputs.length}, one for each output, got ${list.length}`);
    values = Array.from(list);
  } else {
    checkNames(what, given, outputs, 'output');
    const missing = outputs.find(({ name }) => !Object.hasOwn(given, name));
    if (missing) fail('MissingName', `${what}: the output '${missing.name}' is missing`);
    values = outputs.map(({ name }) => given[name]);
  }
  outputs.forEach(({ name, shape }, k) => {
    checkValue(single ? what : `${what}: ${name}`, values[k], shape);
  });
  const flat = new Float64Array(outputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  let at = 0;
  outputs.forEach(({ shape }, k) => {
    copyValue(values[k], shape, flat, at);
    at += sizeOf(shape);
  });
  return flat;
}

/** Flat numbers cut into ports: a number where the shape is [], else an array. */
export function byPort(
  shapes: readonly { readonly shape: readonly number[] }[],
  number: (i: number) => number,
): (number | Float64Array)[] {
  let next = 0;
  return shapes.map(({ shape }) => {
    const first = next;
    next += sizeOf(shape);
    return shape.length === 0 ? number(first) : Float64Array.from({ length: sizeOf(shape) }, (_, i) => number(first + i));
  });
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

/** The lengths of an output: expressions where they are named. */
export function shapeOf(output: Output): Length[] {
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
