/** Derivatives of what a solver found, by the implicit function theorem (Griewank & Walther, "Evaluating Derivatives", 2008, §15.2). */
import { fail } from '../errors.ts';
import { OP } from '../ops/vocabulary.ts';
import { withSlopes } from './custom.ts';
import { adjoints } from './differentiate.ts';
import { Expr } from './expression.ts';
import type { Graph } from './graph.ts';
import { argumentsOf, arranged, flatNodes, graphOfArguments } from './inner.ts';
import { freshNodes } from './inner-loops.ts';
import { tracing } from './loops.ts';
import { adjointsInLoops } from './reverse/index.ts';
import { rewritten } from './rewrite.ts';
import { show } from './show.ts';
import { substitute } from './substitute.ts';

type AnyFunction = (...of: readonly unknown[]) => unknown;

/** See {@link implicit} in vocabulary/derivatives.ts. */
export function implicitly(solve: unknown, residual: unknown, a: unknown): unknown {
  if (typeof solve !== 'function' || typeof residual !== 'function')
    fail('WrongType', `implicit: expected two functions, got ${show(solve)} and ${show(residual)}`);
  const graph = graphOfArguments('implicit', a);
  const given = argumentsOf(graph, 'implicit', a);
  const actual = flatNodes(given);
  const found = argumentsOf(
    graph,
    'implicit',
    tracing(graph, () => (solve as AnyFunction)(arranged(graph, given, actual))),
  );
  const solution = flatNodes(found);
  const [n, p] = [solution.length, actual.length];

  const handle = (id: number): Expr => new Expr(graph, id);
  /** The slopes where the residual was traced on these nodes, with its derivatives by `of`. */
  const slopesBy = (of: Int32Array, derivatives: (r: number) => Iterable<number>): number[][] | undefined => {
    const records = graph.loops.records.length;
    const [x, at] = [of.subarray(0, n), of.subarray(n)];
    const returned = tracing(graph, () => (residual as AnyFunction)(arranged(graph, found, x), arranged(graph, given, at)));
    const equations = flatNodes(argumentsOf(graph, 'implicit', returned));
    if (equations.length !== n)
      fail('WrongShape', `implicit: ${n} unknowns take as many equations, the residual has ${equations.length}`);
    if (graph.loops.records.length > records && derivatives === plain) return undefined;
    return solved(graph, Array.from(equations, (r) => [...derivatives(r)]), n); // biome-ignore format: one line
  };
  const fresh = graph.inputs(n + p);
  const plain = (r: number): Int32Array => adjoints(graph, [r], [graph.constant(1)], fresh);
  const slopes = slopesBy(fresh, plain);
  const slopesAt = (known: readonly number[]): ArrayLike<number> => {
    const all = [...known, ...actual];
    if (slopes) return substitute(graph, slopes.flat(), fresh, all);
    const copies = freshNodes(graph, all); // loops stay where they are written: once more, for these
    return slopesBy(copies, (r) => adjointsInLoops(graph, [[r, graph.constant(1)]], [...copies]) as number[])!.flat();
  };
  const values = withSlopes(Array.from(solution, handle), Array.from(actual, handle), (known) => {
    const ids = Array.from(slopesAt((known as Expr[]).map(({ id }) => id)));
    return Array.from({ length: n }, (_, i) => ids.slice(i * p, (i + 1) * p).map(handle));
  });
  return arranged(
    graph,
    found,
    (values as Expr[]).map(({ id }) => id),
  );
}

/** −A⁻¹·B of rows [A B], by elimination with partial pivoting: rows are exchanged by select. O(n²·(n + p)) nodes */
function solved(graph: Graph, rows: number[][], n: number): number[][] {
  const op = (name: number, a: number, b = 0, c = 0): number => rewritten(graph, name, a, b, c);
  const width = rows[0]?.length ?? 0;
  for (let k = 0; k < n; k++) {
    const pivot = rows[k]!;
    for (let i = k + 1; i < n; i++) {
      const row = rows[i]!;
      const isLarger = op(OP.gt, op(OP.abs, row[k]!), op(OP.abs, pivot[k]!));
      for (let j = k; j < width; j++)
        [pivot[j], row[j]] = [op(OP.select, isLarger, row[j]!, pivot[j]!), op(OP.select, isLarger, pivot[j]!, row[j]!)];
    }
    for (let i = k + 1; i < n; i++) {
      const row = rows[i]!;
      const factor = op(OP.div, row[k]!, pivot[k]!);
      for (let j = k + 1; j < width; j++) row[j] = op(OP.sub, row[j]!, op(OP.mul, factor, pivot[j]!));
    }
  }
  for (let k = n - 1; k >= 0; k--)
    for (let j = n; j < width; j++) {
      let x = rows[k]![j]!;
      for (let i = k + 1; i < n; i++) x = op(OP.sub, x, op(OP.mul, rows[k]![i]!, rows[i]![j]!));
      rows[k]![j] = op(OP.div, x, rows[k]![k]!);
    }
  return rows.map((row) => row.slice(n).map((x) => op(OP.neg, x)));
}
