/** wengert itself, below its public functions: problem ─► graph ─► tape ─► machine, each step on its own so that it can be timed. */
import type { Engine, RowMachine } from '../../src/engine/engine.ts';
import { compiled } from '../../src/engine/compiled/index.ts';
import { interpreter } from '../../src/engine/interpreter/index.ts';
import { reference } from '../../src/engine/reference/index.ts';
import { Graph } from '../../src/graph/graph.ts';
import { OP } from '../../src/ops/vocabulary.ts';
import { layout } from '../../src/tape/build.ts';
import type { Signature, Tape } from '../../src/tape/layout.ts';
import type { Arithmetic, Problem, RowProblem } from '../problems/problem.ts';

export interface Built {
  readonly graph: Graph;
  readonly signature: Signature;
  readonly inputs: { readonly params: Int32Array; readonly data: Int32Array };
  readonly output: number;
}

function nodes(graph: Graph): Arithmetic<number> {
  const unary = (op: number) => (x: number) => graph.node(op, x);
  const binary = (op: number) => (x: number, y: number) => graph.node(op, x, y);
  return {
    constant: (x) => graph.constant(x),
    add: binary(OP.add),
    sub: binary(OP.sub),
    mul: binary(OP.mul),
    neg: unary(OP.neg),
    square: unary(OP.square),
    relu: unary(OP.relu),
    tanh: unary(OP.tanh),
    exp: unary(OP.exp),
    log: unary(OP.log),
    min: binary(OP.min),
    max: binary(OP.max),
    dot: (x, y) => graph.list(OP.dot, x, y),
  };
}

function signature(p: number, q: number): Signature {
  const inputs = [{ name: 'x', shape: [p], data: false }, ...(q > 0 ? [{ name: 'row', shape: [q], data: true }] : [])];
  return { inputs, outputs: [{ name: 'value', shape: [] }], single: true };
}

function build(p: number, q: number, write: (k: Arithmetic<number>, x: number[], row: number[]) => number): Built {
  const graph = new Graph();
  const params = Array.from({ length: p }, () => graph.input());
  const data = Array.from({ length: q }, () => graph.input());
  const output = write(nodes(graph), params, data);
  return { graph, signature: signature(p, q), inputs: { params: Int32Array.from(params), data: Int32Array.from(data) }, output };
}

export const buildGraph = (problem: Problem): Built => build(problem.point.length, 0, (k, x) => problem.build(k, x));

export const buildRowGraph = (problem: RowProblem): Built =>
  build(problem.point.length, problem.width, (k, x, row) => problem.build(k, x, row));

export const layOut = ({ graph, signature, inputs, output }: Built): Tape =>
  layout(graph, signature, inputs, Int32Array.of(output));

/** Loads a tape with the problem's point in it. */
export function loaded(engine: Engine, tape: Tape, problem: Problem): RowMachine {
  const machine = engine.load(tape);
  machine.point.set(problem.point);
  return machine;
}

/** Loads a tape with the problem's point and rows in it. */
export function loadedRows(engine: Engine, tape: Tape, problem: RowProblem): RowMachine {
  const machine = engine.load(tape);
  machine.reserve(problem.rows).set(problem.data);
  machine.point.set(problem.point);
  return machine;
}

export { compiled, interpreter, reference };
