// Printed from assembly/math/special-*.ts by scripts/print-special.ts; do not edit.
// biome-ignore-all format: printed
// biome-ignore-all lint: printed
const { abs, exp, floor, log, log1p, max, pow } = Math;

const rem = (x: number, y: number): number => x % y;

/** What expTail leaves out. */
let expLow = 0;

/** e^(x + tail): the host's exp and one step of Newton's method, since hosts differ and are off by up to 0.9 ulp. */
function expTail(x: number, tail: number): number {
  const y = exp(x);
  expLow = 0;
  if (!(y > 1e-290)) return y + y * tail;
  if (y === Infinity) return y;
  const d = y * (x - logHigh(y) - logLow + tail);
  const z = y + d;
  expLow = y - z + d;
  return z;
}

/** log(1 + x + e). */
function log1pTail(x: number, e: number): number {
  return log1p(x) + e / (1 + x);
}

/** What logHigh leaves out. */
let logLow = 0;

const word = new Uint32Array(2);
const number = new Float64Array(word.buffer);
number[0] = 1;
const HIGH = word[1] === 0 ? 0 : 1; // which half holds the exponent

/** log x in two doubles, 2·artanh((m − 1)/(m + 1)) + k·log 2 with x = 2^k·m: the first two terms of the series in two doubles. */
function logHigh(x: number): number {
  logLow = 0;
  if (!(x > 0 && x < Infinity)) return x === 0 ? -Infinity : x;
  const small = x < 2.2250738585072014e-308;
  number[0] = small ? x * 18014398509481984 : x;
  const shift = word[HIGH]! + 0x95f64; // from 0x3fe6a09c, half the root of 2, up to the next power
  const k = (shift >>> 20) - 1023 - (small ? 54 : 0);
  word[HIGH] = (shift & 0xfffff) + 0x3fe6a09c;
  const m = number[0]!;
  const n = m - 1;
  const d = m + 1;
  const f = n / d;
  const p = f * d;
  const fl = (n - p - productError(f, d, p) - f * sumError(m, 1, d)) / d;
  const s = f * f;
  const t = f * s;
  const u = t / 3;
  const ul = (t - 3 * u - productError(3, u, 3 * u) + productError(f, s, t) + f * (productError(f, f, s) + 2 * f * fl) + fl * s) / 3;
  const w = s * s;
  const even = 1 / 5 + w * (1 / 9 + w * (1 / 13 + w * (1 / 17 + w * (1 / 21 + w * (1 / 25)))));
  const odd = 1 / 7 + w * (1 / 11 + w * (1 / 15 + w * (1 / 19 + w * (1 / 23 + w * (1 / 27)))));
  const whole = k * 0.6931471805598903; // exact: 42 bits
  const a = whole + 2 * f;
  const b = a + 2 * u;
  const rest = fl + ul + t * s * (even + s * odd);
  const low = sumError(whole, 2 * f, a) + sumError(a, 2 * u, b) + 2 * rest + k * 5.497923018708371e-14;
  const y = b + low;
  logLow = b - y + low;
  return y;
}

// Exact sums and products without a fused multiply-add: T. J. Dekker, "A floating-point technique for extending the available
// precision", Numerische Mathematik 18 (1971); the splitting is G. W. Veltkamp's.

/** a·b − p for p = the rounded a·b: exact while |a| and |b| are below 1e300 and the product's 106 bits above 5e-324. */
function productError(a: number, b: number, p: number): number {
  // 2^60; that the function calls itself also keeps the compiler from inlining it 18 times, 1.2 KB
  if (abs(p) > 1e290) return p - p === 0 ? 1152921504606846976 * productError(a * 8.673617379884035e-19, b, p * 8.673617379884035e-19) : 0;
  const ca = 134217729 * a; // 2^27 + 1
  const cb = 134217729 * b;
  const ah = ca - (ca - a);
  const bh = cb - (cb - b);
  const al = a - ah;
  const bl = b - bh;
  return ah * bh - p + ah * bl + al * bh + al * bl;
}

/** a + b − s for s = the rounded a + b: exact. */
function sumError(a: number, b: number, s: number): number {
  if (abs(a) < abs(b)) return sumError(b, a, s); // the larger one comes first
  return a - s + b;
}

/** What is being added up, in two doubles: sum + rest. */
let sum: number = 0;
let rest: number = 0;

function begin(): void {
  sum = 0;
  rest = 0;
}

/** Adds x + low. */
function add(x: number, low: number): void {
  const s = sum + x;
  rest += sumError(sum, x, s) + low;
  sum = s;
}

/** The sum as a double; with an infinite term the rest is NaN and says nothing. */
function total(): number {
  return abs(sum) < 1e290 ? sum + rest : sum;
}

// sigmoid, softplus, silu: from e^−|x| ≤ 1, so that nothing overflows.

/**
 * 1/(1 + e^−x). The quotient is cut to 26 bits, so that its products with the two halves of the denominator are exact, and what
 * remains is divided by the approximate reciprocal that is at hand: 1/d = q, or 1 − q where q = e/d. One rounding is left.
 */
export function sigmoid(x: number): number {
  const e = expTail(-abs(x), 0);
  const left = x < 0;
  const n: number = left ? e : 1;
  const d = 1 + e;
  const q = n / d;
  const qc = 134217729 * q;
  const dc = 134217729 * d;
  const qh = qc - (qc - q);
  const dh = dc - (dc - d);
  const low = (left ? expLow : 0) - qh * (1 - d + e + expLow);
  return qh + (n - qh * dh - qh * (d - dh) + low) * (left ? 1 - q : q);
}

/** log(1 + e^x). */
export function softplus(x: number): number {
  const e = expTail(-abs(x), 0);
  return max(x, 0) + log1pTail(e, expLow);
}

/** x/(1 + e^−x). */
export function silu(x: number): number {
  if (x < -700) {
    // x·e^x in one exponential: e^x alone has few bits left, or none
    if (x < -800) return -0.0;
    const l = logHigh(-x);
    const s = x + l;
    return -expTail(s, sumError(x, l, s) + logLow);
  }
  return x * sigmoid(x);
}

// mod: x − y·floor(x/y).

/**
 * The remainder with the sign of the divisor; a zero has it too. mod(x, ±∞) is x if the signs agree (or x is 0) and ±∞ otherwise:
 * the limit of x + y.
 */
export function mod(x: number, y: number): number {
  const r = rem(x, y);
  if (r === 0) return y < 0 ? -0.0 : 0.0;
  return r < 0 === y < 0 ? r : r + y;
}

// gaussian, erf, erfc. The rational functions are our own (Remez exchange with 50 digits; the error is given at each).

/** e^−x²; the part of x² that a double cannot hold goes into the exponent too, lest it cost |x|² ulp. */
export function gaussian(x: number): number {
  if (!(abs(x) < 28)) return x === x ? 0 : x;
  const p = x * x;
  return expTail(-p, -productError(x, x, p));
}

/** erf(x)/x − 1 for |x| ≤ 1, of u = x²: to 2^-60. */
function erfRatio(u: number): number {
  const p = 0.1283791670955126 + u * (-0.3170141212079167 + u * (-0.048309785291795616 + u * (-0.008812535279393617
    + u * (-0.000495130957723792 + u * -2.071017157944142e-05))));
  const q = 1 + u * (0.4604506257619055 + u * (0.09378413543502244 + u * (0.010687358766793454
    + u * (0.0006919167763304628 + u * 2.078387394180102e-05))));
  return p / q;
}

/**
 * erfc(x) for ½ ≤ x < 28 is e^−x²·h/(x + ½), and h lies between 0.57 and 0.65 all the way: 39/64 plus a small rational function,
 * so that neither its error nor its evaluation is felt. What the product, the sum and the division round off is made up for.
 */
function erfcTail(x: number): number {
  const square = x * x;
  const e = expTail(-square, -productError(x, x, square));
  const low = expLow;
  let g: number;
  if (x < 3.125) {
    // to 2^-57
    const p = -0.10937500026071507 + x * (0.1421140859689747 + x * (0.18843402478041868 + x * (0.09640339109211649
      + x * (0.021349220290914083 + x * (-0.00015378574569732136 + x * (-0.0010998519961697185
      + x * -0.00018624858457438507))))));
    const q = 1 + x * (2.685223632416572 + x * (3.2314075808056915 + x * (2.271203444083921 + x * (1.01396590187086
      + x * (0.29031809346404475 + x * (0.05007172308491323 + x * 0.004121943736471944))))));
    g = p / q;
  } else {
    // to 2^-57
    const t = 1 / x;
    const p = -0.045185416451936564 + t * (0.058505446870658374 + t * (0.1798881097058479 + t * (2.1588108410938753
      + t * (3.516895215413564 + t * (5.332145525225432 + t * (0.4614872327295428 + t * -1.6529000563564236))))));
    const q = 1 + t * (4.948263453357743 + t * (20.66809434793762 + t * (47.241437916292625 + t * (81.98470472250933
      + t * (85.40102650827322 + t * (56.980287058205484 + t * 14.57955911977514))))));
    g = p / q;
  }
  const h = 0.609375 + g;
  const p = e * h;
  const d = x + 0.5;
  const q = p / d;
  const s = q * d;
  const rest = productError(e, h, p) + e * (0.609375 - h + g) + low * h - q * sumError(x, 0.5, d);
  return q + (p - s - productError(q, d, s) + rest) / d;
}

function errorFunction(x: number, complement: boolean): number {
  const a = abs(x);
  const edge: number = complement ? 0.5 : 0.75;
  if (a < edge) {
    const y = x * erfRatio(x * x);
    if (!complement) return x + y;
    return x < 0.25 ? 1 - (x + y) : 0.5 - (x - 0.5 + y);
  }
  if (x !== x) return x;
  const r = a < 28 ? erfcTail(a) : 0;
  if (complement) return x > 0 ? r : 2 - r;
  return x > 0 ? 1 - r : r - 1;
}

/** 2/√π·∫₀ˣ e^−t² dt. */
export function erf(x: number): number {
  return errorFunction(x, false);
}

/** 1 − erf(x), with its own relative accuracy. */
export function erfc(x: number): number {
  return errorFunction(x, true);
}

// Hurwitz' zeta function for polygamma: its first terms and the Euler–Maclaurin formula for the others (NIST Digital Library
// of Mathematical Functions, 25.11.5).

/** Adds w·k·(x + e)^−(k+1). */
function addPower(k: number, x: number, e: number, w: number): void {
  const p = w * pow(x, -k - 1);
  const t = k * p;
  add(t, productError(k, p, t) - t * (k + 1) * e / x);
}

/** From where on `tail` is accurate: what it leaves out is under 2^-56 of 1. */
function edge(k: number): number {
  return 1.2 * k + 12;
}

/** Σ B_2j/(2j)!·k(k+1)…(k+2j−1)/y^2j + k/(2y) for y ≥ edge(k): what the formula adds to y^−k. */
function tail(k: number, y: number): number {
  const w = 1 / (y * y);
  let s = (k + 18) * (k + 19) * w * -2.174868698558062e-16;
  s = (k + 16) * (k + 17) * w * (8.586062056277845e-15 + s);
  s = (k + 14) * (k + 15) * w * (-3.3896802963225827e-13 + s);
  s = (k + 12) * (k + 13) * w * (1.3382536530684679e-11 + s);
  s = (k + 10) * (k + 11) * w * (-5.284190138687493e-10 + s);
  s = (k + 8) * (k + 9) * w * (2.08767569878681e-8 + s);
  s = (k + 6) * (k + 7) * w * (-8.267195767195768e-7 + s);
  s = (k + 4) * (k + 5) * w * (3.306878306878307e-5 + s);
  s = (k + 2) * (k + 3) * w * (-0.001388888888888889 + s);
  s = k * (k + 1) * w * (0.08333333333333333 + s);
  return 0.5 * k / y + s;
}

/** Adds w·k·ζ(k + 1, x + e), w = ±1, x ≥ ½. */
function addZeta(k: number, x: number, e: number, w: number): void {
  const n = max(0, floor(edge(k) + 1 - x));
  const y = x + n;
  const p = w * pow(y, -k);
  add(p, p * tail(k, y) - k * p * (e + sumError(x, n, y)) / y);
  for (let i = n - 1; i >= 0; i -= 1) addPower(k, x + i, e + sumError(x, i, x + i), w);
}

// lgamma, digamma, polygamma, all carried in two doubles: near the zeros, and left of 0 where large numbers are subtracted,
// nothing is lost that a second double can hold.
// Series: NIST Digital Library of Mathematical Functions (DLMF), 5.11.1 and 5.11.2; the coefficients are refitted on [8, ∞)
// (Remez exchange with 80 digits), absolute error 2^-64.

/** Adds w·log Γ(x + e), w = ±1, x ≥ ½: Stirling's series, at an argument ≥ 8 that the recurrence reaches. */
function addLgamma(x: number, e: number, w: number): void {
  // x·(x + 1)·…·(x + n − 1) = p + pl
  let p: number = 1;
  let pl: number = 0;
  let y = x;
  let yl = e;
  for (let i: number = 1; y < 8; i += 1) {
    const t = p * y;
    pl = productError(p, y, t) + (pl * y + p * yl);
    p = t;
    y = x + i;
    yl = e + sumError(x, i, y);
  }
  add(-w * logHigh(p), -w * (logLow + pl / p));
  // (y − ½)·log y − y + ½·log 2π + 1/(12y) − …
  const l = logHigh(y);
  const ll = logLow;
  const a = y - 0.5;
  const b = 1 / y;
  const s = b * b;
  const al = a * l;
  const c = b * 0.08333333333333333;
  const r = b * s * (-0.0027777777777729315 + s * (0.0007936507887286241 + s * (-0.0005952363001340296
    + s * (0.0008414356645221722 + s * (-0.0018884750565158117 + s * 0.005026225123403821)))));
  add(w * al, w * (productError(a, l, al) + a * ll));
  add(-w * y, w * (yl * (l - 0.5 * b - s * 0.08333333333333333) - 3.878294158067242e-17)); // the latter of ½·log 2π
  add(w * 0.9189385332046728, w * r);
  add(w * c, w * (productError(b, 0.08333333333333333, c) + b * 4.625929269271485e-18 + (1 - b * y - productError(b, y, b * y)) * c));
}

/** Adds −w/(x + e). */
function addReciprocal(x: number, e: number, w: number): void {
  const b = -w / x;
  const p = b * x;
  add(b, (w + p + productError(b, x, p) + b * e) * (w * b));
}

/** Adds w·ψ(x + e), w = ±1, x ≥ ½. */
function addDigamma(x: number, e: number, w: number): void {
  let y = x;
  let yl = e;
  for (let i: number = 1; y < 8; i += 1) {
    addReciprocal(y, yl, w);
    y = x + i;
    yl = e + sumError(x, i, y);
  }
  add(w * logHigh(y), w * logLow);
  addReciprocal(2 * y, 0, w);
  const b = 1 / y;
  const s = b * b;
  add(w * yl * (b + 0.5 * s), -w * s * (0.08333333333333316 + s * (-0.008333333333040897 + s * (0.00396825380439087
    + s * (-0.004166622965879166 + s * (0.007569477677475526 + s * (-0.02058900118252214 + s * 0.061537272608000355)))))));
}

/** Adds log Γ (k = −1), ψ (k = 0) or kζ(k + 1, ·) at x + e. */
function addAt(k: number, x: number, e: number, w: number): void {
  if (k > 0) addZeta(k, x, e, w);
  else if (k === 0) addDigamma(x, e, w);
  else addLgamma(x, e, w);
}

/**
 * The same at any x. Left of ½ the reflections need no sine, with n the integer nearest to x and f = x − n:
 * log|Γ(x)| = −log|f| + log Γ(1+f) + log Γ(1−f) − log Γ(1−x), and its derivatives; those of even order change two signs.
 */
function evaluate(k: number, x: number): number {
  begin();
  if (x >= 0.5) {
    addAt(k, x, 0, 1);
    return total();
  }
  const n = floor(x + 0.5);
  const f = x - n; // exact
  const odd = floor(0.5 * k) !== 0.5 * k;
  if (f === 0 && n !== 0) return odd ? Infinity : NaN; // a pole, with the same sign on both sides or not
  if (k > 0) addPower(k, f, 0, 1);
  else if (k === 0) addReciprocal(f, 0, 1);
  else add(-logHigh(abs(f)), -logLow);
  addAt(k, 1 + f, sumError(1, f, 1 + f), 1);
  if (n !== 0) {
    const w: number = odd ? 1 : -1;
    addAt(k, 1 - f, sumError(1, -f, 1 - f), w);
    addAt(k, 1 - x, sumError(1, -x, 1 - x), -w);
  }
  return total();
}

/** log|Γ(x)|; ∞ at the poles. */
export function lgamma(x: number): number {
  const a = abs(x);
  if (!(a < 1e17)) {
    if (!(x > 0 && x < Infinity)) return x === x ? Infinity : x; // so far out to the left every number is a pole
    const l = logHigh(x);
    const m = l - 1;
    return x * m + x * (l - m - 1 + logLow);
  }
  if (x === 1) return 0; // the series would give −0
  const one: number = x > 1.5 ? 1 : 0;
  const d = x - 1 - one;
  if (abs(d) < 0.0078125) {
    // Taylor's series at 1, Σ (−d)^k·ζ(k)/k, and at 2, Σ (−d)^k·(ζ(k) − 1)/k (DLMF 5.7.3): relative accuracy at the zeros
    const g = one - 0.5772156649015329; // less 4.942…e-18
    const p = d * g;
    return p + (productError(d, g, p) + d * (4.942915152430645e-18
      + d * (0.8224670334241132 - one / 2
      + d * (one / 3 - 0.40068563438653143
      + d * (0.27058080842778454 - one / 4
      + d * (one / 5 - 0.20738555102867398
      + d * (0.1695571769974082 - one / 6
      + d * (one / 7 - 0.1440498967688461
      + d * (0.12550966952474304 - one / 8)))))))));
  }
  return evaluate(-1, x);
}

/** ψ(x) = d/dx log Γ(x); −∞ at 0, ∞ at −0, NaN at the other poles, where no limit exists. */
export function digamma(x: number): number {
  if (!(abs(x) < 1e17)) return x > 0 ? log(x) : NaN;
  return evaluate(0, x);
}

/**
 * The k-th derivative of digamma, k = 0, 1, 2, … (NaN otherwise): (−1)^(k+1)·k!·ζ(k + 1, x). At its poles ∞ for odd k; for even k
 * −∞ at 0, ∞ at −0, NaN at the others.
 */
export function polygamma(k: number, x: number): number {
  if (k === 0) return digamma(x);
  if (!(k > 0 && k < 1e6 && floor(k) === k)) return NaN;
  let r: number;
  let scale: number = 1;
  if (x > edge(k) && k * log(x) > 660) {
    // (k − 1)!·x^−k, where x^−k alone may be too small for a double: the other half of the power follows last
    scale = pow(x, -0.5 * k);
    begin();
    add(scale, scale * tail(k, x));
    r = total();
  } else {
    r = evaluate(k, x);
  }
  let low = abs(sum) < 1e290 ? sum - r + rest : 0;
  for (let i: number = 2; i < k; i += 1) {
    const t = r * i;
    low = productError(r, i, t) + low * i;
    r = t;
  }
  r = (abs(r) < 1e290 ? r + low : r) * scale;
  return floor(0.5 * k) !== 0.5 * k ? r : -r;
}
