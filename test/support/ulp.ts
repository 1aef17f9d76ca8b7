/** Distance of two numbers in units in the last place; equal bits (all NaNs as one) are 0, a NaN or sign apart is ∞. */
export function ulps(x: number, y: number): number {
  if (Object.is(x, y)) return 0;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.POSITIVE_INFINITY;
  return Math.abs(Number(ordinal(x) - ordinal(y)));
}

const bits = new BigInt64Array(1);
const numbers = new Float64Array(bits.buffer);

/** Consecutive numbers have consecutive ordinals. */
function ordinal(x: number): bigint {
  numbers[0] = x;
  return bits[0]! >= 0n ? bits[0]! : -(bits[0]! & 0x7fffffffffffffffn);
}

/** Equal bits, all NaNs counted as one. */
export function sameBits(x: ArrayLike<number>, y: ArrayLike<number>): boolean {
  return x.length === y.length && Array.from(x).every((v, i) => Object.is(v, y[i]));
}
