// Printed from src/ops/rules.ts by `npm run rules`; do not edit.
//
// ∂op/∂operand, operand by operand, in postfix notation: operands x, y, w and the result z, numbers, and @ before an opcode.

/** By opcode, from 2 on. */
export const PARTIALS: readonly string[] = [
  '1,1', // add
  '1,-1', // sub
  'y,x', // mul
  '1 y @5,z y @5 @6', // div
  '-1', // neg
  'x @8', // abs
  '0', // sign
  'x x @2', // square
  '0.5 z @7 @5', // sqrt
  'x 0 @58 Infinity x @7 Infinity @58 0 z x @5 3 @5 @60 @60', // cbrt
  'z z @4 @6', // reciprocal
  'y 0 @58 0 x 0 @58 1 x @7 Infinity @58 1 y 1 @3 1 @2 y @58 y y 1 @3 @3 1 @58 @4 @60 @60 y x y 1 @3 @13 @4 y z @4 x @5 @60 @60,x 0 @58 y 0 @57 0 z x @17 @4 @60 z x @17 @4 @60', // pow
  'z', // exp
  'z 0.6931471805599453 @4', // exp2
  'x @14', // expm1
  'x 0 @57 1 x @7 @5 NaN @60', // log
  'x 0 @57 1.4426950408889634 x @7 @5 NaN @60', // log2
  'x 0 @57 0.4342944819032518 x @7 @5 NaN @60', // log10
  'x -1 @57 1 1 x @2 @5 NaN @60', // log1p
  'x @22', // sin
  'x @21 @6', // cos
  '1 z z @4 @2', // tan
  '1 1 x @3 1 x @2 @4 @5 @10', // asin
  '1 1 x @3 1 x @2 @4 @5 @10 @6', // acos
  '1 1 x x @4 @2 @5', // atan
  'y @7 x @7 @56 1 y @7 x @7 @56 x y @60 y @7 x @7 @56 y x @60 @5 @60 y @7 x @7 @56 y x @60 y @7 x @7 @56 x y @60 y @7 x @7 @56 x y @60 y @7 x @7 @56 y x @60 @5 @4 @2 @5,y @7 x @7 @56 y @7 x @7 @56 x y @60 y @7 x @7 @56 y x @60 @5 1 @60 y @7 x @7 @56 y x @60 y @7 x @7 @56 x y @60 y @7 x @7 @56 x y @60 y @7 x @7 @56 y x @60 @5 @4 @2 @5 @6', // atan2
  'x @29', // sinh
  'x @28', // cosh
  '1 z z @4 @3', // tanh
  'x @7 1000000000 @54 1 1 x x @4 @2 @5 @10 1 x @7 @5 @60', // asinh
  'x 1 @57 x 1000000000 @54 1 x 1 @3 x 1 @2 @4 @5 @10 1 x @5 @60 NaN @60', // acosh
  'x @7 1 @55 1 1 x @3 1 x @2 @4 @5 NaN @60', // atanh
  'z 0 @58 0 z Infinity @58 x @7 Infinity @58 x @8 y @7 Infinity @58 0.7071067811865476 1 @60 @4 y y @58 x 0 @4 y @60 @60 x z @5 @60 @60,z 0 @58 0 z Infinity @58 y @7 Infinity @58 y @8 x @7 Infinity @58 0.7071067811865476 1 @60 @4 x x @58 y 0 @4 x @60 @60 y z @5 @60 @60', // hypot
  'x y @54 1 x y @56 0 x y @58 0.5 NaN @60 @60 @60,y x @54 1 y x @56 0 x y @58 0.5 NaN @60 @60 @60', // min
  'x y @56 1 x y @54 0 x y @58 0.5 NaN @60 @60 @60,y x @56 1 y x @54 0 x y @58 0.5 NaN @60 @60 @60', // max
  'x 0 @56 1 x 0 @55 0 NaN @60 @60', // relu
  'z z @58 x y @54 0 x w @56 0 1 @60 @60 NaN @60,z z @58 x y @54 1 0 @60 NaN @60,z z @58 x w @56 1 0 @60 NaN @60', // clamp
  '0', // floor
  '0', // ceil
  '0', // round
  '0', // trunc
  'z z @58 1 NaN @60,x z @3 y @5 @41 @6', // rem
  'z z @58 1 NaN @60,x z @3 y @5 @41 @6', // mod
  'z 1 z @3 @4', // sigmoid
  'x @45', // softplus
  'x @45 z 1000 @35 x @6 @45 @4 @2', // silu
  'z 0 @58 0 -2 x z @4 @4 @60', // gaussian
  '1.1283791670955126 x @48 @4', // erf
  '-1.1283791670955126 x @48 @4', // erfc
  'x @52', // lgamma
  '1 x @53', // digamma
  'NaN,x 1 @2 y @53', // polygamma
  '0,0', // lt
  '0,0', // le
  '0,0', // gt
  '0,0', // ge
  '0,0', // eq
  '0,0', // ne
  '0,x 1 0 @60,x 0 1 @60', // select
  '0', // stop
  '1,w,0', // attach
  'z,z @6', // expDifference
];

/** By opcode: the value of an op in terms of simpler ones. */
export const VALUES: { readonly [op: number]: string } = {
  8: 'x 0 @56 1 x 0 @54 -1 x @60 @60', // sign
  9: 'x x @4', // square
  12: '1 x @5', // reciprocal
  37: 'x 0 @36', // relu
  38: 'y w @55 x y @36 w @35 NaN @60', // clamp
  61: 'x', // stop
  62: 'x', // attach
  63: 'x x y @3 x y @3 x @3 @3 @3 y x y @3 x @3 @2 @3 x x y @3 x y @3 x @3 @3 @3 y x y @3 x @3 @2 @3 @58 x y @3 @14 x y @3 @14 x x y @3 x y @3 x @3 @3 @3 y x y @3 x @3 @2 @3 @4 @2 x y @3 @14 @60', // expDifference
};
