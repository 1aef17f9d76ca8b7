/** Prints src/ops/kernels.ts, all of the table that run time needs: a loop per op and per partial, and a digit per op for its arity. */
import type { ElementRow, Row } from '../algebra.ts';
import { RULES } from '../rules.ts';
import { OP, type OpName, VOCABULARY } from '../vocabulary.ts';
import { type Dialect, emit, isLiteral, reads, type Term, terms } from './text.ts';

const INFIX: Partial<Record<OpName, string>> = { add: '+', sub: '-', mul: '*', div: '/' };
const COMPARE: Partial<Record<OpName, string>> = { lt: '<', le: '<=', gt: '>', ge: '>=', eq: '===', ne: '!==' };
const HOST = new Set<OpName>(['abs', 'sqrt', 'min', 'max', 'floor', 'ceil', 'trunc']);

const dialect: Dialect = {
  literal: (x) =>
    Number.isFinite(x)
      ? Object.is(x, -0)
        ? '-0'
        : String(x)
      : `Number.${Number.isNaN(x) ? 'NaN' : x < 0 ? 'NEGATIVE_INFINITY' : 'POSITIVE_INFINITY'}`,
  declare: (name, text) => `const ${name} = ${text};`,
  apply(op, of, terms) {
    const [x, y, w] = of;
    if (INFIX[op]) return `(${x} ${INFIX[op]} ${y})`;
    if (COMPARE[op]) return `(${x} ${COMPARE[op]} ${y} ? 1 : 0)`;
    if (op === 'neg') return `-${x}`;
    if (op === 'select') {
      const test = COMPARE[terms[0]!.op as OpName] && x!.endsWith(' ? 1 : 0)') ? x!.slice(1, -9) : `${x} !== 0`;
      return `(${test} ? ${y} : ${w})`;
    }
    return `${HOST.has(op) ? 'Math' : 'math'}.${op}(${of.join(', ')})`;
  },
};

const elementRows = Object.entries(RULES).filter(([, row]) => row.arity !== 'list') as [OpName, ElementRow][];
const OPERANDS = ['x', 'y', 'w'];
const AT: Record<string, string> = { x: 'v[a + i * as]!', y: 'v[b + i * bs]!', w: 'v[c + i * cs]!', z: 'v[o + i]!' };

interface Loop {
  readonly code: number;
  readonly label: string;
  readonly body: string;
}

function loop(code: number, label: string, term: Term, target: string, isPull: boolean): Loop {
  const used = [...reads(term)].sort();
  const { declarations, result } = emit(term, dialect);
  let pulled = result;
  if (isPull) pulled = isLiteral(term, 1) ? 'd[di + i]!' : isLiteral(term, -1) ? '-d[di + i]!' : `d[di + i]! * ${result}`;
  const lines = [...used.map((u) => `const ${u} = ${AT[u]};`), ...declarations, `${target} ${isPull ? '+=' : '='} ${pulled};`];
  return { code, label, body: lines.length === 1 ? lines[0]! : `{ ${lines.join(' ')} }` };
}

/** The cases of a switch; loops that are the same stand once, behind all their labels. */
function cases(loops: readonly Loop[]): string {
  const labels = new Map<string, string>();
  for (const { code, label, body } of loops) labels.set(body, `${labels.get(body) ?? ''}    case ${code}: // ${label}\n`);
  return Array.from(labels, ([body, label]) => `${label}      for (let i = 0; i < n; i++) ${body}\n      return;`).join('\n');
}

/** One digit per opcode, 0 for the leaves. */
function digits(of: (row: Row) => number): string {
  return VOCABULARY.map((word) => (word === 'input' || word === 'constant' ? 0 : of(RULES[word]))).join('');
}

export function printTypeScript(): string {
  const values = elementRows.map(([op, row]) => loop(OP[op], op, terms(op, row).value, 'v[o + i]', false));
  const pulls = elementRows.flatMap(([op, row]) =>
    terms(op, row).partials.flatMap((t, j) =>
      isLiteral(t, 0) ? [] : loop(4 * OP[op] + j, `${op} ∂${OPERANDS[j]}`, t, 'g[t + i * ts]', true),
    ),
  );
  return `// Printed from src/ops/rules.ts by \`npm run rules\`; do not edit.
import * as math from './math.ts';

/** By opcode; codes that are no op have 0. */
function byOpcode(digits: string): Uint8Array {
  const result = new Uint8Array(256);
  for (let code = 0; code < digits.length; code++) result[code] = Number(digits[code]);
  return result;
}

/** Operands of each op: 1 to 3, and 0 for leaves and ops over lists. */
export const ARITY = /* @__PURE__ */ byOpcode('${digits((row) => (row.arity === 'list' ? 0 : row.arity))}');
/** Lists of each op over lists: 2 for dot, else 1; 0 for all others. */
export const LISTS = /* @__PURE__ */ byOpcode('${digits((row) => (row.arity === 'list' ? row.lists : 0))}');
/** 1 for ops whose partial of 0 is a closed gate. */
export const GATE = /* @__PURE__ */ byOpcode('${digits((row) => (row.gate ? 1 : 0))}');

// Node i < n of a run reads v[a + i·as], v[b + i·bs], v[c + i·cs] and has its value at v[o + i].

/** v[o + i] = op(operands of node i). */
export function forwardRun(op: number, n: number, v: Float64Array, o: number, a: number, as: number, b: number, bs: number, c: number, cs: number): void {
  switch (op) {
${cases(values)}
  }
}

/** g[t + i·ts] += d[di + i] · ∂op/∂operand j at node i; a partial that is always 0 adds nothing. */
export function pullRun(op: number, j: number, n: number, v: Float64Array, o: number, d: Float64Array, di: number, a: number, as: number, b: number, bs: number, c: number, cs: number, g: Float64Array, t: number, ts: number): void {
  switch (4 * op + j) {
${cases(pulls)}
  }
}
`;
}
