/** Every op × its sample points × value, partials, tangent, lanes, against the table read with plain numbers. */
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { Expr } from '../../src/graph/expression.ts';
import type { ElementRow, ListRow } from '../../src/ops/algebra.ts';
import { numbers } from '../../src/ops/numbers.ts';
import { RULES } from '../../src/ops/rules.ts';
import { OP, type OpName } from '../../src/ops/vocabulary.ts';
import { GIVEN } from '../support/random-graph.ts';
import { ulps } from '../support/ulp.ts';
import { at, machine } from './machine.ts';

/** Two implementations, each within 2 ulp of the truth; partials are short formulas of such values. */
const VALUE_ULPS = 4;
const PARTIAL_ULPS = 12;

const close = (got: number, expected: number, limit: number, what: string): void => {
  const tiny =
    Math.abs(got - expected) <= 8 * Number.EPSILON * Math.min(1, Math.abs(expected) + 2 ** -40) && Math.abs(expected) < 1;
  expect(tiny ? 0 : ulps(got, expected), `${what}: ${got} for ${expected}`).toBeLessThanOrEqual(limit);
};

const node = (name: OpName, x: readonly Expr[]): Expr => {
  const { graph } = x[0]!;
  return new Expr(graph, graph.node(OP[name], x[0]!.id, x[1]?.id ?? 0, x[2]?.id ?? 0));
};

const names = Object.keys(RULES) as OpName[];
const elements = names.filter((op) => RULES[op].arity !== 'list');
const lists = names.filter((op) => RULES[op].arity === 'list');

export function ops(engine: Engine): void {
  describe.each(elements)('%s', (name) => {
    const row = RULES[name] as ElementRow;
    const f = numbers[name as 'add'] as (...x: number[]) => number;
    const partials = (x: readonly number[]): readonly number[] => row.partials(numbers, x[0]!, x[1]!, x[2]!, f(...x));
    const constant = name === 'polygamma' ? 1 : 0; // its order has no derivative

    it('value, partials and tangents at its sample points', () => {
      const m = machine(engine, row.arity, (x) => node(name, x));
      for (const x of row.at) {
        const got = at(m, x);
        close(got.value, f(...x), VALUE_ULPS, `${name}(${x})`);
        partials(x).forEach((p, i) => {
          if (i < constant) return;
          close(got.gradient[i]!, p, PARTIAL_ULPS, `∂${i} ${name}(${x})`);
          close(got.tangents[i]!, p, PARTIAL_ULPS, `tangent ${i} of ${name}(${x})`);
        });
      }
      m.dispose();
    });

    it.skipIf(GIVEN.includes(name))('the partials are the slopes of the value', () => {
      for (const x of row.at)
        partials(x).forEach((p, i) => {
          if (i < constant) return;
          const h = Math.cbrt(Number.EPSILON) * Math.max(1, Math.abs(x[i]!));
          const bump = (s: number): number => f(...x.map((v, j) => (j === i ? v + s * h : v)));
          const slope = (8 * (bump(0.5) - bump(-0.5)) - (bump(1) - bump(-1))) / (6 * h);
          expect(Math.abs(slope - p), `${name}(${x}), ∂${i}: ${slope} for ${p}`).toBeLessThan(1e-7 * Math.max(1, Math.abs(p)));
        });
    });

    it('many nodes at once, and many rows at once, have the bits of one', () => {
      // 37 nodes at multiples of a sample point; each operand in turn shared by all nodes, or by all rows
      const x = row.at[0]!;
      const points = Array.from({ length: 37 }, (_, k) => x.map((v, i) => (i < constant ? v : v * (1 + k / 64))));
      const single = machine(engine, row.arity, (e) => node(name, e));
      const one = points.map((point) => at(single, point));

      const group = machine(engine, 37 * row.arity, (e) =>
        points.map((_, k) => node(name, e.slice(k * row.arity, (k + 1) * row.arity))),
      );
      group.point.set(points.flat());
      group.forward();
      points.forEach((_, k) => expect(group.output(k), `node ${k}`).toBe(one[k]!.value));
      group.reverse(new Float64Array(37).fill(1));
      const expected = one.flatMap((o) => o.gradient);
      expect([...group.adjoint]).toEqual(expected);

      const rows = machine(
        engine,
        row.arity,
        (e, d) =>
          node(
            name,
            e.map((v, i) => v.add(d[i]!)),
          ),
        row.arity,
      );
      const reserved = rows.reserve(37);
      points.forEach((point, k) => reserved.set(point, k * row.arity));
      rows.point.fill(-0); // −0 + x is x, bit for bit
      const total = rows.gradientRows(37, 'sum');
      points.forEach((_, k) => expect(rows.rowOutputs[k], `row ${k}`).toBe(one[k]!.value));
      const sum = one.reduce((s, o) => s + o.value, 0);
      expect(Math.abs(total - sum)).toBeLessThanOrEqual(1e-13 * one.reduce((s, o) => s + Math.abs(o.value), 1));
      one[0]!.gradient.forEach((_, i) => {
        const s = one.reduce((t, o) => t + o.gradient[i]!, 0);
        const size = one.reduce((t, o) => t + Math.abs(o.gradient[i]!), 1);
        if (i >= constant) expect(Math.abs(rows.adjoint[i]! - s), `∂${i} over rows`).toBeLessThanOrEqual(1e-13 * size);
      });
      for (const m of [single, group, rows]) m.dispose();
    });
  });

  describe.each(lists)('%s', (name) => {
    const row = RULES[name] as ListRow;
    const split = (x: readonly number[]): [readonly number[], readonly number[]] => [
      x,
      row.lists === 2 ? x.map((v) => 2 * v - 1) : [],
    ];
    const list = (e: readonly Expr[], k: number): Expr => {
      const ids = e.map((v) => v.id);
      const { graph } = e[0]!;
      return new Expr(graph, row.lists === 2 ? graph.list(OP[name], ids.slice(0, k), ids.slice(k)) : graph.list(OP[name], ids));
    };

    it.each([...row.at, Array.from({ length: 1500 }, (_, i) => Math.sin(i * i))].map((x) => [x.length, x] as const))(
      'of %i elements: value, partials, tangents, lanes',
      (k, x) => {
        const [a, b] = split(x);
        const flat = [...a, ...b];
        const value = row.of(a, b);
        const expected = row.partialsOf(a, b, value).flat();
        const size = name === 'prod' ? Math.abs(value) : flat.reduce((s, v) => s + Math.abs(v), 1);
        const near = (got: number, want: number, what: string): void =>
          expect(Math.abs(got - want), `${what}: ${got} for ${want}`).toBeLessThanOrEqual(
            8 * Number.EPSILON * Math.max(Math.abs(want), size, Math.abs(value)),
          );
        const m = machine(engine, flat.length, (e) => list(e, k));
        m.point.set(flat);
        near(m.gradient(), value, name);
        const gradient = [...m.adjoint];
        expected.forEach((p, i) => near(gradient[i]!, p, `∂${i} ${name}`));
        const direction = Float64Array.from(flat, (_, i) => Math.cos(i));
        const along = expected.reduce((s, p, i) => s + p * direction[i]!, 0);
        near(m.tangent(direction)[0]!, along, 'tangent');

        // the same as five rows of data, beside parameters that add nothing
        const rows = machine(
          engine,
          flat.length,
          (e, d) =>
            list(
              e.map((v, i) => v.add(d[i]!)),
              k,
            ),
          flat.length,
        );
        const reserved = rows.reserve(5);
        for (let r = 0; r < 5; r++) reserved.set(flat, r * flat.length);
        rows.point.fill(-0);
        near(rows.gradientRows(5, 'mean'), value, 'rows');
        for (let r = 0; r < 5; r++) expect(rows.rowOutputs[r], `row ${r}`).toBe(m.forward());
        expected.forEach((p, i) => near(rows.adjoint[i]!, p, `∂${i} over rows`));
        near(rows.tangentRows(5, 'mean', direction), along, 'tangent over rows');
        m.dispose();
        rows.dispose();
      },
    );
  });
}
