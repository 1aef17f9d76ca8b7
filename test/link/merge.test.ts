/** Arrays that are only part of another one lie in it: nothing is copied. */
import { expect, it } from 'vitest';
import { DO } from '../../src/link/code.ts';
import { link } from '../../src/link/index.ts';
import { Code } from '../../src/engine/compiled/loops/read.ts';
import * as w from '../../src/graph/vocabulary.ts';
import { data, type Outputs, scalar, vector } from '../../src/program/signature.ts';
import type { Expr } from '../../src/graph/expression.ts';
import type { Vector } from '../../src/graph/vector.ts';
import { lowered } from '../support/loops.ts';

type At = { a: Expr; x: Vector<Expr>; y: Vector<Expr> };
const signature = { a: scalar, x: vector('n'), y: data(vector('n')) };
const linked = (fn: (at: At) => Outputs) => link(lowered(signature, fn).tape, [100]);
const copies = (fn: (at: At) => Outputs): number => new Code(linked(fn)).main.list.filter(({ kind }) => kind === DO.copy).length;

it('what a loop made and what was put together before', () => {
  expect(copies(({ x, a }) => w.concat(a, x.mul(a)))).toBe(0);
  expect(copies(({ x, a }) => w.concat(x.mul(a), x.add(a), 1))).toBe(0);
  expect(copies(({ x, a }) => w.concat(w.concat(x.mul(a), a), 1))).toBe(0);
});

it('takes no memory of its own, and no steps', () => {
  const alone = linked(({ x, a }) => w.map(x.length, (i) => x.at(i).mul(a)));
  const joined = linked(({ x, a }) =>
    w.concat(
      w.map(x.length, (i) => x.at(i).mul(a)),
      0,
    ),
  );
  expect(joined.steps.forward - alone.steps.forward).toBe(1); // the number behind it is stored
  expect(joined.size - alone.size).toBeLessThan(8);
});

it('but what is an input, is read by others too, or handed out is copied', () => {
  expect(copies(({ x, a }) => w.concat(a, x))).toBe(1);
  expect(copies(({ x, a }) => w.concat(a, x.mul(a).slice(1)))).toBe(1);
  const z = ({ x, a }: At) => w.map(x.length, (i) => x.at(i).mul(a));
  expect(
    copies((at) => {
      const part = z(at);
      return [part, w.concat(part, 1)];
    }),
  ).toBe(1);
  expect(
    copies((at) => {
      const once = z(at);
      return w.concat(once, once);
    }),
  ).toBe(2);
});

it('and what has no adjoint beside what has one: a tangent sweep clears there', () => {
  expect(copies(({ x, y }) => w.concat(w.map(y.length, (i) => y.at(i).square()), w.map(x.length, (i) => x.at(i).square())))).toBe(1); // biome-ignore format: one line
});
