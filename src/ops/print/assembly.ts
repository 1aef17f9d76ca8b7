/**
 * Prints assembly/rules.ts: the table as AssemblyScript. What f64x2 can compute is printed for pairs of numbers only, the
 * rest for one number: each form calls the other for what it lacks, so nothing is there twice. Loops are written by hand
 * around these (run.ts, pack.ts); a loop per op for every use of it was 4.6 KB more.
 */
import type { ElementRow, Row } from '../algebra.ts';
import { RULES } from '../rules.ts';
import { OP, type OpName } from '../vocabulary.ts';
import { type Dialect, emit, isLiteral, opsOf, reads, type Term, terms } from './text.ts';

const INFIX: Partial<Record<OpName, string>> = { add: '+', sub: '-', mul: '*', div: '/' };
const COMPARE: Partial<Record<OpName, string>> = { lt: '<', le: '<=', gt: '>', ge: '>=', eq: '==', ne: '!=' };
const INSTRUCTION = new Set<OpName>(['abs', 'sqrt', 'min', 'max', 'floor', 'ceil', 'trunc']);

function number(x: number): string {
  if (Number.isNaN(x)) return 'NaN';
  if (!Number.isFinite(x)) return x < 0 ? '-Infinity' : 'Infinity';
  const text = Object.is(x, -0) ? '-0' : String(x);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

const scalar: Dialect = {
  literal: number,
  declare: (name, text) => `const ${name} = ${text};`,
  apply(op, of, terms) {
    const [x, y, w] = of;
    if (INFIX[op]) return `(${x} ${INFIX[op]} ${y})`;
    if (COMPARE[op]) return `f64(${x} ${COMPARE[op]} ${y})`;
    if (op === 'neg') return `-(${x})`;
    if (op === 'select') {
      const condition = terms[0]!;
      const test = COMPARE[condition.op as OpName] && x!.startsWith('f64(') ? x!.slice(4, -1) : `${x} != 0.0`;
      return `select<f64>(${y}, ${w}, ${test})`;
    }
    if (INSTRUCTION.has(op)) return `${op}<f64>(${of.join(', ')})`;
    return `math.${op}(${of.join(', ')})`;
  },
};

/** Literals of pairs lie in memory, each twice: V8 rebuilds a v128.const at every turn of a loop, and one is 18 bytes long. */
const literals: number[] = [];
function twice(x: number): number {
  let i = literals.findIndex((y) => Object.is(x, y));
  if (i < 0) i = literals.push(x) - 1;
  return i;
}

const lanes: Dialect = {
  literal: (x) => `v128.load(TWICE, ${16 * twice(x)})`,
  declare: scalar.declare,
  apply(op, of, terms) {
    const [x, y, w] = of;
    if (COMPARE[op]) return `f64x2.${op}(${x}, ${y})`; // a mask, not a number: only as a condition
    if (op === 'select') {
      if (!COMPARE[terms[0]!.op as OpName]) return `v128.bitselect(${y}, ${w}, f64x2.ne(${x}, ${lanes.literal(0)}))`;
      return `v128.bitselect(${y}, ${w}, ${x})`;
    }
    if (LANE_KERNELS.has(op)) return `${op}Lanes(${of.join(', ')})`;
    return `f64x2.${op}(${of.join(', ')})`;
  },
};

/**
 * Functions of assembly/math/lanes.ts: two at a time, the same bits as one at a time. Moons with tanh: 1.46 → 1.06 ns per
 * node, its lanes 1.80 → 1.16. sinLanes, cosLanes and softplusLanes are there too, but would add 1.4 KB for ops seldom hot.
 */
export const LANE_KERNELS = new Set<OpName>(['exp', 'log', 'tanh', 'sigmoid']);

/** What f64x2 has, or comparisons and select by masks. */
const LANE_OPS = new Set<OpName>([
  ...(Object.keys(INFIX) as OpName[]),
  ...(Object.keys(COMPARE) as OpName[]),
  ...INSTRUCTION,
  'neg',
  'select',
]);

const elementRows = Object.entries(RULES).filter(([, row]) => row.arity !== 'list') as [OpName, ElementRow][];
const OPERANDS = ['x', 'y', 'w'];
const key = (op: OpName, j: number): number => OP[op] * 4 + j;

/** Can f64x2 compute the term? */
const isPair = (term: Term): boolean => [...opsOf(term)].every((op) => LANE_OPS.has(op) || LANE_KERNELS.has(op));

interface Case {
  readonly code: number;
  readonly label: string;
  readonly term: Term;
}

function print({ code, label, term }: Case, dialect: Dialect): string {
  const { declarations, result } = emit(term, dialect);
  const isMask = dialect === lanes && COMPARE[term.op as OpName] !== undefined;
  const value = isMask ? `v128.and(${result}, ${lanes.literal(1)})` : result;
  const body = declarations.length ? `{ ${declarations.join(' ')} return ${value}; }` : `return ${value};`;
  return `    case ${code}: ${body} // ${label}`;
}

/**
 * Ops with loops of their own over gathered operands, one node at a time: what costs on an irregular graph, whose records
 * are short (22 nodes on average), is what the processor cannot foresee, so one jump leads to a loop that has no other.
 * Two nodes at a time need another loop for an odd one, and came to the same: 2.26 and 2.3 ns per node.
 */
const CHEAP: readonly OpName[] = ['add', 'sub', 'mul', 'neg', 'square', 'relu', 'min', 'max'];
/** What is one instruction for a single number, too; of min, max and select V8 makes branches then, and those of relu are a coin toss. */
const PLAIN = new Set<OpName>(['add', 'sub', 'mul', 'neg']);
const isPlain = (term: Term): boolean => [...opsOf(term)].every((op) => PLAIN.has(op));

/** The term as one expression; cheap rules have nothing to share. */
function single(term: Term, dialect: Dialect): string {
  const { declarations, result } = emit(term, dialect);
  if (declarations.length > 0) throw new Error(`a cheap op is one expression, but this shares ${declarations.join(' ')}`);
  return result;
}

/** Declares the operands of `used`, at their addresses k and l: numbers, or pairs of which the second is 0. */
function operands(used: ReadonlySet<string>, plain: boolean): string[] {
  const load = (at: string): string => (plain ? `load<f64>(V + ${at})` : `v128.load64_zero(V + ${at})`);
  return ['x', 'y'].flatMap((name, j) => (used.has(name) ? `${name} = ${load('kl'[j]!)}` : []));
}

const places = (arity: number): string[] => ['k = place(a)', 'l = place(b)'].slice(0, arity);

function gatheredValue(op: OpName): string {
  const row = RULES[op] as ElementRow;
  const { value } = terms(op, row);
  const plain = isPlain(value);
  const result = single(value, plain ? scalar : lanes);
  const store = plain ? `store<f64>(o, ${result})` : `v128.store_lane<f64>(o, ${result}, 0)`;
  const body = `const ${[...places(row.arity), ...operands(reads(value), plain)].join(', ')}; ${store};`;
  return `    case ${OP[op]}: for (; o < e; o += 8, a += 4, b += 4) { ${body} } break; // ${op}`;
}

/** Contributions to all operands in one loop, operand a then b. */
function gatheredPull(op: OpName): string {
  const { partials } = terms(op, RULES[op] as ElementRow);
  const used = new Set(partials.flatMap((t) => [...reads(t)]));
  const plain = partials.every(isPlain);
  const product = (t: Term): string => {
    if (isLiteral(t, 1)) return 't';
    if (isLiteral(t, -1)) return '-t';
    const text = single(t, plain ? scalar : lanes);
    return `t * ${plain ? text : `first(${text})`}`;
  };
  const guard = (j: number): string => (partials.length > 1 ? `if (to${'AB'[j]}) ` : '');
  const adds = partials.map((t, j) => `${guard(j)}add(G + ${'kl'[j]}, ${product(t)});`);
  const declared = ['t = load<f64>(d)', ...places(partials.length), ...operands(used, plain)];
  const body = [`const ${declared.join(', ')};`, ...adds].join(' ');
  return `    case ${OP[op]}: for (; d < e; d += 8, a += 4, b += 4) { ${body} } break; // ${op}`;
}

/** Bit i: the op with code first + i has the property. */
function opMask(has: (row: Row) => boolean, first = 0): string {
  let mask = 0n;
  for (const [op, row] of Object.entries(RULES)) {
    const bit = OP[op as OpName] - first;
    if (has(row) && bit >= 0 && bit < 64) mask |= 1n << BigInt(bit);
  }
  return `<u64>0x${mask.toString(16)}`;
}

/** The opcodes that the core names: those with loops of their own, and all list ops. */
const NAMED: readonly OpName[] = [
  'add',
  'sub',
  'mul',
  'square',
  'exp',
  'tanh',
  'relu',
  'sigmoid',
  'sum',
  'mean',
  'prod',
  'dot',
  'minOf',
  'maxOf',
  'norm',
  'logsumexp',
];

/** The whole file. */
export function printAssembly(): string {
  const values = elementRows.map(([op, row]): Case => ({ code: OP[op], label: op, term: terms(op, row).value }));
  const partials = elementRows.flatMap(([op, row]) =>
    terms(op, row).partials.map((term, j): Case => ({ code: key(op, j), label: `${op} ∂${OPERANDS[j]}`, term })),
  );
  const cases = (all: readonly Case[], dialect: Dialect): string =>
    all
      .filter(({ term }) => isPair(term) === (dialect === lanes))
      .map((c) => print(c, dialect))
      .join('\n');
  const text = {
    values: cases(values, scalar),
    valuePairs: cases(values, lanes),
    partials: cases(partials, scalar),
    partialPairs: cases(partials, lanes),
    gatheredValues: CHEAP.map(gatheredValue).join('\n'),
    gatheredPulls: CHEAP.map(gatheredPull).join('\n'),
  };
  const kernels = [...LANE_KERNELS].map((op) => `${op}Lanes`).join(', ');
  return `// Printed from src/ops/rules.ts by \`npm run rules\`; do not edit.
//
// Every op of one to three operands: its value at x, y, w, and its partials from x, y, w and the result z. A pair is two
// nodes or two rows, and has the bits of each alone.
import * as math from './math';
${kernels ? `import { ${kernels} } from './math/lanes';\n` : ''}
${NAMED.map((op) => `export const ${op.replace(/[A-Z]/, '_$&').toUpperCase()}: u32 = ${OP[op]};`).join('\n')}

/** The op's value at one point. */
export function value(op: u32, x: f64, y: f64, w: f64): f64 {
  switch (op) {
${text.values}
    default: return first(valuePair(op, f64x2.splat(x), f64x2.splat(y), f64x2.splat(w)));
  }
}

/** Its values at two points. */
export function valuePair(op: u32, x: v128, y: v128, w: v128): v128 {
  switch (op) {
${text.valuePairs}
    default: return f64x2.replace_lane(f64x2.splat(value(op, first(x), first(y), first(w))), 1, value(op, second(x), second(y), second(w)));
  }
}

/** ∂op/∂operand j at one point; key = 4·op + j. */
export function partial(key: u32, x: f64, y: f64, w: f64, z: f64): f64 {
  switch (key) {
${text.partials}
    default: return first(partialPair(key, f64x2.splat(x), f64x2.splat(y), f64x2.splat(w), f64x2.splat(z)));
  }
}

/** The same at two points. */
export function partialPair(key: u32, x: v128, y: v128, w: v128, z: v128): v128 {
  switch (key) {
${text.partialPairs}
    default: return f64x2.replace_lane(f64x2.splat(partial(key, first(x), first(y), first(w), first(z))), 1, partial(key, second(x), second(y), second(w), second(z)));
  }
}

/** Values of n nodes of a common op whose operands are gathered, from the slots listed at a and b; false if the op is none of these. */
// @ts-ignore: decorator
@inline export function valueGathered(op: u32, n: i32, o: usize, V: usize, a: usize, b: usize): bool {
  const e = o + (<usize>n << 3);
  switch (op) {
${text.gatheredValues}
    default: return false;
  }
  return true;
}

/** Contributions of such nodes to the adjoints G of their active operands, node by node. */
// @ts-ignore: decorator
@inline export function pullGathered(op: u32, mask: u32, n: i32, d: usize, V: usize, a: usize, b: usize, G: usize): bool {
  const e = d + (<usize>n << 3), toA = (mask & 1) != 0, toB = (mask & 2) != 0;
  switch (op) {
${text.gatheredPulls}
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
  return 1 + <u32>((${opMask((row) => row.arity !== 1)} >> <u64>op) & 1) + <u32>((${opMask((row) => row.arity === 3)} >> <u64>op) & 1);
}

/** Is a partial of 0 a closed gate, through which nothing passes? */
export function isGate(op: u32): bool {
  return ((op < 64 ? ${opMask((row) => row.gate === true)} : ${opMask((row) => row.gate === true, 64)}) >> <u64>(op & 63)) & 1 ? true : false;
}

/** The literals of pairs, each twice. */
const TWICE = memory.data<f64>([${literals.flatMap((x) => [number(x), number(x)]).join(', ')}], 16);
`;
}
