// gaussian, erf, erfc. The rational functions are our own (Remez exchange with 50 digits; the error is given at each).
import { expLow, expTail } from './exp';
import { productError, sumError } from './special-exact';

/** e^−x²; the part of x² that a double cannot hold goes into the exponent too, lest it cost |x|² ulp. */
export function gaussian(x: f64): f64 {
  if (!(abs(x) < 28)) return x == x ? 0 : x;
  const p = x * x;
  return expTail(-p, -productError(x, x, p));
}

/** erf(x)/x − 1 for |x| ≤ 1, of u = x²: to 2^-60. */
function erfRatio(u: f64): f64 {
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
function erfcTail(x: f64): f64 {
  const square = x * x;
  const e = expTail(-square, -productError(x, x, square));
  const low = expLow;
  let g: f64;
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

function errorFunction(x: f64, complement: bool): f64 {
  const a = abs(x);
  const edge: f64 = complement ? 0.5 : 0.75;
  if (a < edge) {
    const y = x * erfRatio(x * x);
    if (!complement) return x + y;
    return x < 0.25 ? 1 - (x + y) : 0.5 - (x - 0.5 + y);
  }
  if (x != x) return x;
  const r = a < 28 ? erfcTail(a) : 0;
  if (complement) return x > 0 ? r : 2 - r;
  return x > 0 ? 1 - r : r - 1;
}

/** 2/√π·∫₀ˣ e^−t² dt. */
export function erf(x: f64): f64 {
  return errorFunction(x, false);
}

/** 1 − erf(x), with its own relative accuracy. */
export function erfc(x: f64): f64 {
  return errorFunction(x, true);
}
