/**
 * The Levenberg–Marquardt method for f(x) = ½·Σ rᵢ(x)² (K. Levenberg 1944; D. Marquardt 1963), with the scaling of Moré, "The
 * Levenberg–Marquardt algorithm: implementation and theory" (1978), and the damping of H. B. Nielsen, "Damping parameter in
 * Marquardt's method" (1999). The Jacobian is taken sparse: only the entries that can be other than 0.
 */
import { finiteOutputs } from '../../program/finite.ts';
import type { Inputs } from '../../program/signature.ts';
import { sparseJacobianAt, sparsityOf } from '../../program/sparse.ts';
import { SEVERAL, type State } from '../../program/state.ts';
import { checked } from '../options.ts';
import { multiply, multiplyTransposed, type Rows, solve, squares } from './least-squares.ts';
import { Minimizer } from './minimizer.ts';
import type { MinimizeOptions } from './options.ts';
import { dot } from './vectors.ts';

/** Options of {@link levenbergMarquardt}. */
export interface LevenbergMarquardtOptions<S extends Inputs> extends MinimizeOptions<S> {
  /** The first damping, relative to the squares of the Jacobian's columns; more is more careful. Default 1e-3. */
  readonly damping?: number;
}

const MOST_TRIES = 60;

export class LevenbergMarquardt<S extends Inputs> extends Minimizer<S> {
  readonly #r: Float64Array;
  readonly #trial: Float64Array;
  readonly #Js: Float64Array;
  readonly #J: Rows;
  readonly #D: Float64Array;
  readonly #s: Float64Array;
  readonly #x0: Float64Array;
  #lambda: number;
  #growth = 2;

  constructor(state: State, options: LevenbergMarquardtOptions<S>) {
    super(state, options, SEVERAL);
    this.#lambda = checked('damping', options.damping, 1e-3, (x) => x > 0 && x < Number.POSITIVE_INFINITY, 'a finite number > 0');
    const rows = state.machine.outputCount();
    [this.#r, this.#trial, this.#Js] = [0, 0, 0].map(() => new Float64Array(rows)) as [Float64Array, Float64Array, Float64Array];
    [this.#D, this.#s, this.#x0] = [0, 0, 0].map(() => new Float64Array(this.n)) as [Float64Array, Float64Array, Float64Array];
    state.machine.point.set(this.x);
    const { pattern } = sparsityOf(state);
    this.#J = { pattern, values: new Float64Array(pattern.columns.length) };
  }

  protected override begin(): void {
    this.f = this.#residuals(this.x, this.#r);
    this.#linearize();
  }

  /** @returns f at a point */
  #residuals(x: Float64Array, out: Float64Array): number {
    const { state } = this;
    state.machine.point.set(x);
    if (state.limited) state.limit('value');
    state.forward();
    this.values++;
    if (state.checked) finiteOutputs(state);
    state.machine.readOutputs(out);
    return 0.5 * dot(out, out);
  }

  /** Jacobian, gradient Jᵀr and scale at x. */
  #linearize(): void {
    this.state.machine.point.set(this.x);
    sparseJacobianAt(this.state, this.#J.values);
    this.second++;
    multiplyTransposed(this.#J, this.#r, this.g);
    const D = this.#D;
    const now = new Float64Array(this.n);
    squares(this.#J, now);
    for (let i = 0; i < D.length; i++) D[i] = Math.max(D[i]!, now[i]!) || 1; // a column of zeros has no scale of its own
  }

  protected override advance(): boolean {
    const { x, g } = this;
    const [s, x0, J] = [this.#s, this.#x0, this.#J];
    const fixed = this.fixed();
    const before = this.slope();
    x0.set(x);
    for (let tries = MOST_TRIES; tries > 0; tries--) {
      if (solve(J, this.#lambda, this.#D, g, fixed, s)) {
        for (let i = 0; i < x.length; i++) x[i] = x0[i]! + s[i]!;
        this.project(x);
        let moved = 0;
        for (let i = 0; i < x.length; i++) {
          s[i] = x[i]! - x0[i]!;
          if (s[i] !== 0) moved = Math.max(moved, Math.abs(s[i]!) / (Math.abs(x0[i]!) + 1));
        }
        if (moved <= 0.5 * Number.EPSILON) break;
        // what the linear model promises: −(gᵀs + ½‖Js‖²)
        multiply(J, s, this.#Js);
        const promised = -(dot(g, s) + 0.5 * dot(this.#Js, this.#Js));
        const f = this.#residuals(x, this.#trial);
        if (f === this.f && promised > 0) return this.#isFlatter(x0, before); // to rounding: the slope decides
        if (f < this.f && promised > 0) {
          const gain = (this.f - f) / promised;
          this.#lambda *= Math.max(1 / 3, 1 - (2 * gain - 1) ** 3);
          this.#growth = 2;
          this.f = f;
          this.#r.set(this.#trial);
          this.#linearize();
          return true;
        }
      }
      this.#lambda *= this.#growth;
      this.#growth *= 2;
      if (!Number.isFinite(this.#lambda)) break;
    }
    x.set(x0);
    return false;
  }

  /** The step led to where f is the same. Is the slope less? If not, the step is taken back. */
  #isFlatter(x0: Float64Array, before: number): boolean {
    this.#r.set(this.#trial);
    this.#linearize();
    if (this.slope() < before) return true;
    this.x.set(x0);
    this.#residuals(x0, this.#r);
    this.#linearize();
    return false;
  }
}
