/** Derivatives as nodes, against the sweeps of the engines: both come from the same rows, and have to agree. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjoints } from '../../src/graph/differentiate.ts';
import { Expr } from '../../src/graph/expression.ts';
import { Graph } from '../../src/graph/graph.ts';
import { tangents } from '../../src/graph/tangents.ts';
import type { ElementRow, ListRow } from '../../src/ops/algebra.ts';
import { RULES } from '../../src/ops/rules.ts';
import { OP, type OpName } from '../../src/ops/vocabulary.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { at, type Fn, machine } from '../conformance/machine.ts';
import { check, LINES } from '../conformance/semantics.ts';
import { interpreter } from '../../src/engine/interpreter/index.ts';
import { reference } from '../../src/engine/reference/index.ts';
import { expressions, gradient, randomFunction } from '../support/random-graph.ts';
import { ulps } from '../support/ulp.ts';

type Of = (x: readonly Expr[], constant: (x: number) => Expr) => Expr;

/** The gradient of f as expressions, backwards. */
const backwards =
  (f: Of): ((x: readonly Expr[], constant: (x: number) => Expr) => Expr[]) =>
  (x, constant) => {
    const y = f(x, constant);
    const { graph } = x[0]!;
    const ids = adjoints(
      graph,
      [y.id],
      [graph.constant(1)],
      x.map((e) => e.id),
    );
    return Array.from(ids, (id) => new Expr(graph, id));
  };

/** The same forwards, one direction at a time. */
const forwards =
  (f: Of): ((x: readonly Expr[], constant: (x: number) => Expr) => Expr[]) =>
  (x, constant) => {
    const y = f(x, constant);
    const { graph } = x[0]!;
    return x.map((_, i) => {
      const unit = x.map((__, k) => graph.constant(k === i ? 1 : 0));
      const ids = tangents(
        graph,
        [y.id],
        x.map((e) => e.id),
        unit,
      );
      return new Expr(graph, ids[0]!);
    });
  };

/** Values of several expressions at a point. */
function valuesOf(
  engine: Engine,
  f: (x: readonly Expr[], constant: (x: number) => Expr) => readonly Expr[],
  x: readonly number[],
): number[] {
  let count = 0;
  const m = machine(engine, x.length, ((e, _, constant) => {
    const outputs = f(e, constant);
    count = outputs.length;
    return outputs;
  }) as Fn);
  m.point.set(x);
  m.forward();
  const result = Array.from({ length: count }, (_, i) => m.output(i));
  m.dispose();
  return result;
}

const node = (name: OpName, x: readonly Expr[]): Expr => {
  const { graph } = x[0]!;
  return new Expr(graph, graph.node(OP[name], x[0]!.id, x[1]?.id ?? 0, x[2]?.id ?? 0));
};
const names = Object.keys(RULES) as OpName[];

describe.each([interpreter, reference])('$name', (engine) => {
  describe.each(names.filter((op) => RULES[op].arity !== 'list' && op !== 'attach'))('%s', (name) => {
    const row = RULES[name] as ElementRow;
    it('backwards and forwards as the sweeps, at its sample points', () => {
      for (const point of row.at) {
        // the order of polygamma is a constant
        const f: Of = name === 'polygamma' ? ([x]) => x!.polygamma(point[0]!) : (x) => node(name, x);
        const x = name === 'polygamma' ? [point[1]!] : point;
        const m = machine(engine, x.length, (e, __, constant) => f(e, constant));
        const want = at(m, x);
        m.dispose();
        for (const mode of [backwards(f), forwards(f)])
          valuesOf(engine, mode, x).forEach((g, i) =>
            expect(ulps(g, want.gradient[i]!), `∂${i} ${name}(${x}): ${g}`).toBeLessThanOrEqual(1),
          );
      }
    });
  });

  describe.each(names.filter((op) => RULES[op].arity === 'list'))('%s', (name) => {
    const row = RULES[name] as ListRow;
    const list = (e: readonly Expr[]): Expr => {
      const ids = e.map((v) => v.id);
      const { graph } = e[0]!;
      const k = ids.length / row.lists;
      return new Expr(graph, row.lists === 2 ? graph.list(OP[name], ids.slice(0, k), ids.slice(k)) : graph.list(OP[name], ids));
    };
    it.each([...row.at, Array.from({ length: 150 }, (__, i) => Math.sin(i * i))].map((x) => [x.length, x] as const))(
      'of %i elements: as the sweeps',
      (__, x) => {
        const flat = row.lists === 2 ? [...x, ...x.map((v) => 2 * v - 1)] : [...x];
        const m = machine(engine, flat.length, list);
        const want = at(m, flat);
        m.dispose();
        for (const mode of [backwards(list), forwards(list)])
          valuesOf(engine, mode, flat).forEach((g, i) =>
            expect(ulps(g, want.gradient[i]!), `∂${i}: ${g}`).toBeLessThanOrEqual(3),
          );
      },
    );
  });

  it.each(LINES)('at awkward points: %s', (__, f, x, ___, want) => {
    const of: Of = (e) => f(...e);
    valuesOf(engine, backwards(of), x).forEach((g, i) => check(g, want[i]!, `backwards, ∂${i}`));
    valuesOf(engine, forwards(of), x).forEach((g, i) => check(g, want[i]!, `forwards, ∂${i}`));
  });

  it('random graphs: as the sweeps', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 1, max: 60 }), (seed, length) => {
        const f = randomFunction(seed, length);
        const of: Of = (x) => expressions(f, x);
        const m = machine(engine, f.p, (x) => of(x, () => x[0]!));
        const want = at(m, f.point);
        m.dispose();
        const { scale } = gradient(f, f.point);
        const u = 2 ** -53;
        for (const mode of [backwards(of), forwards(of)])
          valuesOf(engine, mode, f.point).forEach((g, i) =>
            // both sweeps may be off by 4·(depth + longest sum) each
            expect(Math.abs(g - want.gradient[i]!), `∂${i}: ${g} for ${want.gradient[i]}`).toBeLessThanOrEqual(
              8 * u * (2 * length + 8) * Math.max(scale[i]!, Number.MIN_VALUE),
            ),
          );
      }),
      { numRuns: 300 },
    );
  });

  it('twice is twice: the Hessian four ways, and by differences of the sweep', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 1, max: 8 }), (seed, length) => {
        const f = randomFunction(seed, length);
        const of: Of = (x) => expressions(f, x);
        const pairs = [backwards, forwards].flatMap((outer) => [backwards, forwards].map((inner) => [outer, inner] as const));
        const hessians = pairs.map(([outer, inner]) =>
          f.point.map((__, i) =>
            valuesOf(
              engine,
              outer((x, c) => inner(of)(x, c)[i]!),
              f.point,
            ),
          ),
        );
        const m = machine(engine, f.p, (x) => of(x, () => x[0]!));
        const slopes = (i: number, h: number): number[] => {
          m.point.set(f.point);
          m.point[i]! += h;
          m.gradient();
          return [...m.adjoint];
        };
        // by the sweep over the differentiated graph
        const byTangent = machine(engine, f.p, (x) => backwards(of)(x, () => x[0]!));
        byTangent.point.set(f.point);
        byTangent.forward();
        f.point.forEach((__, i) => {
          const column = byTangent.tangent(Float64Array.from(f.point, (___, k) => (k === i ? 1 : 0)));
          const steps = [1e-5, 5e-6, 2.5e-6].map((h) => {
            const [up, down] = [slopes(i, h), slopes(i, -h)];
            return up.map((g, k) => (g - down[k]!) / (2 * h));
          });
          f.point.forEach((___, k) => {
            const all = [column[k]!, ...hessians.map((H) => H[i]![k]!), ...hessians.map((H) => H[k]![i]!)];
            const size = Math.max(1, ...all.map(Math.abs));
            for (const h of all) expect(Math.abs(h - all[0]!), `∂${i}∂${k}: ${all}`).toBeLessThanOrEqual(1e-9 * size * size);
            const three = steps.map((s) => s[k]!);
            const spread = Math.max(...three) - Math.min(...three);
            expect(Math.abs(three[1]! - all[0]!), `∂${i}∂${k}: ${all[0]}, differences ${three}`).toBeLessThanOrEqual(
              1e-5 * size + 4 * spread,
            );
          });
        });
        m.dispose();
        byTangent.dispose();
      }),
      { numRuns: 60 },
    );
  });
});

describe('as a graph', () => {
  it('what nothing depends on has the derivative 0, and so has a seed of 0', () => {
    const graph = new Graph();
    const [x, y] = [graph.input(), graph.input()];
    const z = graph.node(OP.sqrt, x);
    expect([...adjoints(graph, [z], [graph.constant(1)], [x, y])].map((id) => graph.isConstant(id))).toEqual([false, true]);
    const [none] = adjoints(graph, [z], [graph.constant(0)], [x]);
    expect(graph.constantOf(none!)).toBe(0);
    expect(graph.constantOf(tangents(graph, [z], [x], [graph.constant(0)])[0]!)).toBe(0);
  });

  it('with respect to any node, not only inputs', () => {
    const graph = new Graph();
    const x = graph.input();
    const y = graph.node(OP.exp, x);
    const z = graph.node(OP.mul, y, y);
    const [dx, dy] = adjoints(graph, [z], [graph.constant(1)], [x, y]);
    const value = (id: number): number => valuesOfGraph(graph, x, id, 0.5);
    expect(value(dy!)).toBeCloseTo(2 * Math.exp(0.5), 14);
    expect(value(dx!)).toBeCloseTo(2 * Math.exp(1), 14);
  });

  it('shares what the function has computed: exp adds no exp', () => {
    const graph = new Graph();
    const x = graph.input();
    const y = graph.node(OP.exp, x);
    const before = graph.size;
    const [d] = adjoints(graph, [y], [graph.constant(1)], [x]);
    expect(graph.operand(d!, 0)).toBe(y); // y + 0
    expect(graph.size - before).toBeLessThanOrEqual(3); // 1, 0, y + 0
  });

  it('a chain of 1,000,000 is no recursion, in either direction', () => {
    const graph = new Graph();
    const x = graph.input();
    let y = x;
    for (let i = 0; i < 1_000_000; i++) y = graph.node(i % 2 ? OP.sin : OP.neg, y);
    expect(graph.isConstant(adjoints(graph, [y], [graph.constant(1)], [x])[0]!)).toBe(false);
    expect(graph.isConstant(tangents(graph, [y], [x], [graph.constant(1)])[0]!)).toBe(false);
  });
});

function valuesOfGraph(graph: Graph, input: number, id: number, x: number): number {
  const v = new Float64Array(graph.size);
  v[input] = x;
  for (let i = 0; i <= id; i++) {
    const [a, b] = [graph.a[i]!, graph.b[i]!];
    if (graph.op[i] === OP.constant) v[i] = graph.constantOf(i);
    else if (graph.op[i] === OP.exp) v[i] = Math.exp(v[a]!);
    else if (graph.op[i] === OP.mul) v[i] = v[a]! * v[b]!;
    else if (graph.op[i] === OP.add) v[i] = v[a]! + v[b]!;
    else if (graph.op[i] === OP.square) v[i] = v[a]! ** 2;
  }
  return v[id]!;
}
