/** Minimisers that search: each step is as long as it pays. */
import type { Inputs, Outputs } from '../../program/signature.ts';
import type { RowsProgram } from '../../program/rows.ts';
import { STATE } from '../../program/state.ts';
import type { Program } from '../../program.ts';
import { Lbfgs, type LbfgsOptions } from './lbfgs.ts';
import { LevenbergMarquardt, type LevenbergMarquardtOptions } from './levenberg-marquardt.ts';
import { NewtonCG, type NewtonCGOptions } from './newton-cg.ts';
import type { Minimized } from './options.ts';

/**
 * The limited-memory BFGS method (J. Nocedal, 1980), each step by a search for the strong Wolfe conditions: for any number of
 * inputs, with nothing but gradients. With limits: the directions of what is free, along the path projected into them (D.
 * Bertsekas, 1982). O(inputs · memory) a step beside the program. The program's `point` is left at the result.
 *
 * @param program with one output, its data bound
 * @returns as a promise; every few milliseconds the event loop goes on. {@link lbfgsSync} returns it in one go
 * @throws BadOption, UnknownName, MissingName, WrongType, WrongLength, DataMissing, SeveralOutputs, StepLimit, Reentrant,
 *   Disposed, NonFinite (all as rejections); and whatever the callback throws
 *
 * @example
 * import { compile, vector } from 'wengert';
 * import { lbfgs } from 'wengert/optimize';
 * const rosenbrock = compile({ x: vector(2) }, ({ x }) =>
 *   x.at(1).sub(x.at(0).square()).square().mul(100).add(x.at(0).sub(1).square()));
 * const free = await lbfgs(rosenbrock, { start: { x: [-1.2, 1] } });
 * free.point; // { x: Float64Array [1.0000000, 1.0000000] }
 * free.stopped; // 'converged'
 * const held = await lbfgs(rosenbrock, { start: { x: [-1.2, 1] }, upper: { x: [0.5, 2] } });
 * held.point; // { x: Float64Array [0.50000000, 0.25000000] }
 */
export async function lbfgs<S extends Inputs, R extends Outputs>(
  program: Program<S, R> | RowsProgram<S>,
  options: LbfgsOptions<S>,
): Promise<Minimized<S>> {
  return new Lbfgs<S>(program[STATE], options).runInSlices();
}

/** {@link lbfgs} in one go. */
export function lbfgsSync<S extends Inputs, R extends Outputs>(
  program: Program<S, R> | RowsProgram<S>,
  options: LbfgsOptions<S>,
): Minimized<S> {
  return new Lbfgs<S>(program[STATE], options).runSync();
}

/**
 * The truncated Newton method, Newton–CG (R. Dembo, T. Steihaug, 1983): Newton's direction by conjugate gradients on
 * Hessian-vector products, which are exact; few steps, quadratic convergence near the end. Limits as in {@link lbfgs}. The
 * program's `point` is left at the result.
 *
 * @param program with one output, its data bound
 * @throws as {@link lbfgs}; BadOption for programs whose loops are too long to be written out for second derivatives
 *
 * @example
 * import { compile, vector } from 'wengert';
 * import { newtonCG } from 'wengert/optimize';
 * const beale = compile({ x: vector(2) }, ({ x }) => {
 *   const [a, b] = [x.at(0), x.at(1)];
 *   const term = (c: number, k: number) => a.mul(b.pow(k).sub(1)).add(c).square();
 *   return term(1.5, 1).add(term(2.25, 2)).add(term(2.625, 3));
 * });
 * (await newtonCG(beale, { start: { x: [1, 1] } })).point; // { x: Float64Array [3.0000000, 0.50000000] }
 */
export async function newtonCG<S extends Inputs, R extends Outputs>(
  program: Program<S, R>,
  options: NewtonCGOptions<S>,
): Promise<Minimized<S>> {
  return new NewtonCG<S>(program[STATE], options).runInSlices();
}

/** {@link newtonCG} in one go. */
export function newtonCGSync<S extends Inputs, R extends Outputs>(
  program: Program<S, R>,
  options: NewtonCGOptions<S>,
): Minimized<S> {
  return new NewtonCG<S>(program[STATE], options).runSync();
}

/**
 * The Levenberg–Marquardt method: minimises ½·Σ rᵢ² over all outputs rᵢ of the program, its residuals, by their sparse
 * Jacobian; up to 300 inputs by Cholesky, more by conjugate gradients. `value` is that half sum of squares, the gradient that
 * is held to the tolerance is Jᵀr. Limits by projection. The program's `point` is left at the result.
 *
 * @param program with any number of outputs, its data bound
 * @throws as {@link lbfgs}, but SeveralOutputs
 *
 * @example
 * import { compile, data, vector } from 'wengert';
 * import { levenbergMarquardt } from 'wengert/optimize';
 * const decay = compile({ p: vector(2), t: data(vector(4)), y: data(vector(4)) }, ({ p, t, y }) =>
 *   t.mul(p.at(1)).neg().exp().mul(p.at(0)).sub(y));
 * decay.bind({ t: [0, 1, 2, 3], y: [4, 2, 1, 0.5] });
 * const fit = await levenbergMarquardt(decay, { start: { p: [1, 0] } });
 * fit.point.p; // Float64Array [4.00000, 0.693147]
 */
export async function levenbergMarquardt<S extends Inputs, R extends Outputs>(
  program: Program<S, R>,
  options: LevenbergMarquardtOptions<S>,
): Promise<Minimized<S>> {
  return new LevenbergMarquardt<S>(program[STATE], options).runInSlices();
}

/** {@link levenbergMarquardt} in one go. */
export function levenbergMarquardtSync<S extends Inputs, R extends Outputs>(
  program: Program<S, R>,
  options: LevenbergMarquardtOptions<S>,
): Minimized<S> {
  return new LevenbergMarquardt<S>(program[STATE], options).runSync();
}
