// Printed from src/ops/rules.ts by `npm run rules`; do not edit.
//
// value and partial hold every op of one to three operands, one element at a time; valueLanes and pullLanes hold the
// hot ones, two elements at a time. Operands are read at a, b, c, the result at o, adjoints at d; s_ = bytes from one
// pair to the next: 16, or 0 for a pair that holds one value twice.
import * as math from './math';

export const ADD: u32 = 2;
export const SUB: u32 = 3;
export const MUL: u32 = 4;
export const SQUARE: u32 = 9;
export const SUM: u32 = 61;
export const MEAN: u32 = 62;
export const PROD: u32 = 63;
export const DOT: u32 = 64;
export const MIN_OF: u32 = 65;
export const MAX_OF: u32 = 66;
export const NORM: u32 = 67;
export const LOGSUMEXP: u32 = 68;

/** The op's value at operands x, y, w. */
export function value(op: u32, x: f64, y: f64, w: f64): f64 {
  switch (op) {
    case 2: return (x + y); // add
    case 3: return (x - y); // sub
    case 4: return (x * y); // mul
    case 5: return (x / y); // div
    case 6: return -(x); // neg
    case 7: return abs<f64>(x); // abs
    case 8: return select<f64>(1.0, select<f64>(-1.0, x, x < 0.0), x > 0.0); // sign
    case 9: return (x * x); // square
    case 10: return sqrt<f64>(x); // sqrt
    case 11: return math.cbrt(x); // cbrt
    case 12: return (1.0 / x); // reciprocal
    case 13: return math.pow(x, y); // pow
    case 14: return math.exp(x); // exp
    case 15: return math.exp2(x); // exp2
    case 16: return math.expm1(x); // expm1
    case 17: return math.log(x); // log
    case 18: return math.log2(x); // log2
    case 19: return math.log10(x); // log10
    case 20: return math.log1p(x); // log1p
    case 21: return math.sin(x); // sin
    case 22: return math.cos(x); // cos
    case 23: return math.tan(x); // tan
    case 24: return math.asin(x); // asin
    case 25: return math.acos(x); // acos
    case 26: return math.atan(x); // atan
    case 27: return math.atan2(x, y); // atan2
    case 28: return math.sinh(x); // sinh
    case 29: return math.cosh(x); // cosh
    case 30: return math.tanh(x); // tanh
    case 31: return math.asinh(x); // asinh
    case 32: return math.acosh(x); // acosh
    case 33: return math.atanh(x); // atanh
    case 34: return math.hypot(x, y); // hypot
    case 35: return min<f64>(x, y); // min
    case 36: return max<f64>(x, y); // max
    case 37: return max<f64>(x, 0.0); // relu
    case 38: return select<f64>(min<f64>(max<f64>(x, y), w), NaN, y <= w); // clamp
    case 39: return floor<f64>(x); // floor
    case 40: return ceil<f64>(x); // ceil
    case 41: return math.round(x); // round
    case 42: return trunc<f64>(x); // trunc
    case 43: return math.rem(x, y); // rem
    case 44: return math.mod(x, y); // mod
    case 45: return math.sigmoid(x); // sigmoid
    case 46: return math.softplus(x); // softplus
    case 47: return math.silu(x); // silu
    case 48: return math.gaussian(x); // gaussian
    case 49: return math.erf(x); // erf
    case 50: return math.erfc(x); // erfc
    case 51: return math.lgamma(x); // lgamma
    case 52: return math.digamma(x); // digamma
    case 53: return math.polygamma(x, y); // polygamma
    case 54: return f64(x < y); // lt
    case 55: return f64(x <= y); // le
    case 56: return f64(x > y); // gt
    case 57: return f64(x >= y); // ge
    case 58: return f64(x == y); // eq
    case 59: return f64(x != y); // ne
    case 60: return select<f64>(y, w, x != 0.0); // select
    default: return NaN;
  }
}

/** ∂op/∂operand j at operands x, y, w and result z; key = 4·op + j. */
export function partial(key: u32, x: f64, y: f64, w: f64, z: f64): f64 {
  switch (key) {
    case 8: return 1.0; // add ∂x
    case 9: return 1.0; // add ∂y
    case 12: return 1.0; // sub ∂x
    case 13: return -1.0; // sub ∂y
    case 16: return y; // mul ∂x
    case 17: return x; // mul ∂y
    case 20: return (1.0 / y); // div ∂x
    case 21: return -((z / y)); // div ∂y
    case 24: return -1.0; // neg ∂x
    case 28: return select<f64>(1.0, select<f64>(-1.0, x, x < 0.0), x > 0.0); // abs ∂x
    case 32: return 0.0; // sign ∂x
    case 36: return (x + x); // square ∂x
    case 40: return (0.5 / abs<f64>(z)); // sqrt ∂x
    case 44: return (1.0 / (3.0 * (z * z))); // cbrt ∂x
    case 48: return -((z * z)); // reciprocal ∂x
    case 52: return select<f64>(0.0, (y * math.pow(x, (y - 1.0))), y == 0.0); // pow ∂x
    case 53: { const t0 = (z * math.log(x)); return select<f64>(select<f64>(0.0, t0, y >= 0.0), t0, x == 0.0); } // pow ∂y
    case 56: return z; // exp ∂x
    case 60: return (z * 0.6931471805599453); // exp2 ∂x
    case 64: return math.exp(x); // expm1 ∂x
    case 68: return select<f64>((1.0 / abs<f64>(x)), NaN, x >= 0.0); // log ∂x
    case 72: return select<f64>((1.4426950408889634 / abs<f64>(x)), NaN, x >= 0.0); // log2 ∂x
    case 76: return select<f64>((0.4342944819032518 / abs<f64>(x)), NaN, x >= 0.0); // log10 ∂x
    case 80: return select<f64>((1.0 / (1.0 + x)), NaN, x >= -1.0); // log1p ∂x
    case 84: return math.cos(x); // sin ∂x
    case 88: return -(math.sin(x)); // cos ∂x
    case 92: { const t0 = math.cos(x); return (1.0 / (t0 * t0)); } // tan ∂x
    case 96: return (1.0 / sqrt<f64>(((1.0 - x) * (1.0 + x)))); // asin ∂x
    case 100: return (-1.0 / sqrt<f64>(((1.0 - x) * (1.0 + x)))); // acos ∂x
    case 104: return (1.0 / (1.0 + (x * x))); // atan ∂x
    case 108: { const t0 = math.hypot(y, x); return ((y / t0) / t0); } // atan2 ∂x
    case 109: { const t0 = math.hypot(y, x); return -(((x / t0) / t0)); } // atan2 ∂y
    case 112: return math.cosh(x); // sinh ∂x
    case 116: return math.sinh(x); // cosh ∂x
    case 120: return (1.0 - (z * z)); // tanh ∂x
    case 124: return (1.0 / math.hypot(1.0, x)); // asinh ∂x
    case 128: return (1.0 / (sqrt<f64>((x - 1.0)) * sqrt<f64>((x + 1.0)))); // acosh ∂x
    case 132: return select<f64>((1.0 / ((1.0 - x) * (1.0 + x))), NaN, abs<f64>(x) <= 1.0); // atanh ∂x
    case 136: return select<f64>(0.0, select<f64>(select<f64>((select<f64>(1.0, select<f64>(-1.0, x, x < 0.0), x > 0.0) * select<f64>(0.7071067811865476, 1.0, abs<f64>(y) == Infinity)), select<f64>((x * 0.0), y, y == y), abs<f64>(x) == Infinity), (x / z), z == Infinity), z == 0.0); // hypot ∂x
    case 137: return select<f64>(0.0, select<f64>(select<f64>((select<f64>(1.0, select<f64>(-1.0, y, y < 0.0), y > 0.0) * select<f64>(0.7071067811865476, 1.0, abs<f64>(x) == Infinity)), select<f64>((y * 0.0), x, x == x), abs<f64>(y) == Infinity), (y / z), z == Infinity), z == 0.0); // hypot ∂y
    case 140: return select<f64>(1.0, select<f64>(0.0, select<f64>(0.5, NaN, x == y), x > y), x < y); // min ∂x
    case 141: return select<f64>(1.0, select<f64>(0.0, select<f64>(0.5, NaN, x == y), y > x), y < x); // min ∂y
    case 144: return select<f64>(1.0, select<f64>(0.0, select<f64>(0.5, NaN, x == y), x < y), x > y); // max ∂x
    case 145: return select<f64>(1.0, select<f64>(0.0, select<f64>(0.5, NaN, x == y), y < x), y > x); // max ∂y
    case 148: return select<f64>(1.0, select<f64>(0.0, NaN, x <= 0.0), x > 0.0); // relu ∂x
    case 152: return select<f64>(select<f64>(0.0, select<f64>(0.0, 1.0, x > w), x < y), NaN, z == z); // clamp ∂x
    case 153: return select<f64>(select<f64>(1.0, 0.0, x < y), NaN, z == z); // clamp ∂y
    case 154: return select<f64>(select<f64>(1.0, 0.0, x > w), NaN, z == z); // clamp ∂w
    case 156: return 0.0; // floor ∂x
    case 160: return 0.0; // ceil ∂x
    case 164: return 0.0; // round ∂x
    case 168: return 0.0; // trunc ∂x
    case 172: return select<f64>(1.0, NaN, z == z); // rem ∂x
    case 173: return -(math.round(((x - z) / y))); // rem ∂y
    case 176: return select<f64>(1.0, NaN, z == z); // mod ∂x
    case 177: return -(math.round(((x - z) / y))); // mod ∂y
    case 180: return (z * (1.0 - z)); // sigmoid ∂x
    case 184: return math.sigmoid(x); // softplus ∂x
    case 188: { const t0 = math.sigmoid(x); return (t0 + (z * (1.0 - t0))); } // silu ∂x
    case 192: return select<f64>(0.0, (-2.0 * (x * z)), z == 0.0); // gaussian ∂x
    case 196: return (1.1283791670955126 * math.gaussian(x)); // erf ∂x
    case 200: return (-1.1283791670955126 * math.gaussian(x)); // erfc ∂x
    case 204: return math.digamma(x); // lgamma ∂x
    case 208: return math.polygamma(1.0, x); // digamma ∂x
    case 212: return NaN; // polygamma ∂x
    case 213: return math.polygamma((x + 1.0), y); // polygamma ∂y
    case 216: return 0.0; // lt ∂x
    case 217: return 0.0; // lt ∂y
    case 220: return 0.0; // le ∂x
    case 221: return 0.0; // le ∂y
    case 224: return 0.0; // gt ∂x
    case 225: return 0.0; // gt ∂y
    case 228: return 0.0; // ge ∂x
    case 229: return 0.0; // ge ∂y
    case 232: return 0.0; // eq ∂x
    case 233: return 0.0; // eq ∂y
    case 236: return 0.0; // ne ∂x
    case 237: return 0.0; // ne ∂y
    case 240: return 0.0; // select ∂x
    case 241: return select<f64>(1.0, 0.0, x != 0.0); // select ∂y
    case 242: return select<f64>(0.0, 1.0, x != 0.0); // select ∂w
    default: return NaN;
  }
}

/** Operands of an op: 1, 2 or 3. */
export function arity(op: u32): u32 {
  return 1 + <u32>((<u64>0xffe0185c0800203c >> <u64>op) & 1) + <u32>((<u64>0x1000004000000000 >> <u64>op) & 1);
}

/** Is a partial of 0 a closed gate, through which nothing passes? */
export function isGate(op: u32): bool {
  return ((op < 64 ? <u64>0x1fc007f800000100 : <u64>0x6) >> <u64>(op & 63)) & 1 ? true : false;
}

/** The literals of the loops below, each twice. */
const TWICE = memory.data<f64>([1.0, 1.0, 0.0, 0.0, -1.0, -1.0, 0.5, 0.5, NaN, NaN], 16);

/** Values of pairs; returns the number of elements done: n rounded down to even, or 0 for an op without such a loop. */
export function valueLanes(op: u32, n: i32, o: usize, a: usize, sa: usize, b: usize, sb: usize, c: usize, sc: usize): i32 {
  const m = n & ~1;
  let i = 0;
  switch (op) {
    case 5: // div
      for (; i < m; i += 2, o += 16, a += sa, b += sb) { const x = v128.load(a); const y = v128.load(b); v128.store(o, f64x2.div(x, y)); }
      return m;
    case 6: // neg
      for (; i < m; i += 2, o += 16, a += sa) { const x = v128.load(a); v128.store(o, f64x2.neg(x)); }
      return m;
    case 7: // abs
      for (; i < m; i += 2, o += 16, a += sa) { const x = v128.load(a); v128.store(o, f64x2.abs(x)); }
      return m;
    case 9: // square
      for (; i < m; i += 2, o += 16, a += sa) { const x = v128.load(a); v128.store(o, f64x2.mul(x, x)); }
      return m;
    case 10: // sqrt
      for (; i < m; i += 2, o += 16, a += sa) { const x = v128.load(a); v128.store(o, f64x2.sqrt(x)); }
      return m;
    case 12: // reciprocal
      for (; i < m; i += 2, o += 16, a += sa) { const x = v128.load(a); v128.store(o, f64x2.div(v128.load(TWICE, 0), x)); }
      return m;
    case 35: // min
      for (; i < m; i += 2, o += 16, a += sa, b += sb) { const x = v128.load(a); const y = v128.load(b); v128.store(o, f64x2.min(x, y)); }
      return m;
    case 36: // max
      for (; i < m; i += 2, o += 16, a += sa, b += sb) { const x = v128.load(a); const y = v128.load(b); v128.store(o, f64x2.max(x, y)); }
      return m;
    case 37: // relu
      for (; i < m; i += 2, o += 16, a += sa) { const x = v128.load(a); v128.store(o, f64x2.max(x, v128.load(TWICE, 16))); }
      return m;
    case 60: // select
      for (; i < m; i += 2, o += 16, c += sc, a += sa, b += sb) { const w = v128.load(c); const x = v128.load(a); const y = v128.load(b); v128.store(o, v128.bitselect(y, w, f64x2.ne(x, v128.load(TWICE, 16)))); }
      return m;
    default: return 0;
  }
}

/** g += d · ∂op/∂operand j, for pairs; returns the number of elements done, as above. */
export function pullLanes(key: u32, n: i32, o: usize, d: usize, a: usize, sa: usize, b: usize, sb: usize, c: usize, sc: usize, g: usize): i32 {
  const m = n & ~1;
  let i = 0;
  switch (key) {
    case 20: // div ∂x
      for (; i < m; i += 2, d += 16, g += 16, b += sb) { const t = v128.load(d); const y = v128.load(b); v128.store(g, f64x2.add(v128.load(g), f64x2.mul(t, f64x2.div(v128.load(TWICE, 0), y)))); }
      return m;
    case 21: // div ∂y
      for (; i < m; i += 2, d += 16, g += 16, b += sb, o += 16) { const t = v128.load(d); const y = v128.load(b); const z = v128.load(o); v128.store(g, f64x2.add(v128.load(g), f64x2.mul(t, f64x2.neg(f64x2.div(z, y))))); }
      return m;
    case 24: // neg ∂x
      for (; i < m; i += 2, d += 16, g += 16) { const t = v128.load(d); v128.store(g, f64x2.add(v128.load(g), f64x2.neg(t))); }
      return m;
    case 28: // abs ∂x
      for (; i < m; i += 2, d += 16, g += 16, a += sa) { const t = v128.load(d); const x = v128.load(a); v128.store(g, f64x2.add(v128.load(g), f64x2.mul(t, v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.load(TWICE, 32), x, f64x2.lt(x, v128.load(TWICE, 16))), f64x2.gt(x, v128.load(TWICE, 16)))))); }
      return m;
    case 36: // square ∂x
      for (; i < m; i += 2, d += 16, g += 16, a += sa) { const t = v128.load(d); const x = v128.load(a); v128.store(g, f64x2.add(v128.load(g), f64x2.mul(t, f64x2.add(x, x)))); }
      return m;
    case 40: // sqrt ∂x
      for (; i < m; i += 2, d += 16, g += 16, o += 16) { const t = v128.load(d); const z = v128.load(o); v128.store(g, f64x2.add(v128.load(g), f64x2.mul(t, f64x2.div(v128.load(TWICE, 48), f64x2.abs(z))))); }
      return m;
    case 48: // reciprocal ∂x
      for (; i < m; i += 2, d += 16, g += 16, o += 16) { const t = v128.load(d); const z = v128.load(o); v128.store(g, f64x2.add(v128.load(g), f64x2.mul(t, f64x2.neg(f64x2.mul(z, z))))); }
      return m;
    case 140: // min ∂x
      for (; i < m; i += 2, d += 16, g += 16, a += sa, b += sb) { const t = v128.load(d); const x = v128.load(a); const y = v128.load(b); v128.store(g, f64x2.add(v128.load(g), f64x2.mul(t, v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.load(TWICE, 16), v128.bitselect(v128.load(TWICE, 48), v128.load(TWICE, 64), f64x2.eq(x, y)), f64x2.gt(x, y)), f64x2.lt(x, y))))); }
      return m;
    case 141: // min ∂y
      for (; i < m; i += 2, d += 16, g += 16, a += sa, b += sb) { const t = v128.load(d); const x = v128.load(a); const y = v128.load(b); v128.store(g, f64x2.add(v128.load(g), f64x2.mul(t, v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.load(TWICE, 16), v128.bitselect(v128.load(TWICE, 48), v128.load(TWICE, 64), f64x2.eq(x, y)), f64x2.gt(y, x)), f64x2.lt(y, x))))); }
      return m;
    case 144: // max ∂x
      for (; i < m; i += 2, d += 16, g += 16, a += sa, b += sb) { const t = v128.load(d); const x = v128.load(a); const y = v128.load(b); v128.store(g, f64x2.add(v128.load(g), f64x2.mul(t, v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.load(TWICE, 16), v128.bitselect(v128.load(TWICE, 48), v128.load(TWICE, 64), f64x2.eq(x, y)), f64x2.lt(x, y)), f64x2.gt(x, y))))); }
      return m;
    case 145: // max ∂y
      for (; i < m; i += 2, d += 16, g += 16, a += sa, b += sb) { const t = v128.load(d); const x = v128.load(a); const y = v128.load(b); v128.store(g, f64x2.add(v128.load(g), f64x2.mul(t, v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.load(TWICE, 16), v128.bitselect(v128.load(TWICE, 48), v128.load(TWICE, 64), f64x2.eq(x, y)), f64x2.lt(y, x)), f64x2.gt(y, x))))); }
      return m;
    case 148: // relu ∂x
      for (; i < m; i += 2, d += 16, g += 16, a += sa) { const t = v128.load(d); const x = v128.load(a); v128.store(g, f64x2.add(v128.load(g), f64x2.mul(t, v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.load(TWICE, 16), v128.load(TWICE, 64), f64x2.le(x, v128.load(TWICE, 16))), f64x2.gt(x, v128.load(TWICE, 16)))))); }
      return m;
    case 241: // select ∂y
      for (; i < m; i += 2, d += 16, g += 16, a += sa) { const t = v128.load(d); const x = v128.load(a); v128.store(g, f64x2.add(v128.load(g), f64x2.mul(t, v128.bitselect(v128.load(TWICE, 0), v128.load(TWICE, 16), f64x2.ne(x, v128.load(TWICE, 16)))))); }
      return m;
    case 242: // select ∂w
      for (; i < m; i += 2, d += 16, g += 16, a += sa) { const t = v128.load(d); const x = v128.load(a); v128.store(g, f64x2.add(v128.load(g), f64x2.mul(t, v128.bitselect(v128.load(TWICE, 16), v128.load(TWICE, 0), f64x2.ne(x, v128.load(TWICE, 16)))))); }
      return m;
    case 56: // exp ∂x
      for (; i < m; i += 2, d += 16, g += 16, o += 16) { const t = v128.load(d); const z = v128.load(o); v128.store(g, f64x2.add(v128.load(g), f64x2.mul(t, z))); }
      return m;
    case 68: // log ∂x
      for (; i < m; i += 2, d += 16, g += 16, a += sa) { const t = v128.load(d); const x = v128.load(a); v128.store(g, f64x2.add(v128.load(g), f64x2.mul(t, v128.bitselect(f64x2.div(v128.load(TWICE, 0), f64x2.abs(x)), v128.load(TWICE, 64), f64x2.ge(x, v128.load(TWICE, 16)))))); }
      return m;
    case 120: // tanh ∂x
      for (; i < m; i += 2, d += 16, g += 16, o += 16) { const t = v128.load(d); const z = v128.load(o); v128.store(g, f64x2.add(v128.load(g), f64x2.mul(t, f64x2.sub(v128.load(TWICE, 0), f64x2.mul(z, z))))); }
      return m;
    case 180: // sigmoid ∂x
      for (; i < m; i += 2, d += 16, g += 16, o += 16) { const t = v128.load(d); const z = v128.load(o); v128.store(g, f64x2.add(v128.load(g), f64x2.mul(t, f64x2.mul(z, f64x2.sub(v128.load(TWICE, 0), z))))); }
      return m;
    default: return 0;
  }
}

/** Two gathered numbers. */
// @ts-ignore: decorator
@inline function look(V: usize, i: usize): v128 {
  return v128.load_lane<f64>(V + (<usize>load<i32>(i, 4) << 3), v128.load64_zero(V + (<usize>load<i32>(i) << 3)), 1);
}
/** Adds two numbers to the adjoints of the two slots listed at i. */
// @ts-ignore: decorator
@inline function add(G: usize, i: usize, x: v128): void {
  const g = G + (<usize>load<i32>(i) << 3);
  store<f64>(g, load<f64>(g) + f64x2.extract_lane(x, 0));
  const h = G + (<usize>load<i32>(i, 4) << 3);
  store<f64>(h, load<f64>(h) + f64x2.extract_lane(x, 1));
}

/**
 * Values of pairs of nodes whose operands all are gathered, from the slots listed at a and b; returns the number of nodes
 * done, as above. In lanes because V8 makes branches of a scalar min, max or select, and those of relu are a coin toss:
 * 9.1 ns per node of an irregular graph before, see bench/results.md for now.
 */
export function valueGather(op: u32, n: i32, o: usize, V: usize, a: usize, b: usize): i32 {
  const m = n & ~1;
  let i = 0;
  switch (op) {
    case 2: for (; i < m; i += 2, o += 16, a += 8, b += 8) { const x = look(V, a); const y = look(V, b); v128.store(o, f64x2.add(x, y)); } return m; // add
    case 3: for (; i < m; i += 2, o += 16, a += 8, b += 8) { const x = look(V, a); const y = look(V, b); v128.store(o, f64x2.sub(x, y)); } return m; // sub
    case 4: for (; i < m; i += 2, o += 16, a += 8, b += 8) { const x = look(V, a); const y = look(V, b); v128.store(o, f64x2.mul(x, y)); } return m; // mul
    case 5: for (; i < m; i += 2, o += 16, a += 8, b += 8) { const x = look(V, a); const y = look(V, b); v128.store(o, f64x2.div(x, y)); } return m; // div
    case 6: for (; i < m; i += 2, o += 16, a += 8) { const x = look(V, a); v128.store(o, f64x2.neg(x)); } return m; // neg
    case 7: for (; i < m; i += 2, o += 16, a += 8) { const x = look(V, a); v128.store(o, f64x2.abs(x)); } return m; // abs
    case 9: for (; i < m; i += 2, o += 16, a += 8) { const x = look(V, a); v128.store(o, f64x2.mul(x, x)); } return m; // square
    case 10: for (; i < m; i += 2, o += 16, a += 8) { const x = look(V, a); v128.store(o, f64x2.sqrt(x)); } return m; // sqrt
    case 35: for (; i < m; i += 2, o += 16, a += 8, b += 8) { const x = look(V, a); const y = look(V, b); v128.store(o, f64x2.min(x, y)); } return m; // min
    case 36: for (; i < m; i += 2, o += 16, a += 8, b += 8) { const x = look(V, a); const y = look(V, b); v128.store(o, f64x2.max(x, y)); } return m; // max
    case 37: for (; i < m; i += 2, o += 16, a += 8) { const x = look(V, a); v128.store(o, f64x2.max(x, v128.load(TWICE, 16))); } return m; // relu
    default: return 0;
  }
}

/** Contributions of such pairs to the adjoints G of their active operands, node by node. */
export function pullGather(op: u32, mask: u32, n: i32, o: usize, d: usize, V: usize, a: usize, b: usize, G: usize): i32 {
  const m = n & ~1;
  let i = 0;
  switch (op) {
    case 5: for (; i < m; i += 2, d += 16, a += 8, b += 8, o += 16) { const t = v128.load(d); const y = look(V, b); const z = v128.load(o); if (mask & 1) { add(G, a, f64x2.mul(t, f64x2.div(v128.load(TWICE, 0), y))); } if (mask & 2) { add(G, b, f64x2.mul(t, f64x2.neg(f64x2.div(z, y)))); } } return m; // div
    case 6: for (; i < m; i += 2, d += 16, a += 8) { const t = v128.load(d); { add(G, a, f64x2.neg(t)); } } return m; // neg
    case 7: for (; i < m; i += 2, d += 16, a += 8) { const t = v128.load(d); const x = look(V, a); { add(G, a, f64x2.mul(t, v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.load(TWICE, 32), x, f64x2.lt(x, v128.load(TWICE, 16))), f64x2.gt(x, v128.load(TWICE, 16))))); } } return m; // abs
    case 9: for (; i < m; i += 2, d += 16, a += 8) { const t = v128.load(d); const x = look(V, a); { add(G, a, f64x2.mul(t, f64x2.add(x, x))); } } return m; // square
    case 10: for (; i < m; i += 2, d += 16, a += 8, o += 16) { const t = v128.load(d); const z = v128.load(o); { add(G, a, f64x2.mul(t, f64x2.div(v128.load(TWICE, 48), f64x2.abs(z)))); } } return m; // sqrt
    case 35: for (; i < m; i += 2, d += 16, a += 8, b += 8) { const t = v128.load(d); const x = look(V, a); const y = look(V, b); if (mask & 1) { add(G, a, f64x2.mul(t, v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.load(TWICE, 16), v128.bitselect(v128.load(TWICE, 48), v128.load(TWICE, 64), f64x2.eq(x, y)), f64x2.gt(x, y)), f64x2.lt(x, y)))); } if (mask & 2) { add(G, b, f64x2.mul(t, v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.load(TWICE, 16), v128.bitselect(v128.load(TWICE, 48), v128.load(TWICE, 64), f64x2.eq(x, y)), f64x2.gt(y, x)), f64x2.lt(y, x)))); } } return m; // min
    case 36: for (; i < m; i += 2, d += 16, a += 8, b += 8) { const t = v128.load(d); const x = look(V, a); const y = look(V, b); if (mask & 1) { add(G, a, f64x2.mul(t, v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.load(TWICE, 16), v128.bitselect(v128.load(TWICE, 48), v128.load(TWICE, 64), f64x2.eq(x, y)), f64x2.lt(x, y)), f64x2.gt(x, y)))); } if (mask & 2) { add(G, b, f64x2.mul(t, v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.load(TWICE, 16), v128.bitselect(v128.load(TWICE, 48), v128.load(TWICE, 64), f64x2.eq(x, y)), f64x2.lt(y, x)), f64x2.gt(y, x)))); } } return m; // max
    case 37: for (; i < m; i += 2, d += 16, a += 8) { const t = v128.load(d); const x = look(V, a); { add(G, a, f64x2.mul(t, v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.load(TWICE, 16), v128.load(TWICE, 64), f64x2.le(x, v128.load(TWICE, 16))), f64x2.gt(x, v128.load(TWICE, 16))))); } } return m; // relu
    default: return 0;
  }
}
