// Every function of the vocabulary, f64 in and out. Nothing is imported from the host, whose Math differs from engine to engine;
// NativeMath serves for cbrt and hypot only: elsewhere it has a table for each function (12 KB in all), errors of up to 2.5 ulp, or
// both. Worst errors: test/math/accuracy.test.ts. The special-*.ts files are also printed as src/ops/special.ts.
export { exp, exp2, expm1 } from './exp';
export { log, log1p } from './log';
export { log10, log2 } from './log-parts';
export { pow } from './pow';
export { cos, sin, tan } from './trig';
export { acos, asin, atan, atan2 } from './inverse';
export { acosh, asinh, atanh, cosh, sinh, tanh } from './hyperbolic';
export { rem, round } from './rounding';
export { cbrt, hypot } from './roots';
export { mod } from './special-mod';
export { sigmoid, silu, softplus } from './special-logistic';
export { erf, erfc, gaussian } from './special-erf';
export { digamma, lgamma, polygamma } from './special-gamma';
