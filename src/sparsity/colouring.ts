/**
 * Colours for columns (or rows) of a sparse matrix: those of one colour have no row in common, so one sweep gives the entries
 * of all of them (Curtis, Powell & Reid, "On the estimation of sparse Jacobian matrices", 1974; as a colouring: Coleman &
 * Moré, "Estimation of sparse Jacobian matrices and graph coloring problems", 1983). Greedy, at distance 2 in the graph of
 * rows and columns; in the order given, which is best possible for bands, and smallest last; the better of both.
 */
import type { Compression } from '../engine/engine.ts';
import type { Pattern } from './sets.ts';

/** Rows as columns. O(entries) */
export function transposed({ rows, cols, starts, columns }: Pattern): Pattern {
  const to = new Int32Array(cols + 1);
  for (const column of columns) to[column + 1]!++;
  for (let j = 0; j < cols; j++) to[j + 1]! += to[j]!;
  const next = to.slice();
  const across = new Int32Array(columns.length);
  for (let i = 0; i < rows; i++) for (let e = starts[i]!; e < starts[i + 1]!; e++) across[next[columns[e]!]!++] = i;
  return { rows: cols, cols: rows, starts: to, columns: across };
}

/**
 * Colours for the columns of a pattern. At least as many as the fullest row has entries. O(Σ over rows entries²)
 *
 * @param across its transpose
 */
export function colourColumns(pattern: Pattern, across: Pattern): Compression {
  const { cols } = pattern;
  const least = fullest(pattern);
  if (least === cols) return { count: cols, colours: Int32Array.from({ length: cols }, (_, j) => j) };
  const natural = greedy(
    pattern,
    across,
    Int32Array.from({ length: cols }, (_, j) => j),
  );
  if (natural.count === least) return natural;
  const last = greedy(pattern, across, smallestLast(pattern, across));
  return last.count < natural.count ? last : natural;
}

/** Entries of the fullest row: there are no fewer colours for the columns. */
export function fullest({ rows, starts }: Pattern): number {
  let most = 0;
  for (let i = 0; i < rows; i++) most = Math.max(most, starts[i + 1]! - starts[i]!);
  return most;
}

/** The first colour that no column has which shares a row, column by column. */
function greedy(pattern: Pattern, across: Pattern, order: Int32Array): Compression {
  const colours = new Int32Array(pattern.cols).fill(-1);
  const taken = new Int32Array(pattern.cols).fill(-1); // by colour: the last column that could not have it
  let count = 0;
  for (const column of order) {
    eachNeighbour(pattern, across, column, (other) => {
      const colour = colours[other]!;
      if (colour >= 0) taken[colour] = column;
    });
    let colour = 0;
    while (colour < count && taken[colour] === column) colour++;
    colours[column] = colour;
    count = Math.max(count, colour + 1);
  }
  return { count, colours };
}

/** Columns that share a row with this one, again for each row; itself included. */
function eachNeighbour(pattern: Pattern, across: Pattern, column: number, visit: (other: number) => void): void {
  for (let e = across.starts[column]!; e < across.starts[column + 1]!; e++) {
    const row = across.columns[e]!;
    for (let f = pattern.starts[row]!; f < pattern.starts[row + 1]!; f++) visit(pattern.columns[f]!);
  }
}

/**
 * Smallest last (Matula & Beck 1983): the column with the fewest neighbours among those left is taken away again and again;
 * colours are given in the opposite order. Neighbours that share several rows count several times. O(Σ over rows entries²)
 */
function smallestLast(pattern: Pattern, across: Pattern): Int32Array {
  const { cols } = pattern;
  const degree = new Int32Array(cols);
  for (let j = 0; j < cols; j++)
    eachNeighbour(pattern, across, j, () => {
      degree[j]!++;
    });
  const most = degree.reduce((a, b) => Math.max(a, b), 0);
  // columns in lists by degree
  const first = new Int32Array(most + 1).fill(-1);
  const next = new Int32Array(cols).fill(-1);
  const before = new Int32Array(cols).fill(-1);
  const put = (j: number): void => {
    const head = first[degree[j]!]!;
    next[j] = head;
    before[j] = -1;
    if (head >= 0) before[head] = j;
    first[degree[j]!] = j;
  };
  const take = (j: number): void => {
    if (before[j]! >= 0) next[before[j]!] = next[j]!;
    else first[degree[j]!] = next[j]!;
    if (next[j]! >= 0) before[next[j]!] = before[j]!;
  };
  for (let j = cols - 1; j >= 0; j--) put(j);
  const order = new Int32Array(cols);
  const isOut = new Uint8Array(cols);
  for (let place = cols - 1, least = 0; place >= 0; place--) {
    while (first[least]! < 0) least++;
    const column = first[least]!;
    take(column);
    isOut[column] = 1;
    order[place] = column;
    eachNeighbour(pattern, across, column, (other) => {
      if (isOut[other]) return;
      take(other);
      degree[other]!--;
      put(other);
      least = Math.min(least, degree[other]!);
    });
  }
  return order;
}
