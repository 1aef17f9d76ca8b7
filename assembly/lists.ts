// Ops over lists: one node from k elements. Element i lies at a + i·sa (and b + i·sb for dot); `T` is scratch for k numbers.
import * as math from './math';
import { expLanes } from './math/lanes';
import { DOT, LOGSUMEXP, MAX_OF, MEAN, MIN_OF, NORM, PROD, SUM } from './rules';
import { axpy } from './run';
import { BLOCK, dot, dotStrided, MINUS_ZERO, sum } from './sum';

// Squares of numbers beyond 2^±500 might overflow or vanish: those lists are scaled by 2^∓600 first, which is exact.
const HUGE: f64 = 3.273390607896142e150, TINY: f64 = 3.054936363499605e-151;
const SHRINK: f64 = 2.409919865102884e-181, STRETCH: f64 = 4.149515568880993e180;

function largest(k: i32, a: usize, sa: usize): f64 {
  let m = -Infinity;
  if (sa == 8) {
    let m0 = f64x2.splat(-Infinity), m1 = m0;
    for (; k >= 4; k -= 4, a += 32) {
      m0 = f64x2.max(m0, v128.load(a));
      m1 = f64x2.max(m1, v128.load(a, 16));
    }
    m0 = f64x2.max(m0, m1);
    m = max<f64>(f64x2.extract_lane(m0, 0), f64x2.extract_lane(m0, 1));
  }
  for (; k > 0; k--, a += sa) m = max<f64>(m, load<f64>(a));
  return m;
}

function norm(k: i32, a: usize, sa: usize, T: usize): f64 {
  let m: f64 = 0, infinite = false;
  for (let i = 0, p = a; i < k; i++, p += sa) {
    const x = abs<f64>(load<f64>(p));
    infinite = infinite || x == Infinity;
    m = max<f64>(m, x);
  }
  if (infinite) return Infinity; // as hypot, even beside a NaN
  if (m == 0 || m != m) return m;
  if (m >= TINY && m <= HUGE) return sqrt<f64>(sa == 8 ? dot(k, a, a) : dotStrided(k, a, sa, a, sa));
  const s = m > HUGE ? SHRINK : STRETCH;
  for (let i = 0, p = a; i < k; i++, p += sa) store<f64>(T + (<usize>i << 3), load<f64>(p) * s);
  return sqrt<f64>(dot(k, T, T)) / s;
}

/** e to the power x − m, with the rounding error of the difference put back (TwoDiff, Knuth 1969). */
// @ts-ignore: decorator
@inline function expDifference(x: f64, m: f64): f64 {
  const h = x - m, back = h - x, low = x - (h - back) - (m + back), e = math.exp(h);
  return low == low ? e + e * low : e; // x = −∞
}

/** The same of two numbers, with the same bits. */
// @ts-ignore: decorator
@inline export function expDifferences(x: v128, m: v128): v128 {
  const h = f64x2.sub(x, m), back = f64x2.sub(h, x);
  const low = f64x2.sub(f64x2.sub(x, f64x2.sub(h, back)), f64x2.add(m, back)), e = expLanes(h);
  return v128.bitselect(f64x2.add(e, f64x2.mul(e, low)), e, f64x2.eq(low, low));
}

/** Fills T with e to the power x − m and returns their sum; block by block while they are in the cache, the next one over the last unless kept. */
function shifted(k: i32, a: usize, sa: usize, m: f64, T: usize, keep: bool): f64 {
  let total = MINUS_ZERO;
  for (const mm = f64x2.splat(m); k > 0; k -= BLOCK) {
    const n = min<i32>(k, BLOCK);
    let i = 0;
    if (sa == 8) for (; i < n - 1; i += 2, a += 16) v128.store(T + (<usize>i << 3), expDifferences(v128.load(a), mm));
    for (; i < n; i++, a += sa) store<f64>(T + (<usize>i << 3), expDifference(load<f64>(a), m));
    total += sum(n, T);
    if (keep) T += <usize>BLOCK << 3;
  }
  return total;
}

function logsumexp(k: i32, a: usize, sa: usize, T: usize): f64 {
  const m = largest(k, a, sa);
  if (m - m != 0) return m; // ±∞ or NaN
  return m + math.log(shifted(k, a, sa, m, T, false));
}

/** The same, leaving what its derivative is made of: k numbers from T on, and their sum after them. */
export function logsumexpKept(k: i32, a: usize, sa: usize, T: usize): f64 {
  const m = largest(k, a, sa);
  if (m - m != 0) return m;
  const s = shifted(k, a, sa, m, T, true);
  store<f64>(T + (<usize>k << 3), s);
  return m + math.log(s);
}

/** Adds d · t/s to each g + i·sg, t being k numbers from T on. */
export function pullShares(k: i32, d: f64, T: usize, s: f64, g: usize, sg: usize): void {
  if (sg == 8) {
    const ss = f64x2.splat(s), dd = f64x2.splat(d);
    for (; k > 1; k -= 2, T += 16, g += 16) v128.store(g, f64x2.add(v128.load(g), f64x2.mul(dd, f64x2.div(v128.load(T), ss))));
  }
  for (; k > 0; k--, T += 8, g += sg) add(g, d * (load<f64>(T) / s));
}

export function listValue(op: u32, k: i32, a: usize, sa: usize, b: usize, sb: usize, T: usize): f64 {
  switch (op) {
    case SUM: return sa == 8 ? sum(k, a) : dotStrided(k, a, sa, 0, 0);
    case MEAN: return (sa == 8 ? sum(k, a) : dotStrided(k, a, sa, 0, 0)) / <f64>k;
    case DOT: return sa == 8 && sb == 8 ? dot(k, a, b) : dotStrided(k, a, sa, b, sb);
    case PROD: {
      let z: f64 = 1;
      for (; k > 0; k--, a += sa) z *= load<f64>(a);
      return z;
    }
    case MIN_OF: {
      let z: f64 = Infinity;
      for (; k > 0; k--, a += sa) z = min<f64>(z, load<f64>(a));
      return z;
    }
    case MAX_OF: return largest(k, a, sa);
    case NORM: return norm(k, a, sa, T);
    case LOGSUMEXP: return logsumexp(k, a, sa, T);
    default: return NaN;
  }
}

// @ts-ignore: decorator
@inline function add(g: usize, x: f64): void { store<f64>(g, load<f64>(g) + x); }

/** Adds d · ∂z/∂element to each g + i·sg; for dot with respect to the list at a (swap the lists for the other one). */
export function listPull(op: u32, k: i32, d: f64, z: f64, a: usize, sa: usize, b: usize, sb: usize, g: usize, sg: usize, T: usize): void {
  switch (op) {
    case SUM: for (; k > 0; k--, g += sg) add(g, d); return;
    case MEAN: { const p = d * (1 / <f64>k); for (; k > 0; k--, g += sg) add(g, p); return; }
    case DOT:
      if (sb == 8 && sg == 8) axpy(k, d, b, g);
      else for (; k > 0; k--, b += sb, g += sg) add(g, d * load<f64>(b));
      return;
    case PROD: { // all but one, without division: prefixes in T, the suffix on the way back
      let p: f64 = 1;
      for (let i = 0, q = a; i < k; i++, q += sa) { store<f64>(T + (<usize>i << 3), p); p *= load<f64>(q); }
      p = 1;
      for (let i = k - 1; i >= 0; i--) {
        const t = T + (<usize>i << 3);
        store<f64>(t, load<f64>(t) * p);
        p *= load<f64>(a + <usize>i * sa);
      }
      for (let t = T; k > 0; k--, t += 8, g += sg) add(g, d * load<f64>(t));
      return;
    }
    case MIN_OF: case MAX_OF: {
      let ties = 0;
      for (let i = 0, q = a; i < k; i++, q += sa) ties += i32(load<f64>(q) == z);
      const share = z == z ? 1 / <f64>ties : NaN;
      for (; k > 0; k--, a += sa, g += sg) if (load<f64>(a) == z || z != z) add(g, d * share);
      return;
    }
    case NORM: {
      if (z == Infinity) { // ±1/√m for the m infinite ones
        let far = 0;
        for (let i = 0, q = a; i < k; i++, q += sa) far += i32(abs<f64>(load<f64>(q)) == Infinity);
        const share = 1 / sqrt<f64>(<f64>far);
        for (; k > 0; k--, a += sa, g += sg) {
          const x = load<f64>(a);
          add(g, d * (abs<f64>(x) == Infinity ? copysign<f64>(share, x) : x * 0));
        }
        return;
      }
      for (; k > 0; k--, a += sa, g += sg) add(g, d * (z == 0 ? 0 : load<f64>(a) / z));
      return;
    }
    case LOGSUMEXP: {
      const m = largest(k, a, sa);
      if (m == Infinity) { // the infinite ones share equally
        let far = 0;
        for (let i = 0, q = a; i < k; i++, q += sa) far += i32(load<f64>(q) == m);
        for (; k > 0; k--, a += sa, g += sg) add(g, d * (load<f64>(a) == m ? 1 / <f64>far : 0));
        return;
      }
      if (m - m == 0) return pullShares(k, d, T, shifted(k, a, sa, m, T, true), g, sg);
      for (; k > 0; k--, g += sg) add(g, NaN);
      return;
    }
    default: return;
  }
}
