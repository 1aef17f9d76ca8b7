// Every function of the vocabulary, f64 in and out. NativeMath (musl's algorithms, in WebAssembly) where it keeps one ulp, our
// own elsewhere; nothing is imported from the host, whose Math differs from engine to engine. Worst errors: test/math/accuracy.
export { exp, exp2, expm1 } from './exp';
export { log, log10, log1p, log2 } from './log';
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
