/** Every op, recorded: its value, its partials and its tangent at its sample points; as compiled, and as differences say. */
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/index.ts';
import { Expr } from '../../src/graph/expression.ts';
import type { ElementRow, ListRow } from '../../src/ops/algebra.ts';
import { numbers } from '../../src/ops/numbers.ts';
import { RULES } from '../../src/ops/rules.ts';
import { SHEET } from '../../src/ops/sheet.ts';
import { OP, type OpName } from '../../src/ops/vocabulary.ts';
import { vector } from '../../src/program/signature.ts';
import { record } from '../../src/record/record.ts';
import * as vocabulary from '../../src/graph/vocabulary.ts';
import { INNER } from '../support/random-graph.ts';
import { ulps } from '../support/ulp.ts';

const names = Object.keys(RULES) as OpName[];
const elements = names.filter((op) => RULES[op].arity !== 'list' && !INNER.includes(op));
const lists = names.filter((op) => RULES[op].arity === 'list');
const ENGINES = ['interpreter', 'reference'] as const;

type AnyFunction = (...operands: unknown[]) => never;
type Methods = { readonly [name: string]: AnyFunction };

const polygamma = (name: string): boolean => name === 'polygamma';

describe.each(ENGINES)('%s', (engine) => {
  describe.each(elements)('%s', (name) => {
    const row = RULES[name] as ElementRow;
    const f = numbers[name as 'add'] as (...x: number[]) => number;
    const byFunction = record(
      { x: vector(row.arity) },
      ({ x }) => {
        const [first, ...rest] = polygamma(name) ? [x.at(0).value, x.at(1)] : [...x];
        return (vocabulary as unknown as Methods)[name]!(first, ...rest);
      },
      { engine },
    );
    const byMethod = record(
      { x: vector(row.arity) },
      ({ x }) => {
        const [first, ...rest] = polygamma(name) ? [x.at(1), x.at(0).value] : [...x];
        return (first as unknown as Methods)[name]!(...rest);
      },
      { engine },
    );
    const compiled = compile(
      { x: vector(row.arity) },
      ({ x }) => {
        const { graph, id } = x.at(0);
        const order = polygamma(name) ? graph.constant(row.at[0]![0]!) : id;
        return new Expr(graph, graph.node(OP[name], order, row.arity > 1 ? x.at(1).id : 0, row.arity > 2 ? x.at(2).id : 0));
      },
      { engine },
    );

    it('has the value, the partials and the tangents of the table', () => {
      for (const x of row.at) {
        const { value, gradient } = byFunction.gradient({ x });
        expect(ulps(value, f(...x)), `${name}(${x}) = ${value}`).toBeLessThanOrEqual(4);
        row.partials(numbers, x[0]!, x[1]!, x[2]!, f(...x)).forEach((p, i) => {
          if (polygamma(name) && i === 0) return;
          const close = Math.abs(gradient.x[i]! - p) <= 1e-14 || ulps(gradient.x[i]!, p) <= 12;
          expect(close, `∂${i} ${name}(${x}): ${gradient.x[i]} for ${p}`).toBe(true);
          const { tangent } = byFunction.jvp({ x }, { x: x.map((_, j) => (i === j ? 1 : 0)) });
          expect(tangent).toBe(gradient.x[i]);
        });
      }
    });

    it('is the same as a method and as a function', () => {
      for (const x of row.at) expect(byMethod.gradient({ x })).toEqual(byFunction.gradient({ x }));
    });

    it('is what compile makes of it, to the bit', () => {
      for (const x of polygamma(name) ? row.at.slice(0, 1) : row.at) {
        const expected = compiled.gradient({ x });
        const got = byFunction.gradient({ x });
        expect(got.value).toBe(expected.value);
        expect([...got.gradient.x]).toEqual([...expected.gradient.x]);
      }
    });

    it('has the slopes that differences show', () => {
      for (const x of row.at) {
        const { gradient } = byFunction.gradient({ x });
        x.forEach((at, i) => {
          if (polygamma(name) && i === 0) return;
          const h = Math.cbrt(Number.EPSILON) * Math.max(1, Math.abs(at));
          const bump = (by: number) => byFunction.evaluate(x.map((v, j) => (j === i ? v + by * h : v)));
          const slope = (8 * (bump(0.5) - bump(-0.5)) - (bump(1) - bump(-1))) / (6 * h);
          expect(Math.abs(slope - gradient.x[i]!)).toBeLessThan(1e-7 * Math.max(1, Math.abs(slope)));
        });
      }
    });
  });

  describe.each(lists)('%s of a list', (name) => {
    const row = RULES[name] as ListRow;
    const inputs = { x: vector('n'), y: vector('n') };
    const ofArrays = record(inputs, ({ x, y }) => x.at(0)[SHEET].reduce(OP[name], [...x], row.lists === 2 ? [...y] : undefined), {
      engine,
    });

    it('has the value and the partials of the table, and the bits of compile', () => {
      for (const x of row.at as readonly (readonly number[])[]) {
        const y = x.map((v, i) => 0.3 * v - 0.1 * i);
        const z = row.of(x, y);
        const { value, gradient } = ofArrays.gradient({ x, y });
        expect(Math.abs(value - z)).toBeLessThanOrEqual(4e-16 * Math.max(1, Math.abs(z)));
        const [dx, dy] = row.partialsOf(x, y, z);
        gradient.x.forEach((d, i) => expect(d).toBeCloseTo(dx[i]!, 14));
        if (row.lists === 2) gradient.y.forEach((d, i) => expect(d).toBeCloseTo(dy[i]!, 14));
        const compiled = compile(
          { x: vector(x.length), y: vector(x.length) },
          ({ x, y }) => {
            const { graph } = x.at(0);
            const ids = (v: Iterable<Expr>): Int32Array => Int32Array.from(v, (e) => e.id);
            return new Expr(graph, graph.list(OP[name], ids(x), row.lists === 2 ? ids(y) : undefined));
          },
          { engine },
        );
        const expected = compiled.gradient({ x, y });
        expect([value, ...gradient.x]).toEqual([expected.value, ...expected.gradient.x]);
        for (let i = 0; i < x.length; i++) {
          const { tangent } = ofArrays.jvp({ x, y }, { x: x.map((_, j) => (i === j ? 1 : 0)), y: x.map(() => 0) });
          expect(tangent).toBeCloseTo(gradient.x[i]!, 14);
        }
      }
    });
  });
});
