/** The table of an explanation: aligned, in a fixed number of columns. */
import type { ExplainedNode, Explanation } from './explanation.ts';
import { short } from './label.ts';

const SHOWN = 1000; // rows

interface Column {
  readonly head: string;
  readonly cell: (row: ExplainedNode) => string;
  /** Text is cut to what is left of the line; numbers never are. */
  readonly text?: boolean;
}

export function table({ rows, epsilon }: Explanation, narrow: boolean): string {
  const checked = rows.some((row) => row.central !== undefined);
  const columns: Column[] = [
    { head: 'node', cell: (row) => row.label, text: true },
    { head: 'value', cell: (row) => short(row.value) },
    { head: '∂J/∂node', cell: (row) => short(row.derivative) },
  ];
  if (!narrow) columns.splice(1, 0, { head: 'is', cell: (row) => row.formula, text: true });
  if (checked && !narrow) {
    columns.push({ head: `J(+${epsilon})`, cell: (row) => short(row.bumped) });
    columns.push({ head: `ΔJ/${epsilon}`, cell: (row) => short(row.quotient) });
  }
  if (checked) columns.push({ head: 'central', cell: (row) => short(row.central) });

  const cells = rows.slice(0, SHOWN).map((row) => columns.map((column) => column.cell(row)));
  const lines = [columns.map((column) => column.head), ...cells];
  const widths = shrink(
    columns.map((_, j) => Math.max(...lines.map((line) => line[j]!.length))),
    columns.map((column) => column.text ?? false),
    (narrow ? 60 : 100) - 2 * (columns.length - 1),
  );
  const text = lines.map((line) =>
    line
      .map((cell, j) => pad(cell, widths[j]!, columns[j]!.text))
      .join('  ')
      .trimEnd(),
  );
  if (rows.length > SHOWN) text.push(`… and ${rows.length - SHOWN} more`);
  return text.join('\n');
}

/** Takes what is too much from the text columns, the widest first. */
function shrink(widths: number[], text: readonly boolean[], room: number): number[] {
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  for (; excess > 0; excess--) {
    let widest = -1;
    widths.forEach((width, j) => {
      if (text[j] && width > 4 && (widest < 0 || width > widths[widest]!)) widest = j;
    });
    if (widest < 0) break;
    widths[widest]!--;
  }
  return widths;
}

function pad(cell: string, width: number, text: boolean | undefined): string {
  if (cell.length > width) return `${cell.slice(0, width - 1)}…`;
  return text ? cell.padEnd(width) : cell.padStart(width);
}
