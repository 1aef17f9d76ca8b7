/**
 * The loop that optimisers with a step in the core share: which rows, which rate, one crossing, who wants to stop.
 */
import type { Stepper, UpdateRule } from '../engine/engine.ts';
import { checkFinite } from '../program/finite.ts';
import { readValue } from '../program/marshal.ts';
import type { Gradient, Inputs } from '../program/signature.ts';
import { type Start, type State, UNBOUND, UNSIZED } from '../program/state.ts';
import type { Dealer } from './dealer.ts';
import type { Options, Result, Schedule, Stopped } from './options.ts';
import { run, runInSlices } from './slices.ts';

/** Everything decided before the first step. */
export interface Plan extends Pick<Options<Inputs>, 'progress' | 'signal' | 'history'> {
  readonly state: State;
  readonly rule: UpdateRule;
  readonly start: Start;
  readonly rate: Schedule;
  readonly steps: number;
  readonly tolerance: number; // 0: no test
  readonly dealer: Dealer | undefined; // absent: what is bound
}

export class Descent {
  readonly #plan: Plan;
  readonly #stepper: Stepper;
  readonly #before: Float64Array | undefined; // the point a step began with, where it may have to be taken back
  readonly #history: number[] = [];
  readonly #release: () => void;
  #stopped: Stopped | undefined;
  #step = 0;
  #epoch = 1;
  #dealt = 0; // rows of this epoch so far
  #total = 0; // the sum of their values

  /** @throws Disposed, Reentrant, SeveralOutputs, DataMissing, OutOfMemory */
  constructor(plan: Plan) {
    const { state, rule, start, dealer, tolerance } = plan;
    this.#plan = plan;
    this.#release = state.hold(dealer === undefined ? 0 : UNBOUND | UNSIZED);
    try {
      start.begin();
      this.#stepper = state.machine.stepper(rule);
    } catch (error) {
      this.#release();
      throw error;
    }
    state.machine.point.set(start.flat);
    if (tolerance > 0 || state.checked) this.#before = new Float64Array(start.flat.length);
  }

  /** Runs to the end in one go. */
  run(): void {
    run(this.#goOn);
  }

  /** Runs to the end in slices. */
  runInSlices(): Promise<void> {
    return runInSlices(this.#goOn);
  }

  /** What was reached. */
  result<S extends Inputs>(): Result<S> {
    const { state, history } = this.#plan;
    const flat = state.machine.point.slice();
    const point = Object.fromEntries(state.parameters.map((place) => [place.name, readValue(place, flat)])) as Gradient<S>;
    const result = { point, flat, value: this.#value(), steps: this.#step, stopped: this.#stopped ?? 'done' };
    return history ? { ...result, history: Float64Array.from(this.#history) } : result;
  }

  /** Lets go of the program, whatever happened. */
  end(): void {
    this.#stepper.dispose();
    this.#release();
  }

  readonly #goOn = (): boolean => {
    this.#stopped = this.#once();
    return this.#stopped === undefined;
  };

  #once(): Stopped | undefined {
    const { state, steps, tolerance, progress, signal, history } = this.#plan;
    const { machine, reduce } = state;
    if (signal?.aborted) return 'aborted';
    const rate = this.#plan.rate(this.#step);
    const rows = this.#deal();
    this.#before?.set(machine.point);
    if (state.limited) state.limit('gradient');
    const value = this.#stepper.step(rate, state.lanes ? rows : 0, reduce);

    // value and gradient are those of the point before the step; where they end it, the step is taken back
    const settled = tolerance > 0 && vanishes(machine.adjoint, tolerance);
    const broken = state.checked && !(Number.isFinite(value) && machine.adjoint.every(Number.isFinite));
    if (this.#before && (settled || broken)) machine.point.set(this.#before);
    if (broken) checkFinite(state, value, true);
    if (settled) return 'converged';

    this.#step++;
    this.#dealt += rows;
    this.#total += reduce === 'mean' ? rows * value : value;
    if (history) this.#history.push(value);
    const goOn = progress?.({ step: this.#step, steps, epoch: this.#epoch, value, rate });
    if (Number.isNaN(value)) return 'diverged';
    if (this.#step >= steps) return 'done';
    return goOn === false ? 'callback' : undefined;
  }

  /** Puts the rows of the next step in place; returns how many. */
  #deal(): number {
    const { state, dealer } = this.#plan;
    if (!dealer) return state.rows;
    if (dealer.fresh && this.#step > 0) {
      this.#epoch++;
      this.#dealt = 0;
      this.#total = 0;
    }
    return dealer.deal();
  }

  #value(): number {
    const { state, dealer } = this.#plan;
    if (!dealer) return state.forward();
    return state.reduce === 'mean' || this.#dealt === 0 ? this.#total / this.#dealt : this.#total;
  }
}

/** No |element| above the tolerance; leaves at the first that is, so that it costs nothing until the end is near. */
function vanishes(gradient: Float64Array, tolerance: number): boolean {
  for (let i = 0; i < gradient.length; i++) if (!(Math.abs(gradient[i]!) <= tolerance)) return false;
  return true;
}
