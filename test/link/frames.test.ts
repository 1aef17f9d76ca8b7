/** What link keeps for the reverse sweep, what is computed again, and what runs forward and in reverse at once. */
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/engine/interpreter/index.ts';
import { reference } from '../../src/engine/reference/index.ts';
import { advance } from '../../src/engine/reference/loops/checkpoint.ts';
import type { Expr } from '../../src/graph/expression.ts';
import type { Vector } from '../../src/graph/vector.ts';
import * as w from '../../src/graph/vocabulary.ts';
import type { Linked } from '../../src/link/code.ts';
import { link } from '../../src/link/index.ts';
import { data, matrix, type Outputs, scalar, vector } from '../../src/program/signature.ts';
import { bodyOf, head } from '../support/linked-words.ts';
import { filled, loaded, swept } from '../support/loop-sweeps.ts';
import { lowered } from '../support/loops.ts';
import { sameBits } from '../support/ulp.ts';

const signature = { a: scalar, x: vector('n'), y: data(vector('n')) };
type At = { a: Expr; x: Vector<Expr>; y: Vector<Expr> };
const linked = (fn: (at: At) => Outputs, n: number): Linked => link(lowered(signature, fn).tape, [n]);
const stride = (fn: (at: At) => Outputs, n: number, body = 1): number => bodyOf(linked(fn, n), body).stride;

describe('a map', () => {
  const largest = ({ x, a }: At): Expr => w.map(x.length, (i) => x.at(i).mul(a).sin()).max();

  it('keeps what it computed while that is small', () => {
    expect(stride(largest, 1000)).toBe(3 * 128);
    expect(stride(largest, 100_000)).toBe(0);
  });

  it('takes no memory but for its results, however long it is', () => {
    // x, y, the result and their adjoints but that of y; four numbers an element for the list op
    expect(linked(largest, 400_000).size - linked(largest, 200_000).size).toBe(200_000 * (5 + 4));
  });

  it('that is not kept is counted once more', () => {
    const [kept, again] = [1000, 100_000].map((n) => {
      const { forward, gradient } = linked(largest, n).steps;
      return (gradient - 2 * forward) / n;
    });
    expect(kept).toBe(0);
    expect(again).toBe(3); // load, mul, sin
  });

  it('in a loop that is kept lies in its frame, and one that is not has that computed again, too', () => {
    const nested = { X: matrix('n', 'm'), v: vector('m') };
    const { tape } = lowered(nested, ({ X, v }) =>
      w.map(X.rows, (i) => w.sum(X.cols, (j) => X.at(i, j).mul(v.at(j)).sin()).square()),
    );
    const of = (n: number, m: number) =>
      [1, 2].map((body) =>
        bodyOf(
          link(
            tape,
            tape.lengths.map((name) => (name === 'n' ? n : m)),
          ),
          body,
        ),
      );
    const [outer, inner] = of(9, 10);
    expect([outer!.stride > 0, inner!.stride > 0, inner!.base]).toEqual([true, true, outer!.register]);
    expect(of(1000, 10).map(({ stride }) => stride > 0)).toEqual([false, true]);
    expect(of(100, 1000).map(({ stride }) => stride > 0)).toEqual([false, false]);
  });

  it('of nothing is no trouble', () => {
    const { tape } = lowered({ v: vector('m'), X: matrix('n', 'm') }, ({ v, X }) =>
      w.scan(X.rows, v, (c, i) => c.mul(X.row(i))).carry.sum(),
    );
    for (const engine of [interpreter, reference]) {
      const machine = loaded(engine, filled(tape, { n: 3, m: 0 })); // a scan whose body holds no numbers at all
      expect(machine.gradient()).toBe(0);
      expect(machine.adjoint.length).toBe(0);
      machine.dispose();
    }
  });
});

describe('a loss', () => {
  const residuals = ({ a, x, y }: At): Expr => w.sum(x.length, (i) => x.at(i).mul(a).sub(y.at(i)).square());
  const parts = (fn: (at: At) => Outputs): [number, number, number] => {
    const { pre, fused, all } = head(linked(fn, 1000));
    return [pre, fused, all];
  };

  it('runs forward and in reverse at once, and keeps nothing', () => {
    expect(parts(residuals)).toEqual([0, 1, 1]);
    expect(stride(residuals, 16)).toBe(0);
    const { forward, gradient } = linked(residuals, 1000).steps;
    expect(gradient).toBe(2 * forward); // nothing is computed again
  });

  it('with what is linear in it, and what comes before it', () => {
    expect(parts((at) => residuals(at).div(at.x.length).add(at.a.square()).neg())).toEqual([1, 2, 5]);
    expect(parts((at) => residuals(at).mul(2).div(at.x.length))).toEqual([0, 1, 3]);
    expect(parts((at) => residuals(at).sub(w.sum(at.x.length, (i) => at.x.at(i).exp())))).toEqual([0, 2, 3]);
  });

  it.each<[string, (at: At) => Outputs]>([
    ['times what is differentiated', (at) => residuals(at).mul(at.a.exp())],
    ['over what is differentiated', (at) => residuals(at).div(at.a)],
    ['squared', (at) => residuals(at).square()],
    ['times itself', (at) => residuals(at).mul(residuals(at).add(1))],
    ['in a denominator', (at) => w.div(1, residuals(at))],
    ['that another loop uses', (at) => w.max(at.x.mul(residuals(at)))],
  ])('%s is swept as a whole', (_, fn) => {
    const { pre, fused, all } = head(linked(fn, 1000));
    expect([pre, fused]).toEqual([all, all]);
  });

  it('of which one part can be fused and the other not', () => {
    const { tape } = lowered(signature, (at) => residuals(at).add(w.sum(at.x.length, (i) => at.x.at(i).sin()).square()));
    const code = link(tape, [1000]);
    const { pre, fused, all } = head(code);
    expect([fused - pre, all > fused]).toEqual([1, true]);
    expect([1, 2].map((body) => bodyOf(code, body).stride > 0).sort()).toEqual([false, true]);
  });
});

describe('a scan', () => {
  const walk = ({ a, x }: At): Expr => w.scan(x.length, a, (c, i) => c.mul(x.at(i)).sin()).carry;
  const vectors = lowered({ v: vector('m'), x: vector('n') }, ({ v, x }) =>
    w.scan(x.length, v, (c, i) => c.mul(x.at(i)).add(0.25)).carry.sum(),
  ).tape;
  const lengths = (n: number, m: number): number[] => vectors.lengths.map((name) => (name === 'n' ? n : m));

  it('keeps its steps as far as memory for that goes, then takes snapshots', () => {
    expect(bodyOf(linked(walk, 500_000), 1)).toMatchObject({ stride: 6, snapshots: 0 });
    expect(bodyOf(linked(walk, 1_000_000), 1)).toMatchObject({ stride: 0, snapshots: 1_000_000 });
    expect(bodyOf(link(vectors, lengths(1_000_000, 64)), 1)).toMatchObject({ stride: 0, snapshots: 2 ** 14, cellCount: 64 });
    expect(bodyOf(link(vectors, lengths(100, 1_000_000)), 1)).toMatchObject({ stride: 0, snapshots: 2 });
  });

  it('of a million steps takes 8 MiB for snapshots of what it carries, whatever that is', () => {
    for (const m of [8, 64, 1000]) {
      const { size } = link(vectors, lengths(1_000_000, m));
      const inputs = 2 * (1_000_000 + m);
      const { snapshots } = bodyOf(link(vectors, lengths(1_000_000, m)), 1);
      expect(size - inputs).toBeLessThan(2 ** 20 + snapshots + 100 * m + 10_000);
    }
  });

  it('counts what the schedule of its snapshots computes again', () => {
    /** Iterations run again by the reverse sweep, as the engines go about it. */
    const simulated = (n: number, snapshots: number): number => {
      const saved = [0];
      const far = (left: number): number => advance(left, snapshots - saved.length);
      while (saved.length < snapshots && n - saved.at(-1)! > 1) saved.push(saved.at(-1)! + far(n - saved.at(-1)!));
      let runs = 0;
      for (let hi = n; hi > 0; hi--) {
        let lo = saved.at(-1)!;
        while (hi - lo > 1) {
          const by = far(hi - lo);
          runs += by;
          lo += by;
          if (saved.length < snapshots) saved.push(lo);
        }
        runs++;
        if (saved.at(-1) === hi - 1) saved.pop();
      }
      return runs;
    };
    const each = 3; // numbers that one iteration of `vectors` computes an element: load, mul, add
    for (const [n, m] of [
      [100, 1_000_000],
      [3000, 100_000],
      [4, 2_000_000],
      [1_000, 200_000],
      [200, 20_000],
    ] as const) {
      const code = link(vectors, lengths(n, m));
      const { stride, snapshots } = bodyOf(code, 1);
      const { forward, gradient } = code.steps;
      const p = n + m;
      const reverse = gradient - forward - p;
      const again = stride === 0 ? simulated(n, snapshots) : 0;
      const once = (forward - p - m) / n; // an iteration
      expect(Math.abs(once - (each + 1) * m)).toBeLessThan(10);
      const inner = bodyOf(code, 2).stride === 0 && stride === 0 ? n * each * m : 0; // the map in it, tile by tile
      const more = (reverse - (forward - p + again * once + inner)) / once;
      expect(more, `${n} with ${snapshots}: ${again}`).toBeGreaterThanOrEqual(0); // a bound
      expect(more).toBeLessThan(stride === 0 ? 15 : 1e-9);
    }
  });

  it('of a million steps has the right gradient', () => {
    const rate = 1 + 2 ** -20;
    const tape = lowered(
      { r: scalar, x: data(vector('n')) },
      ({ r, x }) => w.scan(x.length, 1, (c, i) => c.mul(r).add(x.at(i))).carry,
    ).tape;
    const n = 1_000_000;
    const results = [interpreter, reference].map((engine) => {
      const program = filled(tape, { n }, { r: () => rate, x: () => 0 });
      const { gradient, again, outputs, tangent } = swept(engine, program);
      expect(outputs[0]! / rate ** n).toBeCloseTo(1, 9);
      expect(gradient[0]! / (n * rate ** (n - 1))).toBeCloseTo(1, 9);
      expect(again).toEqual(gradient);
      return [...outputs, ...gradient, ...tangent];
    });
    expect(bodyOf(link(tape, [n]), 1).stride).toBe(0);
    expect(sameBits(results[0]!, results[1]!)).toBe(true);
  });
});
