import { beforeAll, describe, expect, test } from 'vitest';
import * as reference from '../../src/ops/math.ts';
import { type Functions, mathCore } from './core.ts';

const { NaN: nan, POSITIVE_INFINITY: inf, MAX_VALUE: most, MIN_VALUE: least } = Number;
const below1 = 1 - 2 ** -53;

/** name: [operands …, result] …, bit for bit including the sign of zero, in both libraries. */
const EXACT: Record<string, readonly (readonly number[])[]> = {
  cbrt: [[0, 0], [-0, -0], [inf, inf], [-inf, -inf], [27, 3], [-1e-300, -1e-100], [nan, nan]],
  exp: [[0, 1], [-0, 1], [inf, inf], [-inf, 0], [710, inf], [-746, 0], [least, 1], [nan, nan]],
  exp2: [[0, 1], [-0, 1], [inf, inf], [-inf, 0], [1024, inf], [-1074, least], [-1076, 0], [10, 1024], [-1022, 2 ** -1022], [nan, nan]],
  expm1: [[0, 0], [-0, -0], [least, least], [800, inf], [-800, -1], [inf, inf], [-inf, -1], [nan, nan]],
  log: [[1, 0], [0, -inf], [-0, -inf], [-1, nan], [inf, inf], [-inf, nan], [nan, nan]],
  log2: [[1, 0], [0, -inf], [-0, -inf], [-1, nan], [inf, inf], [8, 3], [least, -1074], [2 ** -1022, -1022], [nan, nan]],
  log10: [[1, 0], [0, -inf], [-0, -inf], [-1, nan], [inf, inf], [1000, 3], [1e22, 22], [nan, nan]],
  log1p: [[0, 0], [-0, -0], [least, least], [-1, -inf], [-2, nan], [inf, inf], [nan, nan]],
  sin: [[0, 0], [-0, -0], [least, least], [inf, nan], [-inf, nan], [nan, nan]],
  cos: [[0, 1], [-0, 1], [inf, nan], [-inf, nan], [nan, nan]],
  tan: [[0, 0], [-0, -0], [least, least], [inf, nan], [nan, nan]],
  asin: [[0, 0], [-0, -0], [1, Math.PI / 2], [-1, -Math.PI / 2], [1.1, nan], [inf, nan], [nan, nan]],
  acos: [[1, 0], [-1, Math.PI], [0, Math.PI / 2], [-0, Math.PI / 2], [1.1, nan], [-inf, nan], [nan, nan]],
  atan: [[0, 0], [-0, -0], [inf, Math.PI / 2], [-inf, -Math.PI / 2], [1, Math.PI / 4], [nan, nan]],
  atan2: [
    [0, 1, 0], [-0, 1, -0], [0, -1, Math.PI], [-0, -1, -Math.PI], [0, 0, 0], [-0, 0, -0], [0, -0, Math.PI], [-0, -0, -Math.PI],
    [1, 0, Math.PI / 2], [-1, -0, -Math.PI / 2], [1, inf, 0], [-1, inf, -0], [1, -inf, Math.PI], [inf, 1, Math.PI / 2],
    [inf, inf, Math.PI / 4], [-inf, inf, -Math.PI / 4], [inf, -inf, (3 * Math.PI) / 4], [-inf, -inf, (-3 * Math.PI) / 4],
    [1, nan, nan], [nan, 1, nan], [1e-300, 1e300, 0], [most, -most, (3 * Math.PI) / 4],
  ],
  sinh: [[0, 0], [-0, -0], [inf, inf], [-inf, -inf], [711, inf], [-711, -inf], [nan, nan]],
  cosh: [[0, 1], [-0, 1], [inf, inf], [-inf, inf], [711, inf], [nan, nan]],
  tanh: [[0, 0], [-0, -0], [least, least], [inf, 1], [-inf, -1], [1000, 1], [-23, -1], [nan, nan]],
  asinh: [[0, 0], [-0, -0], [least, least], [inf, inf], [-inf, -inf], [nan, nan]],
  acosh: [[1, 0], [below1, nan], [-2, nan], [inf, inf], [-inf, nan], [nan, nan]],
  atanh: [[0, 0], [-0, -0], [1, inf], [-1, -inf], [2, nan], [-inf, nan], [nan, nan]],
  hypot: [
    [0, 0, 0], [-0, -0, 0], [3, -4, 5], [inf, nan, inf], [nan, -inf, inf], [nan, 1, nan], [1, nan, nan], [inf, 1, inf],
    [3e300, 4e300, 5e300], [3 * 2 ** -1070, 4 * 2 ** -1070, 5 * 2 ** -1070], [most, most, inf], [0, least, least],
  ],
  pow: [
    [0, 0, 1], [nan, 0, 1], [1, nan, nan], [nan, 1, nan], [1, inf, nan], [-1, inf, nan], [-1, -inf, nan], [2, inf, inf], [2, -inf, 0],
    [0.5, inf, 0], [-2, inf, inf], [0, 3, 0], [-0, 3, -0], [-0, 2, 0], [0, -1, inf], [-0, -1, -inf], [-0, -2, inf], [-0, 0.5, 0],
    [-0, -0.5, inf], [-inf, 0.5, inf], [-inf, 3, -inf], [-inf, -3, -0], [-inf, -2, 0], [-inf, 1.5, inf], [inf, -1, 0], [inf, 1e-300, inf],
    [-2, 3, -8], [-2, -3, -0.125], [-2, 0.5, nan], [-8, 1 / 3, nan], [2, 10, 1024], [2, -1074, least], [-2, -1075, -0], [10, 308.5, inf],
    [-10, 309, -inf], [-10, 310, inf], [2, 1e300, inf], [0.5, 1e300, 0], [-3, 1e300, inf], [1, 1e300, 1], [-1, 1e300, 1],
    [-1, 9007199254740991, -1], [5, 1, 5], [0, inf, 0], [0, -inf, inf], [inf, inf, inf], [2, 1e-300, 1], [least, 2, 0], [3, -inf, 0],
  ],
  round: [
    [0, 0], [-0, -0], [0.49999999999999994, 0], [-0.49999999999999994, -0], [0.5, 1], [-0.5, -0], [1.5, 2], [-1.5, -1], [2.5, 3],
    [-2.5, -2], [4503599627370495.5, 4503599627370496], [4503599627370497, 4503599627370497], [inf, inf], [-inf, -inf], [nan, nan],
    [least, 0], [-least, -0], [9007199254740991, 9007199254740991],
  ],
  rem: [
    [5, 3, 2], [-5, 3, -2], [5, -3, 2], [-6, 3, -0], [6, 3, 0], [-0, 3, -0], [5, inf, 5], [-5, -inf, -5], [5, 0, nan], [inf, 3, nan],
    [nan, 1, nan], [1, nan, nan], [1, 0.1, 1 % 0.1], [most, least, 0], [1e300, 3, 1e300 % 3], [7 * least, 2 * least, least],
  ],
  mod: [
    [5, 3, 2], [-5, 3, 1], [5, -3, -1], [-5, -3, -2], [-6, 3, 0], [6, -3, -0], [0, 3, 0], [-0, 3, 0], [0, -3, -0], [5, inf, 5],
    [-5, inf, inf], [5, -inf, -inf], [-5, -inf, -5], [0, -inf, -0], [-0, inf, 0], [5, 0, nan], [inf, 3, nan], [nan, 1, nan],
    [1, nan, nan], [-1e-20, 1, 1],
  ],
  sigmoid: [[0, 0.5], [-0, 0.5], [1000, 1], [-1000, 0], [inf, 1], [-inf, 0], [40, 1], [nan, nan]],
  softplus: [[1000, 1000], [-1000, 0], [inf, inf], [-inf, 0], [40, 40], [0, Math.LN2], [nan, nan]],
  silu: [[0, 0], [-0, -0], [1000, 1000], [-1000, -0], [inf, inf], [-inf, -0], [nan, nan]],
  gaussian: [[0, 1], [-0, 1], [inf, 0], [-inf, 0], [28, 0], [1e300, 0], [1e-200, 1], [nan, nan]],
  erf: [[0, 0], [-0, -0], [inf, 1], [-inf, -1], [6.5, 1], [-30, -1], [least, least], [nan, nan]],
  erfc: [[0, 1], [-0, 1], [inf, 0], [-inf, 2], [-6.5, 2], [-30, 2], [30, 0], [nan, nan]],
  lgamma: [[1, 0], [2, 0], [0, inf], [-0, inf], [-1, inf], [-7, inf], [inf, inf], [-inf, inf], [1e306, inf], [-1e300, inf], [nan, nan]],
  digamma: [[0, -inf], [-0, inf], [-1, nan], [-7, nan], [inf, inf], [-inf, nan], [-1e300, nan], [least, -inf], [nan, nan]],
  polygamma: [
    [0, 0, -inf], [0, -1, nan], [1, 0, inf], [1, -0, inf], [1, -1, inf], [1, -7, inf], [1, inf, 0], [1, -inf, nan], [1, nan, nan],
    [2, 0, -inf], [2, -0, inf], [2, -1, nan], [2, inf, -0], [-1, 1, nan], [0.5, 1, nan], [nan, 1, nan], [inf, 1, nan], [30, 1e-11, -inf],
  ],
}; // biome-ignore format: rows

let core: Functions;
beforeAll(async () => {
  core = await mathCore();
});

describe.each(Object.entries(EXACT))('%s', (name, rows) => {
  test.each(['core', 'reference'])('%s', (which) => {
    const f = (which === 'core' ? core : (reference as unknown as Functions))[name]!;
    const got = rows.map((row) => [...row.slice(0, -1), f(row[0]!, row.length > 2 ? row[1]! : 0)]);
    expect(got).toEqual(rows);
  });
});
