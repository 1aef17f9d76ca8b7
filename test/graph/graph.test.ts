/** The graph itself: one computation is one node, constants fold exactly, and size is no obstacle. */
import { describe, expect, it } from 'vitest';
import { Expr } from '../../src/graph/expression.ts';
import { Graph } from '../../src/graph/graph.ts';
import { OP } from '../../src/ops/vocabulary.ts';

const fresh = (inputs: number): { graph: Graph; x: Expr[] } => {
  const graph = new Graph();
  return { graph, x: Array.from({ length: inputs }, () => new Expr(graph, graph.input())) };
};

describe('one computation, one node', () => {
  it('finds what is there already', () => {
    const { graph, x } = fresh(2);
    const size = (): number => graph.size;
    const first = x[0]!.mul(x[1]!).add(2).sin();
    const before = size();
    expect(x[0]!.mul(x[1]!).add(2).sin().id).toBe(first.id);
    expect(size()).toBe(before);
  });

  it('keeps inputs, the order of operands and ops apart', () => {
    const { x } = fresh(2);
    const [a, b] = x as [Expr, Expr];
    const ids = [a, b, a.add(b), b.add(a), a.sub(b), a.sin(), a.cos(), a.clamp(b, 1), a.clamp(1, b)].map((e) => e.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('knows constants by their bits', () => {
    const { graph } = fresh(0);
    expect(graph.constant(0)).not.toBe(graph.constant(-0));
    expect(graph.constant(Number.NaN)).toBe(graph.constant(0 / 0));
    expect(graph.constant(0.1 + 0.2)).not.toBe(graph.constant(0.3));
    expect(graph.constantOf(graph.constant(-0))).toBe(-0);
    for (let i = 0; i < 10_000; i++) graph.constant(i);
    expect(graph.size).toBe(10_000 + 4); // −0, NaN, 0.30000000000000004 and 0.3 besides 0 … 9999
  });

  it('compares lists by content', () => {
    const { graph, x } = fresh(3);
    const ids = x.map((e) => e.id);
    const sum = graph.list(OP.sum, ids);
    expect(graph.list(OP.sum, ids)).toBe(sum);
    expect(graph.list(OP.prod, ids)).not.toBe(sum);
    expect(graph.list(OP.sum, ids.slice(1))).not.toBe(sum);
    expect(graph.listsSize).toBe(8);
    const dot = graph.list(OP.dot, ids, [...ids].reverse());
    expect(graph.list(OP.dot, ids, [...ids].reverse())).toBe(dot);
    expect(graph.list(OP.dot, ids, ids)).not.toBe(dot);
    expect(graph.operands(dot)).toBe(6);
    expect(Array.from({ length: 6 }, (_, i) => graph.operand(dot, i))).toEqual([0, 1, 2, 2, 1, 0]);
  });

  it('still finds everything after growing, and where many share an operand', () => {
    const { graph, x } = fresh(1);
    const shared = x[0]!;
    const others = Array.from({ length: 5000 }, (_, i) => shared.add(i + 1));
    const latest = others.at(-1)!;
    const make = (): number[] => others.map((e) => latest.mul(e).id);
    const ids = make();
    const { size } = graph;
    expect(make()).toEqual(ids);
    expect(graph.size).toBe(size);
  });
});

describe('constants of constants', () => {
  const folded = (build: (k: (x: number) => Expr) => Expr): number | undefined => {
    const graph = new Graph();
    const { id } = build((x) => new Expr(graph, graph.constant(x)));
    return graph.isConstant(id) ? graph.constantOf(id) : undefined;
  };

  it('are computed where IEEE 754 rounds correctly', () => {
    expect(folded((k) => k(0.1).add(0.2))).toBe(0.1 + 0.2);
    expect(folded((k) => k(1).div(3).mul(3).sub(1))).toBe(0);
    expect(folded((k) => k(2).sqrt())).toBe(Math.SQRT2);
    expect(folded((k) => k(-0).sqrt())).toBe(-0);
    expect(folded((k) => k(2.5).round())).toBe(3);
    expect(folded((k) => k(5).clamp(0, 1))).toBe(1);
    expect(folded((k) => k(-1).relu())).toBe(0);
    expect(folded((k) => k(1).lt(2).select(k(10), 20))).toBe(10);
    expect(folded((k) => k(0).div(0))).toBeNaN();
  });

  it('stay nodes where each engine has its own math', () => {
    expect(folded((k) => k(2).exp())).toBeUndefined();
    expect(folded((k) => k(2).pow(0.5))).toBeUndefined();
    expect(folded((k) => k(2).sin().mul(2))).toBeUndefined();
  });

  it('leave out powers that need no logarithm', () => {
    const { graph, x } = fresh(1);
    const [a] = x as [Expr];
    expect(a.pow(1).id).toBe(a.id);
    expect(a.pow(2).id).toBe(a.square().id);
    expect(a.pow(-1).id).toBe(a.reciprocal().id);
    expect(graph.constantOf(a.pow(0).id)).toBe(1);
    expect(graph.op[a.pow(0.5).id]).toBe(OP.pow);
  });

  it('stand for reductions of nothing', () => {
    const { graph } = fresh(1);
    const empty = (op: number): number => graph.constantOf(graph.list(op, [], op === OP.dot ? [] : undefined));
    expect([OP.sum, OP.prod, OP.dot, OP.norm].map(empty)).toEqual([0, 1, 0, 0]);
    expect([OP.maxOf, OP.logsumexp, OP.minOf].map(empty)).toEqual([-Infinity, -Infinity, Infinity]);
    expect(empty(OP.mean)).toBeNaN();
  });
});

describe('size', () => {
  it('a million nodes, handles included, are built', () => {
    const { graph, x } = fresh(2);
    const start = performance.now();
    let e = x[0]!;
    for (let i = 0; i < 500_000; i++) e = e.mul(x[1]!).add(i & 7);
    const seconds = (performance.now() - start) / 1000;
    expect(graph.size).toBeGreaterThan(1_000_000);
    console.log(`a million nodes in ${seconds.toFixed(2)} s`);
  });

  it('a chain ten million deep is built', () => {
    const { graph, x } = fresh(2);
    let e = x[0]!;
    for (let i = 0; i < 5_000_000; i++) e = e.mul(x[1]!).add(2);
    expect(graph.size).toBe(10_000_003);
    expect(e.id).toBe(10_000_002);
  });
});
