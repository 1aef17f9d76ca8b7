/** Which loops link runs in lanes, and what is there once for all of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expr } from '../../src/graph/expression.ts';
import type { Matrix, Vector } from '../../src/graph/vector.ts';
import * as w from '../../src/graph/vocabulary.ts';
import { NARROW, ONCE } from '../../src/link/code.ts';
import { link } from '../../src/link/index.ts';
import { data, type Handles, type Inputs, matrix, type Outputs, scalar, vector } from '../../src/program/signature.ts';
import { bodyOf, instructionsOf } from '../support/linked-words.ts';
import { loopTape } from '../support/loop-tapes.ts';
import { lowered } from '../support/loops.ts';
import { randomCase } from '../support/random-loops.ts';

const signature = { a: scalar, x: vector('n'), v: vector('m'), X: matrix('n', 'm'), k: data(vector('n')) };
type At = { x: Vector<Expr>; v: Vector<Expr>; X: Matrix<Expr, Expr>; k: Vector<Expr>; a: Expr };

function linked<S extends Inputs>(inputs: S, fn: (at: Handles<S>) => Outputs, lengths: { readonly [name: string]: number }) {
  const { tape } = lowered(inputs, fn);
  const code = link(
    tape,
    tape.lengths.map((name) => lengths[name]!),
  );
  return { tape, code, tiles: tape.bodies.slice(1).map((_, i) => bodyOf(code, i + 1).tile) };
}

describe('the loop of a nest that runs in lanes', () => {
  const loss = ({ x, k, a }: At): Expr => w.sum(x.length, (i) => x.at(i).mul(a).sub(k.at(i)).square());
  it('takes as many iterations at once as there are, to a multiple of 8, 128 at most', () => {
    const tile = (n: number): number => linked(signature, loss, { n, m: 1 }).tiles[0]!;
    expect([0, 1, 2, 8, 9, 120, 121, 128, 129, 100_000].map(tile)).toEqual([1, 1, 8, 8, 16, 120, 128, 128, 128, 128]);
  });

  const nest = ({ X, v }: At): Outputs => w.map(X.rows, (i) => w.sum(X.cols, (j) => X.at(i, j).mul(v.at(j)).sin()));
  it('is the outer one where that has iterations enough, the inner one where it has not', () => {
    expect(linked(signature, nest, { n: 1000, m: 10 }).tiles).toEqual([128, 1]);
    expect(linked(signature, nest, { n: 100, m: 100 }).tiles).toEqual([104, 1]);
    expect(linked(signature, nest, { n: 2, m: 1000 }).tiles).toEqual([1, 128]);
  });

  it('is never a scan, but one around it or in it', () => {
    const around = ({ X }: At): Outputs => w.map(X.rows, (i) => w.scan(X.cols, 0.5, (c, j) => c.mul(X.at(i, j)).sin()).carry);
    const { tape, code, tiles } = linked(signature, around, { n: 1000, m: 10 });
    expect(tiles).toEqual([128, 1]);
    expect(tape.bodies.slice(1).map((_, i) => bodyOf(code, i + 1).width)).toEqual([128, 128]);
    const inside = ({ X, v }: At): Outputs =>
      w.scan(X.rows, v, (h, i) => w.map(X.cols, (j) => h.at(j).mul(X.at(i, j)).sin())).carry;
    expect(linked(signature, inside, { n: 1000, m: 10 }).tiles).toEqual([1, 16]);
    const alone = ({ x, a }: At): Outputs => w.scan(x.length, a, (c, i) => c.mul(x.at(i)).sin()).carry;
    expect(linked(signature, alone, { n: 1000, m: 10 }).tiles).toEqual([1]);
  });

  it('takes fewer at once where a body holds much', () => {
    const much = ({ X, v }: At): Outputs =>
      w.sum(X.rows, (i) => {
        const row = X.row(i).mul(v);
        return w.norm(row).add(w.max(row));
      });
    expect(linked(signature, much, { n: 1000, m: 100 }).tiles[0]).toBeLessThan(128);
    expect(linked(signature, much, { n: 1000, m: 3000 }).tiles[0]).toBeLessThanOrEqual(8);
  });

  it('cannot hold views that begin at a place of each iteration', () => {
    const make = (isComputed: boolean): number => {
      const t = loopTape();
      const [x, k] = [t.param('x', [64, 4]), t.data('k', [64])];
      const { sums } = t.main.region(64, (loop) => {
        const i = loop.check(loop.load(k, 0, [loop, 1]), 64);
        return { sums: [loop.reduce('norm', 4, loop.view(x, 1, 0, isComputed ? [i, 4] : [loop, 4]))] };
      });
      return bodyOf(link(t.tape(sums[0]!), []), 1).tile;
    };
    expect([make(false), make(true)]).toEqual([64, 1]);
  });

  it('is one at most on every way into a nest, in random programs', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { tape, lengths } = randomCase({ seed }, 1e5);
        const code = link(tape, lengths);
        tape.bodies.forEach(({ parent }, body) => {
          if (body === 0) return;
          const { tile, width, register, scan, n } = bodyOf(code, body);
          const around = parent === 0 ? { width: 1, register: 1 } : bodyOf(code, parent);
          expect(tile === 1 || (tile % 8 === 0 && tile <= 128 && n > 1 && scan === 0)).toBe(true);
          expect(tile === 1 || around.width === 1).toBe(true);
          expect([1, Math.max(tile, around.width)]).toContain(width); // 1 also where all is the same in all lanes
          expect(tile === 1 || width === tile).toBe(true);
          expect(register).toBe(around.register + 1);
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe('what is the same in all lanes', () => {
  const found = (fn: (at: At) => Outputs) => {
    const { code } = linked(signature, fn as never, { n: 1000, m: 10 });
    return instructionsOf(code, 2)
      .filter(({ kind }) => kind !== 'sum')
      .map(({ kind, word0, words }) => [kind, (word0 & ONCE) !== 0, words[1]! >>> 24 >= NARROW]);
  };

  it('is there once: elements of a parameter that the inner loop goes over, and what is computed from them', () => {
    expect(found(({ X, v }) => w.map(X.rows, (i) => w.sum(X.cols, (j) => v.at(j).sin().mul(X.at(i, j)))))).toEqual([
      ['load', true, true],
      ['op', true, true],
      ['load', false, false],
      ['op', false, false],
    ]);
  });

  it('is not what a gather or the iteration of the lanes leads to', () => {
    const gathered = found(({ X, v, k }) => w.map(X.rows, (i) => w.sum(X.cols, (j) => v.at(k.at(i)).mul(v.at(j)))));
    expect(gathered.map(([, once]) => once)).toEqual([true, false]);
    const index = found(({ X, v }) => w.map(X.rows, (i) => w.sum(X.cols, (j) => v.at(j).mul(i).add(j))));
    expect(index.filter(([kind]) => kind === 'index')).toEqual([['index', true, true]]);
    expect(index.filter(([kind]) => kind === 'op').map(([, once]) => once)).toEqual([false, false]);
  });
});
