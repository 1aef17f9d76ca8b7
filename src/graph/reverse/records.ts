/** What is written down besides loops, backwards: moves of elements, products of matrices, scatters. Lists are in lists.ts. */
import { OP } from '../../ops/vocabulary.ts';
import { plus } from '../affine.ts';
import { sizeIndex } from '../array.ts';
import { asMatrix, flattened, isUnbroken, loadFrom, loadFrom2, whole } from '../blocks.ts';
import { ALWAYS, pass } from '../gates.ts';
import type { Graph } from '../graph.ts';
import { contract } from '../linear.ts';
import type { Index } from '../place.ts';
import type { Contract, Maker, Region, Scatter, View, View2 } from '../records.ts';
import { inLoop, stacked, summed, written } from '../region.ts';
import { indexAt, placeNode } from '../scatter.ts';
import { ONE, type Size, ZERO } from '../size.ts';
import { reverseList } from './lists.ts';
import { cut, type Open, openAt } from './pieces.ts';
import type { Sweep } from './sweep.ts';

export function reverseRecord(sweep: Sweep, record: Exclude<Maker, Region>): void {
  if (record.kind === 'reduce') return reverseList(sweep, record);
  const adjoints = sweep.adjoints(record.into);
  if (!adjoints) return;
  const { values, open } = adjoints;
  switch (record.kind) {
    case 'copy':
      return sweep.addTo(record.from, values, open);
    case 'cells':
      return hand(sweep, [...record.nodes], values, open);
    case 'join':
      return hand(sweep, record.parts, values, open);
    case 'scatter':
      return pullScatter(sweep, record, values, open);
    case 'contract':
      return pullContract(sweep, record, values, open);
  }
}

/** Elements one after the other to what they come from. */
function hand(sweep: Sweep, parts: readonly (number | View)[], values: View, open: Open): void {
  const { graph } = sweep;
  let from = ZERO;
  for (const part of parts) {
    const index = sizeIndex(from);
    if (typeof part === 'number') sweep.add(part, loadFrom(graph, values, index), openAt(graph, open, index));
    else sweep.addTo(part, cut(values, index, part.n), open === ALWAYS ? ALWAYS : cut(open, index, part.n));
    from = from.plus(typeof part === 'number' ? ONE : part.n);
  }
}

/** Every number that was added gets the adjoint of its place. */
function pullScatter(sweep: Sweep, record: Scatter, values: View, open: Open): void {
  const { graph, copies } = sweep;
  const places = copies.view(record.places);
  const { n } = record.from;
  const taken = (view: View): View => {
    const { scope, element } = inLoop(graph, n, (index, _, scope) => {
      const at = indexAt(graph, loadFrom(graph, places, index), record.into.size);
      return { scope, element: loadFrom(graph, view, at) };
    });
    return whole(written(graph, scope, { sums: [], stacks: [element] }).stacks[0]!);
  };
  sweep.addTo(record.from, taken(values), open === ALWAYS ? ALWAYS : taken(open));
}

/** Ā = C̄·Bᵀ, B̄ = Aᵀ·C̄; the transposes of these where the factor was one, so that its elements come in its order. */
function pullContract(sweep: Sweep, record: Contract, values: View, open: Open): void {
  const { copies, program } = sweep;
  const [a, b] = [copies.view2(record.a), copies.view2(record.b)];
  const square = (view: View): View2 => ({ ...asMatrix(view, a.rows, b.cols), rowBy: view.by.times(b.cols), colBy: view.by });
  const d = square(values);
  const opens = open === ALWAYS ? ALWAYS : square(open);
  if (program.active.blocks.has(record.a.block)) pullFactor(sweep, record.a, d, opens, b);
  if (program.active.blocks.has(record.b.block))
    pullFactor(sweep, transposed(record.b), transposed(d), opens === ALWAYS ? ALWAYS : transposed(opens), transposed(a));
}

/** A factor A of A·B, D being the adjoint of the product. */
function pullFactor(sweep: Sweep, a: View2, d: View2, open: typeof ALWAYS | View2, b: View2): void {
  const { graph } = sweep;
  if (open === ALWAYS) {
    const turned = !isUnbroken(a) && isUnbroken(transposed(a));
    const block = turned ? contract(graph, b, transposed(d)) : contract(graph, d, transposed(b));
    return addMatrix(sweep, turned ? transposed(a) : a, whole(block), ALWAYS);
  }
  // element by element, for what is not reached adds nothing, whatever it is multiplied by
  const reached = (i: Index, j: Index): number => loadFrom2(graph, open, i, j);
  const each = (term: (i: Index, j: Index, k: Index) => number): View =>
    stackedRows(graph, a.rows, a.cols, (i, k) => summed(graph, d.cols, (j) => term(i, j, k)));
  const values = each(
    (i, j, k) => pass(graph, OP.mul, loadFrom2(graph, d, i, j), loadFrom2(graph, b, k, j), reached(i, j)).value,
  );
  addMatrix(sweep, a, values, each((i, j) => graph.node(OP.ne, reached(i, j), graph.constant(0)))); // biome-ignore format: one line
}

/** Contributions to the elements of a matrix, row by row. */
function addMatrix(sweep: Sweep, to: View2, values: View, open: Open): void {
  const { rows, cols } = to;
  if (isUnbroken(to)) return sweep.addTo(flattened(to), values, open);
  if (cols.constant === 1) return sweep.addTo({ ...to, by: to.rowBy, n: rows }, values, open);
  if (rows.constant === 1) return sweep.addTo({ ...to, by: to.colBy, n: cols }, values, open);
  const { graph, copies } = sweep;
  const at = copies.affine(to.at);
  const places = stackedRows(graph, rows, cols, (i, j) => placeNode(graph, plus(plus(at, i.at, to.rowBy), j.at, to.colBy)));
  sweep.addPiece(to.block, { kind: 'places', places, values, open });
}

function transposed({ rows, cols, rowBy, colBy, ...spot }: View2): View2 {
  return { ...spot, rows: cols, cols: rows, rowBy: colBy, colBy: rowBy };
}

/** Row by row, in one vector. */
function stackedRows(graph: Graph, rows: Size, cols: Size, value: (i: Index, j: Index) => number): View {
  const made = inLoop(graph, rows, (i, _, scope) => ({ scope, row: stacked(graph, cols, (j) => value(i, j)) }));
  return whole(written(graph, made.scope, { sums: [], stacks: [made.row] }).stacks[0]!);
}
