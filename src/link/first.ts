/**
 * Which contribution to an adjoint is the first in a reverse sweep: it is stored, so that nothing has to be cleared before
 * and nothing is added to −0. Only ops reach adjoints of their own body in this way; all others add.
 */
import type { Instruction } from '../tape/loops/layout.ts';
import type { Active } from './active.ts';
import type { Nest } from './nest.ts';
import { usesOf } from './uses.ts';

export interface First {
  /** Bits by op instruction: operand j is reached first by it. */
  readonly bits: ReadonlyMap<Instruction, number>;
  /** Values whose adjoints need not start as −0. */
  readonly values: Uint8Array;
}

export function firstContributions(nest: Nest, active: Active): First {
  const { tape, home } = nest;
  const bits = new Map<Instruction, number>();
  const values = new Uint8Array(tape.values);
  const uses = tape.bodies.map(() => new Set<number>()); // values that instructions in a body, or in bodies in it, use

  const visit = (body: number): Set<number> => {
    const inside = uses[body]!;
    for (const it of tape.bodies[body]!.code) {
      for (const value of usesOf(it)) inside.add(value);
      if (it.kind === 'region' || it.kind === 'scan') for (const value of visit(it.body)) inside.add(value);
    }
    if (body === 0) return inside; // main is swept once: nothing to gain

    const reached = new Set<number>();
    const run = nest.runs[body]!;
    for (const { value } of run.sums) reached.add(value);
    for (const stack of run.stacks) if ('value' in stack) reached.add(stack.value);
    if (run.kind === 'scan') for (const carry of run.carries) if (carry.kind === 'number') reached.add(carry.next);
    const { code } = tape.bodies[body]!;
    for (let i = code.length - 1; i >= 0; i--) {
      const it = code[i]!;
      if (it.kind === 'op') {
        let mine = 0;
        it.args.forEach((value, j) => {
          if (home[value] !== body || !active.values[value] || reached.has(value)) return;
          reached.add(value);
          if (!active.values[it.out]) return;
          mine |= 1 << j;
          values[value] = 1;
        });
        if (mine) bits.set(it, mine);
        continue;
      }
      for (const value of usesOf(it)) reached.add(value);
      if (it.kind === 'region' || it.kind === 'scan') for (const value of uses[it.body]!) reached.add(value);
    }
    return inside;
  };
  visit(0);
  return { bits, values };
}
