/** Programs that hold the derivative of another one: its gradient by reverse accumulation as a graph, or its tangents. */
import type { Expr } from '../../src/graph/expression.ts';
import { type Length, Matrix, Vector } from '../../src/graph/vector.ts';
import * as w from '../../src/graph/vocabulary.ts';
import type { Handles, Inputs, Outputs } from '../../src/program/signature.ts';
import type { LoopTape } from '../../src/tape/loops/layout.ts';
import { lowered } from './loops.ts';

type Array1 = Vector<Length>;
type Leaf = number | Expr | Array1 | Matrix<Length, Length>;
type Named = Record<string, Leaf>;

/** Outputs, in the order in which they are laid out. */
function leavesOf(returned: unknown): Leaf[] {
  if (typeof returned === 'number' || returned instanceof Vector || returned instanceof Matrix) return [returned as Leaf];
  if (Array.isArray(returned)) return returned as Leaf[];
  if (Object.getPrototypeOf(returned) === Object.prototype) return Object.values(returned as Named);
  return [returned as Expr];
}

/** How many numbers, and the sum of them, number i multiplied by weight(i + from). */
function weighted(leaf: Leaf, from: Length, weight: (i: Expr) => Expr): { sum: Expr | number; next: Length } {
  if (leaf instanceof Matrix) return weighted(leaf.flat(), from, weight);
  const plus = (x: Length, y: Length): Length => (typeof x === 'number' && typeof y === 'number' ? x + y : w.add(x, y)) as Length;
  if (!(leaf instanceof Vector)) return { sum: w.mul(leaf as Expr, weight(w.add(from, 0) as Expr)) as Expr, next: plus(from, 1) };
  return { sum: w.sum(leaf.length, (i) => leaf.at(i).mul(weight(i.add(from)))), next: plus(from, leaf.length) };
}

const cos = (i: unknown): Expr => w.cos(i as Expr) as Expr;
const sin = (i: unknown): Expr => w.sin(w.add(w.mul(i as Expr, 2), 1)) as Expr;

const paramsOf = <S extends Inputs>(signature: S, inputs: Handles<S>): Named =>
  Object.fromEntries(
    Object.entries(inputs as unknown as Named).filter(([name]) => !(signature[name] as { data?: boolean }).data),
  );

/** The gradient of Σ cos(i) · (number i of the outputs): what `seedsOf` asks of a reverse sweep. */
export function gradientOf(signature: Inputs, fn: (inputs: never) => Outputs): LoopTape {
  return lowered(signature, (inputs) => {
    const loss = (params: Named): Expr => {
      let [total, from] = [0 as Expr | number, 0 as Length];
      for (const leaf of leavesOf(fn({ ...inputs, ...params } as never))) {
        const { sum, next } = weighted(leaf, from, cos);
        [total, from] = [w.add(total as Expr, sum as Expr) as Expr, next];
      }
      return total as Expr;
    };
    return w.gradient(loss as never)(paramsOf(signature, inputs) as never) as Outputs;
  }).tape;
}

/** The tangents of all outputs along sin(2i + 1): what `directionOf` asks of a tangent sweep. */
export function tangentOf(signature: Inputs, fn: (inputs: never) => Outputs): LoopTape {
  return lowered(signature, (inputs) => {
    const params = paramsOf(signature, inputs);
    let from: Length = 0;
    const along = Object.entries(params).map(([name, x]) => {
      const at = from;
      const numbers = (n: Length): Array1 => w.map(n, (i) => sin(i.add(at))) as Array1;
      if (!(x instanceof Vector || x instanceof Matrix)) {
        from = w.add(from, 1) as Length;
        return [name, sin(at)];
      }
      const n = x instanceof Matrix ? (w.mul(x.rows, x.cols) as Length) : x.length;
      from = w.add(from, n) as Length;
      if (x instanceof Vector) return [name, numbers(n)];
      return [name, w.map(x.rows, (i) => w.map(x.cols, (j) => sin(w.add(w.add(w.mul(i, x.cols), j), at))))];
    });
    const f = (params: Named): unknown => fn({ ...inputs, ...params } as never);
    const { tangent } = w.jvp(f as never)(params as never, Object.fromEntries(along) as never);
    const leaves = leavesOf(tangent);
    return Object.fromEntries(leaves.map((leaf, i) => [`t${i}`, leaf])) as Outputs;
  }).tape;
}
