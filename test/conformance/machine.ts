/** A function of numbers as a loaded tape: the suite speaks to engines through this, below the API. */
import type { Engine, RowMachine } from '../../src/engine/engine.ts';
import { Expr } from '../../src/graph/expression.ts';
import { Graph } from '../../src/graph/graph.ts';
import { layout } from '../../src/tape/build.ts';
import type { Port } from '../../src/tape/layout.ts';

export type Fn = (x: readonly Expr[], data: readonly Expr[], constant: (x: number) => Expr) => Expr | readonly Expr[];

/** p parameters and q data inputs, all scalars. */
export function machine(engine: Engine, p: number, f: Fn, q = 0): RowMachine {
  const graph = new Graph();
  const params = Int32Array.from({ length: p }, () => graph.input());
  const data = Int32Array.from({ length: q }, () => graph.input());
  const handle = (id: number): Expr => new Expr(graph, id);
  const result = f(Array.from(params, handle), Array.from(data, handle), (x) => handle(graph.constant(x)));
  const outputs = result instanceof Expr ? [result] : result;
  const port = (name: string, isData: boolean): Port => ({ name, shape: [], data: isData });
  const signature = {
    inputs: [...Array.from(params, (_, i) => port(`x${i}`, false)), ...Array.from(data, (_, i) => port(`d${i}`, true))],
    outputs: outputs.map((_, i) => ({ name: `y${i}`, shape: [] })),
    single: result instanceof Expr,
  };
  return engine.load(
    layout(
      graph,
      signature,
      { params, data },
      Int32Array.from(outputs, (e) => e.id),
    ),
  );
}

export interface Everything {
  readonly value: number;
  readonly gradient: readonly number[];
  /** The gradient again, one direction at a time, by the tangent sweep. */
  readonly tangents: readonly number[];
}

/** Value, gradient and tangents of the first output at a point. */
export function at(m: RowMachine, x: readonly number[], data: readonly number[] = []): Everything {
  m.point.set(x);
  if (data.length > 0) {
    m.data.set(data);
    m.bound();
  }
  const value = m.gradient();
  const gradient = [...m.adjoint];
  const tangents = x.map((_, i) => m.tangent(Float64Array.from(x, (__, k) => (k === i ? 1 : 0)))[0]!);
  return { value, gradient, tangents };
}
