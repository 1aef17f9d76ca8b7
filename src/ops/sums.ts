/**
 * Sums in the one order (ARCHITECTURE.md): blocks of 1,024, in each eight partial sums of every eighth element, joined as
 * ((s0+s4)+(s2+s6)) + ((s1+s5)+(s3+s7)), blocks ascending. −0 is where a sum starts: the identity of IEEE addition.
 */

/** Elements of a block. */
export const SUM_BLOCK = 1024;

/** Σ x[at + i·step], i < n. */
export function sum(n: number, x: Float64Array, at: number, step: number): number {
  let total = -0;
  for (let from = 0; from < n; from += SUM_BLOCK) {
    const m = Math.min(n - from, SUM_BLOCK);
    let s0 = -0, s1 = -0, s2 = -0, s3 = -0, s4 = -0, s5 = -0, s6 = -0, s7 = -0; // biome-ignore format: eight of a kind
    let i = at + from * step;
    for (let eights = m >> 3; eights > 0; eights--, i += 8 * step) {
      s0 += x[i]!;
      s1 += x[i + step]!;
      s2 += x[i + 2 * step]!;
      s3 += x[i + 3 * step]!;
      s4 += x[i + 4 * step]!;
      s5 += x[i + 5 * step]!;
      s6 += x[i + 6 * step]!;
      s7 += x[i + 7 * step]!;
    }
    const rest = m & 7;
    if (rest > 0) s0 += x[i]!;
    if (rest > 1) s1 += x[i + step]!;
    if (rest > 2) s2 += x[i + 2 * step]!;
    if (rest > 3) s3 += x[i + 3 * step]!;
    if (rest > 4) s4 += x[i + 4 * step]!;
    if (rest > 5) s5 += x[i + 5 * step]!;
    if (rest > 6) s6 += x[i + 6 * step]!;
    total += s0 + s4 + (s2 + s6) + (s1 + s5 + (s3 + s7));
  }
  return total;
}

/** Σ x[xAt + i·xStep] · y[yAt + i·yStep], i < n. */
export function dot(n: number, x: Float64Array, xAt: number, xStep: number, y: Float64Array, yAt: number, yStep: number): number {
  let total = -0;
  for (let from = 0; from < n; from += SUM_BLOCK) {
    const m = Math.min(n - from, SUM_BLOCK);
    let s0 = -0, s1 = -0, s2 = -0, s3 = -0, s4 = -0, s5 = -0, s6 = -0, s7 = -0; // biome-ignore format: eight of a kind
    let i = xAt + from * xStep;
    let j = yAt + from * yStep;
    for (let eights = m >> 3; eights > 0; eights--, i += 8 * xStep, j += 8 * yStep) {
      s0 += x[i]! * y[j]!;
      s1 += x[i + xStep]! * y[j + yStep]!;
      s2 += x[i + 2 * xStep]! * y[j + 2 * yStep]!;
      s3 += x[i + 3 * xStep]! * y[j + 3 * yStep]!;
      s4 += x[i + 4 * xStep]! * y[j + 4 * yStep]!;
      s5 += x[i + 5 * xStep]! * y[j + 5 * yStep]!;
      s6 += x[i + 6 * xStep]! * y[j + 6 * yStep]!;
      s7 += x[i + 7 * xStep]! * y[j + 7 * yStep]!;
    }
    const rest = m & 7;
    if (rest > 0) s0 += x[i]! * y[j]!;
    if (rest > 1) s1 += x[i + xStep]! * y[j + yStep]!;
    if (rest > 2) s2 += x[i + 2 * xStep]! * y[j + 2 * yStep]!;
    if (rest > 3) s3 += x[i + 3 * xStep]! * y[j + 3 * yStep]!;
    if (rest > 4) s4 += x[i + 4 * xStep]! * y[j + 4 * yStep]!;
    if (rest > 5) s5 += x[i + 5 * xStep]! * y[j + 5 * yStep]!;
    if (rest > 6) s6 += x[i + 6 * xStep]! * y[j + 6 * yStep]!;
    total += s0 + s4 + (s2 + s6) + (s1 + s5 + (s3 + s7));
  }
  return total;
}
