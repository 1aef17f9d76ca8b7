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
  if (options.maxSteps !== undefined) checkMost(options.maxSteps);
}
