/** Loops stay loops: where things are computed, what is dropped, what is refused. */
import { describe, expect, it } from 'vitest';
import type { Expr } from '../../src/graph/expression.ts';
import { add, logsumexp, map, matMul, max, mean, mul, norm, relu, scan, sum } from '../../src/graph/vocabulary.ts';
import type { Vector } from '../../src/graph/vector.ts';
import { data, matrix, scalar, vector } from '../../src/program/signature.ts';
import { print } from '../../src/tape/loops/print.ts';
import { validateLoops } from '../../src/tape/loops/validate.ts';
import { code } from '../support/code.ts';
import { evaluated, instructions, kinds, lowered, computed } from '../support/loops.ts';

describe('a loss over named rows', () => {
  const signature = { w: vector(3), X: data(matrix('n', 3)), y: data(vector('n')) };

  it('is one loop, whatever n is', () => {
    const { tape, isLoop, graph } = lowered(signature, ({ w, X, y }) =>
      sum(X.rows, (i) => X.row(i).dot(w).sub(y.at(i)).square()).div(X.rows),
    );
    expect(isLoop).toBe(true);
    expect(tape.lengths).toEqual(['n']);
    expect(tape.bodies.length).toBe(2);
    expect(graph.size).toBeLessThan(30);
    validateLoops(tape);
    expect(evaluated(tape, { w: [1, 2, 3], X: [1, 0, 0, 0, 1, 0], y: [0, 1] })).toBe(1);
    expect(evaluated(tape, { w: [1, 2, 3], X: [1, 1, 1], y: [0] })).toBe(36);
    expect(evaluated(tape, { w: [1, 2, 3], X: [], y: [] })).toBeNaN(); // the mean of nothing
  });

  it('prints as it was written', () => {
    const { tape } = lowered({ x: vector('n'), c: scalar }, ({ x, c }) => sum(x.length, (i) => x.at(i).sub(c).square()));
    expect(print(tape)).toBe(
      [
        'x = input [n]',
        'c = input',
        'v0 = c',
        'v4 = map i < n',
        '  v1 = x[i]',
        '  v2 = sub v1 v0',
        '  v3 = square v2',
        '  sum v3 → v4',
        'output v4',
        '',
      ]
        .join('\n')
        .trimEnd(),
    );
  });
});

describe('where things are computed', () => {
  it('what a loop does not change, outside of it', () => {
    const { tape } = lowered({ a: scalar, x: vector('n') }, ({ a, x }) => sum(x.length, (i) => x.at(i).mul(a.exp().add(1))));
    expect(kinds(tape)).toEqual(['load op constant op region', 'load op']);
  });

  it('a loop in a loop that it does not depend on, before it', () => {
    const { tape } = lowered({ x: vector('n') }, ({ x }) =>
      sum(x.length, (i) => x.at(i).mul(sum(x.length, (j) => x.at(j).square()))),
    );
    expect(tape.bodies.map(({ parent }) => parent)).toEqual([-1, 0, 0]);
    expect(evaluated(tape, { x: [1, 2] })).toBe(15);
  });

  it('in the innermost loop that it depends on, not in the one it was written in', () => {
    const { tape } = lowered({ X: matrix('n', 'm') }, ({ X }) =>
      sum(X.rows, (i) => sum(X.cols, (j) => X.at(i, j).mul(X.at(i, 0).exp()))),
    );
    expect(kinds(tape)).toEqual(['region', 'load op region', 'load op']);
  });

  it('a loop of the loop around, in that loop', () => {
    const { tape } = lowered({ X: matrix('n', 2) }, ({ X }) =>
      sum(X.rows, (i) =>
        sum(40, (j) =>
          sum(X.rows, (k) => X.at(k, 0))
            .mul(X.at(i, 1))
            .mul(j),
        ),
      ),
    );
    expect(tape.bodies.map(({ parent }) => parent)).toEqual([-1, 0, 0, 2]);
    expect(evaluated(tape, { X: [1, 2, 3, 4] })).toBe(4 * 6 * 780);
  });

  it('with its checks, though an element depend on less than they do', () => {
    const { tape } = lowered({ x: vector('n'), k: data(vector('m')) }, ({ x, k }) =>
      sum(k.length, (i) => x.slice(i, i.add(2)).at(mul(-1, i).add(1))),
    );
    validateLoops(tape);
    expect(evaluated(tape, { x: [1, 2, 3], k: [0, 0] })).toBe(4);
    expect(code(() => evaluated(tape, { x: [1, 2, 3], k: [0, 0, 0] }))).toBe('OutOfRange');
  });
});

describe('arrays computed where they are used', () => {
  const signature = { x: vector('n'), y: vector('n') };

  it('by the first loop that uses them', () => {
    const { tape } = lowered(signature, ({ x, y }) => sum(x.mul(y).add(1)));
    expect(kinds(tape)).toEqual(['constant region', 'load load op op']);
  });

  it('in memory for a second', () => {
    const { tape } = lowered(signature, ({ x, y }) => {
      const product = x.mul(y);
      return sum(x.length, (i) => product.at(i).exp()).add(sum(x.length, (i) => product.at(i).sin()));
    });
    expect(instructions(tape, 'region').map(({ stacks, sums }) => [stacks.length, sums.length])).toEqual([
      [0, 1],
      [1, 0],
      [0, 1],
    ]);
  });

  it('in memory for contractions, and as outputs', () => {
    const { tape } = lowered({ A: matrix('m', 'n'), x: vector('n') }, ({ A, x }) => [A.matVec(x.exp()), x.exp()]);
    expect(kinds(tape)[0]).toBe('region contract region');
    expect(tape.outputs.every(({ from }) => 'array' in from)).toBe(true);
  });

  it('a sum of what a loop stacked is added up by that loop', () => {
    const { tape } = lowered(signature, ({ x }) => map(x.length, (i) => x.at(i).exp()).sum());
    expect(instructions(tape, 'region').map(({ stacks, sums }) => [stacks.length, sums.length])).toEqual([[0, 1]]);
  });

  it('elementwise ops of whole matrices are one loop', () => {
    const { tape } = lowered({ A: matrix('m', 'n') }, ({ A }) => relu(A.mul(2)));
    expect(tape.bodies.length).toBe(2);
  });
});

describe('what no output needs', () => {
  it('is dropped: loops, stacks, sums, carries', () => {
    const { tape } = lowered({ x: vector('n') }, ({ x }) => {
      map(x.length, (i) => x.at(i).exp());
      const { a } = map(x.length, (i) => ({ a: x.at(i), b: x.at(i).sin() }));
      const { carry } = scan(x.length, { sum: 0, product: 1 }, ({ sum, product }, i) => ({
        sum: sum.add(x.at(i)),
        product: product.mul(x.at(i)),
      }));
      return a.max().add(carry.sum);
    });
    expect(instructions(tape, 'region').map(({ stacks }) => stacks.length)).toEqual([1]);
    expect(instructions(tape, 'scan').map(({ carries }) => carries.length)).toEqual([1]);
    expect(kinds(tape)).toEqual(['region constant scan reduce op', 'load', 'load op']);
  });

  it('but a carry that others are computed from stays', () => {
    const { tape } = lowered({ n: vector('n') }, ({ n }) => scan(n.length, [0, 1], ([a, b]) => [b, a.add(b)]).carry[0]);
    expect(instructions(tape, 'scan')[0]!.carries.length).toBe(2);
    expect(evaluated(tape, { n: Array(10).fill(0) })).toBe(55);
  });
});

describe('rows that are gathered', () => {
  const signature = { A: matrix('m', 2), x: vector(2), k: data(vector('q')), unused: vector('m') };
  const at = { A: [1, 2, 3, 4, 5, 6], x: [10, 1], k: [2, 0, 2], unused: [0, 0, 0] };

  it.each([
    ['an element', ({ A, k }) => map(k.length, (q) => A.at(k.at(q), 1)), [6, 2, 6]],
    ['a maximum', ({ A, k }) => map(k.length, (q) => max(A.row(k.at(q)))), [6, 2, 6]],
    ['a sum', ({ A, k }) => map(k.length, (q) => sum(A.row(k.at(q)))), [11, 3, 11]],
    ['a dot', ({ A, x, k }) => map(k.length, (q) => A.row(k.at(q)).dot(x)), [56, 12, 56]],
    ['a row', ({ A, k }) => map(k.length, (q) => A.row(k.at(q))), [5, 6, 1, 2, 5, 6]],
    ['a product', ({ A, k }) => map(k.length, (q) => A.matVec(A.row(k.at(q)))), [17, 39, 61, 5, 11, 17, 17, 39, 61]],
    ['a place chosen in main', ({ A, k }) => A.row(k.at(0)), [5, 6]],
  ] as const satisfies readonly (readonly [string, Parameters<typeof lowered<typeof signature>>[1], readonly number[]])[])(
    '%s',
    (_, f, expected) => {
      const { tape } = lowered(signature, f);
      validateLoops(tape);
      expect(evaluated(tape, at)).toEqual(expected);
      const roving = tape.bodies.flatMap(({ code }, body) => (body === 0 ? [] : code)).filter(({ kind }) => kind !== 'load');
      expect(JSON.stringify(roving)).not.toMatch(/"picks":\[\{/); // only loads have picks that differ from iteration to iteration
    },
  );
});

describe('a network', () => {
  it('is contractions, not nodes', () => {
    const { tape, graph } = lowered(
      { W: matrix(784, 128), b: vector(128), V: matrix(128, 10), X: data(matrix('n', 784)), y: data(vector('n')) },
      ({ W, b, V, X, y }) => {
        const Z = matMul(relu(matMul(X, W).add(b)), V);
        return mean(X.rows, (i) => logsumexp(Z.row(i)).sub(Z.at(i, y.at(i))));
      },
    );
    expect(graph.size).toBeLessThan(200); // most of it b's elements
    validateLoops(tape);
    expect(kinds(tape)).toEqual([
      'contract region contract size region op',
      'region',
      'load load op op',
      'reduce load check load op',
    ]);
  });
});

describe('lists in programs with loops', () => {
  const at = { x: Array.from({ length: 20 }, (_, i) => i), y: [2] };
  const signature = { x: vector(20), y: vector('n') };

  it('of elements of an input are read where they are', () => {
    const { tape } = lowered(signature, ({ x, y }) => norm([...x]).mul(y.sum()));
    expect(kinds(tape)).toEqual(['reduce reduce op']);
    expect(evaluated(tape, at)).toBeCloseTo(2 * Math.sqrt(2470), 10);
  });

  it('of anything else are stored', () => {
    const { tape } = lowered(signature, ({ x, y }) => norm([...x].map((v) => v.mul(2))).mul(y.sum()));
    expect(instructions(tape, 'store').length).toBe(20);
    expect(evaluated(tape, at)).toBeCloseTo(4 * Math.sqrt(2470), 10);
  });

  it('are short sums as additions', () => {
    const { tape } = lowered(signature, ({ y }) => sum(y.length, (i) => add(sum([y.at(i), 1, y.at(0)]), max([y.at(i), 3, 1]))));
    expect(evaluated(tape, { ...at, y: [2, 5] })).toBe(5 + 3 + 8 + 5);
  });
});

describe('loops of a known number of iterations', () => {
  const ones = { x: Array(1000).fill(1) };

  it('are written out where they are short', () => {
    const { graph, isLoop } = lowered({ x: vector(4) }, ({ x }) => sum(3, (i) => x.at(i.add(1)).sub(x.at(i)).square()));
    expect(isLoop).toBe(false);
    expect(graph.loops.records.length).toBe(0);
    expect(computed({ x: vector(4) }, ({ x }) => sum(3, (i) => x.at(+i + 1).sub(x.at(i))), { x: [1, 4, 9, 16] })).toBe(15);
  });

  it('are loops where they are long', () => {
    const { tape, graph } = lowered({ x: vector(1000) }, ({ x }) => sum(1000, (i) => x.at(i).mul(i)));
    expect(kinds(tape)).toEqual(['region', 'index load op']);
    expect(graph.size).toBeLessThan(1000 + 20);
    expect(evaluated(tape, ones)).toBe(499_500);
  });

  it('are written out where the index is used as the number it is', () => {
    const weights = Array.from({ length: 1000 }, (_, i) => i % 2);
    const { isLoop, tape } = lowered({ x: vector(1000) }, ({ x }) =>
      sum(1000, (i) =>
        x
          .at(i)
          .mul(weights[+i]!)
          .mul(Math.floor(+i / 500)),
      ),
    );
    expect(isLoop).toBe(false);
    expect(evaluated(tape, ones)).toBe(250);
  });

  it('are loops in loops even where they are short', () => {
    const { tape } = lowered({ X: matrix('n', 20) }, ({ X }) => sum(X.rows, (i) => sum(20, (j) => X.at(i, j).exp().sin())));
    expect(tape.bodies.length).toBe(3);
  });

  it('count by themselves where the terms are numbers', () => {
    let calls = 0;
    expect(computed({ x: scalar }, ({ x }) => x.mul(sum(1000, () => calls++ * 0 + 2)), { x: 1 })).toBe(2000);
  });
});

describe('errors', () => {
  const signature = { x: vector('n'), v: vector(3), X: matrix('n', 3), k: data(vector('q')) };
  const found = (f: Parameters<typeof lowered<typeof signature>>[1]): string => code(() => lowered(signature, f));
  const message = (f: Parameters<typeof lowered<typeof signature>>[1]): string => {
    try {
      lowered(signature, f);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('an index outside its loop', () => {
    const kept: { i?: Expr; e?: Expr; row?: Vector } = {};
    const outside = (use: (x: Vector<Expr>) => Expr): string =>
      found(({ x, X }) => {
        sum(x.length, (i) => {
          Object.assign(kept, { i, e: x.at(i).exp(), row: X.row(i) });
          return x.at(i);
        });
        return use(x);
      });
    expect(outside((x) => x.at(kept.i!))).toBe('OutsideLoop');
    expect(outside(() => kept.e!.add(1))).toBe('OutsideLoop');
    expect(outside(() => kept.e!)).toBe('OutsideLoop');
    expect(outside(() => kept.row!.mul(2).sum())).toBe('OutsideLoop');
    expect(outside(() => kept.row!.sum())).toBe('OutsideLoop');
    expect(outside((x) => sum(x.length, (j) => x.at(j).mul(kept.i!)))).toBe('OutsideLoop');
  });

  it('an index that is surely out of range', () => {
    expect(message(({ x }) => sum(x.length, (i) => x.at(i.add(1))))).toMatch(
      /^x\.at: index i \+ 1, which reaches n, is not a whole number from 0 to n − 1/,
    );
    expect(message(({ x }) => sum(x.length, (i) => x.at(i.sub(1))))).toMatch(/^x\.at: index i − 1, which reaches −1,/);
    for (const f of [
      ({ x }: { x: Vector<Expr> }) => x.at(x.length),
      ({ x }: { x: Vector<Expr> }) => x.at(-1),
      ({ x }: { x: Vector<Expr> }) => x.at(0.5),
      ({ x }: { x: Vector<Expr> }) => x.slice(2, 1).sum(),
    ])
      expect(found(f as never)).toBe('OutOfRange');
    expect(found(({ v }) => v.at(3))).toBe('OutOfRange');
    expect(found(({ X }) => sum(X.rows, (i) => X.at(i, 3)))).toBe('OutOfRange');
    expect(found(({ X }) => sum(4, (j) => X.at(0, j)))).toBe('OutOfRange');
  });

  it('an index that may be out of range is checked when the program runs', () => {
    const { tape } = lowered(signature, ({ x, k }) => sum(k.length, (q) => x.at(q)));
    expect(instructions(tape, 'load')[0]!.from.checks.map(({ what }) => what)).toEqual(['x.at: index i']);
    const at = { x: [1, 2], v: [0, 0, 0], X: [0, 0, 0, 0, 0, 0], k: [0, 0] };
    expect(evaluated(tape, at)).toBe(3);
    expect(code(() => evaluated(tape, { ...at, k: [0, 0, 0] }))).toBe('OutOfRange');
  });

  it('an index that is surely in range needs no check', () => {
    const { tape } = lowered(signature, ({ x, X }) =>
      sum(x.length.sub(1), (i) =>
        x
          .at(i.add(1))
          .mul(X.at(i, 2))
          .mul(x.at(x.length.sub(1).sub(i))),
      ),
    );
    expect(instructions(tape, 'load').flatMap(({ from }) => from.checks)).toEqual([]);
  });

  it('a gathered index is checked', () => {
    const { tape } = lowered(signature, ({ x, k }) => sum(k.length, (q) => x.at(k.at(q)).square()));
    const at = { x: [1, 2, 3], v: [0, 0, 0], X: Array(9).fill(0), k: [2, 0, 2] };
    expect(instructions(tape, 'check').map(({ what }) => what)).toEqual(['x.at: index']);
    expect(evaluated(tape, at)).toBe(19);
    for (const wrong of [3, -1, 0.5, Number.NaN]) expect(code(() => evaluated(tape, { ...at, k: [wrong] }))).toBe('OutOfRange');
  });

  it('shapes that do not fit, both named', () => {
    expect(message(({ x, v }) => x.add(v).sum())).toMatch(/^add: a vector of n and a vector of 3 do not fit .*WrongShape/);
    expect(message(({ X, x }) => X.matVec(x))).toMatch(/^matVec: a matrix of n × 3 and a vector of n do not fit/);
    expect(message(({ X }) => X.matMul(X))).toMatch(/^matMul: a matrix of n × 3 and a matrix of n × 3 do not fit/);
    expect(message(({ X, x }) => X.add(x))).toMatch(/^add: a matrix of n × 3 and a vector of n/);
    expect(found(({ X, x }) => X.row(0).dot(x))).toBe('WrongLength');
    expect(message(({ X, x }) => map(x.length, () => X as never) as never)).toMatch(/^map: .*three dimensions/);
  });

  it('a carry whose shape changes', () => {
    expect(message(({ x, v }) => scan(x.length, { h: v }, () => ({ h: v.slice(1) })).carry.h)).toMatch(
      /^scan: the carry\.h was a vector of 3 and becomes a vector of 2/,
    );
    expect(message(({ v }) => scan(2, v, () => v.slice(1)).carry)).toMatch(
      /^scan: the carry was a vector of 3 and becomes a vector of 2/,
    );
    expect(message(({ x }) => scan(x.length, 0, () => x as never).carry)).toMatch(
      /^scan: the carry was a number and becomes a vector of n/,
    );
    expect(message(({ x }) => scan(x.length, { a: 0 }, () => ({ b: 0 }) as never).carry as never)).toMatch(
      /^scan: the carry is \{ a: a number \}, .* \{ b: a number \}/,
    );
  });

  it('a loop that runs as often as a number says', () => {
    expect(found(({ v }) => sum(v.at(0), (i) => i))).toBe('NotConstant');
    expect(found(({ x }) => sum(x.length, (i) => sum(i, (j) => j)))).toBe('NotConstant');
    expect(found(() => sum(-1, (i) => i))).toBe('WrongType');
    expect(code(() => map(3, (i) => i))).toBe('WrongType'); // outside of any program
  });

  it('elements of a named length, listed', () => {
    expect(found(({ x }) => sum([...x]))).toBe('NotConstant');
    expect(found(({ X }) => [...X])).toBe('NotConstant');
  });

  it('numbers of a loop that is not written out', () => {
    expect(found(({ x }) => sum(x.length, (i) => x.at(i).mul(Math.sin(i as never))))).toBe('WrongType');
  });
});
