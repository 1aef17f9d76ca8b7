/**
 * Values whose derivatives are given: the words stop and attach. `attach(y, x, p)` has the value of y and, beside the
 * derivatives of y, the derivative p with respect to x. Sweeps are to find nothing behind p, so it is stopped; when a graph
 * is differentiated, the next derivative is that of what is behind the stop (partials.ts).
 *
 * Slopes may be computed from the value itself. That value needs derivatives, too, and so on: the value that slopes see has
 * slopes of its own, a few levels deep; those of the last one are a number that nobody takes for a derivative.
 */
import { fail } from '../errors.ts';
import { ternary, unary } from './vocabulary/forms.ts';
import { Expr, type Scalar } from './expression.ts';
import type { Graph } from './graph.ts';
import { UNKNOWN_SLOPE } from './partials.ts';
import { show } from './show.ts';

/** How often a value can be differentiated whose slopes depend on itself. */
export const LEVELS = 3;

const stop = /* @__PURE__ */ unary('stop') as (x: unknown) => Scalar;
const attach = /* @__PURE__ */ ternary('attach') as (y: unknown, x: unknown, p: unknown) => Scalar;

type AnyFunction = (...of: readonly unknown[]) => unknown;

/** See {@link defineOp} in vocabulary/derivatives.ts. */
export function definedOp(value: unknown, slopes: unknown): (...operands: readonly Scalar[]) => unknown {
  if (typeof value !== 'function' || typeof slopes !== 'function')
    fail('WrongType', `defineOp: expected two functions, got ${show(value)} and ${show(slopes)}`);
  return (...operands) => {
    const expr = operands.find((x) => x instanceof Expr) as Expr | undefined;
    const given = expr ? operands.map((x) => (typeof x === 'number' ? constantOf(expr.graph, x) : x)) : operands;
    const v = (value as AnyFunction)(...given);
    if (typeof v === 'number' && !expr) return v;
    const one = (z: unknown): unknown[] => slopeList((slopes as AnyFunction)(...given, z), given.length);
    if (!expr) return attached(v, given, one(stop(v))); // what is recorded is differentiated once
    return withSlopes([v], given, ([z]) => [one(z)])[0];
  };
}

function constantOf(graph: Graph, x: number): Expr {
  return new Expr(graph, graph.constant(x));
}

/** @throws WrongLength */
function slopeList(returned: unknown, operands: number): unknown[] {
  const list = Array.isArray(returned) ? returned : [returned];
  if (list.length !== operands)
    fail('WrongLength', `defineOp: an op of ${operands} operands has as many derivatives, the function returned ${list.length}`);
  return list;
}

/** Values with slopes at operands, a list for each value; the slopes may depend on the values. */
export function withSlopes(
  values: readonly unknown[],
  operands: readonly unknown[],
  slopes: (values: readonly unknown[]) => readonly (readonly unknown[])[],
): unknown[] {
  const unknown = operands.map(() => UNKNOWN_SLOPE);
  let all = values.map((v) => attached(v, operands, unknown));
  let known: readonly unknown[] = [];
  for (let level = LEVELS; level > 0; level--) {
    const found = slopes(all);
    const list = found.flat().map(idOf);
    if (list.length === known.length && list.every((p, i) => p === known[i])) break; // they do not depend on the values
    known = list;
    all = values.map((v, i) => attached(v, operands, found[i]!));
  }
  return all;
}

function idOf(x: unknown): unknown {
  return x instanceof Expr ? x.id : x;
}

function attached(v: unknown, operands: readonly unknown[], slopes: readonly unknown[]): unknown {
  let y: unknown = stop(v);
  operands.forEach((x, i) => {
    y = attach(y, x, stop(slopes[i]));
  });
  return y;
}
