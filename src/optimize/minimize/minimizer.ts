/** What all minimisers that search share: a point, its value and gradient, limits, and who wants to stop. */
import { fail } from '../../errors.ts';
import { checkFinite } from '../../program/finite.ts';
import { readValue } from '../../program/marshal.ts';
import type { Gradient, Inputs } from '../../program/signature.ts';
import { type State, UNSIZED } from '../../program/state.ts';
import { size, whole } from '../options.ts';
import { run, runInSlices } from '../slices.ts';
import { type Bounds, boundsOf, checkCallbacks, type Minimized, type MinimizeOptions, type MinimizeStopped } from './options.ts';

const STEPS = 1000;
const TOLERANCE = 1e-8;

export abstract class Minimizer<S extends Inputs> {
  protected readonly state: State;
  /** How many numbers are moved. */
  protected readonly n: number;
  /** The point, and value and gradient there. */
  protected readonly x: Float64Array;
  protected readonly g: Float64Array;
  protected f = Number.NaN;
  protected readonly bounds: Bounds | undefined;
  protected values = 0;
  protected second = 0;
  readonly #options: MinimizeOptions<S>;
  readonly #steps: number;
  readonly #tolerance: number;
  readonly #ignored: number;
  #step = 0;
  #stopped: MinimizeStopped | undefined;

  /** @param ignored reasons for which a program may not run that are none here @throws BadOption, and what a wrong start throws */
  constructor(state: State, options: MinimizeOptions<S>, ignored = 0) {
    checkCallbacks(options);
    if (options.start === undefined) fail('BadOption', 'start: the point to start from is missing');
    this.state = state;
    this.#options = options;
    this.#steps = whole('steps', options.steps, STEPS);
    this.#tolerance = size('tolerance', options.tolerance, TOLERANCE);
    state.require(ignored | UNSIZED);
    const start = state.startAt(options.start);
    this.x = start.flat.slice();
    this.n = this.x.length;
    this.g = new Float64Array(this.n);
    start.begin(); // its arrays may be the first to tell a length
    state.require(ignored);
    this.bounds = boundsOf(state, this.n, options.lower, options.upper);
    this.#ignored = ignored;
    this.project(this.x);
  }

  /** Value and gradient at the start. */
  protected abstract begin(): void;

  /** One step from `x`; x, f and g are those of its end. @returns false if no step makes f smaller */
  protected abstract advance(): boolean;

  /** Runs to the end in one go. The program is let go of, whatever happens. */
  runSync(): Minimized<S> {
    const release = this.state.hold(this.#ignored);
    try {
      this.begin();
      run(this.#once);
      return this.#result();
    } finally {
      release();
    }
  }

  /** Runs to the end in slices. */
  async runInSlices(): Promise<Minimized<S>> {
    const release = this.state.hold(this.#ignored);
    try {
      this.begin();
      await runInSlices(this.#once);
      return this.#result();
    } finally {
      release();
    }
  }

  /** Value and gradient at a point, which becomes the program's. */
  protected evaluate(x: Float64Array, g: Float64Array): number {
    const { state } = this;
    const { machine } = state;
    machine.point.set(x);
    if (state.limited) state.limit('gradient');
    const value = state.gradient();
    this.values++;
    g.set(machine.adjoint);
    if (state.checked) checkFinite(state, value, true);
    return value;
  }

  /** Moves a point to within the limits. */
  protected project(x: Float64Array): void {
    if (!this.bounds) return;
    const { lower, upper } = this.bounds;
    for (let i = 0; i < x.length; i++) x[i] = Math.min(Math.max(x[i]!, lower[i]!), upper[i]!);
  }

  /** |x − P(x − g)| in its largest element: |g| where there are no limits. */
  protected slope(): number {
    const { x, g, bounds } = this;
    let most = 0;
    for (let i = 0; i < x.length; i++) {
      let d = g[i]!;
      if (bounds) d = x[i]! - Math.min(Math.max(x[i]! - d, bounds.lower[i]!), bounds.upper[i]!);
      if (!(Math.abs(d) <= most)) most = Math.abs(d);
    }
    return most;
  }

  /** 1 where x is at a limit (or nearer than `near`) and f falls beyond it. */
  protected fixed(near = 0): Uint8Array {
    const { x, g, bounds, n } = this;
    const fixed = new Uint8Array(n);
    if (!bounds) return fixed;
    for (let i = 0; i < n; i++)
      if ((x[i]! <= bounds.lower[i]! + near && g[i]! > 0) || (x[i]! >= bounds.upper[i]! - near && g[i]! < 0)) fixed[i] = 1;
    return fixed;
  }

  readonly #once = (): boolean => {
    this.#stopped = this.#next();
    return this.#stopped === undefined;
  };

  #next(): MinimizeStopped | undefined {
    const { progress, signal } = this.#options;
    if (signal?.aborted) return 'aborted';
    if (!(this.f > Number.NEGATIVE_INFINITY)) return 'diverged';
    if (this.slope() <= this.#tolerance) return 'converged';
    if (this.#step >= this.#steps) return 'done';
    if (!this.advance()) return 'stalled';
    this.#step++;
    this.state.machine.point.set(this.x);
    const at = { step: this.#step, steps: this.#steps, value: this.f, slope: this.slope(), evaluations: this.#evaluations() };
    return progress?.(at) === false ? 'callback' : undefined;
  }

  #evaluations() {
    return { values: this.values, second: this.second };
  }

  #result(): Minimized<S> {
    const { state, x, f } = this;
    state.machine.point.set(x);
    const point = Object.fromEntries(state.parameters.map((place) => [place.name, readValue(place, x)])) as Gradient<S>;
    const stopped = this.#stopped ?? 'done';
    const evaluations = this.#evaluations();
    return { point, flat: x.slice(), value: f, slope: this.slope(), steps: this.#step, stopped, evaluations };
  }
}
