// Sums over the iterations of a loop, in the one order, while the iterations run.
//
// A loop that is itself in lanes: per tile the sum over its lanes, tiles ascending. Any other: blocks of 1,024 iterations,
// eight partial sums in a block; in lanes these are rows, one sum per lane:
//
//     sums ─► s0 │ s1 │ … │ s7 │ total │ the same of tangents        each `width` numbers
import { arithmetic } from '../arithmetic';
import { ADD } from '../rules';
import { dotStrided, MINUS_ZERO, sum } from '../sum';
import { bodyRegister, bytes, iteration, iterations, M, tileOf, widthOf, word } from './code';
import { fill, move } from './move';

/** Where those of a SUM lie. */
// @ts-ignore: decorator
@inline export function sumsOf(I: usize): usize { return M + bytes(word(I, 3)); }
// @ts-ignore: decorator
@inline export function tangentSums(B: usize, I: usize): usize { return sumsOf(I) + 9 * bytes(widthOf(B)); }

/** This iteration's share: a, whose lanes lie sa bytes apart. */
export function accumulate(B: usize, L: i32, S: usize, a: usize, sa: usize): void {
  const i = iteration(bodyRegister(B)), w = bytes(widthOf(B));
  if (tileOf(B) > 1) {
    const t = L == 1 ? load<f64>(a) : sa ? sum(L, a) : dotStrided(L, a, 0, 0, 0);
    store<f64>(S, i ? load<f64>(S) + t : t);
    return;
  }
  const at = i & 1023, cell = S + <usize>(at & 7) * w;
  if (at == 0) {
    if (i) combine(B, L, S, i - 1024);
    const n = iterations(B) - i;
    if (n < 8) fill((8 - n) * widthOf(B), S + <usize>n * w, 8, MINUS_ZERO);
  }
  if (at < 8) move(L, cell, 8, a, sa);
  else if (L == 1) store<f64>(cell, load<f64>(cell) + load<f64>(a));
  else arithmetic(ADD, L, cell, cell, true, a, sa != 0);
}

/** The block of iterations from i on is complete. Lanes go in pairs: there are a multiple of eight, or one. */
export function combine(B: usize, L: i32, S: usize, i: i32): void {
  const w = bytes(widthOf(B)), t = S + 8 * w;
  if (L == 1) {
    const x = ((load<f64>(S) + load<f64>(S + 4 * w)) + (load<f64>(S + 2 * w) + load<f64>(S + 6 * w)))
      + ((load<f64>(S + w) + load<f64>(S + 5 * w)) + (load<f64>(S + 3 * w) + load<f64>(S + 7 * w)));
    store<f64>(t, i ? load<f64>(t) + x : x);
    return;
  }
  for (let s = S, e = S + bytes(L); s < e; s += 16) {
    const x = f64x2.add(f64x2.add(v128.load(s), v128.load(s + 4 * w)), f64x2.add(v128.load(s + 2 * w), v128.load(s + 6 * w)));
    const y = f64x2.add(f64x2.add(v128.load(s + w), v128.load(s + 5 * w)), f64x2.add(v128.load(s + 3 * w), v128.load(s + 7 * w)));
    const z = f64x2.add(x, y);
    v128.store(s + 8 * w, i ? f64x2.add(v128.load(s + 8 * w), z) : z);
  }
}

/** All iterations are through: the total, one number per lane of the body around, or `nothing` if there were none. */
export function total(B: usize, L: i32, S: usize, o: usize, nothing: f64): void {
  const n = iterations(B);
  if (n == 0) fill(L, o, 8, nothing);
  else if (tileOf(B) > 1) store<f64>(o, load<f64>(S));
  else {
    combine(B, L, S, (n - 1) & ~1023);
    move(L, o, 8, S + bytes(widthOf(B)) * 8, 8);
  }
}
