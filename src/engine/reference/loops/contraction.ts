/**
 * C = A·B of linked code. In lanes, lanes become a dimension: where only B differs from lane to lane, C has a column more per
 * lane, so that each column of C is a product of its own, m × L; where only A does, a row more; where both do, or neither,
 * lane by lane. The adjoints go the same way; one of an operand that the lanes share is a product over the lanes.
 */
import { contract } from '../../../ops/contract.ts';
import { adjointIn, type Frames, laneOf, valueIn } from './frames.ts';
import { through } from './gated.ts';

/** @param add to C, whose numbers begin at c, instead of setting it; A's begin at a, B's at b */
export function contraction(f: Frames, at: number, a: number, b: number, c: number, add: boolean): void {
  const { code, v, lanes } = f;
  const [m, n, k] = [code[at + 1]!, code[at + 2]!, code[at + 3]!];
  const { am, ak, bk, bn, cm, cn, la, lb, lc } = stridesOf(f, at);
  if (la === 0 && lb !== 0)
    for (let j = 0; j < n; j++) contract(m, lanes, k, v, a, am, ak, b + j * bn, bk, lb, c + j * cn, cm, lc, add);
  else if (la !== 0 && lb === 0)
    for (let i = 0; i < m; i++) contract(lanes, n, k, v, a + i * am, la, ak, b, bk, bn, c + i * cm, lc, cn, add);
  else for (let l = 0; l < lanes; l++) contract(m, n, k, v, a + l * la, am, ak, b + l * lb, bk, bn, c + l * lc, cm, cn, add);
}

/** From row to row, column to column and lane to lane of the three. */
function stridesOf(f: Frames, at: number) {
  const { code, lanes } = f;
  return {
    am: code[at + 5]!,
    ak: code[at + 6]!,
    bk: code[at + 8]!,
    bn: code[at + 9]!,
    cm: code[at + 11]!,
    cn: code[at + 12]!,
    la: lanes > 1 ? laneOf(f, code[at + 4]!) : 0,
    lb: lanes > 1 ? laneOf(f, code[at + 7]!) : 0,
    lc: lanes > 1 ? laneOf(f, code[at + 10]!) : 0,
  };
}

/** Adds to the adjoints of A (mask 1), then of B (mask 2). */
export function reverseContraction(f: Frames, at: number): void {
  const { code } = f;
  const mask = code[at]! >>> 16;
  const [m, n, k] = [code[at + 1]!, code[at + 2]!, code[at + 3]!];
  const [a, b] = [code[at + 4]!, code[at + 7]!];
  const { am, ak, bk, bn, cm, cn, la, lb, lc } = stridesOf(f, at);
  const d = adjointIn(f, code[at + 10]!);
  if (mask & 1) pullFactor(f, m, n, k, d, cm, cn, lc, valueIn(f, b), bk, bn, lb, adjointIn(f, a), am, ak, la);
  // (A·B)ᵀ = Bᵀ·Aᵀ
  if (mask & 2) pullFactor(f, n, m, k, d, cn, cm, lc, valueIn(f, a), ak, am, la, adjointIn(f, b), bn, bk, lb);
}

/** G += D·Bᵀ for the left factor (m × k) of a product (m × n); a G that the lanes share, over the lanes. */
// biome-ignore format: one line a matrix
function pullFactor(
  f: Frames, m: number, n: number, k: number,
  d: number, dm: number, dn: number, ld: number,
  b: number, bk: number, bn: number, lb: number,
  g: number, gm: number, gk: number, lg: number,
): void {
  const { v, lanes } = f;
  if (f.gated) {
    for (let j = 0; j < n; j++)
      for (let l = 0; l < lanes; l++)
        for (let i = 0; i < m; i++) {
          const x = v[d + i * dm + j * dn + l * ld]!;
          for (let e = 0; e < k; e++) v[g + i * gm + l * lg + e * gk]! += through(x, v[b + e * bk + j * bn + l * lb]!, 0);
        }
  } else if (lanes === 1) contract(m, k, n, v, d, dm, dn, b, bn, bk, g, gm, gk, true);
  else if (lg === 0) for (let j = 0; j < n; j++) contract(m, k, lanes, v, d + j * dn, dm, ld, b + j * bn, lb, bk, g, gm, gk, true);
  else if (lb === 0) for (let i = 0; i < m; i++) contract(lanes, k, n, v, d + i * dm, ld, dn, b, bn, bk, g + i * gm, lg, gk, true);
  else for (let l = 0; l < lanes; l++) contract(m, k, n, v, d + l * ld, dm, dn, b + l * lb, bn, bk, g + l * lg, gm, gk, true);
}

/** Tangents of C: A's times B, then A times B's. */
export function tangentOfContraction(f: Frames, at: number): void {
  const { code, v, lanes } = f;
  const mask = code[at]! >>> 16;
  const [wa, wb] = [code[at + 4]!, code[at + 7]!];
  const [a, b, t] = [valueIn(f, wa), valueIn(f, wb), adjointIn(f, code[at + 10]!)];
  const ta = mask & 1 ? adjointIn(f, wa) : 0;
  const tb = mask & 2 ? adjointIn(f, wb) : 0;
  if (!f.gated) {
    if (mask & 1) contraction(f, at, ta, b, t, false);
    if (mask & 2) contraction(f, at, a, tb, t, (mask & 1) !== 0);
    return;
  }
  const { am, ak, bk, bn, cm, cn, la, lb, lc } = stridesOf(f, at);
  for (let i = 0; i < code[at + 1]!; i++)
    for (let j = 0; j < code[at + 2]!; j++)
      for (let l = 0; l < lanes; l++) {
        let total = -0;
        for (let e = 0; e < code[at + 3]!; e++) {
          const x = i * am + e * ak + l * la;
          const y = e * bk + j * bn + l * lb;
          if (mask & 1) total += through(v[ta + x]!, v[b + y]!, 0);
          if (mask & 2) total += through(v[tb + y]!, v[a + x]!, 0);
        }
        v[t + i * cm + j * cn + l * lc] = total;
      }
}
