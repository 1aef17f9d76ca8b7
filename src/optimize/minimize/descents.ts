/** Minimisers that go along a direction, as far as a line search says. */
import type { Inputs } from '../../program/signature.ts';
import { backtrack, type Trial, wolfe } from './line-search.ts';
import { Minimizer } from './minimizer.ts';
import { dot } from './vectors.ts';

/** Nearer than this to a limit, relative to the step that projection allows, is at it (Bertsekas 1982). */
const NEAR = 1e-6;

export abstract class LineMinimizer<S extends Inputs> extends Minimizer<S> {
  protected readonly d = new Float64Array(this.n);
  /** The point and gradient that a step began with. */
  protected readonly x0 = new Float64Array(this.n);
  protected readonly g0 = new Float64Array(this.n);

  protected override begin(): void {
    this.f = this.evaluate(this.x, this.g);
  }

  /** A direction from x to `d`, 0 where `fixed` is 1. */
  protected abstract direct(fixed: Uint8Array): void;
  /** The step to try first, for directions that know no scale. */
  protected abstract readonly first: number;
  /** A step was made from x0 to x. */
  protected stepped(): void {}
  /** Forgets what directions were made of. @returns whether there was anything to forget */
  protected forget(): boolean {
    return false;
  }

  protected override advance(): boolean {
    const { x, g, d, x0, g0 } = this;
    const f0 = this.f;
    x0.set(x);
    g0.set(g);
    for (;;) {
      const fixed = this.fixed(this.bounds ? Math.min(NEAR, this.slope()) : 0);
      this.direct(fixed);
      // a limit that is near and in the way: straight to it
      for (let i = 0; i < fixed.length; i++) if (fixed[i]) d[i] = -g[i]!;
      if (dot(d, g) < 0 && (this.bounds ? this.#alongPath(f0) : this.#alongLine(f0))) {
        this.stepped();
        return true;
      }
      x.set(x0);
      g.set(g0);
      this.f = f0;
      if (!this.forget()) return false;
    }
  }

  #alongLine(f0: number): boolean {
    const { x, g, d, x0 } = this;
    const at = (a: number): Trial => {
      for (let i = 0; i < x.length; i++) x[i] = x0[i]! + a * d[i]!;
      this.f = this.evaluate(x, g);
      return { a, f: this.f, d: dot(g, d) };
    };
    return wolfe(at, { a: 0, f: f0, d: dot(g, d) }, this.first) !== undefined;
  }

  #alongPath(f0: number): boolean {
    const { x, g, d, x0, g0 } = this;
    const at = (a: number): { f: number; promised: number } => {
      for (let i = 0; i < x.length; i++) x[i] = x0[i]! + a * this.first * d[i]!;
      this.project(x);
      let promised = 0;
      for (let i = 0; i < x.length; i++) promised += g0[i]! * (x[i]! - x0[i]!);
      this.f = this.evaluate(x, g);
      return { f: this.f, promised };
    };
    return backtrack(at, f0) !== undefined;
  }
}
