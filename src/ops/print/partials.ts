/**
 * Prints src/ops/partials.ts: the partials of the table in postfix notation, for differentiation as a graph. Read there,
 * a word is a node, so nothing that the table defines by simpler ops (sign, square) is taken apart.
 */
import type { Algebra } from '../algebra.ts';
import { RULES } from '../rules.ts';
import { OP, type OpName, VOCABULARY } from '../vocabulary.ts';

/** An algebra whose numbers are texts in postfix notation. */
const postfix = Object.fromEntries([
  ['lit', (x: number) => (Object.is(x, -0) ? '-0' : String(x))],
  ...VOCABULARY.map((op) => [op, (...of: string[]) => [...of, `@${OP[op]}`].join(' ')]),
]) as unknown as Algebra<string>;

function partialsOf(op: OpName): string {
  const row = RULES[op];
  if (row.arity === 'list') return '';
  return row.partials(postfix, 'x', 'y', 'w', 'z').join();
}

export function printPartials(): string {
  const rows = (VOCABULARY.slice(2) as OpName[]).map((op) => ({ op, text: partialsOf(op) })).filter(({ text }) => text !== '');
  return `// Printed from src/ops/rules.ts by \`npm run rules\`; do not edit.
//
// ∂op/∂operand, operand by operand, in postfix notation: operands x, y, w and the result z, numbers, and @ before an opcode.

/** By opcode, from 2 on. */
export const PARTIALS: readonly string[] = [
${rows.map(({ op, text }) => `  '${text}', // ${op}`).join('\n')}
];
`;
}
