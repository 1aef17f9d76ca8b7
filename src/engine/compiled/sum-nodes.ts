/** Sums in the one order (ARCHITECTURE), as nodes; mirrors assembly/sum.ts. */
import { OP } from '../../ops/vocabulary.ts';
import { SUM_BLOCK } from '../../tape/layout.ts';
import type { Ssa } from './ssa.ts';

/** Σ of these nodes; −0 for none. */
export function sumOf(k: Ssa, terms: readonly number[]): number {
  let total = k.literal(-0);
  for (let from = 0; from < terms.length; from += SUM_BLOCK) {
    const s = new Array<number>(8).fill(k.literal(-0));
    const end = Math.min(terms.length, from + SUM_BLOCK);
    for (let i = from; i < end; i++) s[(i - from) & 7] = k.node(OP.add, s[(i - from) & 7]!, terms[i]!);
    total = k.node(OP.add, total, combined(k, s));
  }
  return total;
}

/** Eight partial sums as one. */
export function combined(k: Ssa, [s0, s1, s2, s3, s4, s5, s6, s7]: readonly number[]): number {
  const add = (x: number, y: number): number => k.node(OP.add, x, y);
  return add(add(add(s0!, s4!), add(s2!, s6!)), add(add(s1!, s5!), add(s3!, s7!)));
}
