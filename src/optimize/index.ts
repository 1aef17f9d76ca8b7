/**
 * Optimisers: they move a program's point downhill, one crossing into the core a step.
 *
 * Each comes twice. The plain function is asynchronous and gives way to the event loop every few milliseconds, so that
 * pages stay alive and signals can be aborted; the one ending in `Sync` runs to the end in one go.
 *
 * @module
 */
import type { UpdateRule } from '../engine/engine.ts';
import type { Inputs, Outputs } from '../program/signature.ts';
import type { RowsProgram } from '../program/rows.ts';
import type { Program } from '../program.ts';
import { Descent } from './descent.ts';
import { fraction, type Options, type Result, size } from './options.ts';
import { planOf } from './plan.ts';

export type { Options, Progress, Result, Schedule, Stopped } from './options.ts';
export { Random } from './random.ts';
export {
  lbfgs,
  lbfgsSync,
  levenbergMarquardt,
  levenbergMarquardtSync,
  newtonCG,
  newtonCGSync,
} from './minimize/index.ts';
export type { LbfgsOptions } from './minimize/lbfgs.ts';
export type { LevenbergMarquardtOptions } from './minimize/levenberg-marquardt.ts';
export type { NewtonCGOptions } from './minimize/newton-cg.ts';
export type { Evaluations, Limits, Minimized, MinimizeOptions, MinimizeProgress, MinimizeStopped } from './minimize/options.ts';

/** Options of {@link gradientDescent}. */
export interface GradientDescentOptions<S extends Inputs> extends Options<S> {
  /** Default 0.01. */
  readonly rate?: Options<S>['rate'];
  /** μ, from 0 to 1, without 1. Default 0: plain gradient descent. */
  readonly momentum?: number;
}

/** Options of {@link adam}. */
export interface AdamOptions<S extends Inputs> extends Options<S> {
  /** About how far a step moves each parameter. Default 0.001. */
  readonly rate?: Options<S>['rate'];
  /** How slowly the mean of the gradient forgets, from 0 to 1, without 1. Default 0.9. */
  readonly beta1?: number;
  /** How slowly the mean of its square forgets, from 0 to 1, without 1. Default 0.999. */
  readonly beta2?: number;
  /** Keeps the division from 0, in units of the gradient. Default 1e-8. */
  readonly epsilon?: number;
}

type Trainable<S extends Inputs, R extends Outputs> = Program<S, R> | RowsProgram<S>;

/**
 * Gradient descent, with momentum (B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964):
 *
 *     v ← μ·v + ∇f(x)
 *     x ← x − rate·v
 *
 * The program's `point` is left at the result. After training on `data` the rows of the last batch are in place.
 *
 * @param program with one output; its data bound, or given as `data` and dealt out in rows: those of a program made by
 *   over(), or along a named length
 * @throws BadOption, UnknownName, MissingName, WrongType, WrongLength, DetachedBuffer, DataMissing, SeveralOutputs,
 *   LengthConflict, OutOfRange, StepLimit, Reentrant, Disposed, OutOfMemory, NonFinite (all as rejections); and whatever the callback throws
 *
 * @example
 * import { compile, scalar } from 'wengert';
 * import { gradientDescent } from 'wengert/optimize';
 * const bowl = compile({ x: scalar, y: scalar }, ({ x, y }) => x.sub(3).square().add(y.square().mul(10)));
 * const { point, stopped } = await gradientDescent(bowl, { start: { x: 0, y: 1 }, rate: 0.02, momentum: 0.8, tolerance: 1e-9 });
 * point; // { x: 3.00000000, y: 0.00000000 }
 * stopped; // 'converged'
 */
export async function gradientDescent<S extends Inputs, R extends Outputs>(
  program: Trainable<S, R>,
  options: GradientDescentOptions<S>,
): Promise<Result<S>> {
  return descend(new Descent(planOf(program, options, momentum(options), 0.01)));
}

/** {@link gradientDescent} in one go. */
export function gradientDescentSync<S extends Inputs, R extends Outputs>(
  program: Trainable<S, R>,
  options: GradientDescentOptions<S>,
): Result<S> {
  return descendSync(new Descent(planOf(program, options, momentum(options), 0.01)));
}

/**
 * Adam (D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", 2015), in step t = 1, 2, …:
 *
 *     m ← β₁·m + (1 − β₁)·∇f(x)
 *     v ← β₂·v + (1 − β₂)·∇f(x)²
 *     x ← x − rate · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε)
 *
 * The program's `point` is left at the result. After training on `data` the rows of the last batch are in place.
 *
 * @param program with one output; its data bound, or given as `data` and dealt out in rows: those of a program made by
 *   over(), or along a named length
 * @throws as {@link gradientDescent}
 *
 * @example
 * import { compile, data, scalar } from 'wengert';
 * import { adam } from 'wengert/optimize';
 * const line = { w: scalar, b: scalar, x: data(scalar), y: data(scalar) };
 * const loss = compile(line, ({ w, b, x, y }) => w.mul(x).add(b).sub(y).square());
 * const fit = await adam(loss.over(2), {
 *   start: { w: 0, b: 0 },
 *   rate: (step) => 0.1 / (1 + step / 100),
 *   data: { x: [0, 1, 2, 3], y: [1, 3, 5, 7] },
 *   epochs: 1000,
 *   seed: 1,
 * });
 * fit.point; // { w: 2.0000, b: 1.0000 }
 * fit.steps; // 2000
 *
 * @example
 * import { compile, data, mean, vector } from 'wengert';
 * import { adam } from 'wengert/optimize';
 * const loss = compile({ w: vector(2), x: data(vector('n')), y: data(vector('n')) }, ({ w, x, y }) =>
 *   mean(x.length, (i) => x.at(i).mul(w.at(0)).add(w.at(1)).sub(y.at(i)).square()));
 * const fit = await adam(loss, {
 *   start: { w: [0, 0] },
 *   rate: (step) => 0.1 / (1 + step / 100),
 *   data: { x: [0, 1, 2, 3, 4], y: [1, 3, 5, 7, 9] },
 *   batch: 2, // the last of an epoch has one row
 *   epochs: 1000,
 * });
 * fit.point.w; // Float64Array [2.000, 1.000]
 */
export async function adam<S extends Inputs, R extends Outputs>(
  program: Trainable<S, R>,
  options: AdamOptions<S>,
): Promise<Result<S>> {
  return descend(new Descent(planOf(program, options, adamRule(options), 0.001)));
}

/** {@link adam} in one go. */
export function adamSync<S extends Inputs, R extends Outputs>(program: Trainable<S, R>, options: AdamOptions<S>): Result<S> {
  return descendSync(new Descent(planOf(program, options, adamRule(options), 0.001)));
}

// rate: 0, for every step brings its own

function momentum<S extends Inputs>(options: GradientDescentOptions<S>): UpdateRule {
  return { kind: 'momentum', rate: 0, momentum: fraction('momentum', options.momentum, 0) };
}

function adamRule<S extends Inputs>({ beta1, beta2, epsilon }: AdamOptions<S>): UpdateRule {
  return {
    kind: 'adam',
    rate: 0,
    beta1: fraction('beta1', beta1, 0.9),
    beta2: fraction('beta2', beta2, 0.999),
    epsilon: size('epsilon', epsilon, 1e-8),
  };
}

async function descend<S extends Inputs>(descent: Descent): Promise<Result<S>> {
  try {
    await descent.runInSlices();
    return descent.result<S>();
  } finally {
    descent.end();
  }
}

function descendSync<S extends Inputs>(descent: Descent): Result<S> {
  try {
    descent.run();
    return descent.result<S>();
  } finally {
    descent.end();
  }
}
