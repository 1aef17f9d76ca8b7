/** Options of programs and of their calls. */
import { checkEngine, type EngineChoice } from '../engine/choose.ts';
import { fail } from '../errors.ts';
import { show } from '../graph/show.ts';
import { checkMost } from './steps.ts';

/** How programs are made and run. */
export interface ProgramOptions {
  /** Default 'auto': WebAssembly where it is allowed, else plain JavaScript. */
  readonly engine?: EngineChoice;
  /** 'nan': every evaluation whose value or gradient is not finite throws NonFinite, naming the node where it began. */
  readonly check?: 'nan';
  /**
   * The most steps that a sweep may take: an evaluation that would take more throws StepLimit instead of beginning. A
   * value takes about as many steps as operations and elements of lists in it, a gradient twice as many. Default: no limit.
   */
  readonly maxSteps?: number;
  /**
   * Computes with the rules of real numbers: sums in another order, common factors taken out, x/c as x·(1/c), small powers as
   * products. Meant for finite numbers: results differ from those without it by rounding; where something becomes infinite or NaN
   * they may differ altogether. It pays where a loop of your own adds up many terms, for a chain of 1,000 additions becomes one sum
   * (Rosenbrock in 1,000 dimensions, number by number: 2.4 ─► 1.8 µs). Programs with loops, which add in lanes anyway, stay as they
   * are. Default false.
   *
   * @example
   * import { compile, vector } from 'wengert';
   * const f = compile({ x: vector(100) }, ({ x }) => [...x].reduce((sum, xi) => sum.add(xi.square())), { fastMath: true });
   * f.value({ x: new Float64Array(100).fill(1) }); // 100
   */
  readonly fastMath?: boolean;
}

/** Options of a single call. */
export interface CallOptions {
  /** The most steps that this call may take, in place of what the program was compiled with. */
  readonly maxSteps?: number;
}

/** @throws BadOption */
export function checkOptions(options: ProgramOptions): void {
  checkEngine(options.engine ?? 'auto');
  if (options.check !== undefined && options.check !== 'nan')
    fail('BadOption', `check: expected 'nan', got ${show(options.check)}`);
  if (options.fastMath !== undefined && typeof options.fastMath !== 'boolean')
    fail('BadOption', `fastMath: expected true or false, got ${show(options.fastMath)}`);
  if (options.maxSteps !== undefined) checkMost(options.maxSteps);
}
