/** Handles: the same words as functions and as methods, views without copies, and accidents that are loud. */
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Expr } from '../../src/graph/expression.ts';
import { Graph } from '../../src/graph/graph.ts';
import { Matrix, Vector } from '../../src/graph/vector.ts';
import * as words from '../../src/graph/vocabulary.ts';
import type { ElementRow } from '../../src/ops/algebra.ts';
import { numbers } from '../../src/ops/numbers.ts';
import { RULES } from '../../src/ops/rules.ts';
import { OP, type OpName } from '../../src/ops/vocabulary.ts';
import { code } from '../support/code.ts';
import { INNER } from '../support/random-graph.ts';

const graph = new Graph();
const input = (): Expr => new Expr(graph, graph.input());
const vector = (n: number): Vector =>
  new Vector(
    graph,
    Int32Array.from({ length: n }, () => graph.input()),
  );
const [x, y, z] = [input(), input(), input()];

type Functions = Readonly<Record<string, (...args: unknown[]) => unknown>>;
const functions = words as unknown as Functions;
const elementwise = (Object.keys(RULES) as OpName[]).filter(
  (name) => RULES[name].arity !== 'list' && name !== 'polygamma' && !INNER.includes(name),
);

describe('the vocabulary', () => {
  it.each(elementwise)('%s as a function, as a method, and of numbers', (name) => {
    const row = RULES[name] as ElementRow;
    const operands = [x, y, z].slice(0, row.arity);
    const made = functions[name]!(...operands) as Expr;
    expect(graph.op[made.id]).toBe(OP[name]);
    const method = (x as unknown as Functions)[name]!;
    expect((method.apply(x, operands.slice(1)) as Expr).id).toBe(made.id);
    for (const at of row.at) {
      expect(functions[name]!(...at)).toBe((numbers[name as 'add'] as (...of: number[]) => number)(...at));
    }
  });

  it.each(['sum', 'mean', 'prod', 'norm', 'logsumexp', 'min', 'max'])(
    '%s of a vector, an array, a range, and of numbers',
    (name) => {
      const v = vector(3);
      const f = functions[name]!;
      const op = OP[(name === 'min' || name === 'max' ? `${name}Of` : name) as OpName];
      const made = f(v) as Expr;
      expect(graph.op[made.id]).toBe(op);
      expect((f([...v]) as Expr).id).toBe(made.id);
      expect((f(3, (i: number) => v.at(i)) as Expr).id).toBe(made.id);
      expect((v as unknown as Functions)[name]!.call(v)).toEqual(made);
      expect(f([3])).toBe(3);
      expect(f(Float64Array.of(3))).toBe(3);
    },
  );

  it('takes numbers first', () => {
    expect(words.sub(1, x).id).toBe(new Expr(graph, graph.node(OP.sub, graph.constant(1), x.id)).id);
    expect(words.select(x, 1, 2).id).toBe(x.select(1, 2).id);
    expect(words.clamp(1, 0, x).graph).toBe(graph);
  });

  it('has min and max of two as one op, of more as a list', () => {
    expect(graph.op[words.max(x, 1).id]).toBe(OP.max);
    expect(graph.op[words.max(x, y, 1).id]).toBe(OP.maxOf);
    expect(words.max(x, y, z).id).toBe(words.max([x, y, z]).id);
    expect([words.max(1, 3, 2), words.min(1, 3, 2), words.min(4, 2), words.max([])]).toEqual([3, 1, 2, -Infinity]);
  });

  it('has dot of vectors, arrays and numbers', () => {
    const [u, v] = [vector(2), vector(2)];
    expect(words.dot(u, v).id).toBe(u.dot(v).id);
    expect(words.dot(u, [1, 2]).id).toBe(u.dot([1, 2]).id);
    expect(graph.op[words.dot([1, x], [y, 2]) instanceof Expr ? u.dot(v).id : 0]).toBe(OP.dot);
    expect(words.dot([1, 2], [3, 4])).toBe(11);
    expect(code(() => words.dot(u, vector(3)))).toBe('WrongLength');
  });

  it('wants a plain order of polygamma', () => {
    expect(graph.op[words.polygamma(2, x).id]).toBe(OP.polygamma);
    expect(x.polygamma(2).id).toBe(words.polygamma(2, x).id);
    for (const k of [x, -1, 0.5, Number.NaN, '1']) expect(code(() => words.polygamma(k as number, x))).toBe('NotConstant');
  });
});

describe('vectors and matrices', () => {
  const X = new Matrix(
    graph,
    Int32Array.from({ length: 6 }, () => graph.input()),
    2,
    3,
  );

  it('are views', () => {
    const row = X.row(1);
    expect([row.length, row.at(2).id]).toEqual([3, X.at(1, 2).id]);
    expect(row.ids.buffer).toBe(X.ids.buffer);
    expect(X.col(1).at(1).id).toBe(X.at(1, 1).id);
    expect([...X].map((one) => [...one].map((e) => e.id))).toEqual([0, 1].map((i) => [0, 1, 2].map((j) => X.at(i, j).id)));
    expect([...row.slice(1)].map((e) => e.id)).toEqual([X.at(1, 1).id, X.at(1, 2).id]);
    expect(row.map((e, i) => e.mul(i)).at(2).id).toBe(X.at(1, 2).mul(2).id);
  });

  it('refuse places that are not there', () => {
    for (const i of [-1, 3, 0.5, Number.NaN]) expect(code(() => X.row(0).at(i))).toBe('OutOfRange');
    expect(code(() => X.row(2))).toBe('OutOfRange');
    expect(code(() => X.col(3))).toBe('OutOfRange');
    expect(code(() => X.at(0, 3))).toBe('OutOfRange');
  });
});

describe('names', () => {
  it('are many for one node', () => {
    const e = x.add(y).named('a');
    expect(e.named('b').named('a')).toBe(e);
    expect(graph.names.get(e.id)).toEqual(['a', 'b']);
    expect(code(() => e.named(''))).toBe('WrongType');
  });
});

describe('accidents', () => {
  const as = (value: unknown): number => value as number;

  it('as numbers throw and say what to write', () => {
    expect(() => as(x) + 1).toThrow(/add\(x, y\)/);
    expect(() => as(x) > 0).toThrow(/select/);
    expect(() => +as(vector(2))).toThrow(/x\.at\(i\)/);
    expect(() => as(new Matrix(graph, Int32Array.of(0), 1, 1)) * 2).toThrow(/X\.row\(i\)/);
    expect(code(() => as(x) * 2)).toBe('WrongType');
  });

  it('in print are readable', () => {
    const e = x.mul(y);
    expect(String(e)).toBe(`Expr(#${e.id} mul)`);
    expect(`${vector(3)}`).toBe('Vector(3)');
    expect(inspect({ e })).toBe(`{ e: Expr(#${e.id} mul) }`);
  });

  it('with things that are no numbers name the word', () => {
    expect(() => x.add(undefined as unknown as Expr)).toThrow(/^add: expected an expression or a number, got undefined/);
    expect(() => words.sin('1' as unknown as number)).toThrow(/^sin: .*the text '1'/);
    expect(() => words.mul(2, [x] as unknown as Expr)).toThrow(/^mul: .*an array of 1/);
    expect(() => words.sum([1, null] as unknown as number[])).toThrow(/^sum: .*null/);
    expect(() => words.sum([x, null] as unknown as Expr[])).toThrow(/^sum: .*null/);
    expect(() => words.sum(x as unknown as Vector)).toThrow(/^sum: expected a vector, an array/);
  });

  it('with another graph are refused', () => {
    const other = new Graph();
    const stranger = new Expr(other, other.input());
    for (const f of [
      () => x.add(stranger),
      () => words.sub(stranger, x),
      () => words.sum([x, stranger]),
      () => vector(1).dot([stranger]),
    ]) {
      expect(code(f)).toBe('ForeignNode');
    }
  });

  it('after compiling are refused', () => {
    const sealed = new Graph();
    const e = new Expr(sealed, sealed.input());
    sealed.seal();
    expect(code(() => e.sin())).toBe('ForeignNode');
  });
});
