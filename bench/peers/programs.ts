/** Scalar problems as wengert programs, by its public functions alone. */
import {
  add,
  compile,
  data,
  dot,
  type EngineChoice,
  type Expr,
  exp,
  log,
  max,
  min,
  mul,
  neg,
  relu,
  scalar,
  square,
  sub,
  tanh,
  vector,
} from '../../src/index.ts';
import type { Runner } from '../problems/loops/problem.ts';
import type { Arithmetic, Problem } from '../problems/problem.ts';

type Term = Expr | number;

/** The vocabulary; constants are plain numbers. */
const WORDS = { constant: (x: number) => x, add, sub, mul, neg, square, relu, tanh, exp, log, min, max, dot };

export function compileNodes(problem: Problem, engine: EngineChoice): Runner {
  const write = (x: readonly Expr[]) => problem.build(WORDS as unknown as Arithmetic<Term>, x) as Expr;
  return compile({ x: vector(problem.point.length) }, ({ x }) => write([...x]), { engine });
}

/** The README's first example, its data bound. */
export function compileSeed(engine: EngineChoice): Runner {
  const signature = { w: scalar, b: scalar, x: data(scalar), y: data(scalar) };
  return compile(signature, ({ w, b, x, y }) => w.mul(x).add(b).sub(y).square().mul(0.5), { engine }).bind({ x: -2, y: 2 });
}
