/** The limited-memory BFGS method (J. Nocedal, "Updating quasi-Newton matrices with limited storage", 1980). */
import type { Inputs } from '../../program/signature.ts';
import type { State } from '../../program/state.ts';
import { whole } from '../options.ts';
import { LineMinimizer } from './descents.ts';
import type { MinimizeOptions } from './options.ts';
import { addScaled, dot } from './vectors.ts';

/** Options of {@link lbfgs}. */
export interface LbfgsOptions<S extends Inputs> extends MinimizeOptions<S> {
  /** How many steps back curvature is taken from. Default 10. */
  readonly memory?: number;
}

/** A step s, the change y of the gradient along it, and 1/(sᵀy). */
interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  rho: number;
}

/** Pairs whose curvature is below this, relatively, are left out: sᵀy has to be positive. */
const LEAST = 1e-12;

export class Lbfgs<S extends Inputs> extends LineMinimizer<S> {
  readonly #memory: number;
  readonly #pairs: Pair[] = []; // the newest last

  constructor(state: State, options: LbfgsOptions<S>) {
    super(state, options);
    this.#memory = whole('memory', options.memory, 10);
  }

  /** The first direction is the gradient, which knows no scale. */
  protected override get first(): number {
    if (this.#pairs.length > 0) return 1;
    let sum = 0;
    for (const x of this.d) sum += Math.abs(x);
    return Math.min(1, 1 / sum);
  }

  /** d = −H·g by the two loops over the pairs (algorithm 7.4 in Nocedal & Wright), among what is not fixed. */
  protected override direct(fixed: Uint8Array): void {
    const { d, g } = this;
    const pairs = this.#pairs;
    for (let i = 0; i < d.length; i++) d[i] = fixed[i] ? 0 : -g[i]!;
    const alpha = new Float64Array(pairs.length);
    for (let k = pairs.length - 1; k >= 0; k--) {
      const { s, y, rho } = pairs[k]!;
      alpha[k] = rho * dot(s, d);
      addScaled(d, -alpha[k]!, y);
    }
    const last = pairs.at(-1);
    if (last) {
      const scale = 1 / (last.rho * dot(last.y, last.y));
      for (let i = 0; i < d.length; i++) d[i]! *= scale;
    }
    pairs.forEach(({ s, y, rho }, k) => {
      addScaled(d, alpha[k]! - rho * dot(y, d), s);
    });
    for (let i = 0; i < d.length; i++) if (fixed[i]) d[i] = 0;
  }

  protected override stepped(): void {
    const { n, x, g, x0, g0 } = this;
    const pairs = this.#pairs;
    // the arrays of the oldest serve the newest
    const pair = pairs.length === this.#memory ? pairs.shift()! : { s: new Float64Array(n), y: new Float64Array(n), rho: 0 };
    const { s, y } = pair;
    for (let i = 0; i < n; i++) {
      s[i] = x[i]! - x0[i]!;
      y[i] = g[i]! - g0[i]!;
    }
    const curvature = dot(s, y);
    if (!(curvature > LEAST * Math.sqrt(dot(s, s) * dot(y, y)))) return;
    pair.rho = 1 / curvature;
    pairs.push(pair);
  }

  protected override forget(): boolean {
    const had = this.#pairs.length > 0;
    this.#pairs.length = 0;
    return had;
  }
}
