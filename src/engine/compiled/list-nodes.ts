/** Ops over lists as nodes, operation by operation what assembly/lists.ts does to numbers, so that the bits are the same. */
import { OP } from '../../ops/vocabulary.ts';
import type { Ssa } from './ssa.ts';
import { sumOf } from './sum-nodes.ts';

// norm: squares of numbers beyond these might overflow or vanish; such lists are scaled first, which is exact
const HUGE = 3.273390607896142e150;
const TINY = 3.054936363499605e-151;
const SHRINK = 2.409919865102884e-181;
const STRETCH = 4.149515568880993e180;

/** The value of a list op over at least one element. */
export function listValue(k: Ssa, op: number, a: readonly number[], b: readonly number[] | undefined): number {
  const n = k.algebra;
  switch (op) {
    case OP.sum:
      return sumOf(k, a);
    case OP.mean:
      return n.div(sumOf(k, a), n.lit(a.length));
    case OP.dot:
      return sumOf(k, a.map((x, i) => n.mul(x, b![i]!))); // biome-ignore format: one line
    case OP.prod:
      return a.reduce((z, x) => n.mul(z, x));
    case OP.minOf:
      return a.reduce((z, x) => n.min(z, x));
    case OP.maxOf:
      return a.reduce((z, x) => n.max(z, x));
    case OP.norm:
      return norm(k, a);
    default: {
      const m = a.reduce((z, x) => n.max(z, x));
      const isFar = n.ne(n.sub(m, m), n.lit(0)); // ±∞ or NaN
      return n.select(isFar, m, n.add(m, n.log(sumOf(k, shifted(k, a, m)))));
    }
  }
}

function norm(k: Ssa, a: readonly number[]): number {
  const n = k.algebra;
  const sizes = a.map((x) => n.abs(x));
  const m = sizes.reduce((z, x) => n.max(z, x));
  const isInfinite = anyOf(k, sizes.map((x) => n.eq(x, n.lit(Number.POSITIVE_INFINITY)))); // biome-ignore format: one line
  const s = n.select(n.gt(m, n.lit(HUGE)), n.lit(SHRINK), n.lit(STRETCH));
  const squares = (list: readonly number[]): number => sumOf(k, list.map((x) => n.mul(x, x))); // biome-ignore format: one line
  const scaled = n.div(n.sqrt(squares(a.map((x) => n.mul(x, s)))), s);
  const isPlain = both(k, n.ge(m, n.lit(TINY)), n.le(m, n.lit(HUGE)));
  const isNothing = n.select(n.eq(m, n.lit(0)), n.lit(1), n.ne(m, m));
  const usual = n.select(isPlain, n.sqrt(squares(a)), scaled);
  return n.select(isInfinite, n.lit(Number.POSITIVE_INFINITY), n.select(isNothing, m, usual));
}

/** e to the power x − m for each element, the rounding error of the difference put back. */
function shifted(k: Ssa, a: readonly number[], m: number): number[] {
  const n = k.algebra;
  return a.map((x) => {
    const h = n.sub(x, m);
    const back = n.sub(h, x);
    const low = n.sub(n.sub(x, n.sub(h, back)), n.add(m, back));
    const e = n.exp(h);
    return n.select(n.eq(low, low), n.add(e, n.mul(e, low)), e);
  });
}

function anyOf(k: Ssa, conditions: readonly number[]): number {
  const n = k.algebra;
  return conditions.reduce((z, x) => n.select(z, n.lit(1), x));
}

function both(k: Ssa, x: number, y: number): number {
  return k.algebra.select(x, y, k.algebra.lit(0));
}

/** What each element of list j contributes to its adjoint: d · ∂z/∂element. */
export function listPulls(
  k: Ssa,
  op: number,
  j: number,
  d: number,
  z: number,
  a: readonly number[],
  b: readonly number[] | undefined,
): readonly number[] {
  const n = k.algebra;
  const nothing = n.lit(-0); // adding it changes nothing
  switch (op) {
    case OP.sum:
      return a.map(() => d);
    case OP.mean:
      return a.map(() => n.mul(d, n.lit(1 / a.length)));
    case OP.dot:
      return (j === 0 ? b! : a).map((other) => n.mul(d, other));
    case OP.prod: {
      // all but one, without division: prefixes, then the suffix on the way back
      const without: number[] = [];
      let p = n.lit(1);
      for (const x of a) {
        without.push(p);
        p = n.mul(p, x);
      }
      p = n.lit(1);
      for (let i = a.length - 1; i >= 0; i--) {
        without[i] = n.mul(without[i]!, p);
        p = n.mul(p, a[i]!);
      }
      return without.map((t) => n.mul(d, t));
    }
    case OP.minOf:
    case OP.maxOf: {
      const wins = a.map((x) => n.eq(x, z));
      const isNan = n.ne(z, z);
      const share = n.select(isNan, n.lit(Number.NaN), n.div(n.lit(1), countOf(k, wins)));
      const t = n.mul(d, share);
      return wins.map((win) => n.select(n.select(win, n.lit(1), isNan), t, nothing));
    }
    case OP.norm: {
      const isFar = n.eq(z, n.lit(Number.POSITIVE_INFINITY));
      const infinite = a.map((x) => n.eq(n.abs(x), n.lit(Number.POSITIVE_INFINITY)));
      const share = n.div(n.lit(1), n.sqrt(countOf(k, infinite)));
      return a.map((x, i) => {
        const far = n.select(infinite[i]!, n.select(n.lt(x, n.lit(0)), n.neg(share), share), n.mul(x, n.lit(0)));
        const near = n.select(n.eq(z, n.lit(0)), n.lit(0), n.div(x, z));
        return n.mul(d, n.select(isFar, far, near));
      });
    }
    default: {
      const m = a.reduce((most, x) => n.max(most, x));
      const isInfinite = n.eq(m, n.lit(Number.POSITIVE_INFINITY)); // the infinite ones share equally
      const isUsual = n.eq(n.sub(m, m), n.lit(0));
      const parts = shifted(k, a, m);
      const s = sumOf(k, parts);
      const winners = a.map((x) => n.eq(x, m));
      const share = n.div(n.lit(1), countOf(k, winners));
      return parts.map((t, i) => {
        const far = n.select(isInfinite, n.mul(d, n.select(winners[i]!, share, n.lit(0))), n.lit(Number.NaN));
        return n.select(isUsual, n.mul(d, n.div(t, s)), far);
      });
    }
  }
}

/** How many conditions hold. */
function countOf(k: Ssa, conditions: readonly number[]): number {
  return conditions.reduce((z, x) => k.algebra.add(z, x), k.algebra.lit(-0));
}
