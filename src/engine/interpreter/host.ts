/** What every program in the core has: a way in that a trap on the other side ends, blocks of memory, and views of them. */
import { fail } from '../../errors.ts';
import { roundUp } from '../../wasm/arena.ts';
import type { UpdateRule } from '../engine.ts';
import { F64 } from './block.ts';
import { type Core, type Exports, poison } from './core.ts';

export class Host {
  readonly wasm: Exports;
  readonly core: Core;
  #alive = true;

  constructor(core: Core) {
    this.core = core;
    this.wasm = core.exports;
  }

  /** @throws Disposed, EnginePoisoned */
  check(): void {
    if (!this.#alive) fail('Disposed', 'this program was disposed');
    if (this.core.poisoned) fail('EnginePoisoned', 'the core of this program stopped earlier; compile the program again');
  }

  /** A crossing. A trap on the other side ends that core, not the page. */
  enter<T>(call: () => T): T {
    this.check();
    try {
      return call();
    } catch (cause) {
      poison(this.core, cause);
    }
  }

  view(at: number, length: number): Float64Array {
    return new Float64Array(this.wasm.memory.buffer, at, length);
  }

  /** Gives the blocks back, once. */
  dispose(blocks: readonly number[]): void {
    if (!this.#alive) return;
    this.#alive = false;
    for (const block of blocks) if (block) this.core.arena.give(block);
  }
}

/** A step of each rule, in the core: the gradient, and the update; `first` and `second` are where the rule's state lies. Returns the value. */
export interface Steps {
  momentum(first: number, rate: number, momentum: number): number;
  // biome-ignore format: one signature, one line
  adam(first: number, second: number, rate: number, beta1: number, beta2: number, epsilon: number, c1: number, c2: number): number;
}

export interface Optimizer {
  step(rate: number): number;
  dispose(): void;
}

/** An optimizer's state, beside a program of p parameters. */
export function optimizer(host: Host, p: number, rule: UpdateRule, steps: Steps): Optimizer {
  host.check();
  const { arena } = host.core;
  const first = arena.take(2 * roundUp(p * F64, 64));
  const second = first + roundUp(p * F64, 64);
  let open = true;
  let t = 0;
  return {
    step(rate) {
      if (!open) fail('Disposed', 'this stepper was disposed');
      t += 1;
      if (rule.kind === 'momentum') return host.enter(() => steps.momentum(first, rate, rule.momentum));
      const { beta1, beta2, epsilon } = rule;
      return host.enter(() => steps.adam(first, second, rate, beta1, beta2, epsilon, 1 - beta1 ** t, 1 - beta2 ** t));
    },
    dispose() {
      if (open) arena.give(first);
      open = false;
    },
  };
}
