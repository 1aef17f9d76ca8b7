// lgamma, digamma, polygamma, all carried in two doubles: near the zeros, and left of 0 where large numbers are subtracted,
// nothing is lost that a second double can hold.
// Series: NIST Digital Library of Mathematical Functions (DLMF), 5.11.1 and 5.11.2; the coefficients are refitted on [8, ∞)
// (Remez exchange with 80 digits), absolute error 2^-64.
import { log } from './log';
import { logHigh, logLow } from './log-parts';
import { pow } from './pow';
import { add, begin, productError, sum, sumError, rest, total } from './special-exact';
import { addPower, addZeta, edge, tail } from './special-zeta';

/** Adds w·log Γ(x + e), w = ±1, x ≥ ½: Stirling's series, at an argument ≥ 8 that the recurrence reaches. */
function addLgamma(x: f64, e: f64, w: f64): void {
  // x·(x + 1)·…·(x + n − 1) = p + pl
  let p: f64 = 1;
  let pl: f64 = 0;
  let y = x;
  let yl = e;
  for (let i: f64 = 1; y < 8; i += 1) {
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
function addReciprocal(x: f64, e: f64, w: f64): void {
  const b = -w / x;
  const p = b * x;
  add(b, (w + p + productError(b, x, p) + b * e) * (w * b));
}

/** Adds w·ψ(x + e), w = ±1, x ≥ ½. */
function addDigamma(x: f64, e: f64, w: f64): void {
  let y = x;
  let yl = e;
  for (let i: f64 = 1; y < 8; i += 1) {
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
function addAt(k: f64, x: f64, e: f64, w: f64): void {
  if (k > 0) addZeta(k, x, e, w);
  else if (k == 0) addDigamma(x, e, w);
  else addLgamma(x, e, w);
}

/**
 * The same at any x. Left of ½ the reflections need no sine, with n the integer nearest to x and f = x − n:
 * log|Γ(x)| = −log|f| + log Γ(1+f) + log Γ(1−f) − log Γ(1−x), and its derivatives; those of even order change two signs.
 */
function evaluate(k: f64, x: f64): f64 {
  begin();
  if (x >= 0.5) {
    addAt(k, x, 0, 1);
    return total();
  }
  const n = floor(x + 0.5);
  const f = x - n; // exact
  const odd = floor(0.5 * k) != 0.5 * k;
  if (f == 0 && n != 0) return odd ? Infinity : NaN; // a pole, with the same sign on both sides or not
  if (k > 0) addPower(k, f, 0, 1);
  else if (k == 0) addReciprocal(f, 0, 1);
  else add(-logHigh(abs(f)), -logLow);
  addAt(k, 1 + f, sumError(1, f, 1 + f), 1);
  if (n != 0) {
    const w: f64 = odd ? 1 : -1;
    addAt(k, 1 - f, sumError(1, -f, 1 - f), w);
    addAt(k, 1 - x, sumError(1, -x, 1 - x), -w);
  }
  return total();
}

/** log|Γ(x)|; ∞ at the poles. */
export function lgamma(x: f64): f64 {
  const a = abs(x);
  if (!(a < 1e17)) {
    if (!(x > 0 && x < Infinity)) return x == x ? Infinity : x; // so far out to the left every number is a pole
    const l = logHigh(x);
    const m = l - 1;
    return x * m + x * (l - m - 1 + logLow);
  }
  if (x == 1) return 0; // the series would give −0
  const one: f64 = x > 1.5 ? 1 : 0;
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
export function digamma(x: f64): f64 {
  if (!(abs(x) < 1e17)) return x > 0 ? log(x) : NaN;
  return evaluate(0, x);
}

/**
 * The k-th derivative of digamma, k = 0, 1, 2, … (NaN otherwise): (−1)^(k+1)·k!·ζ(k + 1, x). At its poles ∞ for odd k; for even k
 * −∞ at 0, ∞ at −0, NaN at the others.
 */
export function polygamma(k: f64, x: f64): f64 {
  if (k == 0) return digamma(x);
  if (!(k > 0 && k < 1e6 && floor(k) == k)) return NaN;
  let r: f64;
  let scale: f64 = 1;
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
  for (let i: f64 = 2; i < k; i += 1) {
    const t = r * i;
    low = productError(r, i, t) + low * i;
    r = t;
  }
  r = (abs(r) < 1e290 ? r + low : r) * scale;
  return floor(0.5 * k) != 0.5 * k ? r : -r;
}
