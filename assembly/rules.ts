// Printed from src/ops/rules.ts by `npm run rules`; do not edit.
//
// Every op of one to three operands: its value at x, y, w, and its partials from x, y, w and the result z. A pair is two
// nodes or two rows, and has the bits of each alone.
import * as math from './math';
import { expLanes, logLanes, tanhLanes, sigmoidLanes } from './math/lanes';

export const ADD: u32 = 2;
export const SUB: u32 = 3;
export const MUL: u32 = 4;
export const SQUARE: u32 = 9;
export const EXP: u32 = 14;
export const TANH: u32 = 30;
export const RELU: u32 = 37;
export const SIGMOID: u32 = 45;
export const SUM: u32 = 64;
export const MEAN: u32 = 65;
export const PROD: u32 = 66;
export const DOT: u32 = 67;
export const MIN_OF: u32 = 68;
export const MAX_OF: u32 = 69;
export const NORM: u32 = 70;
export const LOGSUMEXP: u32 = 71;

/** The op's value at one point. */
export function value(op: u32, x: f64, y: f64, w: f64): f64 {
  switch (op) {
    case 11: return math.cbrt(x); // cbrt
    case 13: return math.pow(x, y); // pow
    case 15: return math.exp2(x); // exp2
    case 16: return math.expm1(x); // expm1
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
    case 31: return math.asinh(x); // asinh
    case 32: return math.acosh(x); // acosh
    case 33: return math.atanh(x); // atanh
    case 34: return math.hypot(x, y); // hypot
    case 41: return math.round(x); // round
    case 43: return math.rem(x, y); // rem
    case 44: return math.mod(x, y); // mod
    case 46: return math.softplus(x); // softplus
    case 47: return math.silu(x); // silu
    case 48: return math.gaussian(x); // gaussian
    case 49: return math.erf(x); // erf
    case 50: return math.erfc(x); // erfc
    case 51: return math.lgamma(x); // lgamma
    case 52: return math.digamma(x); // digamma
    case 53: return math.polygamma(x, y); // polygamma
    default: return first(valuePair(op, f64x2.splat(x), f64x2.splat(y), f64x2.splat(w)));
  }
}

/** Its values at two points. */
export function valuePair(op: u32, x: v128, y: v128, w: v128): v128 {
  switch (op) {
    case 2: return f64x2.add(x, y); // add
    case 3: return f64x2.sub(x, y); // sub
    case 4: return f64x2.mul(x, y); // mul
    case 5: return f64x2.div(x, y); // div
    case 6: return f64x2.neg(x); // neg
    case 7: return f64x2.abs(x); // abs
    case 8: return v128.bitselect(v128.load(TWICE, 16), v128.bitselect(v128.load(TWICE, 32), x, f64x2.lt(x, v128.load(TWICE, 0))), f64x2.gt(x, v128.load(TWICE, 0))); // sign
    case 9: return f64x2.mul(x, x); // square
    case 10: return f64x2.sqrt(x); // sqrt
    case 12: return f64x2.div(v128.load(TWICE, 16), x); // reciprocal
    case 14: return expLanes(x); // exp
    case 17: return logLanes(x); // log
    case 30: return tanhLanes(x); // tanh
    case 35: return f64x2.min(x, y); // min
    case 36: return f64x2.max(x, y); // max
    case 37: return f64x2.max(x, v128.load(TWICE, 0)); // relu
    case 38: return v128.bitselect(f64x2.min(f64x2.max(x, y), w), v128.load(TWICE, 48), f64x2.le(y, w)); // clamp
    case 39: return f64x2.floor(x); // floor
    case 40: return f64x2.ceil(x); // ceil
    case 42: return f64x2.trunc(x); // trunc
    case 45: return sigmoidLanes(x); // sigmoid
    case 54: return v128.and(f64x2.lt(x, y), v128.load(TWICE, 16)); // lt
    case 55: return v128.and(f64x2.le(x, y), v128.load(TWICE, 16)); // le
    case 56: return v128.and(f64x2.gt(x, y), v128.load(TWICE, 16)); // gt
    case 57: return v128.and(f64x2.ge(x, y), v128.load(TWICE, 16)); // ge
    case 58: return v128.and(f64x2.eq(x, y), v128.load(TWICE, 16)); // eq
    case 59: return v128.and(f64x2.ne(x, y), v128.load(TWICE, 16)); // ne
    case 60: return v128.bitselect(y, w, f64x2.ne(x, v128.load(TWICE, 0))); // select
    case 61: return x; // stop
    case 62: return x; // attach
    case 63: { const t0 = f64x2.sub(x, y); const t1 = f64x2.sub(t0, x); const t2 = f64x2.sub(f64x2.sub(x, f64x2.sub(t0, t1)), f64x2.add(y, t1)); const t3 = expLanes(t0); return v128.bitselect(f64x2.add(t3, f64x2.mul(t3, t2)), t3, f64x2.eq(t2, t2)); } // expDifference
    default: return f64x2.replace_lane(f64x2.splat(value(op, first(x), first(y), first(w))), 1, value(op, second(x), second(y), second(w)));
  }
}

/** ∂op/∂operand j at one point; key = 4·op + j. */
export function partial(key: u32, x: f64, y: f64, w: f64, z: f64): f64 {
  switch (key) {
    case 52: { const t0 = (y - 1.0); return select<f64>(0.0, select<f64>((y * math.pow(x, t0)), ((y * z) / x), select<f64>(1.0, select<f64>(1.0, (f64((t0 + 1.0) == y) * f64((y - t0) == 1.0)), abs<f64>(x) == Infinity), x == 0.0) != 0.0), y == 0.0); } // pow ∂x
    case 84: return math.cos(x); // sin ∂x
    case 88: return -(math.sin(x)); // cos ∂x
    case 112: return math.cosh(x); // sinh ∂x
    case 116: return math.sinh(x); // cosh ∂x
    case 173: return -(math.round(((x - z) / y))); // rem ∂y
    case 177: return -(math.round(((x - z) / y))); // mod ∂y
    case 196: return (1.1283791670955126 * math.gaussian(x)); // erf ∂x
    case 200: return (-1.1283791670955126 * math.gaussian(x)); // erfc ∂x
    case 204: return math.digamma(x); // lgamma ∂x
    case 208: return math.polygamma(1.0, x); // digamma ∂x
    case 213: return math.polygamma((x + 1.0), y); // polygamma ∂y
    default: return first(partialPair(key, f64x2.splat(x), f64x2.splat(y), f64x2.splat(w), f64x2.splat(z)));
  }
}

/** The same at two points. */
export function partialPair(key: u32, x: v128, y: v128, w: v128, z: v128): v128 {
  switch (key) {
    case 8: return v128.load(TWICE, 16); // add ∂x
    case 9: return v128.load(TWICE, 16); // add ∂y
    case 12: return v128.load(TWICE, 16); // sub ∂x
    case 13: return v128.load(TWICE, 32); // sub ∂y
    case 16: return y; // mul ∂x
    case 17: return x; // mul ∂y
    case 20: return f64x2.div(v128.load(TWICE, 16), y); // div ∂x
    case 21: return f64x2.neg(f64x2.div(z, y)); // div ∂y
    case 24: return v128.load(TWICE, 32); // neg ∂x
    case 28: return v128.bitselect(v128.load(TWICE, 16), v128.bitselect(v128.load(TWICE, 32), x, f64x2.lt(x, v128.load(TWICE, 0))), f64x2.gt(x, v128.load(TWICE, 0))); // abs ∂x
    case 32: return v128.load(TWICE, 0); // sign ∂x
    case 36: return f64x2.add(x, x); // square ∂x
    case 40: return f64x2.div(v128.load(TWICE, 64), f64x2.abs(z)); // sqrt ∂x
    case 44: return v128.bitselect(v128.load(TWICE, 80), v128.bitselect(v128.load(TWICE, 0), f64x2.div(f64x2.div(z, x), v128.load(TWICE, 96)), f64x2.eq(f64x2.abs(x), v128.load(TWICE, 80))), f64x2.eq(x, v128.load(TWICE, 0))); // cbrt ∂x
    case 48: return f64x2.neg(f64x2.mul(z, z)); // reciprocal ∂x
    case 53: { const t0 = f64x2.mul(z, logLanes(x)); return v128.bitselect(v128.bitselect(v128.load(TWICE, 0), t0, f64x2.ge(y, v128.load(TWICE, 0))), t0, f64x2.eq(x, v128.load(TWICE, 0))); } // pow ∂y
    case 56: return z; // exp ∂x
    case 60: return f64x2.mul(z, v128.load(TWICE, 112)); // exp2 ∂x
    case 64: return expLanes(x); // expm1 ∂x
    case 68: return v128.bitselect(f64x2.div(v128.load(TWICE, 16), f64x2.abs(x)), v128.load(TWICE, 48), f64x2.ge(x, v128.load(TWICE, 0))); // log ∂x
    case 72: return v128.bitselect(f64x2.div(v128.load(TWICE, 128), f64x2.abs(x)), v128.load(TWICE, 48), f64x2.ge(x, v128.load(TWICE, 0))); // log2 ∂x
    case 76: return v128.bitselect(f64x2.div(v128.load(TWICE, 144), f64x2.abs(x)), v128.load(TWICE, 48), f64x2.ge(x, v128.load(TWICE, 0))); // log10 ∂x
    case 80: return v128.bitselect(f64x2.div(v128.load(TWICE, 16), f64x2.add(v128.load(TWICE, 16), x)), v128.load(TWICE, 48), f64x2.ge(x, v128.load(TWICE, 32))); // log1p ∂x
    case 92: return f64x2.add(v128.load(TWICE, 16), f64x2.mul(z, z)); // tan ∂x
    case 96: return f64x2.sqrt(f64x2.div(v128.load(TWICE, 16), f64x2.mul(f64x2.sub(v128.load(TWICE, 16), x), f64x2.add(v128.load(TWICE, 16), x)))); // asin ∂x
    case 100: return f64x2.neg(f64x2.sqrt(f64x2.div(v128.load(TWICE, 16), f64x2.mul(f64x2.sub(v128.load(TWICE, 16), x), f64x2.add(v128.load(TWICE, 16), x))))); // acos ∂x
    case 104: return f64x2.div(v128.load(TWICE, 16), f64x2.add(v128.load(TWICE, 16), f64x2.mul(x, x))); // atan ∂x
    case 108: { const t0 = f64x2.gt(f64x2.abs(y), f64x2.abs(x)); const t1 = v128.bitselect(x, y, t0); const t2 = v128.bitselect(y, x, t0); const t3 = f64x2.div(t1, t2); return f64x2.div(v128.bitselect(v128.load(TWICE, 16), t3, t0), f64x2.add(t2, f64x2.mul(t1, t3))); } // atan2 ∂x
    case 109: { const t0 = f64x2.gt(f64x2.abs(y), f64x2.abs(x)); const t1 = v128.bitselect(x, y, t0); const t2 = v128.bitselect(y, x, t0); const t3 = f64x2.div(t1, t2); return f64x2.neg(f64x2.div(v128.bitselect(t3, v128.load(TWICE, 16), t0), f64x2.add(t2, f64x2.mul(t1, t3)))); } // atan2 ∂y
    case 120: return f64x2.sub(v128.load(TWICE, 16), f64x2.mul(z, z)); // tanh ∂x
    case 124: { const t0 = f64x2.abs(x); return v128.bitselect(f64x2.sqrt(f64x2.div(v128.load(TWICE, 16), f64x2.add(v128.load(TWICE, 16), f64x2.mul(x, x)))), f64x2.div(v128.load(TWICE, 16), t0), f64x2.lt(t0, v128.load(TWICE, 160))); } // asinh ∂x
    case 128: return v128.bitselect(v128.bitselect(f64x2.sqrt(f64x2.div(v128.load(TWICE, 16), f64x2.mul(f64x2.sub(x, v128.load(TWICE, 16)), f64x2.add(x, v128.load(TWICE, 16))))), f64x2.div(v128.load(TWICE, 16), x), f64x2.lt(x, v128.load(TWICE, 160))), v128.load(TWICE, 48), f64x2.ge(x, v128.load(TWICE, 16))); // acosh ∂x
    case 132: return v128.bitselect(f64x2.div(v128.load(TWICE, 16), f64x2.mul(f64x2.sub(v128.load(TWICE, 16), x), f64x2.add(v128.load(TWICE, 16), x))), v128.load(TWICE, 48), f64x2.le(f64x2.abs(x), v128.load(TWICE, 16))); // atanh ∂x
    case 136: return v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.bitselect(f64x2.mul(v128.bitselect(v128.load(TWICE, 16), v128.bitselect(v128.load(TWICE, 32), x, f64x2.lt(x, v128.load(TWICE, 0))), f64x2.gt(x, v128.load(TWICE, 0))), v128.bitselect(v128.load(TWICE, 176), v128.load(TWICE, 16), f64x2.eq(f64x2.abs(y), v128.load(TWICE, 80)))), v128.bitselect(f64x2.mul(x, v128.load(TWICE, 0)), y, f64x2.eq(y, y)), f64x2.eq(f64x2.abs(x), v128.load(TWICE, 80))), f64x2.div(x, z), f64x2.eq(z, v128.load(TWICE, 80))), f64x2.eq(z, v128.load(TWICE, 0))); // hypot ∂x
    case 137: return v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.bitselect(f64x2.mul(v128.bitselect(v128.load(TWICE, 16), v128.bitselect(v128.load(TWICE, 32), y, f64x2.lt(y, v128.load(TWICE, 0))), f64x2.gt(y, v128.load(TWICE, 0))), v128.bitselect(v128.load(TWICE, 176), v128.load(TWICE, 16), f64x2.eq(f64x2.abs(x), v128.load(TWICE, 80)))), v128.bitselect(f64x2.mul(y, v128.load(TWICE, 0)), x, f64x2.eq(x, x)), f64x2.eq(f64x2.abs(y), v128.load(TWICE, 80))), f64x2.div(y, z), f64x2.eq(z, v128.load(TWICE, 80))), f64x2.eq(z, v128.load(TWICE, 0))); // hypot ∂y
    case 140: return v128.bitselect(v128.load(TWICE, 16), v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.load(TWICE, 64), v128.load(TWICE, 48), f64x2.eq(x, y)), f64x2.gt(x, y)), f64x2.lt(x, y)); // min ∂x
    case 141: return v128.bitselect(v128.load(TWICE, 16), v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.load(TWICE, 64), v128.load(TWICE, 48), f64x2.eq(x, y)), f64x2.gt(y, x)), f64x2.lt(y, x)); // min ∂y
    case 144: return v128.bitselect(v128.load(TWICE, 16), v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.load(TWICE, 64), v128.load(TWICE, 48), f64x2.eq(x, y)), f64x2.lt(x, y)), f64x2.gt(x, y)); // max ∂x
    case 145: return v128.bitselect(v128.load(TWICE, 16), v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.load(TWICE, 64), v128.load(TWICE, 48), f64x2.eq(x, y)), f64x2.lt(y, x)), f64x2.gt(y, x)); // max ∂y
    case 148: return v128.bitselect(v128.load(TWICE, 16), v128.bitselect(v128.load(TWICE, 0), v128.load(TWICE, 48), f64x2.le(x, v128.load(TWICE, 0))), f64x2.gt(x, v128.load(TWICE, 0))); // relu ∂x
    case 152: return v128.bitselect(v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.load(TWICE, 0), v128.load(TWICE, 16), f64x2.gt(x, w)), f64x2.lt(x, y)), v128.load(TWICE, 48), f64x2.eq(z, z)); // clamp ∂x
    case 153: return v128.bitselect(v128.bitselect(v128.load(TWICE, 16), v128.load(TWICE, 0), f64x2.lt(x, y)), v128.load(TWICE, 48), f64x2.eq(z, z)); // clamp ∂y
    case 154: return v128.bitselect(v128.bitselect(v128.load(TWICE, 16), v128.load(TWICE, 0), f64x2.gt(x, w)), v128.load(TWICE, 48), f64x2.eq(z, z)); // clamp ∂w
    case 156: return v128.load(TWICE, 0); // floor ∂x
    case 160: return v128.load(TWICE, 0); // ceil ∂x
    case 164: return v128.load(TWICE, 0); // round ∂x
    case 168: return v128.load(TWICE, 0); // trunc ∂x
    case 172: return v128.bitselect(v128.load(TWICE, 16), v128.load(TWICE, 48), f64x2.eq(z, z)); // rem ∂x
    case 176: return v128.bitselect(v128.load(TWICE, 16), v128.load(TWICE, 48), f64x2.eq(z, z)); // mod ∂x
    case 180: return f64x2.mul(z, f64x2.sub(v128.load(TWICE, 16), z)); // sigmoid ∂x
    case 184: return sigmoidLanes(x); // softplus ∂x
    case 188: return f64x2.add(sigmoidLanes(x), f64x2.mul(f64x2.min(z, v128.load(TWICE, 192)), sigmoidLanes(f64x2.neg(x)))); // silu ∂x
    case 192: return v128.bitselect(v128.load(TWICE, 0), f64x2.mul(v128.load(TWICE, 208), f64x2.mul(x, z)), f64x2.eq(z, v128.load(TWICE, 0))); // gaussian ∂x
    case 212: return v128.load(TWICE, 48); // polygamma ∂x
    case 216: return v128.load(TWICE, 0); // lt ∂x
    case 217: return v128.load(TWICE, 0); // lt ∂y
    case 220: return v128.load(TWICE, 0); // le ∂x
    case 221: return v128.load(TWICE, 0); // le ∂y
    case 224: return v128.load(TWICE, 0); // gt ∂x
    case 225: return v128.load(TWICE, 0); // gt ∂y
    case 228: return v128.load(TWICE, 0); // ge ∂x
    case 229: return v128.load(TWICE, 0); // ge ∂y
    case 232: return v128.load(TWICE, 0); // eq ∂x
    case 233: return v128.load(TWICE, 0); // eq ∂y
    case 236: return v128.load(TWICE, 0); // ne ∂x
    case 237: return v128.load(TWICE, 0); // ne ∂y
    case 240: return v128.load(TWICE, 0); // select ∂x
    case 241: return v128.bitselect(v128.load(TWICE, 16), v128.load(TWICE, 0), f64x2.ne(x, v128.load(TWICE, 0))); // select ∂y
    case 242: return v128.bitselect(v128.load(TWICE, 0), v128.load(TWICE, 16), f64x2.ne(x, v128.load(TWICE, 0))); // select ∂w
    case 244: return v128.load(TWICE, 0); // stop ∂x
    case 248: return v128.load(TWICE, 16); // attach ∂x
    case 249: return w; // attach ∂y
    case 250: return v128.load(TWICE, 0); // attach ∂w
    case 252: return z; // expDifference ∂x
    case 253: return f64x2.neg(z); // expDifference ∂y
    default: return f64x2.replace_lane(f64x2.splat(partial(key, first(x), first(y), first(w), first(z))), 1, partial(key, second(x), second(y), second(w), second(z)));
  }
}

/** Values of n nodes of a common op whose operands are gathered, from the slots listed at a and b; false if the op is none of these. */
// @ts-ignore: decorator
@inline export function valueGathered(op: u32, n: i32, o: usize, V: usize, a: usize, b: usize): bool {
  const e = o + (<usize>n << 3);
  switch (op) {
    case 2: for (; o < e; o += 8, a += 4, b += 4) { const k = place(a), l = place(b), x = load<f64>(V + k), y = load<f64>(V + l); store<f64>(o, (x + y)); } break; // add
    case 3: for (; o < e; o += 8, a += 4, b += 4) { const k = place(a), l = place(b), x = load<f64>(V + k), y = load<f64>(V + l); store<f64>(o, (x - y)); } break; // sub
    case 4: for (; o < e; o += 8, a += 4, b += 4) { const k = place(a), l = place(b), x = load<f64>(V + k), y = load<f64>(V + l); store<f64>(o, (x * y)); } break; // mul
    case 6: for (; o < e; o += 8, a += 4, b += 4) { const k = place(a), x = load<f64>(V + k); store<f64>(o, -(x)); } break; // neg
    case 9: for (; o < e; o += 8, a += 4, b += 4) { const k = place(a), x = load<f64>(V + k); store<f64>(o, (x * x)); } break; // square
    case 37: for (; o < e; o += 8, a += 4, b += 4) { const k = place(a), x = v128.load64_zero(V + k); v128.store_lane<f64>(o, f64x2.max(x, v128.load(TWICE, 0)), 0); } break; // relu
    case 35: for (; o < e; o += 8, a += 4, b += 4) { const k = place(a), l = place(b), x = v128.load64_zero(V + k), y = v128.load64_zero(V + l); v128.store_lane<f64>(o, f64x2.min(x, y), 0); } break; // min
    case 36: for (; o < e; o += 8, a += 4, b += 4) { const k = place(a), l = place(b), x = v128.load64_zero(V + k), y = v128.load64_zero(V + l); v128.store_lane<f64>(o, f64x2.max(x, y), 0); } break; // max
    default: return false;
  }
  return true;
}

/** Contributions of such nodes to the adjoints G of their active operands, node by node. */
// @ts-ignore: decorator
@inline export function pullGathered(op: u32, mask: u32, n: i32, d: usize, V: usize, a: usize, b: usize, G: usize): bool {
  const e = d + (<usize>n << 3), toA = (mask & 1) != 0, toB = (mask & 2) != 0;
  switch (op) {
    case 2: for (; d < e; d += 8, a += 4, b += 4) { const t = load<f64>(d), k = place(a), l = place(b); if (toA) add(G + k, t); if (toB) add(G + l, t); } break; // add
    case 3: for (; d < e; d += 8, a += 4, b += 4) { const t = load<f64>(d), k = place(a), l = place(b); if (toA) add(G + k, t); if (toB) add(G + l, -t); } break; // sub
    case 4: for (; d < e; d += 8, a += 4, b += 4) { const t = load<f64>(d), k = place(a), l = place(b), x = load<f64>(V + k), y = load<f64>(V + l); if (toA) add(G + k, t * y); if (toB) add(G + l, t * x); } break; // mul
    case 6: for (; d < e; d += 8, a += 4, b += 4) { const t = load<f64>(d), k = place(a); add(G + k, -t); } break; // neg
    case 9: for (; d < e; d += 8, a += 4, b += 4) { const t = load<f64>(d), k = place(a), x = load<f64>(V + k); add(G + k, t * (x + x)); } break; // square
    case 37: for (; d < e; d += 8, a += 4, b += 4) { const t = load<f64>(d), k = place(a), x = v128.load64_zero(V + k); add(G + k, t * first(v128.bitselect(v128.load(TWICE, 16), v128.bitselect(v128.load(TWICE, 0), v128.load(TWICE, 48), f64x2.le(x, v128.load(TWICE, 0))), f64x2.gt(x, v128.load(TWICE, 0))))); } break; // relu
    case 35: for (; d < e; d += 8, a += 4, b += 4) { const t = load<f64>(d), k = place(a), l = place(b), x = v128.load64_zero(V + k), y = v128.load64_zero(V + l); if (toA) add(G + k, t * first(v128.bitselect(v128.load(TWICE, 16), v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.load(TWICE, 64), v128.load(TWICE, 48), f64x2.eq(x, y)), f64x2.gt(x, y)), f64x2.lt(x, y)))); if (toB) add(G + l, t * first(v128.bitselect(v128.load(TWICE, 16), v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.load(TWICE, 64), v128.load(TWICE, 48), f64x2.eq(x, y)), f64x2.gt(y, x)), f64x2.lt(y, x)))); } break; // min
    case 36: for (; d < e; d += 8, a += 4, b += 4) { const t = load<f64>(d), k = place(a), l = place(b), x = v128.load64_zero(V + k), y = v128.load64_zero(V + l); if (toA) add(G + k, t * first(v128.bitselect(v128.load(TWICE, 16), v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.load(TWICE, 64), v128.load(TWICE, 48), f64x2.eq(x, y)), f64x2.lt(x, y)), f64x2.gt(x, y)))); if (toB) add(G + l, t * first(v128.bitselect(v128.load(TWICE, 16), v128.bitselect(v128.load(TWICE, 0), v128.bitselect(v128.load(TWICE, 64), v128.load(TWICE, 48), f64x2.eq(x, y)), f64x2.lt(y, x)), f64x2.gt(y, x)))); } break; // max
    default: return false;
  }
  return true;
}

/** Where the slot listed at i lies. */
// @ts-ignore: decorator
@inline function place(i: usize): usize { return <usize>load<i32>(i) << 3; }
// @ts-ignore: decorator
@inline function add(g: usize, x: f64): void { store<f64>(g, load<f64>(g) + x); }

/** Two gathered numbers. */
// @ts-ignore: decorator
@inline export function look(V: usize, i: usize): v128 {
  return v128.load_lane<f64>(V + (<usize>load<i32>(i, 4) << 3), v128.load64_zero(V + (<usize>load<i32>(i) << 3)), 1);
}

// @ts-ignore: decorator
@inline function first(x: v128): f64 { return f64x2.extract_lane(x, 0); }
// @ts-ignore: decorator
@inline function second(x: v128): f64 { return f64x2.extract_lane(x, 1); }

/** Operands of an op: 1, 2 or 3. */
export function arity(op: u32): u32 {
  return 1 + <u32>((<u64>0xdfe0185c0800203c >> <u64>op) & 1) + <u32>((<u64>0x5000004000000000 >> <u64>op) & 1);
}

/** Is a partial of 0 a closed gate, through which nothing passes? */
export function isGate(op: u32): bool {
  return ((op < 64 ? <u64>0x3fc007f800000100 : <u64>0x30) >> <u64>(op & 63)) & 1 ? true : false;
}

/** The literals of pairs, each twice. */
const TWICE = memory.data<f64>([0.0, 0.0, 1.0, 1.0, -1.0, -1.0, NaN, NaN, 0.5, 0.5, Infinity, Infinity, 3.0, 3.0, 0.6931471805599453, 0.6931471805599453, 1.4426950408889634, 1.4426950408889634, 0.4342944819032518, 0.4342944819032518, 1000000000.0, 1000000000.0, 0.7071067811865476, 0.7071067811865476, 1000.0, 1000.0, -2.0, -2.0], 16);
