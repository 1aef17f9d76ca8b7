// Printed from src/ops/rules.ts by `npm run rules`; do not edit.
import * as math from './math.ts';

/** By opcode; codes that are no op have 0. */
function byOpcode(digits: string): Uint8Array {
  const result = new Uint8Array(256);
  for (let code = 0; code < digits.length; code++) result[code] = Number(digits[code]);
  return result;
}

/** Operands of each op: 1 to 3, and 0 for leaves and ops over lists. */
export const ARITY = /* @__PURE__ */ byOpcode('002222111111121111111111111211111122213111122111111112222222313200000000');
/** Lists of each op over lists: 2 for dot, else 1; 0 for all others. */
export const LISTS = /* @__PURE__ */ byOpcode('000000000000000000000000000000000000000000000000000000000000000011121111');
/** 1 for ops whose partial of 0 is a closed gate. */
export const GATE = /* @__PURE__ */ byOpcode('000000001000000000000000000000000001111111100000000000111111110000001100');

// Node i < n of a run reads v[a + i·as], v[b + i·bs], v[c + i·cs] and has its value at v[o + i].

/** v[o + i] = op(operands of node i). */
export function forwardRun(op: number, n: number, v: Float64Array, o: number, a: number, as: number, b: number, bs: number, c: number, cs: number): void {
  switch (op) {
    case 2: // add
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; v[o + i] = (x + y); }
      return;
    case 3: // sub
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; v[o + i] = (x - y); }
      return;
    case 4: // mul
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; v[o + i] = (x * y); }
      return;
    case 5: // div
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; v[o + i] = (x / y); }
      return;
    case 6: // neg
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = -x; }
      return;
    case 7: // abs
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = Math.abs(x); }
      return;
    case 8: // sign
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = (x > 0 ? 1 : (x < 0 ? -1 : x)); }
      return;
    case 9: // square
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = (x * x); }
      return;
    case 10: // sqrt
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = Math.sqrt(x); }
      return;
    case 11: // cbrt
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.cbrt(x); }
      return;
    case 12: // reciprocal
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = (1 / x); }
      return;
    case 13: // pow
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; v[o + i] = math.pow(x, y); }
      return;
    case 14: // exp
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.exp(x); }
      return;
    case 15: // exp2
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.exp2(x); }
      return;
    case 16: // expm1
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.expm1(x); }
      return;
    case 17: // log
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.log(x); }
      return;
    case 18: // log2
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.log2(x); }
      return;
    case 19: // log10
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.log10(x); }
      return;
    case 20: // log1p
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.log1p(x); }
      return;
    case 21: // sin
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.sin(x); }
      return;
    case 22: // cos
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.cos(x); }
      return;
    case 23: // tan
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.tan(x); }
      return;
    case 24: // asin
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.asin(x); }
      return;
    case 25: // acos
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.acos(x); }
      return;
    case 26: // atan
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.atan(x); }
      return;
    case 27: // atan2
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; v[o + i] = math.atan2(x, y); }
      return;
    case 28: // sinh
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.sinh(x); }
      return;
    case 29: // cosh
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.cosh(x); }
      return;
    case 30: // tanh
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.tanh(x); }
      return;
    case 31: // asinh
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.asinh(x); }
      return;
    case 32: // acosh
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.acosh(x); }
      return;
    case 33: // atanh
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.atanh(x); }
      return;
    case 34: // hypot
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; v[o + i] = math.hypot(x, y); }
      return;
    case 35: // min
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; v[o + i] = Math.min(x, y); }
      return;
    case 36: // max
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; v[o + i] = Math.max(x, y); }
      return;
    case 37: // relu
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = Math.max(x, 0); }
      return;
    case 38: // clamp
      for (let i = 0; i < n; i++) { const w = v[c + i * cs]!; const x = v[a + i * as]!; const y = v[b + i * bs]!; v[o + i] = (y <= w ? Math.min(Math.max(x, y), w) : Number.NaN); }
      return;
    case 39: // floor
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = Math.floor(x); }
      return;
    case 40: // ceil
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = Math.ceil(x); }
      return;
    case 41: // round
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.round(x); }
      return;
    case 42: // trunc
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = Math.trunc(x); }
      return;
    case 43: // rem
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; v[o + i] = math.rem(x, y); }
      return;
    case 44: // mod
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; v[o + i] = math.mod(x, y); }
      return;
    case 45: // sigmoid
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.sigmoid(x); }
      return;
    case 46: // softplus
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.softplus(x); }
      return;
    case 47: // silu
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.silu(x); }
      return;
    case 48: // gaussian
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.gaussian(x); }
      return;
    case 49: // erf
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.erf(x); }
      return;
    case 50: // erfc
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.erfc(x); }
      return;
    case 51: // lgamma
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.lgamma(x); }
      return;
    case 52: // digamma
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = math.digamma(x); }
      return;
    case 53: // polygamma
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; v[o + i] = math.polygamma(x, y); }
      return;
    case 54: // lt
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; v[o + i] = (x < y ? 1 : 0); }
      return;
    case 55: // le
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; v[o + i] = (x <= y ? 1 : 0); }
      return;
    case 56: // gt
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; v[o + i] = (x > y ? 1 : 0); }
      return;
    case 57: // ge
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; v[o + i] = (x >= y ? 1 : 0); }
      return;
    case 58: // eq
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; v[o + i] = (x === y ? 1 : 0); }
      return;
    case 59: // ne
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; v[o + i] = (x !== y ? 1 : 0); }
      return;
    case 60: // select
      for (let i = 0; i < n; i++) { const w = v[c + i * cs]!; const x = v[a + i * as]!; const y = v[b + i * bs]!; v[o + i] = (x !== 0 ? y : w); }
      return;
    case 61: // stop
    case 62: // attach
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; v[o + i] = x; }
      return;
    case 63: // expDifference
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; const t0 = (x - y); const t1 = (t0 - x); const t2 = ((x - (t0 - t1)) - (y + t1)); const t3 = math.exp(t0); v[o + i] = (t2 === t2 ? (t3 + (t3 * t2)) : t3); }
      return;
  }
}

/** g[t + i·ts] += d[di + i] · ∂op/∂operand j at node i; a partial that is always 0 adds nothing. */
export function pullRun(op: number, j: number, n: number, v: Float64Array, o: number, d: Float64Array, di: number, a: number, as: number, b: number, bs: number, c: number, cs: number, g: Float64Array, t: number, ts: number): void {
  switch (4 * op + j) {
    case 8: // add ∂x
    case 9: // add ∂y
    case 12: // sub ∂x
    case 248: // attach ∂x
      for (let i = 0; i < n; i++) g[t + i * ts] += d[di + i]!;
      return;
    case 13: // sub ∂y
    case 24: // neg ∂x
      for (let i = 0; i < n; i++) g[t + i * ts] += -d[di + i]!;
      return;
    case 16: // mul ∂x
      for (let i = 0; i < n; i++) { const y = v[b + i * bs]!; g[t + i * ts] += d[di + i]! * y; }
      return;
    case 17: // mul ∂y
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * x; }
      return;
    case 20: // div ∂x
      for (let i = 0; i < n; i++) { const y = v[b + i * bs]!; g[t + i * ts] += d[di + i]! * (1 / y); }
      return;
    case 21: // div ∂y
      for (let i = 0; i < n; i++) { const y = v[b + i * bs]!; const z = v[o + i]!; g[t + i * ts] += d[di + i]! * -(z / y); }
      return;
    case 28: // abs ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * (x > 0 ? 1 : (x < 0 ? -1 : x)); }
      return;
    case 36: // square ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * (x + x); }
      return;
    case 40: // sqrt ∂x
      for (let i = 0; i < n; i++) { const z = v[o + i]!; g[t + i * ts] += d[di + i]! * (0.5 / Math.abs(z)); }
      return;
    case 44: // cbrt ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const z = v[o + i]!; g[t + i * ts] += d[di + i]! * (x === 0 ? Number.POSITIVE_INFINITY : (Math.abs(x) === Number.POSITIVE_INFINITY ? 0 : ((z / x) / 3))); }
      return;
    case 48: // reciprocal ∂x
      for (let i = 0; i < n; i++) { const z = v[o + i]!; g[t + i * ts] += d[di + i]! * -(z * z); }
      return;
    case 52: // pow ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; const z = v[o + i]!; const t0 = (y - 1); g[t + i * ts] += d[di + i]! * (y === 0 ? 0 : ((x === 0 ? 1 : (Math.abs(x) === Number.POSITIVE_INFINITY ? 1 : (((t0 + 1) === y ? 1 : 0) * ((y - t0) === 1 ? 1 : 0)))) !== 0 ? (y * math.pow(x, t0)) : ((y * z) / x))); }
      return;
    case 53: // pow ∂y
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; const z = v[o + i]!; const t0 = (z * math.log(x)); g[t + i * ts] += d[di + i]! * (x === 0 ? (y >= 0 ? 0 : t0) : t0); }
      return;
    case 56: // exp ∂x
    case 252: // expDifference ∂x
      for (let i = 0; i < n; i++) { const z = v[o + i]!; g[t + i * ts] += d[di + i]! * z; }
      return;
    case 60: // exp2 ∂x
      for (let i = 0; i < n; i++) { const z = v[o + i]!; g[t + i * ts] += d[di + i]! * (z * 0.6931471805599453); }
      return;
    case 64: // expm1 ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * math.exp(x); }
      return;
    case 68: // log ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * (x >= 0 ? (1 / Math.abs(x)) : Number.NaN); }
      return;
    case 72: // log2 ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * (x >= 0 ? (1.4426950408889634 / Math.abs(x)) : Number.NaN); }
      return;
    case 76: // log10 ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * (x >= 0 ? (0.4342944819032518 / Math.abs(x)) : Number.NaN); }
      return;
    case 80: // log1p ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * (x >= -1 ? (1 / (1 + x)) : Number.NaN); }
      return;
    case 84: // sin ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * math.cos(x); }
      return;
    case 88: // cos ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * -math.sin(x); }
      return;
    case 92: // tan ∂x
      for (let i = 0; i < n; i++) { const z = v[o + i]!; g[t + i * ts] += d[di + i]! * (1 + (z * z)); }
      return;
    case 96: // asin ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * Math.sqrt((1 / ((1 - x) * (1 + x)))); }
      return;
    case 100: // acos ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * -Math.sqrt((1 / ((1 - x) * (1 + x)))); }
      return;
    case 104: // atan ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * (1 / (1 + (x * x))); }
      return;
    case 108: // atan2 ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; const t0 = (Math.abs(y) > Math.abs(x) ? 1 : 0); const t1 = (t0 !== 0 ? x : y); const t2 = (t0 !== 0 ? y : x); const t3 = (t1 / t2); g[t + i * ts] += d[di + i]! * ((t0 !== 0 ? 1 : t3) / (t2 + (t1 * t3))); }
      return;
    case 109: // atan2 ∂y
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; const t0 = (Math.abs(y) > Math.abs(x) ? 1 : 0); const t1 = (t0 !== 0 ? x : y); const t2 = (t0 !== 0 ? y : x); const t3 = (t1 / t2); g[t + i * ts] += d[di + i]! * -((t0 !== 0 ? t3 : 1) / (t2 + (t1 * t3))); }
      return;
    case 112: // sinh ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * math.cosh(x); }
      return;
    case 116: // cosh ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * math.sinh(x); }
      return;
    case 120: // tanh ∂x
      for (let i = 0; i < n; i++) { const z = v[o + i]!; g[t + i * ts] += d[di + i]! * (1 - (z * z)); }
      return;
    case 124: // asinh ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const t0 = Math.abs(x); g[t + i * ts] += d[di + i]! * (t0 < 1000000000 ? Math.sqrt((1 / (1 + (x * x)))) : (1 / t0)); }
      return;
    case 128: // acosh ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * (x >= 1 ? (x < 1000000000 ? Math.sqrt((1 / ((x - 1) * (x + 1)))) : (1 / x)) : Number.NaN); }
      return;
    case 132: // atanh ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * (Math.abs(x) <= 1 ? (1 / ((1 - x) * (1 + x))) : Number.NaN); }
      return;
    case 136: // hypot ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; const z = v[o + i]!; g[t + i * ts] += d[di + i]! * (z === 0 ? 0 : (z === Number.POSITIVE_INFINITY ? (Math.abs(x) === Number.POSITIVE_INFINITY ? ((x > 0 ? 1 : (x < 0 ? -1 : x)) * (Math.abs(y) === Number.POSITIVE_INFINITY ? 0.7071067811865476 : 1)) : (y === y ? (x * 0) : y)) : (x / z))); }
      return;
    case 137: // hypot ∂y
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; const z = v[o + i]!; g[t + i * ts] += d[di + i]! * (z === 0 ? 0 : (z === Number.POSITIVE_INFINITY ? (Math.abs(y) === Number.POSITIVE_INFINITY ? ((y > 0 ? 1 : (y < 0 ? -1 : y)) * (Math.abs(x) === Number.POSITIVE_INFINITY ? 0.7071067811865476 : 1)) : (x === x ? (y * 0) : x)) : (y / z))); }
      return;
    case 140: // min ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; g[t + i * ts] += d[di + i]! * (x < y ? 1 : (x > y ? 0 : (x === y ? 0.5 : Number.NaN))); }
      return;
    case 141: // min ∂y
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; g[t + i * ts] += d[di + i]! * (y < x ? 1 : (y > x ? 0 : (x === y ? 0.5 : Number.NaN))); }
      return;
    case 144: // max ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; g[t + i * ts] += d[di + i]! * (x > y ? 1 : (x < y ? 0 : (x === y ? 0.5 : Number.NaN))); }
      return;
    case 145: // max ∂y
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; g[t + i * ts] += d[di + i]! * (y > x ? 1 : (y < x ? 0 : (x === y ? 0.5 : Number.NaN))); }
      return;
    case 148: // relu ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * (x > 0 ? 1 : (x <= 0 ? 0 : Number.NaN)); }
      return;
    case 152: // clamp ∂x
      for (let i = 0; i < n; i++) { const w = v[c + i * cs]!; const x = v[a + i * as]!; const y = v[b + i * bs]!; const z = v[o + i]!; g[t + i * ts] += d[di + i]! * (z === z ? (x < y ? 0 : (x > w ? 0 : 1)) : Number.NaN); }
      return;
    case 153: // clamp ∂y
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; const z = v[o + i]!; g[t + i * ts] += d[di + i]! * (z === z ? (x < y ? 1 : 0) : Number.NaN); }
      return;
    case 154: // clamp ∂w
      for (let i = 0; i < n; i++) { const w = v[c + i * cs]!; const x = v[a + i * as]!; const z = v[o + i]!; g[t + i * ts] += d[di + i]! * (z === z ? (x > w ? 1 : 0) : Number.NaN); }
      return;
    case 172: // rem ∂x
    case 176: // mod ∂x
      for (let i = 0; i < n; i++) { const z = v[o + i]!; g[t + i * ts] += d[di + i]! * (z === z ? 1 : Number.NaN); }
      return;
    case 173: // rem ∂y
    case 177: // mod ∂y
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; const z = v[o + i]!; g[t + i * ts] += d[di + i]! * -math.round(((x - z) / y)); }
      return;
    case 180: // sigmoid ∂x
      for (let i = 0; i < n; i++) { const z = v[o + i]!; g[t + i * ts] += d[di + i]! * (z * (1 - z)); }
      return;
    case 184: // softplus ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * math.sigmoid(x); }
      return;
    case 188: // silu ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const z = v[o + i]!; g[t + i * ts] += d[di + i]! * (math.sigmoid(x) + (Math.min(z, 1000) * math.sigmoid(-x))); }
      return;
    case 192: // gaussian ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const z = v[o + i]!; g[t + i * ts] += d[di + i]! * (z === 0 ? 0 : (-2 * (x * z))); }
      return;
    case 196: // erf ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * (1.1283791670955126 * math.gaussian(x)); }
      return;
    case 200: // erfc ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * (-1.1283791670955126 * math.gaussian(x)); }
      return;
    case 204: // lgamma ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * math.digamma(x); }
      return;
    case 208: // digamma ∂x
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * math.polygamma(1, x); }
      return;
    case 212: // polygamma ∂x
      for (let i = 0; i < n; i++) g[t + i * ts] += d[di + i]! * Number.NaN;
      return;
    case 213: // polygamma ∂y
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; const y = v[b + i * bs]!; g[t + i * ts] += d[di + i]! * math.polygamma((x + 1), y); }
      return;
    case 241: // select ∂y
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * (x !== 0 ? 1 : 0); }
      return;
    case 242: // select ∂w
      for (let i = 0; i < n; i++) { const x = v[a + i * as]!; g[t + i * ts] += d[di + i]! * (x !== 0 ? 0 : 1); }
      return;
    case 249: // attach ∂y
      for (let i = 0; i < n; i++) { const w = v[c + i * cs]!; g[t + i * ts] += d[di + i]! * w; }
      return;
    case 253: // expDifference ∂y
      for (let i = 0; i < n; i++) { const z = v[o + i]!; g[t + i * ts] += d[di + i]! * -z; }
      return;
  }
}
