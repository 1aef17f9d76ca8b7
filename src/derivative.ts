/** Functions of one variable. */
import { Expr, type Scalar } from './graph/expression.ts';
import { valueAndTangentOf } from './graph/inner.ts';
import { currentGraph } from './graph/loops.ts';
import { compile, type Program } from './program.ts';
import type { ProgramOptions } from './program/options.ts';
import { scalar } from './program/signature.ts';

/** What {@link derivative} returns: f′ as a function of numbers and, inside of programs, of expressions. */
export interface Derivative {
  (x: number): number;
  (x: Expr): Expr;
  valueAndDerivative(x: number): { value: number; derivative: number };
  valueAndDerivative(x: Expr): { value: Expr; derivative: Expr };
}

/**
 * The derivative of a function of one variable, as a function. O(nodes) a call. Of an expression it gives an expression, by
 * forward accumulation, so it can be used in programs and differentiated again.
 *
 * @param f is called once, with an expression; inside of a program once at each use there
 * @throws NoOutput, WrongType, ForeignNode, BadOption, OutOfMemory, EngineUnavailable
 *
 * @example
 * import { derivative } from 'wengert';
 * const df = derivative((x) => x.square().mul(3));
 * df(2); // 12
 * df.valueAndDerivative(2); // { value: 12, derivative: 12 }
 * derivative((x) => df(x).mul(x))(2); // 24
 */
export function derivative(f: (x: Expr) => Scalar, options?: ProgramOptions): Derivative {
  let evaluate: Evaluate | undefined;
  if (!currentGraph()) evaluate = evaluator(f, options); // in a program f may use what only is there
  const numbers = (x: number): { value: number; derivative: number } => (evaluate ??= evaluator(f, options))(x);
  const valueAndDerivative = ((x: number | Expr) => {
    if (!(x instanceof Expr)) return numbers(x);
    const { value, tangent } = valueAndTangentOf('derivative', f, x, 1);
    return { value, derivative: tangent };
  }) as Derivative['valueAndDerivative'];
  const at = ((x: number & Expr) => valueAndDerivative(x).derivative) as unknown as Derivative;
  return Object.assign(at, { valueAndDerivative });
}

type Evaluate = (x: number) => { value: number; derivative: number };

function evaluator(f: (x: Expr) => Scalar, options: ProgramOptions | undefined): Evaluate {
  const program: Program<{ x: typeof scalar }, Scalar> = compile({ x: scalar }, ({ x }) => f(x), options);
  const point = new Float64Array(1);
  const slope = new Float64Array(1);
  return (x) => {
    if (typeof x !== 'number') program.evaluate([x]); // says what is wrong
    point[0] = x;
    const value = program.evaluate(point, slope);
    return { value, derivative: slope[0]! };
  };
}
