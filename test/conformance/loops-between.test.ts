/** Engines against each other: programs with loops of exactly rounded ops give the same bits, whatever the sweep. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { interpreter } from '../../src/engine/interpreter/index.ts';
import { reference } from '../../src/engine/reference/index.ts';
import * as w from '../../src/graph/vocabulary.ts';
import { data, matrix, vector } from '../../src/program/signature.ts';
import { type Case, swept, traced } from '../support/loop-sweeps.ts';
import { randomCase } from '../support/random-loops.ts';
import { sameBits } from '../support/ulp.ts';

function expectSameBits(program: Case): void {
  const [a, b] = [swept(interpreter, program), swept(reference, program)];
  for (const what of ['outputs', 'seeded', 'gradient', 'again', 'tangent'] as const)
    if (!sameBits(a[what], b[what])) expect(a[what], what).toEqual(b[what]);
  expect(Object.is(a.value, b.value)).toBe(true);
}

it('random programs with loops have the same bits', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => expectSameBits(randomCase({ seed, exact: true }, 100_000))),
    { numRuns: 300 },
  );
});

it('and so they have with gates, poles, zeros, infinities and NaN', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => expectSameBits(randomCase({ seed, awkward: true }, 20_000))),
    { numRuns: 500 },
  );
});

const lengths = fc.record({ n: fc.integer({ min: 0, max: 2500 }), m: fc.integer({ min: 0, max: 20 }) });
const signature = { x: vector('n'), X: matrix('n', 'm'), v: vector('m'), y: data(vector('n')) };

it('sums, products and extremes of any length have the same bits, in lanes and out of them', () => {
  fc.assert(
    fc.property(lengths, ({ n, m }) => {
      const program = traced(
        signature,
        ({ x, X, v, y }) => ({
          loss: w.sum(x.length, (i) => X.row(i).dot(v).sub(y.at(i)).square()).div(x.length),
          list: w.dot(x, y).add(w.sum(x.mul(y))),
          rows: w.map(X.rows, (i) => w.max(X.row(i)).mul(w.sum(X.row(i).mul(v)))),
          product: X.matVec(v),
          transposed: X.transpose().matVec(x),
          matrix: w.matMul(X.transpose(), X),
          last: w.scan(x.length, v, (c, i) => w.clamp(c.mul(x.at(i)).add(X.row(i)), -1, 1)).carry,
        }),
        { n, m },
      );
      expectSameBits(program);
    }),
    { numRuns: 60 },
  );
});
