/**
 * A problem is written once, over abstract numbers, and built by every contestant: wengert's graph, micrograd's objects.
 * So all of them see the same nodes, and what is timed is only what each makes of them.
 */
export interface Arithmetic<V> {
  constant(x: number): V;
  add(x: V, y: V): V;
  sub(x: V, y: V): V;
  mul(x: V, y: V): V;
  neg(x: V): V;
  square(x: V): V;
  relu(x: V): V;
  tanh(x: V): V;
  exp(x: V): V;
  log(x: V): V;
  min(x: V, y: V): V;
  max(x: V, y: V): V;
  dot(x: readonly V[], y: readonly V[]): V;
}

export interface Problem {
  readonly name: string;
  /** Where the gradient is taken: the value of each input. */
  readonly point: Float64Array;
  build<V>(k: Arithmetic<V>, x: readonly V[]): V;
  /** Value and gradient by hand; absent where nobody would write one. */
  readonly hand?: (x: Float64Array, gradient: Float64Array) => number;
}

/** A problem over rows of data: the value is the sum over the rows, the inputs are shared. */
export interface RowProblem {
  readonly name: string;
  readonly point: Float64Array;
  /** Numbers per row. */
  readonly width: number;
  /** `rows` rows, row-major. */
  readonly data: Float64Array;
  readonly rows: number;
  build<V>(k: Arithmetic<V>, x: readonly V[], row: readonly V[]): V;
  readonly hand: (x: Float64Array, data: Float64Array, rows: number, gradient: Float64Array) => number;
}

/** Counts computed nodes, as written: what every time per node is divided by. */
export function countNodes(build: (k: Arithmetic<null>) => unknown): number {
  let nodes = 0;
  const count = () => {
    nodes++;
    return null;
  };
  build({
    constant: () => null,
    add: count,
    sub: count,
    mul: count,
    neg: count,
    square: count,
    relu: count,
    tanh: count,
    exp: count,
    log: count,
    min: count,
    max: count,
    dot: count,
  });
  return nodes;
}

export function nodesOf(problem: Problem): number {
  return countNodes((k) => problem.build(k, new Array<null>(problem.point.length).fill(null)));
}
