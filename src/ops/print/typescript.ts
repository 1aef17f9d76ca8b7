/** Prints src/engine/reference/kernels.ts: the table as TypeScript loops, one per op and one per partial. */
import type { ElementRow } from '../algebra.ts';
import { RULES } from '../rules.ts';
import { OP, type OpName } from '../vocabulary.ts';
import { type Dialect, emit, isLiteral, reads, type Term, terms } from './text.ts';

const INFIX: Partial<Record<OpName, string>> = { add: '+', sub: '-', mul: '*', div: '/' };
const COMPARE: Partial<Record<OpName, string>> = { lt: '<', le: '<=', gt: '>', ge: '>=', eq: '===', ne: '!==' };
const HOST = new Set<OpName>(['abs', 'sqrt', 'min', 'max', 'floor', 'ceil', 'trunc']);

const dialect: Dialect = {
  literal: (x) => (Number.isFinite(x) ? (Object.is(x, -0) ? '-0' : String(x)) : `Number.${Number.isNaN(x) ? 'NaN' : x < 0 ? 'NEGATIVE_INFINITY' : 'POSITIVE_INFINITY'}`),
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

function loop(code: number, label: string, term: Term, target: string, isPull: boolean): string {
  const used = [...reads(term)].sort();
  const { declarations, result } = emit(term, dialect);
  let pulled = result;
  if (isPull) pulled = isLiteral(term, 1) ? 'd[di + i]!' : isLiteral(term, -1) ? '-d[di + i]!' : `d[di + i]! * ${result}`;
  const lines = [...used.map((u) => `const ${u} = ${AT[u]};`), ...declarations, `${target} ${isPull ? '+=' : '='} ${pulled};`];
  const body = lines.length === 1 ? lines[0]! : `{ ${lines.join(' ')} }`;
  return `    case ${code}: // ${label}\n      for (let i = 0; i < n; i++) ${body}\n      return;`;
}

export function printTypeScript(): string {
  const values = elementRows.map(([op, row]) => loop(OP[op], op, terms(op, row).value, 'v[o + i]', false));
  const pulls = elementRows.flatMap(([op, row]) =>
    terms(op, row)
      .partials.map((t, j) => (isLiteral(t, 0) ? '' : loop(4 * OP[op] + j, `${op} ∂${OPERANDS[j]}`, t, 'g[t + i * ts]', true)))
      .filter((text) => text !== ''),
  );
  return `// Printed from src/ops/rules.ts by \`npm run rules\`; do not edit.
//
// Node i < n of a run reads v[a + i·as], v[b + i·bs], v[c + i·cs] and has its value at v[o + i].
import * as math from '../../ops/math.ts';

/** v[o + i] = op(operands of node i). */
// biome-ignore format: printed
export function forwardRun(op: number, n: number, v: Float64Array, o: number, a: number, as: number, b: number, bs: number, c: number, cs: number): void {
  switch (op) {
${values.join('\n')}
  }
}

/** g[t + i·ts] += d[di + i] · ∂op/∂operand j at node i; a partial that is always 0 adds nothing. */
// biome-ignore format: printed
export function pullRun(op: number, j: number, n: number, v: Float64Array, o: number, d: Float64Array, di: number, a: number, as: number, b: number, bs: number, c: number, cs: number, g: Float64Array, t: number, ts: number): void {
  switch (4 * op + j) {
${pulls.join('\n')}
  }
}
`;
}
