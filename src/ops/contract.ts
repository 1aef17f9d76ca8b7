/**
 * C = A·B, or C += A·B, over numbers at any strides of one array.
 *
 * Order of additions, the same as in assembly/contract.ts; it depends on m, n and k only. Every element of C has one chain
 * over ascending l, starting from its first product or, if it adds, from what C holds: ((c + p0) + p1) + …  So k may be cut
 * anywhere, and A·B is (Bᵀ·Aᵀ)ᵀ to the bit. Where C has fewer than four elements and k ≥ 8, a chain would only wait for
 * itself: those are dots in the one order (sums.ts), each added once to C.
 */
import { dot } from './sums.ts';

/** What assembly/contract.ts has under the same names: l at once, and doubles of packed B at once. */
const DEEP = 512;
const ROOM = 61440;

/** Doubles of scratch that the core's `contract` needs, whatever the strides: less than 65,536. The one here needs none. */
export function contractScratch(m: number, n: number, k: number): number {
  if (Math.min(m, n) < 2 || k < 1) return 16;
  const deep = Math.ceil(k / Math.ceil(k / DEEP));
  return 16 + 4 * deep + deep * Math.min((Math.max(m, n) + 3) & -4, Math.floor(ROOM / deep) & -4);
}

/** C[i,j] = (add ? C[i,j] + : ) Σ A[i,l]·B[l,j] in `v`; indices and strides in doubles. C overlaps neither A nor B. */
// biome-ignore format: one line a matrix
export function contract(
  m: number, n: number, k: number, v: Float64Array,
  a: number, am: number, ak: number,
  b: number, bk: number, bn: number,
  c: number, cm: number, cn: number,
  add: boolean,
): void {
  if (n < 4 && m > n) {
    contract(n, m, k, v, b, bn, bk, a, ak, am, c, cn, cm, add); // Cᵀ = Bᵀ·Aᵀ: columns by the four
    return;
  }
  const dots = m * n < 4 && k >= 8;
  const fours = n & -4;
  for (let i = 0; i < m; i++, a += am, c += cm) {
    for (let j = 0; j < fours; j += 4) four(k, v, a, ak, b + j * bn, bk, bn, c + j * cn, cn, add);
    for (let j = fours; j < n; j++) {
      const to = c + j * cn;
      let s = add ? v[to]! : k > 0 ? -0 : 0; // −0 + p is p
      if (dots) s += dot(k, v, a, ak, v, b + j * bn, bk);
      else for (let l = 0, x = a, y = b + j * bn; l < k; l++, x += ak, y += bk) s += v[x]! * v[y]!;
      v[to] = s;
    }
  }
}

/** Four elements of one row of C: four chains at once. */
// biome-ignore format: one line a matrix
function four(
  k: number, v: Float64Array,
  a: number, ak: number,
  b: number, bk: number, bn: number,
  c: number, cn: number,
  add: boolean,
): void {
  const c1 = c + cn, c2 = c1 + cn, c3 = c2 + cn, b2 = bn + bn, b3 = b2 + bn;
  const none = k > 0 ? -0 : 0;
  let s0 = add ? v[c]! : none, s1 = add ? v[c1]! : none, s2 = add ? v[c2]! : none, s3 = add ? v[c3]! : none;
  for (; k > 0; k--, a += ak, b += bk) {
    const x = v[a]!;
    s0 += x * v[b]!;
    s1 += x * v[b + bn]!;
    s2 += x * v[b + b2]!;
    s3 += x * v[b + b3]!;
  }
  v[c] = s0;
  v[c1] = s1;
  v[c2] = s2;
  v[c3] = s3;
}
