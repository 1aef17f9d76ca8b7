/**
 * The words of the tape. A word's place in this list is its opcode, so words are only ever added at the end of
 * their block, with a new tape version when that moves others. Every word after the two leaves has one row in rules.ts.
 */
// biome-ignore format: one line per family
export const VOCABULARY = [
  // leaves
  'input', 'constant',
  // arithmetic
  'add', 'sub', 'mul', 'div', 'neg', 'abs', 'sign', 'square', 'sqrt', 'cbrt', 'reciprocal',
  // powers, exponentials, logarithms
  'pow', 'exp', 'exp2', 'expm1', 'log', 'log2', 'log10', 'log1p',
  // trigonometric and hyperbolic
  'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'atan2', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'hypot',
  // kinks and jumps
  'min', 'max', 'relu', 'clamp', 'floor', 'ceil', 'round', 'trunc', 'rem', 'mod',
  // learning and statistics
  'sigmoid', 'softplus', 'silu', 'gaussian', 'erf', 'erfc', 'lgamma', 'digamma', 'polygamma',
  // conditions
  'lt', 'le', 'gt', 'ge', 'eq', 'ne', 'select',
  // what differentiation adds: a value without its derivative, a value with another one, a term of logsumexp
  'stop', 'attach', 'expDifference',
  // over lists
  'sum', 'mean', 'prod', 'dot', 'minOf', 'maxOf', 'norm', 'logsumexp',
] as const;

export type Word = (typeof VOCABULARY)[number];
export type OpName = Exclude<Word, 'input' | 'constant'>;

/** Opcode of each word: `OP.add === 2`. */
export const OP = Object.fromEntries(VOCABULARY.map((name, code) => [name, code])) as { readonly [K in Word]: number };

/** The ops over lists; all others take one to three operands. */
export const FIRST_LIST_OP = OP.sum;
