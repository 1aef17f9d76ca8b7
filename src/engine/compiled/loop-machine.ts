/** A program with loops that runs interpreted first and generated later, for each choice of lengths: the bits do not change. */
import type { Linked } from '../../link/code.ts';
import type { LoopTape } from '../../tape/loops/layout.ts';
import type { Stepper, UpdateRule } from '../engine.ts';
import type { Core } from '../interpreter/core.ts';
import { InterpreterLoopMachine } from '../interpreter/loops.ts';
import { hasLoops, loopsNow, loopsSoon } from './loops/index.ts';
import { loopCallsBefore } from './tier.ts';

export class TieredLoopMachine extends InterpreterLoopMachine {
  readonly #core: Core;
  readonly #now: boolean;
  readonly #isRelaxed: boolean;
  /** What is waited for, and how many calls it still takes; 0: its code is there, or there will be none. */
  #met: Linked | undefined;
  #wait = 0;

  /**
   * @param now generate code at the first call
   * @param isRelaxed with contraction
   * @throws whatever the runtime says to generated code, of fixed lengths at once
   */
  constructor(core: Core, tape: LoopTape, link: (lengths: readonly number[]) => Linked, now: boolean, isRelaxed: boolean) {
    super(core, tape, link);
    this.#core = core;
    this.#now = now;
    this.#isRelaxed = isRelaxed;
    if (now) this.#count();
  }

  override forward(): number {
    this.#count();
    return super.forward();
  }

  override gradient(): number {
    this.#count();
    return super.gradient();
  }

  override stepper(rule: UpdateRule): Stepper {
    const { step, dispose } = super.stepper(rule);
    return {
      step: (rate, rows, reduce) => {
        this.#count();
        return step(rate, rows, reduce);
      },
      dispose,
    };
  }

  #count(): void {
    const { linked } = this;
    if (linked !== this.#met) {
      this.#met = linked;
      this.#wait = !linked || this.isCompiled ? 0 : this.#now || hasLoops(linked, this.#isRelaxed) ? 1 : loopCallsBefore(linked);
    }
    if (this.#wait > 0 && --this.#wait === 0) this.#compile(linked!);
  }

  #compile(linked: Linked): void {
    try {
      this.adopt(loopsNow(linked, this.#core, this.#isRelaxed));
    } catch (cause) {
      if (this.#now) throw cause;
      // no code at once on this thread, or none at all: then this program stays as it is
      loopsSoon(linked, this.#core, this.#isRelaxed).then(
        (sweeps) => {
          if (!this.#core.poisoned && this.linked === linked) this.adopt(sweeps);
        },
        () => {},
      );
    }
  }
}
