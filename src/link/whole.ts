/**
 * Arrays of main all of whose adjoints a product reaches first in a reverse sweep, as weights are: it stores them, so they need
 * not be cleared. If nothing else reaches them, and they are parameters, an outer product (a batch of one) leaves them as they
 * are handed out, with +0 added; it looks for NaN as it goes. What is left of a pass over all weights is then one, not three.
 */
import type { Instruction, View2 } from '../tape/loops/layout.ts';
import { placesIn, resultsOf } from '../tape/loops/parts.ts';
import type { Active } from './active.ts';
import type { Order } from './fuse.ts';
import type { Merged } from './merge.ts';
import type { Nest } from './nest.ts';
import { usesOf } from './uses.ts';

export interface Whole {
  /** Bits by product: bit j: it is the first to reach operand j, all of it; bit 2 + j: and it settles what it stores. */
  readonly bits: ReadonlyMap<Instruction, number>;
  /** Arrays that need not be cleared, and those that need not be settled. */
  readonly stored: ReadonlySet<number>;
  readonly settled: ReadonlySet<number>;
}

type Contract = Extract<Instruction, { kind: 'contract' }>;

/** Shorter arrays are cleared with what is around them. */
const LONG = 256;

export function wholeArrays(nest: Nest, active: Active, order: Order, merged: Merged): Whole {
  const { tape, sizes } = nest;
  const bits = new Map<Instruction, number>();
  const [stored, settled] = [new Set<number>(), new Set<number>()];
  const size = (array: number): number => sizes[tape.blocks[array]!.size]!;
  const arrayOf = new Map<number, number>(); // of numbers that are read where they lie
  for (const { code } of tape.bodies)
    for (const it of code) if (it.kind === 'load' && nest.inputs.aliases.has(it.out)) arrayOf.set(it.out, it.from.array);

  /** Arrays that an instruction has to do with, those of the body it runs included; an array as often as it is met. */
  const meets = (it: Instruction, arrays: number[] = []): number[] => {
    if (it.kind === 'load' && arrayOf.has(it.out)) return arrays; // met where the number is used
    for (const { array } of placesIn(it)) arrays.push(array);
    arrays.push(...resultsOf(it).arrays);
    for (const value of usesOf(it)) if (arrayOf.has(value)) arrays.push(arrayOf.get(value)!);
    if (it.kind === 'region' || it.kind === 'scan') for (const inner of tape.bodies[it.body]!.code) meets(inner, arrays);
    return arrays;
  };

  const met = new Map<number, number>(); // how often, so far
  const count = (array: number): void => void met.set(array, (met.get(array) ?? 0) + 1);
  // seeds are written to adjoints of outputs, and arrays that lie in others are met with them
  for (const { from } of tape.outputs) {
    if ('array' in from) count(from.array);
    else if (arrayOf.has(from.value)) count(arrayOf.get(from.value)!);
  }
  for (const [array, { into }] of merged.arrays) [array, into].forEach(count);

  const candidates: { it: Contract; j: number; array: number }[] = [];
  const { code, pre, fused } = order;
  for (const it of [...code.slice(fused).reverse(), ...code.slice(pre, fused), ...code.slice(0, pre).reverse()]) {
    if (it.kind === 'contract' && active.arrays[it.array] === 1 && sizes[it.m]! * sizes[it.n]! * sizes[it.k]! > 0)
      for (const [j, view] of [it.a, it.b].entries()) {
        const { array } = view.from;
        const [rows, cols] = j === 0 ? [it.m, it.k] : [it.k, it.n];
        const { kind, body } = tape.blocks[array]!;
        if (met.has(array) || kind === 'data' || body !== 0 || !active.arrays[array] || size(array) < LONG) continue;
        if (!isWhole(view, sizes[rows]!, sizes[cols]!, size(array), sizes) || (j === 1 && it.a.from.array === array)) continue;
        bits.set(it, (bits.get(it) ?? 0) | (1 << j));
        stored.add(array);
        candidates.push({ it, j, array });
      }
    meets(it).forEach(count);
  }
  for (const { it, j, array } of candidates) {
    const isOuter = sizes[j === 0 ? it.n : it.m] === 1;
    if (!isOuter || tape.blocks[array]!.kind !== 'param' || met.get(array) !== 1) continue;
    bits.set(it, bits.get(it)! | (4 << j));
    settled.add(array);
  }
  return { bits, stored, settled };
}

/** Does a view go through every element of its array, and through each once? */
function isWhole({ from, rowBy, colBy }: View2, rows: number, cols: number, size: number, sizes: Float64Array): boolean {
  const { base, terms, picks } = from.at;
  if (sizes[base] !== 0 || terms.length + picks.length > 0 || rows * cols !== size) return false;
  const isBy = (id: number, by: number, extent: number): boolean => extent === 1 || sizes[id] === by;
  return (
    (isBy(rowBy, cols, rows) && isBy(colBy, 1, cols)) || //
    (isBy(rowBy, 1, rows) && isBy(colBy, rows, cols))
  );
}

/** What is left of 0 … n − 1: pairs of a first number and how many. */
export function without(n: number, holes: readonly (readonly [at: number, size: number])[]): number[] {
  const ranges: number[] = [];
  let at = 0;
  for (const [from, size] of [...holes].sort(([a], [b]) => a - b)) {
    if (from > at) ranges.push(at, from - at);
    at = from + size;
  }
  if (n > at) ranges.push(at, n - at);
  return ranges;
}
