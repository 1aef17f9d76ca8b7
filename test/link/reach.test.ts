/** What link refuses: places that leave their arrays for the lengths given, and lengths that nothing can have. */
import { describe, expect, it } from 'vitest';
import { type ErrorCode, WengertError } from '../../src/errors.ts';
import type { Expr } from '../../src/graph/expression.ts';
import type { Matrix, Vector } from '../../src/graph/vector.ts';
import * as w from '../../src/graph/vocabulary.ts';
import { link } from '../../src/link/index.ts';
import { data, matrix, type Outputs, vector } from '../../src/program/signature.ts';
import { loopTape, type S } from '../support/loop-tapes.ts';
import { lowered } from '../support/loops.ts';

const signature = { x: vector('n'), X: matrix('n', 'm'), k: data(vector('q')) };
type At = { x: Vector<Expr>; X: Matrix<Expr, Expr>; k: Vector<Expr> };
type Lengths = { readonly n?: number; readonly m?: number; readonly q?: number };

/** What is said about a program with these lengths; '' if it is linked. */
function said(fn: (at: At) => Outputs, { n = 5, m = 3, q = 5 }: Lengths): string {
  const { tape } = lowered(signature, fn);
  return message(
    () =>
      link(
        tape,
        tape.lengths.map((name) => ({ n, m, q })[name]!),
      ),
    'OutOfRange',
  );
}

function message(f: () => unknown, code: ErrorCode): string {
  try {
    f();
    return '';
  } catch (error) {
    if (!(error instanceof WengertError)) throw error;
    expect(error.code).toBe(code);
    return error.message.replace(` [${code}]`, '');
  }
}

describe('an affine index', () => {
  const beyond = (at: number, n: number): RegExp =>
    new RegExp(`the index reaches ${at}, which is not a whole number from 0 to ${n - 1}, with .*n = `);

  it.each<[string, (at: At) => Outputs, Lengths, Lengths, number, number]>([
    ['of a loop', ({ x, k }) => w.sum(k.length, (i) => x.at(i)), { q: 6 }, { q: 5 }, 5, 5],
    ['of a loop, moved', ({ x, k }) => w.sum(k.length, (i) => x.at(i.add(2))), { q: 4 }, { q: 3 }, 5, 5],
    ['of a loop, backwards', ({ x, k }) => w.sum(k.length, (i) => x.at(w.sub(3, i))), { q: 5 }, { q: 4 }, -1, 5],
    ['of two loops', ({ x, X, k }) => w.sum(X.cols, (j) => w.sum(k.length, (i) => x.at(i.add(j)))), { q: 4 }, { q: 3 }, 5, 5],
    ['in a scan', ({ x, k }) => w.scan(k.length, 0, (c, i) => c.add(x.at(i.mul(2)))).carry, { q: 4 }, { q: 3 }, 6, 5],
    ['of a row', ({ X, k }) => w.sum(k.length, (i) => X.row(i).sum()), { q: 6 }, { q: 5 }, 5, 5],
    ['of a column', ({ X, k }) => w.sum(k.length, (i) => X.col(i).sum()), { q: 4 }, { q: 3 }, 3, 3],
    ['that is a number', ({ x }) => x.at(4).exp().add(x.sum()), { n: 4 }, { n: 5 }, 4, 4],
  ])('%s that leaves its array is refused, naming how far it goes', (_, fn, bad, good, at, n) => {
    expect(said(fn, bad)).toMatch(beyond(at, n));
    expect(said(fn, bad)).toMatch(/^(x|X)\.(at|row|col): /);
    expect(said(fn, good)).toBe('');
  });

  it('of a loop that does not run is none', () => {
    expect(said(({ x, k }) => w.sum(k.length, (i) => x.at(i.add(2))), { q: 0, n: 1 })).toBe('');
    expect(said(({ x, X, k }) => w.sum(k.length, (i) => w.sum(X.cols, (j) => x.at(i.add(j)))), { q: 9, n: 1, m: 0 })).toBe('');
  });

  it('into nothing, computed, is refused by name', () => {
    expect(said(({ x, k }) => w.sum(k.length, (i) => x.at(k.at(i))), { n: 0, q: 1 })).toMatch(
      /^x\.at: index: no number is an index into 0/,
    );
    expect(said(({ x, k }) => w.sum(k.length, (i) => x.at(k.at(i))), { n: 0, q: 0 })).toBe('');
  });

  it('of a slice that would have no length', () => {
    expect(said(({ x }) => x.slice(2).sum(), { n: 1 })).not.toBe('');
    expect(said(({ x }) => x.slice(2).sum(), { n: 2 })).toBe('');
  });
});

describe('a tape of any origin', () => {
  /** A program over x (n numbers), in which one view goes from `base` on in steps of `by`. */
  const over = (kind: 'load' | 'reduce' | 'copy' | 'store' | 'contract' | 'stack', base: S, by: S, count: S): string => {
    const t = loopTape();
    const x = t.param('x', ['n']);
    const { main } = t;
    let out = main.constant(1);
    if (kind === 'load') out = main.region(count, (loop) => ({ sums: [loop.load(x, base, [loop, by])] })).sums[0]!;
    if (kind === 'reduce') out = main.reduce('sum', count, main.view(x, by, base));
    if (kind === 'contract') main.contract(1, 1, count, main.view2(x, 0, by, base), main.view2(x, 1, 0));
    const local = main.local(5);
    if (kind === 'copy') main.copy(count, main.view(x, by, base), main.view(local));
    if (kind === 'store') main.store(out, local, base);
    if (kind === 'stack') main.region(count, (loop) => ({ stacks: [{ view: loop.view(x, by, base), n: 2 }] }));
    return message(() => link(t.tape(out), [5]), 'OutOfRange');
  };
  const short = 'with n = 5 a slice, a row or a loop reaches beyond the end of its array';

  it('cannot reach what lies outside its arrays', () => {
    for (const kind of ['load', 'reduce', 'copy', 'contract'] as const) {
      expect(over(kind, 0, 1, 5), kind).toBe('');
      expect(over(kind, 4, -1, 5), kind).toBe('');
      expect(over(kind, 0, 2, 3), kind).toBe('');
      expect(over(kind, 9, 1, 0), kind).toBe('');
      for (const [base, by, count] of [
        [1, 1, 5],
        [3, -1, 5],
        [0, 2, 4],
        [-1, 1, 2],
        [2 ** 40, 1, 1],
      ] as const)
        expect(over(kind, base, by, count), `${kind} ${base} ${by} ${count}`).toBe(short);
    }
    expect([over('store', 4, 0, 0), over('store', 5, 0, 0), over('store', -1, 0, 0)]).toEqual(['', short, short]);
    expect([over('stack', 3, 1, 4), over('stack', 4, 1, 4), over('stack', 4, 1, 0)]).toEqual(['', short, '']);
  });

  it('cannot have arrays of a negative length, or of one past all memory', () => {
    const sized = (size: (t: ReturnType<typeof loopTape>) => S) => {
      const t = loopTape();
      const x = t.param('x', ['n']);
      t.main.local(size(t));
      return t.tape(t.main.load(x));
    };
    expect(
      message(
        () =>
          link(
            sized((t) => t.minus('n', 6)),
            [5],
          ),
        'OutOfRange',
      ),
    ).toBe('with n = 5 the length of an array would be -1');
    expect(
      message(
        () =>
          link(
            sized((t) => t.times('n', 2 ** 29)),
            [5],
          ),
        'OutOfMemory',
      ),
    ).toMatch(/more than memory can hold$/);
    expect(
      message(
        () =>
          link(
            sized((t) => t.times(t.times('n', 2 ** 40), 2 ** 40)),
            [5],
          ),
        'OutOfMemory',
      ),
    ).not.toBe('');
    expect(
      message(
        () =>
          link(
            sized(() => 0),
            [5],
          ),
        'OutOfMemory',
      ),
    ).toBe('');
  });

  it('cannot nest loops deeper than registers go', () => {
    const nested = (depth: number): string => {
      const t = loopTape();
      const x = t.param('x');
      const inside = (loop: typeof t.main, left: number): number =>
        left === 0 ? loop.load(x) : loop.region(1, (inner) => ({ sums: [inside(inner, left - 1)] })).sums[0]!;
      return message(() => link(t.tape(inside(t.main, depth)), []), 'OutOfRange');
    };
    expect(nested(120)).toBe('');
    expect(nested(121)).toBe('loops lie in loops 121 deep, the most is 120');
  });
});
