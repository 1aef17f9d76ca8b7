/**
 * Colours for symmetric matrices. Each entry stands twice, and one of the two places suffices, so fewer colours do than for
 * any matrix: a *star colouring*, in which neighbours differ and no path of four vertices has only two colours
 * (Coleman & Moré, "Estimation of sparse Hessian matrices and graph coloring problems", 1984; Gebremedhin, Manne & Pothen,
 * "What color is your Jacobian?", 2005; the greedy algorithm is that of Gebremedhin, Tarafdar, Manne & Pothen, "New acyclic
 * and star coloring algorithms", 2007). An arrow of any size takes 2 colours, a band of 2k + 1 takes 2k + 1.
 */
import type { Compression } from '../engine/engine.ts';
import { transposed } from './colouring.ts';
import type { Pattern } from './sets.ts';

/** The pattern with the transpose of each entry. */
export function symmetric(pattern: Pattern): Pattern {
  const across = transposed(pattern);
  const { rows, cols } = pattern;
  const starts = new Int32Array(rows + 1);
  const columns: number[] = [];
  for (let i = 0; i < rows; i++) {
    let [e, f] = [pattern.starts[i]!, across.starts[i]!];
    const [endE, endF] = [pattern.starts[i + 1]!, across.starts[i + 1]!];
    while (e < endE || f < endF) {
      const x = e < endE ? pattern.columns[e]! : cols;
      const y = f < endF ? across.columns[f]! : cols;
      if (x <= y) e++;
      if (y <= x) f++;
      columns.push(Math.min(x, y));
    }
    starts[i + 1] = columns.length;
  }
  return { rows, cols, starts, columns: Int32Array.from(columns) };
}

/** A star colouring of a symmetric pattern: in the order given, and by falling degree; the better of both. O(Σ degree²) */
export function starColours(pattern: Pattern): Compression {
  return bestOf(pattern, stars);
}

/** Colours that differ for neighbours: what the diagonal takes, for in a row no neighbour has the colour of the diagonal. O(entries) */
export function diagonalColours(pattern: Pattern): Compression {
  return bestOf(pattern, apart);
}

type Greedy = (pattern: Pattern, order: Int32Array) => Compression;

function bestOf(pattern: Pattern, greedy: Greedy): Compression {
  const n = pattern.cols;
  const order = Int32Array.from({ length: n }, (_, j) => j);
  // nearly full, nothing is to be gained, and to find that out would take n³
  if (n === 0 || 4 * pattern.columns.length > 3 * n * n) return { count: n, colours: order };
  const natural = greedy(pattern, order);
  const degree = (j: number): number => pattern.starts[j + 1]! - pattern.starts[j]!;
  const falling = greedy(
    pattern,
    order.slice().sort((x, y) => degree(y) - degree(x) || x - y),
  );
  return falling.count < natural.count ? falling : natural;
}

const apart: Greedy = ({ cols, starts, columns }, order) => {
  const colours = new Int32Array(cols).fill(-1);
  const forbidden = new Int32Array(cols + 1).fill(-1);
  let count = 0;
  for (const v of order) {
    for (let e = starts[v]!; e < starts[v + 1]!; e++) {
      const colour = colours[columns[e]!]!;
      if (colour >= 0) forbidden[colour] = v;
    }
    let colour = 0;
    while (forbidden[colour] === v) colour++;
    colours[v] = colour;
    count = Math.max(count, colour + 1);
  }
  return { count, colours };
};

const stars: Greedy = ({ cols, starts, columns }, order) => {
  const colours = new Int32Array(cols).fill(-1);
  const forbidden = new Int32Array(cols + 1).fill(-1); // by colour: the vertex that cannot have it
  const first = new Int32Array(cols).fill(-1); // by colour: the first neighbour of v that has it,
  const firstOf = new Int32Array(cols).fill(-1); // and that v
  const treated = new Int32Array(cols).fill(-1); // by vertex: the v that may have no colour of its neighbours
  const seen = new Map<number, number>(); // vertex · cols + colour: how many of its neighbours have that colour
  let count = 0;
  const eachColoured = (v: number, visit: (w: number, colour: number) => void): void => {
    for (let e = starts[v]!; e < starts[v + 1]!; e++) {
      const w = columns[e]!;
      if (w !== v && colours[w]! >= 0) visit(w, colours[w]!);
    }
  };
  for (const v of order) {
    // a – v – w – x: two neighbours a, w of one colour, so v differs from what is beside either
    const treat = (w: number): void => {
      if (treated[w] === v) return;
      treated[w] = v;
      eachColoured(w, (x, colour) => {
        if (x !== v) forbidden[colour] = v;
      });
    };
    eachColoured(v, (w, colour) => {
      forbidden[colour] = v;
      if (firstOf[colour] === v) {
        treat(first[colour]!);
        treat(w);
        return;
      }
      firstOf[colour] = v;
      first[colour] = w;
      // v – w – x – y: y has the colour of w, so v differs from x
      eachColoured(w, (x, other) => {
        if (x !== v && seen.get(x * cols + colour)! > 1) forbidden[other] = v;
      });
    });
    let colour = 0;
    while (forbidden[colour] === v) colour++;
    colours[v] = colour;
    count = Math.max(count, colour + 1);
    for (let e = starts[v]!; e < starts[v + 1]!; e++) {
      const key = columns[e]! * cols + colour;
      if (columns[e] !== v) seen.set(key, (seen.get(key) ?? 0) + 1);
    }
  }
  return { count, colours };
};

/**
 * Where each entry is found among rows compressed by a star colouring (n × count): entry (i, j) in row i under the colour of
 * j if j alone has it in that row, else in row j under the colour of i. Both entries of a pair are read from one place.
 */
export function placesIn({ rows, starts, columns }: Pattern, { count, colours }: Compression): Int32Array {
  const places = new Int32Array(columns.length);
  const seen = new Int32Array(count);
  const alone = new Uint8Array(columns.length); // entry (i, j): j alone has its colour in row i
  for (let i = 0; i < rows; i++) {
    for (let e = starts[i]!; e < starts[i + 1]!; e++) seen[colours[columns[e]!]!]!++;
    for (let e = starts[i]!; e < starts[i + 1]!; e++) alone[e] = seen[colours[columns[e]!]!] === 1 ? 1 : 0;
    for (let e = starts[i]!; e < starts[i + 1]!; e++) seen[colours[columns[e]!]!] = 0;
  }
  const next = starts.slice(); // rows go up, so transposed entries come in order
  for (let i = 0; i < rows; i++)
    for (let e = starts[i]!; e < starts[i + 1]!; e++) {
      const j = columns[e]!;
      const f = next[j]!++; // entry (j, i)
      const [row, column] = i === j || (alone[e] && (i < j || !alone[f])) ? [i, j] : [j, i];
      places[e] = row * count + colours[column]!;
    }
  return places;
}
