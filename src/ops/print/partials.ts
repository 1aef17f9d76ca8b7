/**
 * Prints src/ops/partials.ts: the partials of the table in postfix notation, for differentiation as a graph and for generated
 * code, and the values of ops that the table defines by simpler ones (sign, square), which only generated code takes apart.
 */
import type { Algebra, ElementRow } from '../algebra.ts';
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

function valueText(op: OpName): string | undefined {
  return (RULES[op] as ElementRow).value?.(postfix, 'x', 'y', 'w');
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

/** By opcode: the value of an op in terms of simpler ones. */
export const VALUES: { readonly [op: number]: string } = {
${(VOCABULARY.slice(2) as OpName[]).flatMap((op) => (valueText(op) === undefined ? [] : `  ${OP[op]}: '${valueText(op)}', // ${op}`)).join('\n')}
};
`;
}
