// Numbers from place to place, n of them, each list with its own stride in bytes; and their adjoints back.
import { pullSum } from '../arithmetic';
import { dotStrided, sum } from '../sum';

/** o[i] = a[i]; a stride of 0 spreads one number. */
export function move(n: i32, o: usize, so: usize, a: usize, sa: usize): void {
  if (so == 8) {
    if (sa == 8) {
      for (; n > 1; n -= 2, o += 16, a += 16) v128.store(o, v128.load(a));
    } else if (sa == 0) {
      for (const x = v128.load64_splat(a); n > 1; n -= 2, o += 16) v128.store(o, x);
    }
  }
  for (; n > 0; n--, o += so, a += sa) store<f64>(o, load<f64>(a));
}

/** n numbers become x. */
export function fill(n: i32, o: usize, so: usize, x: f64): void {
  for (; n > 0; n--, o += so) store<f64>(o, x);
}

/** Adds d[i] to g[i]; where g is one number for all (stride 0) their sum in the one order, once. */
export function hand(n: i32, g: usize, sg: usize, d: usize, sd: usize): void {
  if (n > 1) {
    if (sg == 0) return add(g, sd == 8 ? sum(n, d) : dotStrided(n, d, sd, 0, 0));
    if (sg == 8 && sd == 8) return pullSum(n, d, g, false, false);
  }
  for (; n > 0; n--, g += sg, d += sd) add(g, load<f64>(d));
}

// @ts-ignore: decorator
@inline export function add(g: usize, x: f64): void { store<f64>(g, load<f64>(g) + x); }
