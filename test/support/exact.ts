/**
 * Every function of the vocabulary with 50 digits, on decimal.js: what test/math/accuracy.test.ts holds the engines' functions to.
 * Where decimal.js has the function it is used, with more digits where it would lose some; the others are textbook series.
 */
import { Decimal } from 'decimal.js';

const DIGITS = 50;
/** Numbers of 56 digits, 6 of them to be lost on the way; what loses more asks for more. */
const D = Decimal.clone({ precision: DIGITS + 6, toExpNeg: -9e15, toExpPos: 9e15, minE: -9e15, maxE: 9e15, defaults: true });
export type Exact = InstanceType<typeof D>;
export type Operand = Decimal.Value;

const bits = new DataView(new ArrayBuffer(8));

/** x = m·2^e. */
function parts(x: number): { m: bigint; e: number } {
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  const exponent = (high >>> 20) & 0x7ff;
  const m = (BigInt((high & 0xfffff) | (exponent ? 0x100000 : 0)) << 32n) | BigInt(bits.getUint32(4));
  return { m: x < 0 ? -m : m, e: Math.max(exponent, 1) - 1075 };
}

/** m·2^e, exactly: an integer, or m·5^n/10^n. */
function scaled(m: bigint, e: number): Exact {
  return new D(e >= 0 ? String(m << BigInt(e)) : `${m * 5n ** BigInt(-e)}e${e}`);
}

/** The operand itself: a number is taken as it is in binary, not as the short decimal that prints it. */
function d(x: Operand): Exact {
  if (typeof x !== 'number' || !Number.isFinite(x) || x === 0) return new D(x);
  const { m, e } = parts(x);
  return e < -300 ? scaled(m, e).toSignificantDigits(200) : scaled(m, e);
}

/** x − y·trunc(x/y), or with floor for trunc. */
function remainder(x: Operand, y: Operand, floored: boolean): Exact {
  const a = parts(Number(x));
  const b = parts(Number(y));
  const e = Math.min(a.e, b.e);
  const divisor = b.m << BigInt(b.e - e);
  const r = (a.m << BigInt(a.e - e)) % divisor;
  return scaled(floored && r !== 0n && r < 0n !== divisor < 0n ? r + divisor : r, e);
}

const ONE = d(1);
const PI = D.acos(-1);
const LN2 = D.ln(2);

/** f with `extra` more digits than usual. */
function withDigits<T>(extra: number, f: () => T): T {
  const before = D.precision;
  D.set({ precision: before + Math.max(0, Math.ceil(extra)) });
  try {
    return f();
  } finally {
    D.set({ precision: before });
  }
}

/** sin or cos, reduced with as many digits of π as the argument has before the point. */
function turn(x: Operand, quarter: 0 | 1): Exact {
  const v = d(x);
  return withDigits(Math.max(0, v.e) + 25, () => {
    const half = D.acos(-1).div(2);
    const n = v.div(half).round(); // exact in so many digits
    const r = v.minus(n.times(half));
    const m = ((n.mod(4).toNumber() + 4) % 4) + quarter;
    const s = m % 2 === 0 ? sine(r) : cosine(r);
    return m % 4 >= 2 ? s.neg() : s;
  });
}

/** Σ terms until they no longer count, the next one made from the last. */
function series(first: Exact, next: (term: Exact, k: number) => Exact): Exact {
  let term = first;
  let sum = first;
  for (let k = 1; !term.isZero() && term.e > sum.e - D.precision - 2; k++) {
    term = next(term, k);
    sum = sum.plus(term);
  }
  return sum;
}

const sine = (r: Exact): Exact => {
  const s = r.times(r).neg();
  return series(r, (t, k) => t.times(s).div(2 * k * (2 * k + 1)));
};
const cosine = (r: Exact): Exact => {
  const s = r.times(r).neg();
  return series(ONE, (t, k) => t.times(s).div(2 * k * (2 * k - 1)));
};

/** e^x − 1 by its series where the difference would lose digits. */
function expm1(x: Operand): Exact {
  const v = d(x);
  return v.abs().gt(0.5) ? v.exp().minus(1) : series(v, (t, k) => t.times(v).div(k + 1));
}

/** log(1 + x): decimal.js adds and takes the logarithm exactly when it has the digits. */
function log1p(x: Operand): Exact {
  const v = d(x);
  if (v.isZero()) return v;
  if (v.e >= -5) return withDigits(10, () => v.plus(1).ln());
  let power = v; // log(1 + x) = x − x²/2 + …
  let sum = v;
  for (let k = 2; power.e > v.e - D.precision; k++) {
    power = power.times(v).neg();
    sum = sum.plus(power.div(k));
  }
  return sum;
}

/** −½·log((1 − x)/(1 + x)), without cancellation at 0. */
const atanh = (x: Operand): Exact => {
  const v = d(x);
  return withDigits(40, () => log1p(v.times(2).div(ONE.minus(v))).div(2));
};
/** log(x + √(x² + 1)), with x²/(1 + √(x² + 1)) for √(x² + 1) − 1. */
const asinh = (x: Operand): Exact => {
  const v = d(x).abs();
  const s = v.times(v);
  const r = log1p(v.plus(s.div(s.plus(1).sqrt().plus(1))));
  return Number(x) < 0 ? r.neg() : r;
};
const acosh = (x: Operand): Exact => {
  const t = d(x).minus(1);
  return log1p(t.plus(t.times(t.plus(2)).sqrt()));
};

/** Bernoulli's numbers B_0, B_2, B_4 … by their recurrence. */
const bernoulli: Exact[] = [];
{
  const all: Exact[] = [ONE];
  withDigits(40, () => {
    for (let m = 1; m <= 90; m++) {
      let sum = d(0);
      let choose = ONE; // (m + 1 over k)
      for (let k = 0; k < m; k++) {
        if (k < 2 || k % 2 === 0) sum = sum.plus(choose.times(all[k]!));
        choose = choose.times(m + 1 - k).div(k + 1);
      }
      all.push(sum.neg().div(m + 1));
    }
  });
  for (let k = 0; k <= 90; k += 2) bernoulli.push(all[k]!);
}

/** Where Stirling's series is accurate to all digits. */
const FAR = 60;

/** log Γ(x) for x > 0. */
function logGammaRight(x: Exact): Exact {
  return withDigits(15, () => {
    let y = x;
    let product = ONE;
    while (y.lt(FAR)) {
      product = product.times(y);
      y = y.plus(1);
    }
    let s = y.minus(0.5).times(y.ln()).minus(y).plus(PI.times(2).ln().div(2));
    const w = y.pow(-2);
    let p = y.pow(-1);
    for (let k = 1; k < bernoulli.length && p.e > s.e - D.precision - 20; k++) {
      s = s.plus(bernoulli[k]!.div(2 * k * (2 * k - 1)).times(p));
      p = p.times(w);
    }
    return s.minus(product.ln());
  });
}

/** log|Γ(x)|, left of 0 by Γ(x)·Γ(1 − x) = π/sin πx. */
function lgamma(x: Operand): Exact {
  const v = d(x);
  if (v.gt(0)) return logGammaRight(v);
  return withDigits(20, () => {
    const f = v.minus(v.round());
    return PI.div(sine(PI.times(f)).abs())
      .ln()
      .minus(logGammaRight(ONE.minus(v)));
  });
}

/** (−1)^(k+1)·k!·Σ (x + i)^−(k+1), and for k = 0 the ψ function: recurrence and Euler–Maclaurin. */
function polygamma(order: Operand, x: Operand): Exact {
  const k = d(order).toNumber();
  let y = d(x);
  return withDigits(20 + Math.max(0, -y.e), () => {
    let s = d(0);
    // left of −200 the sum over all integers (a derivative of the cotangent) would be better; nothing here asks for it
    for (; y.lt(FAR + k); y = y.plus(1)) s = s.plus(y.pow(-k - 1));
    if (k === 0) {
      s = s.neg().plus(y.ln()).minus(y.pow(-1).div(2));
      const w = y.pow(-2);
      let p = w;
      for (let j = 1; j < bernoulli.length; j++, p = p.times(w)) s = s.minus(bernoulli[j]!.div(2 * j).times(p));
      return s;
    }
    let p = y.pow(-k);
    s = s.plus(p.div(k)).plus(p.div(y).div(2));
    const w = y.pow(-2);
    let factor = ONE; // (k + 1)·…·(k + 2j − 1)/(2j)!
    for (let j = 1; j < bernoulli.length; j++) {
      factor =
        j === 1
          ? d(k + 1).div(2)
          : factor
              .times(k + 2 * j - 2)
              .times(k + 2 * j - 1)
              .div(2 * j * (2 * j - 1));
      p = p.times(w);
      s = s.plus(bernoulli[j]!.times(factor).times(p));
    }
    for (let i = 2; i <= k; i++) s = s.times(i);
    return k % 2 === 1 ? s : s.neg();
  });
}

/** e^−x²/(x√π)·1/(1 + ½/x²/(1 + 1/x²/(1 + …))) for x ≥ 3, else 1 − erf(x). */
function erfc(x: Operand): Exact {
  const v = d(x);
  if (v.lt(3)) return withDigits(10, () => ONE.minus(erf(v)));
  const n = Math.ceil(6000 / (v.toNumber() * v.toNumber())) + 60;
  let f = v;
  for (let k = n; k >= 1; k--) f = v.plus(d(k).div(2).div(f));
  return v.times(v).neg().exp().div(f.times(PI.sqrt()));
}

/** 2/√π·e^−x²·Σ 2^k·x^(2k+1)/(1·3·…·(2k+1)): all terms of one sign. */
function erf(x: Operand): Exact {
  const v = d(x);
  if (v.abs().gt(12)) return d(v.s);
  const s = v.times(v);
  return series(v, (t, k) =>
    t
      .times(s)
      .times(2)
      .div(2 * k + 1),
  )
    .times(s.neg().exp())
    .times(2)
    .div(PI.sqrt());
}

const sigmoid = (x: Operand): Exact => ONE.div(d(x).neg().exp().plus(1));

/** The exact functions; operands are numbers (or decimals), taken as they are. */
export const exact = {
  cbrt: (x: Operand) => d(x).cbrt(),
  exp: (x: Operand) => d(x).exp(),
  exp2: (x: Operand) => LN2.times(d(x)).exp(),
  expm1,
  log: (x: Operand) => d(x).ln(),
  log2: (x: Operand) => d(x).ln().div(LN2),
  log10: (x: Operand) => d(x).ln().div(D.ln(10)),
  log1p,
  sin: (x: Operand) => turn(x, 0),
  cos: (x: Operand) => turn(x, 1),
  tan: (x: Operand) => turn(x, 0).div(turn(x, 1)),
  asin: (x: Operand) => d(x).asin(),
  acos: (x: Operand) => d(x).acos(),
  atan: (x: Operand) => d(x).atan(),
  atan2: (y: Operand, x: Operand) => D.atan2(d(y), d(x)),
  sinh: (x: Operand) =>
    d(x).abs().lt(1)
      ? withDigits(20, () =>
          expm1(x)
            .minus(expm1(d(x).neg()))
            .div(2),
        )
      : d(x).exp().minus(d(x).neg().exp()).div(2),
  cosh: (x: Operand) => d(x).exp().plus(d(x).neg().exp()).div(2),
  tanh: (x: Operand) => expm1(d(x).times(2)).div(expm1(d(x).times(2)).plus(2)),
  asinh,
  acosh,
  atanh,
  hypot: (x: Operand, y: Operand) =>
    d(x)
      .times(d(x))
      .plus(d(y).times(d(y)))
      .sqrt(),
  pow: (x: Operand, y: Operand) => (d(x).gt(0) ? d(y).times(d(x).ln()).exp() : d(x).pow(d(y))),
  round: (x: Operand) => d(x).plus(0.5).floor(),
  rem: (x: Operand, y: Operand) => remainder(x, y, false),
  mod: (x: Operand, y: Operand) => remainder(x, y, true),
  sigmoid,
  softplus: (x: Operand) => log1p(d(x).exp()),
  silu: (x: Operand) => sigmoid(x).times(d(x)),
  gaussian: (x: Operand) => d(x).times(d(x)).neg().exp(),
  erf,
  erfc,
  lgamma,
  digamma: (x: Operand) => polygamma(0, x),
  polygamma,
} satisfies Record<string, (x: Operand, y: Operand) => Exact>;

/** |got − want| in units in the last place of a double near `want`. */
export function ulpError(got: number, want: Exact): number {
  const near = Math.abs(want.toNumber());
  if (near === got || -near === got) {
    if (!Number.isFinite(got) || want.isZero()) return want.toNumber() === got ? 0 : Number.POSITIVE_INFINITY;
  }
  if (!Number.isFinite(got) || !Number.isFinite(near)) return Number.POSITIVE_INFINITY;
  return d(got).minus(want).abs().div(unit(near)).toNumber();
}

/** The distance between doubles at x ≥ 0. */
function unit(x: number): Exact {
  if (x < 2 ** -1021) return d(Number.MIN_VALUE);
  let e = Math.floor(Math.log2(x)); // may be rounded up to the next power
  if (2 ** e > x) e--;
  return d(2 ** (e - 26)).times(2 ** -26);
}
