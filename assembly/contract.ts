// C = A·B, or C += A·B, over numbers at any strides.
//
// Order of additions, the same as in src/ops/contract.ts; it depends on m, n and k only. Every element of C has one chain over
// ascending l, starting from its first product or, if it adds, from what C holds: ((c + p0) + p1) + …  So k may be cut anywhere,
// and A·B is (Bᵀ·Aᵀ)ᵀ to the bit. Where C has fewer than four elements and k ≥ 8, a chain would only wait for itself: those are dots
// in the one order (sum.ts), each added once to C.
//
// A tile of 4 × 4 elements of C stays in registers while l runs. Four columns of B have to lie side by side for that: if they do not,
// or a panel of four is not full, or if they will be read so often that it pays, they are packed into panels, at most ROOM doubles
// at a time, which stay in the second-level cache. Which is packed depends on the strides, the sums do not.

import { dot, dotStrided, MINUS_ZERO } from './sum';

/** l at once: so that a panel of A and one of B fit in the first-level cache. */
const DEEP: i32 = 512;
/** Doubles of packed B at once. */
const ROOM: i32 = 61440;
/** Bytes of a tile of C: at the beginning of the scratch; after it a panel of A, then those of B. */
const TILE: usize = 128;
/** From this many rows of C on, B is packed in any case; from this many columns on, A too, if it has to be gathered. */
const MANY: i32 = 64;

// @ts-ignore: decorator
@inline function deepOf(k: i32): i32 {
  const parts = (k + DEEP - 1) / DEEP;
  return (k + parts - 1) / parts;
}

/** Doubles of scratch that {@link contract} needs, whatever the strides: less than 65,536. */
export function contractScratch(m: i32, n: i32, k: i32): i32 {
  if (min(m, n) < 2 || k < 1) return <i32>(TILE >> 3);
  const deep = deepOf(k);
  return <i32>(TILE >> 3) + 4 * deep + deep * min((max(m, n) + 3) & -4, (ROOM / deep) & -4);
}

/** to[4l + r] = the number at from + r·s + l·sl for r < 4, l < k; where there are fewer than 4, the last is repeated. */
function pack(count: i32, k: i32, from: usize, s: usize, sl: usize, to: usize): void {
  const s1 = count > 1 ? s : 0, s2 = count > 2 ? s1 + s : s1, s3 = count > 3 ? s2 + s : s2;
  for (; k > 0; k--, from += sl, to += 32) {
    store<i64>(to, load<i64>(from)); store<i64>(to, load<i64>(from + s1), 8);
    store<i64>(to, load<i64>(from + s2), 16); store<i64>(to, load<i64>(from + s3), 24);
  }
}

/** Copies a small matrix. */
function move(m: i32, n: i32, from: usize, fm: usize, fn: usize, to: usize, tm: usize, tn: usize): void {
  for (; m > 0; m--, from += fm, to += tm) {
    for (let j = 0, x = from, y = to; j < n; j++, x += fn, y += tn) store<i64>(y, load<i64>(x));
  }
}

/** Tiles side by side. Not unrolled: two multiplications and two additions a cycle, which is all there is. */
function tiles(count: i32, k: i32, a: usize, am: usize, ak: usize, b: usize, bk: usize, panel: usize, c: usize, cm: usize, add: bool): void {
  for (; count > 0; count--, b += panel, c += 32) {
    const r1 = c + cm, r2 = r1 + cm, r3 = r2 + cm;
    let c00 = f64x2.splat(MINUS_ZERO), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
    if (add) {
      c00 = v128.load(c); c01 = v128.load(c, 16); c10 = v128.load(r1); c11 = v128.load(r1, 16);
      c20 = v128.load(r2); c21 = v128.load(r2, 16); c30 = v128.load(r3); c31 = v128.load(r3, 16);
    }
    for (let l = k, x = a, y = b; l > 0; l--, x += ak, y += bk) {
      const b0 = v128.load(y), b1 = v128.load(y, 16);
      const x0 = v128.load64_splat(x), x1 = v128.load64_splat(x + am), x2 = v128.load64_splat(x + 2 * am), x3 = v128.load64_splat(x + 3 * am);
      c00 = f64x2.add(c00, f64x2.mul(x0, b0)); c01 = f64x2.add(c01, f64x2.mul(x0, b1));
      c10 = f64x2.add(c10, f64x2.mul(x1, b0)); c11 = f64x2.add(c11, f64x2.mul(x1, b1));
      c20 = f64x2.add(c20, f64x2.mul(x2, b0)); c21 = f64x2.add(c21, f64x2.mul(x2, b1));
      c30 = f64x2.add(c30, f64x2.mul(x3, b0)); c31 = f64x2.add(c31, f64x2.mul(x3, b1));
    }
    v128.store(c, c00); v128.store(c, c01, 16); v128.store(r1, c10); v128.store(r1, c11, 16);
    v128.store(r2, c20); v128.store(r2, c21, 16); v128.store(r3, c30); v128.store(r3, c31, 16);
  }
}

/** One row of C from contiguous rows of B: four of them in one pass over C. */
function rows(n: i32, k: i32, a: usize, ak: usize, b: usize, bk: usize, c: usize, add: bool): void {
  const end = c + (<usize>(n & -2) << 3);
  if (!add) for (let z = c + (<usize>n << 3); z > c;) store<f64>(z -= 8, MINUS_ZERO);
  if (n & 1) {
    let s = load<f64>(end);
    for (let l = k, x = a, y = b + (end - c); l > 0; l--, x += ak, y += bk) s += load<f64>(x) * load<f64>(y);
    store<f64>(end, s);
  }
  for (; k & 3; k--, a += ak, b += bk) {
    const x = v128.load64_splat(a);
    for (let z = c, y = b; z < end; z += 16, y += 16) v128.store(z, f64x2.add(v128.load(z), f64x2.mul(x, v128.load(y))));
  }
  for (; k > 0; k -= 4, a += ak << 2, b += bk << 2) {
    const x0 = v128.load64_splat(a), x1 = v128.load64_splat(a + ak), x2 = v128.load64_splat(a + 2 * ak), x3 = v128.load64_splat(a + 3 * ak);
    for (let z = c, y = b; z < end; z += 16, y += 16) {
      const s = f64x2.add(f64x2.add(v128.load(z), f64x2.mul(x0, v128.load(y))), f64x2.mul(x1, v128.load(y + bk)));
      v128.store(z, f64x2.add(f64x2.add(s, f64x2.mul(x2, v128.load(y + 2 * bk))), f64x2.mul(x3, v128.load(y + 3 * bk))));
    }
  }
}

// @ts-ignore: decorator
@inline function both(x: usize, y: usize): v128 { return v128.load64_lane(y, v128.load64_zero(x), 1); }
// @ts-ignore: decorator
@inline function step(c: v128, x: v128, y: v128, u: v128, v: v128): v128 {
  return f64x2.add(f64x2.add(c, f64x2.mul(x, v128.shuffle<f64>(u, v, 0, 2))), f64x2.mul(y, v128.shuffle<f64>(u, v, 1, 3)));
}

/** One row of C from columns of B, eight at once; best if they are contiguous. t: room for eight. */
function columns(all: i32, k: i32, a: usize, ak: usize, b: usize, bk: usize, bn: usize, c: usize, cn: usize, add: bool, t: usize): void {
  // the last ones first: of a long B that was just copied in, the end is in the cache
  let n = ((all - 1) & 7) + 1;
  b += <usize>(all - n) * bn;
  c += <usize>(all - n) * cn;
  for (; all > 0; all -= n, n = 8, b -= bn << 3, c -= cn << 3) {
    const s1 = n > 1 ? bn : 0, s2 = n > 2 ? s1 + bn : s1, s3 = n > 3 ? s2 + bn : s2, s4 = n > 4 ? s3 + bn : s3;
    const s5 = n > 5 ? s4 + bn : s4, s6 = n > 6 ? s5 + bn : s5, s7 = n > 7 ? s6 + bn : s6;
    let c0 = f64x2.splat(MINUS_ZERO), c1 = c0, c2 = c0, c3 = c0, x = a, y = b, l = k;
    if (add) {
      move(1, min(n, 8), c, 0, cn, t, 0, 8);
      c0 = v128.load(t); c1 = v128.load(t, 16); c2 = v128.load(t, 32); c3 = v128.load(t, 48);
    }
    if (bk == 8) for (; l > 1; l -= 2, x += ak << 1, y += 16) {
      const x0 = v128.load64_splat(x), x1 = v128.load64_splat(x + ak);
      c0 = step(c0, x0, x1, v128.load(y), v128.load(y + s1)); c1 = step(c1, x0, x1, v128.load(y + s2), v128.load(y + s3));
      c2 = step(c2, x0, x1, v128.load(y + s4), v128.load(y + s5)); c3 = step(c3, x0, x1, v128.load(y + s6), v128.load(y + s7));
    }
    for (; l > 0; l--, x += ak, y += bk) {
      const x0 = v128.load64_splat(x);
      c0 = f64x2.add(c0, f64x2.mul(x0, both(y, y + s1))); c1 = f64x2.add(c1, f64x2.mul(x0, both(y + s2, y + s3)));
      c2 = f64x2.add(c2, f64x2.mul(x0, both(y + s4, y + s5))); c3 = f64x2.add(c3, f64x2.mul(x0, both(y + s6, y + s7)));
    }
    v128.store(t, c0); v128.store(t, c1, 16); v128.store(t, c2, 32); v128.store(t, c3, 48);
    move(1, min(n, 8), t, 0, 8, c, 0, cn);
  }
}

/** Few elements: the dots, and what is too small for anything else. Also k = 0. */
function few(m: i32, n: i32, k: i32, a: usize, am: usize, ak: usize, b: usize, bk: usize, bn: usize, c: usize, cm: usize, cn: usize, add: bool): void {
  for (; m > 0; m--, a += am, c += cm) {
    for (let j = 0, y = b, z = c; j < n; j++, y += bn, z += cn) {
      let s = add ? load<f64>(z) : k ? MINUS_ZERO : 0.0;
      if (k < 8) for (let l = 0, p = a, q = y; l < k; l++, p += ak, q += bk) s += load<f64>(p) * load<f64>(q);
      else s += ak == 8 && bk == 8 ? dot(k, a, y) : dotStrided(k, a, ak, y, bk);
      store<f64>(z, s);
    }
  }
}

/** C = A·B, or C += A·B, of a column and a row that lies side by side, as do the rows of C. */
function outer(m: i32, n: i32, a: usize, am: usize, b: usize, c: usize, cm: usize, add: bool): void {
  for (; m > 0; m--, a += am, c += cm) {
    const x = v128.load64_splat(a), end = c + (<usize>(n & -2) << 3);
    let z = c, y = b;
    if (add) for (; z < end; z += 16, y += 16) v128.store(z, f64x2.add(v128.load(z), f64x2.mul(x, v128.load(y))));
    else for (; z < end; z += 16, y += 16) v128.store(z, f64x2.mul(x, v128.load(y)));
    if (n & 1) store<f64>(z, (add ? load<f64>(z) : MINUS_ZERO) + load<f64>(a) * load<f64>(y));
  }
}

function isFinite(n: i32, b: usize, bn: usize): bool {
  let t: f64 = 0;
  for (; n > 0; n--, b += bn) t += load<f64>(b) * 0;
  return t == 0;
}

/** C = A·B of a column and a row, +0 added; true if there is a NaN in it. */
export function settledOuter(m: i32, n: i32, a: usize, am: usize, b: usize, bn: usize, c: usize, cm: usize, cn: usize): bool {
  if (cn != 8) { // C, which has no gaps, the other way round
    const u = m, v = a, w = am; m = n; a = b; am = bn; n = u; b = v; bn = w;
    cm = cn; cn = 8;
  }
  const zero = f64x2.splat(0), row = <usize>n << 3;
  let ordered = i64x2.splat(-1), last = true, finite: i32 = -1;
  // the last row first: what is written last is read first, by whoever copies C
  a += <usize>(m - 1) * am;
  c += <usize>(m - 1) * cm;
  for (; m > 0; m--, a -= am, c -= cm) {
    if (load<f64>(a) == 0) { // of a unit that is off: nothing but zeros, unless there is an infinity or a NaN to be multiplied
      if (finite < 0) finite = i32(isFinite(n, b, bn));
      if (finite) {
        memory.fill(c, 0, row);
        continue;
      }
    }
    const x = v128.load64_splat(a);
    let z = c, y = b;
    if (bn == 8) for (const end = c + (row & -64); z < end; z += 64, y += 64) {
      const s = f64x2.add(f64x2.mul(x, v128.load(y)), zero), t = f64x2.add(f64x2.mul(x, v128.load(y, 16)), zero);
      const u = f64x2.add(f64x2.mul(x, v128.load(y, 32)), zero), v = f64x2.add(f64x2.mul(x, v128.load(y, 48)), zero);
      v128.store(z, s); v128.store(z, t, 16); v128.store(z, u, 32); v128.store(z, v, 48);
      ordered = v128.and(ordered, v128.and(v128.and(f64x2.eq(s, s), f64x2.eq(t, t)), v128.and(f64x2.eq(u, u), f64x2.eq(v, v))));
    }
    for (const end = c + row; z < end; z += 8, y += bn) {
      const s = load<f64>(a) * load<f64>(y) + 0;
      store<f64>(z, s);
      last = last && s == s;
    }
  }
  return !(last && v128.all_true<i64>(ordered));
}

/** C[i,j] = (add ? C[i,j] + : ) Σ A[i,l]·B[l,j]; strides in bytes. C overlaps neither A nor B; scratch as {@link contractScratch} says. */
export function contract(m: i32, n: i32, k: i32, A: usize, am: usize, ak: usize, B: usize, bk: usize, bn: usize, C: usize, cm: usize, cn: usize, add: bool, scratch: usize): void {
  if (k == 1 && n > 3 && bn == 8 && cn == 8) { outer(m, n, A, am, B, C, cm, add); return; }
  if (k < 1 || m * n < (k < 8 ? 10 : 4)) { few(m, n, k, A, am, ak, B, bk, bn, C, cm, cn, add); return; }
  // The other way round, if less has to be packed and copied. One row rather than one column.
  const turned = (am == 8 ? 0 : m * k) + (cm == 8 ? 0 : 2 * m * n), straight = (bn == 8 ? 0 : n * k) + (cn == 8 ? 0 : 2 * m * n);
  if (n == 1 || (m > 1 && turned < straight)) {
    const x = m, y = A, z = am; m = n; A = B; am = bn; n = x; B = y; bn = z;
    const u = ak, v = cm; ak = bk; bk = u; cm = cn; cn = v;
  }
  if (m == 1) {
    if (bn == 8 && cn == 8 && n >= 8) rows(n, k, A, ak, B, bk, C, add);
    else columns(n, k, A, ak, B, bk, bn, C, cn, add, scratch);
    return;
  }
  const most = deepOf(k), wide = (ROOM / most) & -4, direct = bn == 8 && m < MANY;
  for (let deep = most; k > 0; k -= deep, A += <usize>deep * ak, B += <usize>deep * bk, add = true) {
    deep = min(deep, k);
    const pa = scratch + TILE, pb = pa + (<usize>deep << 5), panel: usize = direct ? 32 : <usize>deep << 5, sl = direct ? bk : 32;
    for (let j = 0; j < n; j += wide) {
      const count = min(n - j, wide), from = B + <usize>j * bn, b = direct ? from : pb;
      for (let q = direct ? count & -4 : 0, to = pb; q < count; q += 4, to += panel) pack(count - q, deep, from + <usize>q * bn, bn, bk, to);
      for (let i = 0; i < m; i += 4) {
        let a = A + <usize>i * am, s = am, t = ak;
        if (m - i < 4 || (ak != 8 && n >= MANY)) { pack(m - i, deep, a, am, ak, pa); a = pa; s = 8; t = 32; }
        let c = C + <usize>i * cm + <usize>j * cn, q = 0;
        if (m - i >= 4 && cn == 8) { q = count & -4; tiles(q >> 2, deep, a, s, t, b, sl, panel, c, cm, add); }
        for (c += <usize>q * cn; q < count; q += 4, c += cn << 2) { // through a tile of its own
          const h = min(m - i, 4), w = min(count - q, 4), part = direct && w < 4;
          if (add) move(h, w, c, cm, cn, scratch, 32, 8);
          tiles(1, deep, a, s, t, part ? pb : b + <usize>(q >> 2) * panel, part ? 32 : sl, 0, scratch, 32, add);
          move(h, w, scratch, 32, 8, c, cm, cn);
        }
      }
    }
  }
}
