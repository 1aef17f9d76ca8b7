// Sums in the one order of ARCHITECTURE.md: blocks of 1,024; in a block eight partial sums, element i to sum i mod 8,
// each starting at −0, combined as ((s0+s4)+(s2+s6))+((s1+s5)+(s3+s7)). Four f64x2 registers hold the eight, so the
// order is also the fast one: four additions in flight.

export const BLOCK: i32 = 1024;
export const MINUS_ZERO: f64 = -0.0;
const CELLS = memory.data(64, 16);
const PAIRS = memory.data(128, 16);

// @ts-ignore: decorator
@inline function combine(s01: v128, s23: v128, s45: v128, s67: v128): f64 {
  const s0415 = f64x2.add(s01, s45), s2637 = f64x2.add(s23, s67), s = f64x2.add(s0415, s2637);
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
}

/** The block's rest (fewer than 8 elements) goes through memory. */
function combineRest(s01: v128, s23: v128, s45: v128, s67: v128, n: i32, a: usize, sa: usize, b: usize, sb: usize): f64 {
  v128.store(CELLS, s01); v128.store(CELLS, s23, 16); v128.store(CELLS, s45, 32); v128.store(CELLS, s67, 48);
  for (let p = CELLS; n > 0; n--, p += 8, a += sa, b += sb) {
    const x = load<f64>(a);
    store<f64>(p, load<f64>(p) + (b ? x * load<f64>(b) : x));
  }
  return combine(v128.load(CELLS), v128.load(CELLS, 16), v128.load(CELLS, 32), v128.load(CELLS, 48));
}

/** Σ x over n contiguous numbers. */
export function sum(n: i32, a: usize): f64 {
  let total = MINUS_ZERO;
  for (; n > 0; n -= BLOCK) {
    const zero = f64x2.splat(MINUS_ZERO);
    let s01 = zero, s23 = zero, s45 = zero, s67 = zero, m = min<i32>(n, BLOCK);
    for (; m >= 8; m -= 8, a += 64) {
      s01 = f64x2.add(s01, v128.load(a)); s23 = f64x2.add(s23, v128.load(a, 16));
      s45 = f64x2.add(s45, v128.load(a, 32)); s67 = f64x2.add(s67, v128.load(a, 48));
    }
    total += m ? combineRest(s01, s23, s45, s67, m, a, 8, 0, 0) : combine(s01, s23, s45, s67);
  }
  return total;
}

/** Σ x·y over n contiguous pairs. */
export function dot(n: i32, a: usize, b: usize): f64 {
  let total = MINUS_ZERO;
  for (; n > 0; n -= BLOCK) {
    const zero = f64x2.splat(MINUS_ZERO);
    let s01 = zero, s23 = zero, s45 = zero, s67 = zero, m = min<i32>(n, BLOCK);
    for (; m >= 8; m -= 8, a += 64, b += 64) {
      s01 = f64x2.add(s01, f64x2.mul(v128.load(a), v128.load(b))); s23 = f64x2.add(s23, f64x2.mul(v128.load(a, 16), v128.load(b, 16)));
      s45 = f64x2.add(s45, f64x2.mul(v128.load(a, 32), v128.load(b, 32))); s67 = f64x2.add(s67, f64x2.mul(v128.load(a, 48), v128.load(b, 48)));
    }
    total += m ? combineRest(s01, s23, s45, s67, m, a, 8, b, 8) : combine(s01, s23, s45, s67);
  }
  return total;
}

/** Both derivatives of a product of a row x and one number w in one pass: g += d·w (g = d·w if `first`), returns Σ d·x. */
export function dotAndScale(n: i32, d: usize, x: usize, w: f64, g: usize, first: bool): f64 {
  const t = f64x2.splat(w);
  let total = MINUS_ZERO;
  for (; n > 0; n -= BLOCK) {
    const zero = f64x2.splat(MINUS_ZERO);
    let s01 = zero, s23 = zero, s45 = zero, s67 = zero, m = min<i32>(n, BLOCK);
    for (; m >= 8; m -= 8, d += 64, x += 64, g += 64) {
      const d0 = v128.load(d), d1 = v128.load(d, 16), d2 = v128.load(d, 32), d3 = v128.load(d, 48);
      s01 = f64x2.add(s01, f64x2.mul(d0, v128.load(x))); s23 = f64x2.add(s23, f64x2.mul(d1, v128.load(x, 16)));
      s45 = f64x2.add(s45, f64x2.mul(d2, v128.load(x, 32))); s67 = f64x2.add(s67, f64x2.mul(d3, v128.load(x, 48)));
      let g0 = f64x2.mul(d0, t), g1 = f64x2.mul(d1, t), g2 = f64x2.mul(d2, t), g3 = f64x2.mul(d3, t);
      if (!first) {
        g0 = f64x2.add(v128.load(g), g0); g1 = f64x2.add(v128.load(g, 16), g1);
        g2 = f64x2.add(v128.load(g, 32), g2); g3 = f64x2.add(v128.load(g, 48), g3);
      }
      v128.store(g, g0); v128.store(g, g1, 16); v128.store(g, g2, 32); v128.store(g, g3, 48);
    }
    if (m) {
      total += combineRest(s01, s23, s45, s67, m, d, 8, x, 8);
      for (; m > 0; m--, d += 8, g += 8) store<f64>(g, first ? load<f64>(d) * w : load<f64>(g) + load<f64>(d) * w);
    } else total += combine(s01, s23, s45, s67);
  }
  return total;
}

/** Σ d·x and Σ d·y side by side, n a multiple of 8 and at most a block: eight sums in flight, one combination for both. */
export function dotTwo(n: i32, d: usize, x: usize, y: usize): v128 {
  const zero = f64x2.splat(MINUS_ZERO);
  let a = zero, b = zero, e = zero, f = zero, g = zero, h = zero, k = zero, l = zero;
  for (; n >= 8; n -= 8, d += 64, x += 64, y += 64) {
    const d0 = v128.load(d), d1 = v128.load(d, 16), d2 = v128.load(d, 32), d3 = v128.load(d, 48);
    a = f64x2.add(a, f64x2.mul(d0, v128.load(x))); b = f64x2.add(b, f64x2.mul(d1, v128.load(x, 16)));
    e = f64x2.add(e, f64x2.mul(d2, v128.load(x, 32))); f = f64x2.add(f, f64x2.mul(d3, v128.load(x, 48)));
    g = f64x2.add(g, f64x2.mul(d0, v128.load(y))); h = f64x2.add(h, f64x2.mul(d1, v128.load(y, 16)));
    k = f64x2.add(k, f64x2.mul(d2, v128.load(y, 32))); l = f64x2.add(l, f64x2.mul(d3, v128.load(y, 48)));
  }
  const s = f64x2.add(f64x2.add(a, e), f64x2.add(b, f)), t = f64x2.add(f64x2.add(g, k), f64x2.add(h, l));
  return f64x2.add(v128.shuffle<f64>(s, t, 0, 2), v128.shuffle<f64>(s, t, 1, 3));
}

/** The same sums over strided numbers; b = 0 leaves the second factor out. */
export function dotStrided(n: i32, a: usize, sa: usize, b: usize, sb: usize): f64 {
  let total = MINUS_ZERO;
  for (; n > 0; n -= BLOCK) {
    const zero = f64x2.splat(MINUS_ZERO);
    v128.store(CELLS, zero); v128.store(CELLS, zero, 16); v128.store(CELLS, zero, 32); v128.store(CELLS, zero, 48);
    for (let i = 0, m = min<i32>(n, BLOCK); i < m; i++, a += sa, b += sb) {
      const p = CELLS + (<usize>(i & 7) << 3), x = load<f64>(a);
      store<f64>(p, load<f64>(p) + (b ? x * load<f64>(b) : x));
    }
    total += combine(v128.load(CELLS), v128.load(CELLS, 16), v128.load(CELLS, 32), v128.load(CELLS, 48));
  }
  return total;
}

/**
 * Σ x·y for two rows at once: element j of the lists lies at a + j·sa and b + j·sb; a row list holds a pair of rows
 * there, a shared one (wa or wb true: "wide") a single number. Each lane adds in the order of `dot`.
 */
export function dotPair(n: i32, a: usize, sa: usize, wa: bool, b: usize, sb: usize, wb: bool): v128 {
  let total = f64x2.splat(MINUS_ZERO);
  for (; n > 0; n -= BLOCK) {
    const zero = f64x2.splat(MINUS_ZERO);
    let s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero, s6 = zero, s7 = zero, m = min<i32>(n, BLOCK);
    if (wa && !wb) {
      // a layer's weights against a pair of rows: the loop that trains networks
      for (; m >= 8; m -= 8, a += sa << 3, b += sb << 3) {
        const b2 = b + (sb << 1), b4 = b2 + (sb << 1), b6 = b4 + (sb << 1), a2 = a + (sa << 1), a4 = a2 + (sa << 1), a6 = a4 + (sa << 1);
        s0 = f64x2.add(s0, f64x2.mul(v128.load64_splat(a), v128.load(b))); s1 = f64x2.add(s1, f64x2.mul(v128.load64_splat(a + sa), v128.load(b + sb)));
        s2 = f64x2.add(s2, f64x2.mul(v128.load64_splat(a2), v128.load(b2))); s3 = f64x2.add(s3, f64x2.mul(v128.load64_splat(a2 + sa), v128.load(b2 + sb)));
        s4 = f64x2.add(s4, f64x2.mul(v128.load64_splat(a4), v128.load(b4))); s5 = f64x2.add(s5, f64x2.mul(v128.load64_splat(a4 + sa), v128.load(b4 + sb)));
        s6 = f64x2.add(s6, f64x2.mul(v128.load64_splat(a6), v128.load(b6))); s7 = f64x2.add(s7, f64x2.mul(v128.load64_splat(a6 + sa), v128.load(b6 + sb)));
      }
    }
    if (m) { // all other cases, and the rest: the eight sums in memory
      v128.store(PAIRS, s0); v128.store(PAIRS, s1, 16); v128.store(PAIRS, s2, 32); v128.store(PAIRS, s3, 48);
      v128.store(PAIRS, s4, 64); v128.store(PAIRS, s5, 80); v128.store(PAIRS, s6, 96); v128.store(PAIRS, s7, 112);
      for (let i: usize = 0; m > 0; m--, i = (i + 16) & 127, a += sa, b += sb) {
        const x = wa ? v128.load64_splat(a) : v128.load(a);
        v128.store(PAIRS + i, f64x2.add(v128.load(PAIRS + i), b ? f64x2.mul(x, wb ? v128.load64_splat(b) : v128.load(b)) : x));
      }
      s0 = v128.load(PAIRS); s1 = v128.load(PAIRS, 16); s2 = v128.load(PAIRS, 32); s3 = v128.load(PAIRS, 48);
      s4 = v128.load(PAIRS, 64); s5 = v128.load(PAIRS, 80); s6 = v128.load(PAIRS, 96); s7 = v128.load(PAIRS, 112);
    }
    const even = f64x2.add(f64x2.add(s0, s4), f64x2.add(s2, s6)), odd = f64x2.add(f64x2.add(s1, s5), f64x2.add(s3, s7));
    total = f64x2.add(total, f64x2.add(even, odd));
  }
  return total;
}
