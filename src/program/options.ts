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
   * products; and generated code may round x·y + z once and not twice, where the runtime has relaxed SIMD (Node from 22 on).
   * It pays where a loop of your own adds up many terms, for a chain of 1,000 additions becomes one sum (Rosenbrock in 1,000
   * dimensions, number by number: 2.4 ─► 1.8 µs on Node 20, 2.3 ─► 1.5 on Node 24); others may take a few per
   * cent longer. The loops of `sum`, `map` and `scan` are only rounded differently. Default false.
   *
   * What it gives up: the same bits. They may differ from engine to engine, from runtime to runtime, from lane to lane, and from
   * one call to a later one, when code has been generated in the meantime, or `gradient` is called and not `value`. Where all
   * that is computed is finite, with and without it, results differ by rounding: of what cancels, a difference that is exactly 0
   * may be as large as a rounding error and negative, and its square root NaN. Where something becomes infinite or NaN, −0, or
   * meets a kink or jump, both value and derivative may be other ones: log(exp(x)) is x, √(x²) is |x|, x·0 + y is y, x/z and y/z
   * are x·(1/z) and y·(1/z) although 1/z is infinite where |z| < 5·10⁻³⁰⁹, and a sum may become infinite on its way.
   *
   * It holds for whatever is made of the program (`over`, second derivatives), and for derivatives inside of it. In
   * `Program.fromBytes` it is about rounding alone, as the bytes have the sums in one order or another; modules of `toWasm` never
   * round x·y + z once; `record` has no such option.
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
