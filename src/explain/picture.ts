/** Pictures of an explained graph: nodes with value and derivative, arrows along the computation. */
import type { ExplainedNode } from './explanation.ts';
import { short } from './label.ts';

/** Shapes: inputs round, data slanted, everything computed square. */
const MERMAID = { parameter: ['([', '])'], data: ['[/', '/]'], node: ['[', ']'] } as const;
const DOT = { parameter: 'ellipse', data: 'parallelogram', node: 'box' } as const;

export function toMermaid(rows: readonly ExplainedNode[]): string {
  const safe = (text: string): string => text.replace(/[&<>"]/g, (c) => `#${c.charCodeAt(0)};`);
  const nodes = ordered(rows).map((row) => {
    const [open, close] = MERMAID[row.kind];
    return `  v${row.id}${open}"${linesOf(row).map(safe).join('<br>')}"${close}`;
  });
  return ['flowchart LR', ...nodes, ...arrows(rows, ' --> ', '')].join('\n');
}

export function toDot(rows: readonly ExplainedNode[]): string {
  const safe = (text: string): string => text.replace(/["\\]/g, '\\$&');
  const nodes = ordered(rows).map(
    (row) => `  v${row.id} [shape=${DOT[row.kind]}, label="${linesOf(row).map(safe).join('\\n')}"];`,
  );
  return ['digraph {', '  rankdir=LR;', ...nodes, ...arrows(rows, ' -> ', ';'), '}'].join('\n');
}

function ordered(rows: readonly ExplainedNode[]): ExplainedNode[] {
  return [...rows].sort((x, y) => x.id - y.id);
}

function linesOf(row: ExplainedNode): string[] {
  const what = row.kind === 'node' ? (row.names.length > 0 ? `${row.label} = ${row.formula}` : row.formula) : row.label;
  return [what, short(row.value), `∂ ${short(row.derivative)}`];
}

function arrows(rows: readonly ExplainedNode[], arrow: string, end: string): string[] {
  return ordered(rows).flatMap((row) => [...new Set(row.operands)].map((operand) => `  v${operand}${arrow}v${row.id}${end}`));
}
