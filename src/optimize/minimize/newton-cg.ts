/**
 * The truncated Newton method (R. Dembo, T. Steihaug, "Truncated-Newton algorithms for large-scale unconstrained
 * optimization", 1983): Newton's equations are solved by conjugate gradients, which take nothing but Hessian-vector products,
 * and only as well as the distance to the minimum is worth. Where the function curves downwards they stop.
 */
import type { Inputs } from '../../program/signature.ts';
import type { State } from '../../program/state.ts';
import { hessianTimes } from '../../program/hessian.ts';
import { whole } from '../options.ts';
import { LineMinimizer } from './descents.ts';
import type { MinimizeOptions } from './options.ts';
import { addScaled, dot, norm } from './vectors.ts';

/** Options of {@link newtonCG}. */
export interface NewtonCGOptions<S extends Inputs> extends MinimizeOptions<S> {
  /** Hessian-vector products at most for a step. Default 200, or twice the number of inputs if that is less. */
  readonly products?: number;
}

/** Curvature below this, relatively, is none. */
const FLAT = 1e-14;

export class NewtonCG<S extends Inputs> extends LineMinimizer<S> {
  protected override readonly first = 1;
  readonly #most: number;
  readonly #r = new Float64Array(this.n);
  readonly #p = new Float64Array(this.n);
  readonly #Hp = new Float64Array(this.n);

  constructor(state: State, options: NewtonCGOptions<S>) {
    super(state, options);
    this.#most = whole('products', options.products, Math.max(1, Math.min(200, 2 * this.n)));
  }

  protected override direct(fixed: Uint8Array): void {
    const { d, g, n } = this;
    const r = this.#r;
    const p = this.#p;
    const Hp = this.#Hp;
    d.fill(0);
    for (let i = 0; i < n; i++) r[i] = fixed[i] ? 0 : -g[i]!;
    p.set(r);
    const size = norm(r);
    const enough = Math.min(0.5, Math.sqrt(size)) * size;
    for (let k = 0, rr = dot(r, r); k < this.#most && rr > 0; k++) {
      this.#multiply(p, Hp, fixed);
      const curvature = dot(p, Hp);
      if (!(curvature > FLAT * dot(p, p))) {
        // downwards all along: as far as curvature upwards would reach, and the search goes on from there
        if (curvature < 0) addScaled(d, rr / -curvature, p);
        else if (k === 0) d.set(p);
        return;
      }
      const alpha = rr / curvature;
      addScaled(d, alpha, p);
      addScaled(r, -alpha, Hp);
      const next = dot(r, r);
      if (Math.sqrt(next) <= enough) return;
      const beta = next / rr;
      for (let i = 0; i < n; i++) p[i] = r[i]! + beta * p[i]!;
      rr = next;
    }
  }

  /** Hp = H·p at x, among what is not fixed. */
  #multiply(p: Float64Array, Hp: Float64Array, fixed: Uint8Array): void {
    const { state } = this;
    state.machine.point.set(this.x);
    this.second++;
    Hp.set(hessianTimes(state, 'newtonCG', p).product);
    for (let i = 0; i < Hp.length; i++) if (fixed[i]) Hp[i] = 0;
  }
}
