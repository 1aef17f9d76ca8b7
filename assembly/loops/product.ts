// Products of matrices, and in lanes a product per lane. Where only one factor differs from lane to lane, the lanes are more
// rows or columns of it, and it stays one product.
import { contract, settledOuter } from '../contract';
import { dotStrided, MINUS_ZERO } from '../sum';
import { bytes, laneAt, noteNaN, placeAt, scratch, toAdjoint, word } from './code';
import { through } from './gated';
import { add, move } from './move';
import { isGated } from './reverse';

// the product at hand: its extents; where A, B and C lie, and their adjoints or tangents from there; strides; and those of lanes, 0 outside lanes
let m: i32 = 0, n: i32 = 0, k: i32 = 0;
let a: usize = 0, b: usize = 0, c: usize = 0, ta: usize = 0, tb: usize = 0, tc: usize = 0;
let am: usize = 0, ak: usize = 0, bk: usize = 0, bn: usize = 0, cm: usize = 0, cn: usize = 0;
let la: usize = 0, lb: usize = 0, lc: usize = 0;

function open(I: usize): void {
  const wa = word(I, 4), wb = word(I, 7), wc = word(I, 10);
  m = word(I, 1); n = word(I, 2); k = word(I, 3);
  a = placeAt(wa); ta = toAdjoint(wa); la = laneAt(wa); am = bytes(word(I, 5)); ak = bytes(word(I, 6));
  b = placeAt(wb); tb = toAdjoint(wb); lb = laneAt(wb); bk = bytes(word(I, 8)); bn = bytes(word(I, 9));
  c = placeAt(wc); tc = toAdjoint(wc); lc = laneAt(wc); cm = bytes(word(I, 11)); cn = bytes(word(I, 12));
}

export function product(I: usize, L: i32): void {
  open(I);
  multiply(L, a, b, c, false);
}

/** C = A·B, or C += A·B, from these places on. */
function multiply(L: i32, x: usize, y: usize, z: usize, adds: bool): void {
  const T = scratch();
  if (!(la | lb)) {
    contract(m, n, k, x, am, ak, y, bk, bn, z, cm, cn, adds, T);
    if (L > 1) for (let i = 0; i < m; i++) for (let j = 0, q = z + <usize>i * cm; j < n; j++, q += cn) move(L, q, lc, q, 0);
  } else if (!la) for (let j = 0; j < n; j++, y += bn, z += cn) contract(m, L, k, x, am, ak, y, bk, lb, z, cm, lc, adds, T);
  else if (!lb) for (let i = 0; i < m; i++, x += am, z += cm) contract(L, n, k, x, la, ak, y, bk, bn, z, lc, cn, adds, T);
  else for (let l = 0; l < L; l++, x += la, y += lb, z += lc) contract(m, n, k, x, am, ak, y, bk, bn, z, cm, cn, adds, T);
}

/** The adjoints of A, then of B; `settles`: those that are handed out as they are stored. */
export function pullProduct(I: usize, mask: u32, settles: u32, L: i32): void {
  open(I);
  if (mask & 1) pullFactor(m, n, k, L, c + tc, cm, cn, lc, b, bk, bn, lb, a + ta, am, ak, la, (mask & 8) == 0, (settles & 1) != 0);
  // (A·B)ᵀ = Bᵀ·Aᵀ
  if (mask & 2) pullFactor(n, m, k, L, c + tc, cn, cm, lc, a, ak, am, la, b + tb, bn, bk, lb, (mask & 16) == 0, (settles & 2) != 0);
}

/** Tangents: A′·B, then A·B′ on top; in a gated sweep element by element, and what is not reached adds nothing. */
export function pushProduct(I: usize, mask: u32, L: i32): void {
  open(I);
  if (!isGated) {
    if (mask & 1) multiply(L, a + ta, b, c + tc, false);
    if (mask & 2) multiply(L, a, b + tb, c + tc, (mask & 1) != 0);
    return;
  }
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++)
      for (let l = 0; l < L; l++) {
        let t = MINUS_ZERO;
        for (let e = 0, x = a + <usize>i * am + <usize>l * la, y = b + <usize>j * bn + <usize>l * lb; e < k; e++, x += ak, y += bk) {
          if (mask & 1) t += through(load<f64>(x + ta), load<f64>(y));
          if (mask & 2) t += through(load<f64>(y + tb), load<f64>(x));
        }
        store<f64>(c + tc + <usize>i * cm + <usize>j * cn + <usize>l * lc, t);
      }
}

/** G += D·Bᵀ, or G = D·Bᵀ, for the left factor (m × k) of a product (m × n); a G that the lanes share, over the lanes. */
function pullFactor(m: i32, n: i32, k: i32, L: i32, d: usize, dm: usize, dn: usize, ld: usize, b: usize, bk: usize, bn: usize, lb: usize, g: usize, gm: usize, gk: usize, lg: usize, adds: bool, settles: bool): void {
  if (isGated) {
    for (let j = 0; j < n; j++)
      for (let l = 0; l < L; l++)
        for (let i = 0; i < m; i++) {
          const x = load<f64>(d + <usize>i * dm + <usize>j * dn + <usize>l * ld);
          for (let e = 0, h = g + <usize>i * gm + <usize>l * lg, y = b + <usize>j * bn + <usize>l * lb; e < k; e++, h += gk, y += bk) add(h, through(x, load<f64>(y)));
        }
  } else if (settles) { // n is 1, as link/whole.ts says
    if (settledOuter(m, k, d, dm, b, bk, g, gm, gk)) noteNaN();
  } else if (!adds) contract(m, k, n, d, dm, dn, b, bn, bk, g, gm, gk, false, scratch());
  else if (L == 1) addProduct(m, k, n, d, dm, dn, b, bn, bk, g, gm, gk);
  else if (!lg) for (let j = 0; j < n; j++, d += dn, b += bn) addProduct(m, k, L, d, dm, ld, b, lb, bk, g, gm, gk);
  else if (!lb) for (let i = 0; i < m; i++, d += dm, g += gm) addProduct(L, k, n, d, ld, dn, b, bn, bk, g, lg, gk);
  else for (let l = 0; l < L; l++, d += ld, b += lb, g += lg) addProduct(m, k, n, d, dm, dn, b, bn, bk, g, gm, gk);
}

/** C += A·B. Where elements of C may be one and the same (windows that overlap), one after another, in the order of src/ops/contract.ts. */
function addProduct(m: i32, n: i32, k: i32, a: usize, am: usize, ak: usize, b: usize, bk: usize, bn: usize, c: usize, cm: usize, cn: usize): void {
  const p = abs<isize>(<isize>cm), q = abs<isize>(<isize>cn);
  if (p > q * <isize>(n - 1) || q > p * <isize>(m - 1)) return contract(m, n, k, a, am, ak, b, bk, bn, c, cm, cn, true, scratch());
  const dots = m * n < 4 && k >= 8, byColumn = n < 4 && m > n;
  for (let e = 0; e < m * n; e++) {
    const i = byColumn ? e % m : e / n, j = byColumn ? e / m : e % n, z = c + <usize>i * cm + <usize>j * cn;
    let t = load<f64>(z), x = a + <usize>i * am, y = b + <usize>j * bn;
    if (dots) t += dotStrided(k, x, ak, y, bk);
    else for (let l = 0; l < k; l++, x += ak, y += bk) t += load<f64>(x) * load<f64>(y);
    store<f64>(z, t);
  }
}
