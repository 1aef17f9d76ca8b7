/** Prints assembly/rules.ts: the table as AssemblyScript, scalar for every op and two lanes at a time for the hot ones. */
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

/** Literals of the two-lane loops lie in memory, each twice: V8 rebuilds a v128.const at every turn of a loop, and one is 18 bytes long. */
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

/** Functions of assembly/math/lanes.ts: two at a time, the same bits as one at a time. */
export const LANE_KERNELS = new Set<OpName>([]);

/** What f64x2 has, or comparisons and select by masks. */
const LANE_OPS = new Set<OpName>([...(Object.keys(INFIX) as OpName[]), ...(Object.keys(COMPARE) as OpName[]), ...INSTRUCTION, 'neg', 'select']);

/** Ops worth a loop over two lanes; add, sub and mul have theirs in arithmetic.ts, all others go element by element. */
const HOT: readonly OpName[] = [
  'div', 'neg', 'abs', 'square', 'sqrt', 'reciprocal', 'min', 'max', 'relu', 'select',
  'exp', 'log', 'tanh', 'sigmoid', 'sin', 'cos', 'softplus', 'silu',
]; // biome-ignore format: a list

const elementRows = Object.entries(RULES).filter(([, row]) => row.arity !== 'list') as [OpName, ElementRow][];
const OPERANDS = ['x', 'y', 'w'];
const POINTERS: Record<string, string> = { x: 'a', y: 'b', w: 'c', z: 'o' };
const key = (op: OpName, j: number): number => OP[op] * 4 + j;

/** One case per op or partial, element by element. */
function scalarCases(pick: (op: OpName, row: ElementRow) => readonly [number, string, Term][]): string {
  const lines: string[] = [];
  for (const [op, row] of elementRows)
    for (const [code, label, term] of pick(op, row)) {
      const { declarations, result } = emit(term, scalar);
      const body = declarations.length ? `{ ${declarations.join(' ')} return ${result}; }` : `return ${result};`;
      lines.push(`    case ${code}: ${body} // ${label}`);
    }
  return lines.join('\n');
}

/** A loop over pairs; returns how many elements it did (n with its lowest bit off), 0 where there is no such loop. */
function laneCases(pick: (op: OpName, row: ElementRow) => readonly [number, string, Term][], isPull: boolean): string {
  const lines: string[] = [];
  for (const op of HOT)
    for (const [code, label, term] of pick(op, RULES[op] as ElementRow)) {
      if (isPull && isLiteral(term, 0)) continue;
      if (![...opsOf(term)].every((o) => LANE_OPS.has(o) || LANE_KERNELS.has(o))) continue;
      const isMask = COMPARE[term.op as OpName] !== undefined;
      if (isMask) continue;
      const used = [...reads(term)].sort();
      const { declarations, result } = emit(term, lanes);
      const loads = used.map((v) => `const ${v} = v128.load(${POINTERS[v]});`);
      const moves = used.map((v) => (v === 'z' ? 'o += 16' : `${POINTERS[v]} += s${POINTERS[v]}`));
      let store: string;
      if (!isPull) store = `v128.store(o, ${result});`;
      else {
        const pulled = isLiteral(term, 1) ? 't' : isLiteral(term, -1) ? 'f64x2.neg(t)' : `f64x2.mul(t, ${result})`;
        loads.unshift('const t = v128.load(d);');
        store = `v128.store(g, f64x2.add(v128.load(g), ${pulled}));`;
      }
      const steps = isPull ? ['d += 16', 'g += 16', ...moves] : ['o += 16', ...moves];
      lines.push(
        `    case ${code}: // ${label}`,
        `      for (; i < m; i += 2, ${steps.join(', ')}) { ${[...loads, ...declarations, store].join(' ')} }`,
        '      return m;',
      );
    }
  return lines.join('\n');
}

/** Cheap ops whose gathered operands are worth a loop: the look-up costs as much as the op. */
const CHEAP: readonly OpName[] = ['div', 'neg', 'abs', 'square', 'sqrt', 'min', 'max', 'relu'];
const step = (v: string): string => (v === 'z' ? 'o += 16' : `${POINTERS[v]} += 8`);
const read = (v: string): string => `const ${v} = ${v === 'z' ? 'v128.load(o)' : `look(V, ${POINTERS[v]})`};`;

/** Values of pairs of nodes with gathered operands, in index lists at a and b. */
function gatheredValueCases(): string {
  return (['add', 'sub', 'mul', ...CHEAP] as OpName[])
    .map((op) => {
      const term = terms(op, RULES[op] as ElementRow).value;
      const used = [...reads(term)].sort();
      const { declarations, result } = emit(term, lanes);
      const body = [...used.map(read), ...declarations, `v128.store(o, ${result});`].join(' ');
      return `    case ${OP[op]}: for (; i < m; i += 2, o += 16, ${used.map(step).join(', ')}) { ${body} } return m; // ${op}`;
    })
    .join('\n');
}

/** Contributions of such pairs, to all operands in one loop. */
function gatheredPullCases(): string {
  return CHEAP.map((op) => {
    const { partials } = terms(op, RULES[op] as ElementRow);
    const used = [...new Set([...partials.flatMap((t) => [...reads(t)]), ...['x', 'y'].slice(0, partials.length)])].sort();
    const adds = partials.flatMap((t, j) => {
      const { declarations, result } = emit(t, lanes);
      const pulled = isLiteral(t, -1) ? 'f64x2.neg(t)' : `f64x2.mul(t, ${result})`;
      const target = POINTERS[OPERANDS[j]!]!;
      return `${partials.length > 1 ? `if (mask & ${1 << j}) ` : ''}{ ${[...declarations, `add(G, ${target}, ${pulled});`].join(' ')} }`;
    });
    const values = used.filter((v) => partials.some((t) => reads(t).has(v)));
    const body = ['const t = v128.load(d);', ...values.map(read), ...adds].join(' ');
    return `    case ${OP[op]}: for (; i < m; i += 2, d += 16, ${used.map(step).join(', ')}) { ${body} } return m; // ${op}`;
  }).join('\n');
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

/** The opcodes that the core names: arithmetic with loops of its own, and all list ops. */
const NAMED: readonly OpName[] = ['add', 'sub', 'mul', 'square', 'sum', 'mean', 'prod', 'dot', 'minOf', 'maxOf', 'norm', 'logsumexp'];

/** The whole file. */
export function printAssembly(): string {
  const value = (op: OpName, row: ElementRow): [number, string, Term][] => [[OP[op], op, terms(op, row).value]];
  const partials = (op: OpName, row: ElementRow): [number, string, Term][] =>
    terms(op, row).partials.map((t, j) => [key(op, j), `${op} ∂${OPERANDS[j]}`, t]);
  const [values, pulls] = [laneCases(value, false), laneCases(partials, true)];
  const [gatheredValues, gatheredPulls] = [gatheredValueCases(), gatheredPullCases()];
  const kernels = [...LANE_KERNELS].map((op) => `${op}Lanes`).join(', ');
  return `// Printed from src/ops/rules.ts by \`npm run rules\`; do not edit.
//
// value and partial hold every op of one to three operands, one element at a time; valueLanes and pullLanes hold the
// hot ones, two elements at a time. Operands are read at a, b, c, the result at o, adjoints at d; s_ = bytes from one
// pair to the next: 16, or 0 for a pair that holds one value twice.
import * as math from './math';
${kernels ? `import { ${kernels} } from './math/lanes';\n` : ''}
${NAMED.map((op) => `export const ${op.replace(/[A-Z]/, '_$&').toUpperCase()}: u32 = ${OP[op]};`).join('\n')}

/** The op's value at operands x, y, w. */
export function value(op: u32, x: f64, y: f64, w: f64): f64 {
  switch (op) {
${scalarCases(value)}
    default: return NaN;
  }
}

/** ∂op/∂operand j at operands x, y, w and result z; key = 4·op + j. */
export function partial(key: u32, x: f64, y: f64, w: f64, z: f64): f64 {
  switch (key) {
${scalarCases(partials)}
    default: return NaN;
  }
}

/** Operands of an op: 1, 2 or 3. */
export function arity(op: u32): u32 {
  return 1 + <u32>((${opMask((row) => row.arity !== 1)} >> <u64>op) & 1) + <u32>((${opMask((row) => row.arity === 3)} >> <u64>op) & 1);
}

/** Is a partial of 0 a closed gate, through which nothing passes? */
export function isGate(op: u32): bool {
  return ((op < 64 ? ${opMask((row) => row.gate === true)} : ${opMask((row) => row.gate === true, 64)}) >> <u64>(op & 63)) & 1 ? true : false;
}

/** The literals of the loops below, each twice. */
const TWICE = memory.data<f64>([${literals.flatMap((x) => [number(x), number(x)]).join(', ')}], 16);

/** Values of pairs; returns the number of elements done: n rounded down to even, or 0 for an op without such a loop. */
export function valueLanes(op: u32, n: i32, o: usize, a: usize, sa: usize, b: usize, sb: usize, c: usize, sc: usize): i32 {
  const m = n & ~1;
  let i = 0;
  switch (op) {
${values}
    default: return 0;
  }
}

/** g += d · ∂op/∂operand j, for pairs; returns the number of elements done, as above. */
export function pullLanes(key: u32, n: i32, o: usize, d: usize, a: usize, sa: usize, b: usize, sb: usize, c: usize, sc: usize, g: usize): i32 {
  const m = n & ~1;
  let i = 0;
  switch (key) {
${pulls}
    default: return 0;
  }
}

/** Two gathered numbers. */
// @ts-ignore: decorator
@inline function look(V: usize, i: usize): v128 {
  return v128.load_lane<f64>(V + (<usize>load<i32>(i, 4) << 3), v128.load64_zero(V + (<usize>load<i32>(i) << 3)), 1);
}
/** Adds two numbers to the adjoints of the two slots listed at i. */
// @ts-ignore: decorator
@inline function add(G: usize, i: usize, x: v128): void {
  const g = G + (<usize>load<i32>(i) << 3);
  store<f64>(g, load<f64>(g) + f64x2.extract_lane(x, 0));
  const h = G + (<usize>load<i32>(i, 4) << 3);
  store<f64>(h, load<f64>(h) + f64x2.extract_lane(x, 1));
}

/**
 * Values of pairs of nodes whose operands all are gathered, from the slots listed at a and b; returns the number of nodes
 * done, as above. In lanes because V8 makes branches of a scalar min, max or select, and those of relu are a coin toss:
 * 9.1 ns per node of an irregular graph before, see bench/results.md for now.
 */
export function valueGather(op: u32, n: i32, o: usize, V: usize, a: usize, b: usize): i32 {
  const m = n & ~1;
  let i = 0;
  switch (op) {
${gatheredValues}
    default: return 0;
  }
}

/** Contributions of such pairs to the adjoints G of their active operands, node by node. */
export function pullGather(op: u32, mask: u32, n: i32, o: usize, d: usize, V: usize, a: usize, b: usize, G: usize): i32 {
  const m = n & ~1;
  let i = 0;
  switch (op) {
${gatheredPulls}
    default: return 0;
  }
}
`;
}
