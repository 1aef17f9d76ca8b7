/**
 * A tape in the core that runs interpreted first and generated later: after so many calls that compiling pays, or at once.
 * The bits do not change. What the generated code does not do (seeds, tangents, all values, gates) stays with the core.
 */
import type { Tape } from '../../tape/layout.ts';
import type { Hot, RowReduce } from '../engine.ts';
import type { Core, Exports } from '../interpreter/core.ts';
import { poison } from '../interpreter/core.ts';
import { InterpreterMachine } from '../interpreter/machine.ts';
import { codeNow, codeSoon, type FlatCode, hasCode } from './code.ts';
import { callsBefore, paysToCompile } from './tier.ts';

/** Interpreted, so many rows take as long as a call without rows. */
const ROWS_A_CALL = 4;

export class TieredMachine extends InterpreterMachine {
  // what runs the sweeps of a call, of the core or generated; looking them up among the exports of a module would take longer than they do
  #evaluate!: FlatCode['evaluate'];
  #gradient!: FlatCode['gradient'];
  #code: FlatCode | undefined;
  #steps: Pick<Exports, 'stepMomentum' | 'stepAdam'> | undefined;
  readonly #isRelaxed: boolean;
  /** Calls until the code is generated; 0: it is there, or there will be none. */
  #wait: number;
  /** Once code is there; renewed after memory grew. */
  hot: Hot | undefined;
  /** Steps are counted by the core only. */
  #isCounting = false;

  /**
   * @param now generate code at once; what cannot be is interpreted
   * @param isRelaxed with contraction
   * @throws whatever the runtime says to generated code
   */
  constructor(core: Core, tape: Tape, now: boolean, isRelaxed: boolean) {
    super(core, tape);
    this.#isRelaxed = isRelaxed;
    this.#run(core.exports);
    const pays = paysToCompile(tape);
    this.#wait = !pays || now ? 0 : hasCode(tape, this.offsets, isRelaxed) ? 1 : callsBefore(tape);
    if (pays && now) this.#adopt(codeNow(tape, this.offsets, core, isRelaxed));
  }

  override forward(): number {
    this.host.check();
    if (this.#wait > 0) this.#count();
    try {
      return this.#evaluate(this.P);
    } catch (cause) {
      poison(this.core, cause);
    }
  }

  override gradient(): number {
    this.host.check();
    if (this.#wait > 0) this.#count();
    if (this.hot?.point.length === 0) this.#heat();
    try {
      return this.#gradient(this.P);
    } catch (cause) {
      poison(this.core, cause);
    }
  }

  /** Generated code leaves inputs, outputs and adjoints in memory, and not the values between: the core computes them again. */
  override reverse(seeds?: Float64Array): void {
    this.#complete();
    super.reverse(seeds);
  }

  override values(): Float64Array {
    this.#complete();
    return super.values();
  }

  override countSteps(on: boolean): void {
    super.countSteps(on);
    this.#isCounting = on;
    this.#run(on ? this.wasm : (this.#code ?? this.wasm));
  }

  protected override steppers(rows: number): Pick<Exports, 'stepMomentum' | 'stepAdam'> {
    if (this.#isCounting) return this.wasm;
    if (this.#wait > 0) this.#count(Math.max(1, rows / ROWS_A_CALL));
    const code = this.#code;
    return code && (rows === 0 || code.gradientRows) ? (this.#steps ??= this.#stepsBy(code)) : this.wasm;
  }

  /** A gradient by generated code and an update by the core. Not one function of a module: to call one of another signature, the runtime compiles 0.15 ms longer. */
  #stepsBy({ gradient, gradientRows }: FlatCode): Pick<Exports, 'stepMomentum' | 'stepAdam'> {
    const { wasm, tape, offsets } = this;
    const { p } = tape;
    const value = (P: number, n: number, mean: boolean): number => (n > 0 ? gradientRows!(P, n, Number(mean)) : gradient(P));
    return {
      stepMomentum: (P, n, mean, velocity, rate, momentum) => {
        const z = value(P, n, mean);
        wasm.momentumStep(p, P + offsets.values, P + offsets.adjoints, velocity, rate, momentum);
        return z;
      },
      stepAdam: (P, n, mean, m, v, rate, beta1, beta2, epsilon, c1, c2) => {
        const z = value(P, n, mean);
        wasm.adamStep(p, P + offsets.values, P + offsets.adjoints, m, v, rate, beta1, beta2, epsilon, c1, c2);
        return z;
      },
    };
  }

  override forwardRows(rows: number, reduce: RowReduce): number {
    const code = this.#codeForRows(rows);
    if (!code?.forwardRows) return super.forwardRows(rows, reduce);
    this.checkRows(rows);
    return this.host.enter(() => code.forwardRows!(this.P, rows, Number(reduce === 'mean')));
  }

  override gradientRows(rows: number, reduce: RowReduce): number {
    const code = this.#codeForRows(rows);
    if (!code?.gradientRows) return super.gradientRows(rows, reduce);
    this.checkRows(rows);
    return this.host.enter(() => code.gradientRows!(this.P, rows, Number(reduce === 'mean')));
  }

  #codeForRows(rows: number): FlatCode | undefined {
    if (this.#isCounting) return undefined;
    if (this.#wait > 0) this.#count(Math.max(1, rows / ROWS_A_CALL));
    return this.#code;
  }

  #complete(): void {
    if (this.#code) this.host.enter(() => this.wasm.evaluate(this.P));
  }

  #count(calls = 1): void {
    this.#wait -= calls;
    if (this.#wait > 0) return;
    try {
      this.#adopt(codeNow(this.tape, this.offsets, this.core, this.#isRelaxed));
    } catch {
      // no code at once on this thread, or none at all: then this program stays as it is
      const adopt = (code: FlatCode): void => {
        if (!this.core.poisoned) this.#adopt(code);
      };
      codeSoon(this.tape, this.offsets, this.core, this.#isRelaxed).then(adopt, () => {});
    }
  }

  #adopt(code: FlatCode): void {
    this.#code = code;
    if (!this.#isCounting) this.#run(code);
  }

  #run({ evaluate, gradient }: Pick<FlatCode, 'evaluate' | 'gradient'>): void {
    this.#evaluate = evaluate;
    this.#gradient = gradient;
    this.#heat();
  }

  #heat(): void {
    const isUsual = this.#code?.gradient === this.#gradient && this.tape.p > 0;
    const { point, adjoint, P, core } = this;
    this.hot = isUsual ? { point, adjoint, run: this.#gradient, P, core, isCertain: true } : undefined;
  }
}
