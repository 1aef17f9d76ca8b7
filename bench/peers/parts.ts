/** Pieces of flat arrays, in the shapes that contestants want. */

/** m rows of n numbers each, from place `at` on. */
export function matrixOf(flat: Float64Array, at: number, m: number, n: number): number[][] {
  return Array.from({ length: m }, (_, i) => Array.from(flat.subarray(at + i * n, at + (i + 1) * n)));
}

/** Parts one after the other, of the given shapes. */
export function partsOf(flat: Float64Array, shapes: readonly (readonly number[])[]): Float64Array[] {
  let at = 0;
  return shapes.map((shape) => flat.subarray(at, (at += shape.reduce((a, b) => a * b, 1))));
}

/** The parts of a gradient as one. */
export function joined(parts: readonly ArrayLike<number>[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => Array.from(part)));
}
