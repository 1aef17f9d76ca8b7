/**
 * Contributions to neighbours, as differences x[i + 1] − x[i] make them: in each lane some to the number after the lane's own,
 * then some to its own. Lane by lane each number would be written twice, and read where it was just written.
 *
 *     lanes          0 1      2 3      4 5
 *     before   ▓▓  ─► ▓ ▓  ─►  ▓ ▓  ─►  ▓ ▓      moved on by one place: the last of a pair is carried to the next
 *     own            ░ ░      ░ ░      ░ ░
 *     adjoints       0 1      2 3      4 5   6 ◄─ what is carried in the end
 *
 * Each number gets what it gets in the same order.
 */
import { I, TYPE, V } from '../../wasm/encode/instructions.ts';
import type { Fn } from '../../wasm/encode/module.ts';
import type { Emitter } from './emit.ts';
import type { Effect } from './lane-loop.ts';
import { F64, P } from './ledger.ts';

const { v128 } = TYPE;

type Shifted = Extract<Effect, { kind: 'addShifted' }>;

/** Lane 1 of the first, lane 0 of the second. */
export const ACROSS = [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23];

export class Shift {
  readonly #fn: Fn;
  readonly #effect: Shifted;
  /** Local of each number carried, in lane 1. */
  readonly #carried: readonly number[];

  constructor(fn: Fn, effect: Shifted) {
    this.#fn = fn;
    this.#effect = effect;
    this.#carried = effect.before.map(() => fn.local(v128));
  }

  /** Before the first lane: what is in memory already, where the loop does not read it, and nothing. */
  begin(): void {
    const fn = this.#fn;
    const { at, isFirst } = this.#effect;
    this.#carried.forEach((local, i) => {
      if (i === 0 && isFirst) {
        fn.get(P);
        fn.memory(I.f64Load, at);
        fn.vector(V.f64Splat);
      } else fn.f64x2(-0);
      fn.set(local);
    });
  }

  /** The turn of a pair, or of the last lane. */
  add(e: Emitter): void {
    const fn = this.#fn;
    const { before, own, at, isFirst } = this.#effect;
    const given = before.map((node) => {
      const local = fn.local(v128);
      e.number(node);
      if (!e.inLanes) fn.vector(V.f64Splat);
      fn.set(local);
      return local;
    });
    fn.get(P);
    e.advance(F64);
    if (!isFirst) e.load(P, at, F64);
    const plus = (): void => (e.inLanes ? fn.vector(V.f64Add) : fn.op(I.f64Add));
    this.#carried.forEach((carried, i) => {
      fn.get(carried);
      if (e.inLanes) {
        fn.get(given[i]!);
        fn.shuffle(ACROSS);
      } else fn.lane(V.f64Extract, 1);
      if (i > 0 || !isFirst) plus();
    });
    for (const node of own) {
      e.number(node);
      plus();
    }
    if (e.inLanes) fn.vectorMemory(V.store, at);
    else fn.memory(I.f64Store, at);
    given.forEach((local, i) => {
      fn.get(local);
      fn.set(this.#carried[i]!);
      fn.release(v128, local);
    });
  }

  /** After the last of n lanes. */
  end(n: number): void {
    const fn = this.#fn;
    const { at, isFirst } = this.#effect;
    const last = at + n * F64;
    fn.get(P);
    if (!isFirst) {
      fn.get(P);
      fn.memory(I.f64Load, last);
    }
    this.#carried.forEach((carried, i) => {
      fn.get(carried);
      fn.lane(V.f64Extract, 1);
      if (i > 0 || !isFirst) fn.op(I.f64Add);
    });
    fn.memory(I.f64Store, last);
  }
}

/** The effects, with such neighbours as one. Of n lanes. */
export function shifted(effects: readonly Effect[], n: number): readonly Effect[] {
  const ordered = effects.filter(({ kind }) => kind === 'add' || kind === 'addGathered');
  const merged = new Map<Effect, Effect | undefined>();
  for (let i = 0; i + 1 < ordered.length; i++) {
    const [first, second] = [ordered[i]!, ordered[i + 1]!];
    if (first.kind !== 'add' || second.kind !== 'add') continue;
    if (first.stride !== 1 || second.stride !== 1 || first.base !== second.base + 1) continue;
    const end = second.base + n; // gets what is carried in the end, after all that comes later in the turns
    if (ordered.slice(i + 2).some((later) => mayReach(later, end, n))) continue;
    const { base: _base, nodes: own, at } = second;
    merged.set(first, undefined);
    merged.set(second, { kind: 'addShifted', before: first.nodes, own, at, isFirst: first.isFirst });
    i++;
  }
  return effects.flatMap((effect) => (merged.has(effect) ? (merged.get(effect) ?? []) : effect));
}

function mayReach(effect: Effect, slot: number, n: number): boolean {
  if (effect.kind !== 'add') return true;
  const last = effect.base + (n - 1) * effect.stride;
  return Math.min(effect.base, last) <= slot && slot <= Math.max(effect.base, last);
}
