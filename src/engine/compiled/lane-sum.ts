/**
 * A reduction over lanes in the one order (ARCHITECTURE): eight partial sums, lane i to sum i mod 8, which are four pairs.
 *
 *     in memory   a cell of 64 bytes: the turn of lanes i, i + 1 adds to its bytes 8·(i mod 8) on
 *     in locals   p₀ p₁ p₂ p₃ ─► p₁ p₂ p₃ p₀ + x: they move on by one place a turn, so that each turn adds to the first
 */
import { I, TYPE, V } from '../../wasm/encode/instructions.ts';
import type { Fn } from '../../wasm/encode/module.ts';
import type { Emitter } from './emit.ts';
import { P } from './ledger.ts';

/** Its partial sums are in a cell, `cell` bytes from local `base`, or in locals. */
export class Sum {
  /** The local with the sum, after `begin`. */
  total = -1;
  readonly #fn: Fn;
  readonly #cell: number | undefined; // bytes from local base
  readonly #base: number;
  readonly #parts: number[]; // locals: the pairs of partial sums, the one that the next turn adds to first

  constructor(fn: Fn, cell: number | undefined, base = P) {
    this.#fn = fn;
    this.#base = base;
    this.#cell = cell;
    this.#parts = cell === undefined ? [0, 1, 2, 3].map(() => fn.local(TYPE.v128)) : [];
  }

  begin(): void {
    this.total = this.#fn.local(TYPE.f64);
    this.#fn.f64(-0);
    this.#fn.set(this.total);
  }

  clear(): void {
    const fn = this.#fn;
    for (let i = 0; i < 4; i++) {
      if (this.#cell !== undefined) fn.get(this.#base);
      fn.f64x2(-0);
      if (this.#cell === undefined) fn.set(this.#parts[i]!);
      else fn.vectorMemory(V.store, this.#cell + 16 * i);
    }
  }

  add(e: Emitter, node: number, cell: number): void {
    const fn = this.#fn;
    const [p0, p1, p2, p3] = this.#parts as [number, number, number, number];
    if (this.#cell !== undefined) {
      const at = this.#cell;
      const before = (): void => {
        fn.get(cell);
        if (e.inLanes) fn.vectorMemory(V.load, at);
        else fn.memory(I.f64Load, at);
      };
      fn.get(cell);
      e.plus(before, node);
      if (e.inLanes) fn.vectorMemory(V.store, at);
      else fn.memory(I.f64Store, at);
    } else if (e.inLanes) {
      e.plus(() => fn.get(p0), node);
      for (const [from, to] of [[p1, p0], [p2, p1], [p3, p2]] as const) { fn.get(from); fn.set(to); } // biome-ignore format: one line
      fn.set(p3);
    } else {
      fn.get(p0);
      fn.get(p0);
      fn.lane(V.f64Extract, 0);
      e.number(node);
      fn.op(I.f64Add);
      fn.lane(V.f64Replace, 0);
      fn.set(p0);
    }
  }
  /** Adds the partial sums of a block to the total; `pairs` turns have been added in the last block, all 512 of it in others. */
  combine(pairs: number, isLast?: () => void): void {
    const fn = this.#fn;
    const shift = pairs & 3;
    if (isLast && shift > 0 && this.#cell === undefined) {
      isLast();
      fn.open(I.if);
      for (const part of this.#parts) fn.get(part);
      for (let i = 3; i >= 0; i--) fn.set(this.#parts[(i + shift) & 3]!);
      fn.op(I.end);
    }
    const part = (i: number): void => {
      if (this.#cell === undefined) return fn.get(this.#parts[isLast ? i : (i - shift) & 3]!);
      fn.get(this.#base);
      fn.vectorMemory(V.load, this.#cell + 16 * i);
    };
    fn.get(this.total);
    pushSum(fn, part);
    fn.op(I.f64Add);
    fn.set(this.total);
  }
}

/** Pushes the sum of eight partial sums, `part` pushing the i-th pair of them. */
export function pushSum(fn: Fn, part: (i: number) => void): void {
  const s = fn.local(TYPE.v128);
  part(0);
  part(2);
  fn.vector(V.f64Add);
  part(1);
  part(3);
  fn.vector(V.f64Add);
  fn.vector(V.f64Add);
  fn.tee(s);
  fn.lane(V.f64Extract, 0);
  fn.get(s);
  fn.lane(V.f64Extract, 1);
  fn.op(I.f64Add);
  fn.release(TYPE.v128, s);
}
