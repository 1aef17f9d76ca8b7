/** Functions of one variable. */
import type { Expr, Scalar } from './graph/expression.ts';
import { compile } from './program.ts';
import type { ProgramOptions } from './program/options.ts';
import { scalar } from './program/signature.ts';

/** What {@link derivative} returns: f′ as a function. */
export interface Derivative {
  (x: number): number;
  valueAndDerivative(x: number): { value: number; derivative: number };
}

/**
 * The derivative of a function of one variable, as a function. O(nodes) a call.
 *
 * @param f is called once, with an expression
 * @throws NoOutput, WrongType, ForeignNode, BadOption, OutOfMemory, EngineUnavailable
 *
 * @example
 * import { derivative } from 'wengert';
 * const df = derivative((x) => x.square().mul(3));
 * df(2); // 12
 * df.valueAndDerivative(2); // { value: 12, derivative: 12 }
 */
export function derivative(f: (x: Expr) => Scalar, options?: ProgramOptions): Derivative {
  const program = compile({ x: scalar }, ({ x }) => f(x), options);
  const point = new Float64Array(1);
  const slope = new Float64Array(1);
  const evaluate = (x: number): number => {
    if (typeof x !== 'number') program.evaluate([x]); // says what is wrong
    point[0] = x;
    return program.evaluate(point, slope);
  };
  const at = (x: number): number => {
    evaluate(x);
    return slope[0]!;
  };
  return Object.assign(at, {
    valueAndDerivative: (x: number) => ({ value: evaluate(x), derivative: slope[0]! }),
  });
}
