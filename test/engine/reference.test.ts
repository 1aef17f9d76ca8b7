/** The reference engine by itself: the order of additions, gates, rows, steppers. test/conformance compares engines. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RowMachine } from '../../src/engine/engine.ts';
import { reference } from '../../src/engine/reference/index.ts';
import type { ListRow } from '../../src/ops/algebra.ts';
import { RULES } from '../../src/ops/rules.ts';
import { OP, type OpName } from '../../src/ops/vocabulary.ts';
import { KIND, RECORD_WORDS } from '../../src/tape/layout.ts';
import { tileRows } from '../../src/tape/tile.ts';
import { generator } from '../tape/networks.ts';
import { type StandIn, standIn } from '../tape/standin.ts';

/** ARCHITECTURE.md, "One order", rule 4, word by word. */
function oneOrder(x: readonly number[]): number {
  let total = -0;
  for (let block = 0; block < x.length; block += 1024) {
    const s = Array.from({ length: 8 }, () => -0);
    for (let i = block; i < Math.min(block + 1024, x.length); i++) s[i % 8]! += x[i]!;
    const sum = s[0]! + s[4]! + (s[2]! + s[6]!) + (s[1]! + s[5]! + (s[3]! + s[7]!));
    total = block === 0 ? sum : total + sum;
  }
  return total;
}

function numbers(n: number, seed = 1): number[] {
  const next = generator(seed);
  return Array.from({ length: n }, () => next() * 10 ** Math.round(3 * next()));
}

function load(g: StandIn, ...outputs: number[]): RowMachine {
  return reference.load(g.tape(...outputs));
}

const kinds = ({ tape }: RowMachine): number[] =>
  Array.from({ length: tape.records.length / RECORD_WORDS }, (_, r) => (tape.records[r * RECORD_WORDS]! >> 8) & 255);

describe('the one order', () => {
  const lengths = [1, 2, 7, 8, 9, 100, 1023, 1024, 1025, 2600];

  it('sums, dots and norms go in blocks of eight partial sums', () => {
    for (const n of lengths) {
      const [x, y] = [numbers(n, 1), numbers(n, 2)];
      const g = standIn();
      const [a, b] = [x.map(() => g.param()), y.map(() => g.param())];
      const m = load(
        g,
        g.list(OP.sum, a),
        g.list(OP.mean, a),
        g.list(OP.dot, a, b),
        g.list(OP.norm, a),
        g.list(OP.sum, a.toReversed()),
      );
      m.point.set([...x, ...y]);
      m.forward();
      const products = x.map((xi, i) => xi * y[i]!);
      const squares = x.map((xi) => xi * xi);
      const expected = [oneOrder(x), oneOrder(x) / n, oneOrder(products), Math.sqrt(oneOrder(squares)), oneOrder(x.toReversed())];
      expect(expected.map((_, i) => m.output(i))).toEqual(expected);
    }
  });

  // ∂/∂w of op(xᵢ, w) at w = 0.75
  it.each<[OpName, (x: number) => number]>([
    ['mul', (x) => x],
    ['add', () => 1],
    ['sub', () => -1],
    ['max', (x) => (x < 0.75 ? 1 : 0)],
  ])('what a group of %s shares gets one sum, added once: beside neighbours, strided and gathered operands', (op, partial) => {
    for (const n of lengths.filter((length) => length >= 8)) {
      const x = numbers(n);
      const orders = [x.map((_, i) => i), x.map((_, i) => n - 1 - i), x.map((_, i) => (i * 7) % n)];
      for (const order of orders) {
        const g = standIn();
        const [w, a] = [g.param(), x.map(() => g.param())];
        const m = load(g, g.list(OP.dot, order.map((i) => g.node(OP[op], a[i]!, w)), a)); // biome-ignore format: one call
        expect(kinds(m)).toEqual([KIND.run, KIND.list]);
        m.point.set([0.75, ...x]);
        m.gradient();
        expect(m.adjoint[0]).toBe(oneOrder(order.map((i, k) => x[k]! * partial(x[i]!))));
      }
    }
  });

  it('gathered operands are added to one by one, ascending', () => {
    const g = standIn();
    const x = Array.from({ length: 10 }, () => g.param());
    const seeds = numbers(70);
    const of = seeds
      .map((_, i) => x[(i * i + 3 * i) % 10]!)
      .filter((node, i, all) => all.slice(0, i).filter((other) => other === node).length < 7);
    // fewer than eight uses each: not shared, looked up
    const m = load(g, g.list(OP.dot, of.map((xi) => g.node(OP.tanh, xi)), of.map((_, i) => g.constant(seeds[i]!)))); // biome-ignore format: one call
    expect(m.tape.indices.length).toBe(of.length);
    m.gradient();
    expect([...m.adjoint]).toEqual(x.map((node) => of.reduce((s, xi, i) => (xi === node ? s + seeds[i]! : s), 0)));
  });

  it('operand a of all nodes comes before operand b, even where both read the same slots', () => {
    const g = standIn();
    const [c, e] = [numbers(21, 3), numbers(20, 4)];
    const x = c.map(() => g.param());
    const pairs = e.map((_, i) => g.node(OP.add, x[i]!, x[i + 1]!));
    const beside = g.list(OP.dot, x, c.map((v) => g.constant(v))); // biome-ignore format: one call
    const m = load(g, g.list(OP.sum, [g.list(OP.dot, pairs, e.map((v) => g.constant(v))), beside])); // biome-ignore format: one call
    m.gradient();
    expect([...m.adjoint]).toEqual(c.map((v, i) => v + (e[i] ?? -0) + (e[i - 1] ?? -0)));
  });

  it('in a tile of rows a shared slot gets one sum per use; tiles ascend', () => {
    const g = standIn();
    const [w, x] = [g.param(), g.data()];
    const m = load(g, g.node(OP.mul, w, x));
    const rows = 2 * tileRows(m.tape) + 5;
    const data = numbers(rows);
    m.reserve(rows).set(data);
    m.point[0] = 3;
    expect(m.gradientRows(rows, 'sum')).toBe(oneOrder(data.map((d) => 3 * d)));
    const tile = tileRows(m.tape);
    const sums = [0, 1, 2].map((t) => oneOrder(data.slice(t * tile, (t + 1) * tile)));
    expect(m.adjoint[0]).toBe(sums[0]! + sums[1]! + sums[2]!);
  });

  it('−0 never reaches the user', () => {
    const g = standIn();
    const [x, y] = [g.param(), g.param()];
    const m = load(g, g.node(OP.mul, x, g.constant(-0)));
    void y;
    m.gradient();
    expect([...m.adjoint]).toEqual([0, 0]);
    expect([...m.tangent(Float64Array.of(1, 0))]).toEqual([0]);
  });
});

describe('gates', () => {
  // select(x > 0, log x, 0) + w
  const build = (isRow: boolean): RowMachine => {
    const g = standIn();
    const [w, x] = [g.param(), g.param()];
    const zero = g.constant(0);
    const shifted = isRow ? g.node(OP.add, x, g.data()) : x;
    const chosen = g.node(OP.select, g.node(OP.gt, shifted, zero), g.node(OP.log, shifted), zero);
    return load(g, g.node(OP.add, chosen, g.node(OP.sin, w)));
  };
  it('closed ones pass nothing, in reverse and forward', () => {
    const m = build(false);
    m.point.set([0, 0]);
    m.gradient();
    expect([...m.adjoint]).toEqual([1, 0]);
    expect([...m.tangent(Float64Array.of(1, 1))]).toEqual([1]);
    m.point[1] = 2;
    m.gradient();
    expect([...m.adjoint]).toEqual([1, 0.5]);
  });
  it('over rows', () => {
    const m = build(true);
    m.point.set([0, 0]);
    m.reserve(3).set([0, 2, 4]);
    expect(m.gradientRows(3, 'sum')).toBe(Math.log(2) + Math.log(4));
    expect([...m.adjoint]).toEqual([3, 0.75]);
    expect(m.tangentRows(3, 'mean', Float64Array.of(0, 1))).toBe(0.25);
    m.data.set([4]);
    m.bound();
    m.forward();
    const before = m.values();
    m.gradientRows(3, 'sum');
    expect(m.values()).toEqual(before); // what is bound to the single point stays
  });
  it('an honest NaN stays', () => {
    const g = standIn();
    const x = g.param();
    const m = load(g, g.node(OP.mul, g.constant(0), g.node(OP.sqrt, x)));
    m.gradient();
    expect(m.adjoint[0]).toBeNaN();
    expect(m.tangent(Float64Array.of(1))[0]).toBeNaN();
  });
  it('a seed of 0 and a direction of 0 open no path', () => {
    const g = standIn();
    const [x, y] = [g.param(), g.param()];
    const m = load(g, g.node(OP.add, x, g.constant(1)), g.node(OP.sqrt, y));
    m.forward();
    m.reverse(Float64Array.of(1, 0));
    expect([...m.adjoint]).toEqual([1, 0]);
    m.reverse(Float64Array.of(0, 1));
    expect([...m.adjoint]).toEqual([0, Number.POSITIVE_INFINITY]);
    expect([...m.tangent(Float64Array.of(1, 0))]).toEqual([1, 0]);
  });
  it('in lists: the losers of maxOf', () => {
    const g = standIn();
    const [x, y] = [g.param(), g.param()];
    const m = load(g, g.list(OP.maxOf, [g.node(OP.sqrt, x), y]));
    m.point.set([0, 1]);
    m.gradient();
    expect([...m.adjoint]).toEqual([0, 1]);
    expect([...m.tangent(Float64Array.of(1, 2))]).toEqual([2]);
  });
});

/** To 4 ulp; infinities and NaN exactly. */
function expectClose(x: number, y: number): void {
  if (!(Math.abs(x - y) <= 4 * Number.EPSILON * Math.abs(y))) expect(x).toBe(y);
}

describe('ops over lists', () => {
  const INF = Number.POSITIVE_INFINITY;
  const LISTS: readonly (readonly number[])[] = [
    [0, 2, 3], [0, 0, 3], [2, 2, 1], [-1, 4, 4], [Number.NaN, 1, 2], [INF, 0, 1], [INF, INF, 1], [-INF, -INF, -INF], [-INF, 0, 1], [INF, -INF, 0],
    [0, 0, 0], [-0, 0, -0], [1000, 1000, 999], [1e200, -1e200, 1e200], [1e-200, 1e-200, 0], [INF, Number.NaN, 1],
  ]; // biome-ignore format: a table
  it.each(['sum', 'mean', 'prod', 'minOf', 'maxOf', 'norm', 'logsumexp'] as const)(
    '%s: values, derivatives and tangents of the table, in place and gathered',
    (name) => {
      const row = RULES[name] as ListRow;
      for (const list of LISTS)
        for (const order of [
          [0, 1, 2],
          [1, 0, 2],
        ]) {
          const g = standIn();
          const x = list.map(() => g.param());
          const m = load(g, g.list(OP[name as OpName], order.map((i) => x[i]!))); // biome-ignore format: one call
          m.point.set(list);
          const values = order.map((i) => list[i]!);
          const z = row.of(values, []);
          expectClose(m.gradient(), z);
          const [partials] = row.partialsOf(values, [], z);
          order.forEach((i, e) => {
            const p = partials[e]!;
            expectClose(m.adjoint[i]!, p + 0);
            expectClose(m.tangent(Float64Array.from(list, (_, k) => (k === i ? 1 : 0)))[0]!, p + 0);
          });
        }
    },
  );
});

describe('rows', () => {
  it('are as many single evaluations', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.constantFrom<OpName>('sum', 'mean', 'norm', 'logsumexp', 'prod'),
        fc.integer({ min: 1, max: 99 }),
        (rows, list, seed) => {
          const next = generator(seed);
          const g = standIn();
          const [w, v] = [Array.from({ length: 6 }, () => g.param()), g.param()];
          const x = [g.data(), g.data()];
          const h = [0, 1, 2].map((j) =>
            g.node(OP.tanh, g.node(OP.add, g.node(OP.mul, w[2 * j]!, x[0]!), g.node(OP.mul, w[2 * j + 1]!, x[1]!))),
          );
          const output = g.node(OP.mul, g.list(OP[list], [...h, v]), g.node(OP.sin, x[0]!));
          const m = load(g, output);
          m.point.set(Array.from({ length: 7 }, next));
          const data = m.reserve(rows);
          for (let i = 0; i < data.length; i++) data[i] = next();
          const direction = Float64Array.from({ length: 7 }, next);
          const tangent = m.tangentRows(rows, 'mean', direction);
          const value = m.forwardRows(rows, 'mean');
          expect(m.gradientRows(rows, 'mean')).toBe(value);
          const gradient = m.adjoint.slice();
          const sums = { value: 0, tangent: 0, gradient: new Float64Array(7) };
          const outputs = m.rowOutputs.slice();
          for (let row = 0; row < rows; row++) {
            m.data.set(data.subarray(2 * row, 2 * row + 2));
            m.bound();
            const z = m.gradient();
            expect(outputs[row]).toBe(z);
            sums.value += z / rows;
            m.adjoint.forEach((d, i) => {
              sums.gradient[i]! += d / rows;
            });
            sums.tangent += m.tangent(direction)[0]! / rows;
          }
          expect(value).toBeCloseTo(sums.value, 12);
          expect(tangent).toBeCloseTo(sums.tangent, 12);
          gradient.forEach((d, i) => {
            expect(d).toBeCloseTo(sums.gradient[i]!, 12);
          });
        },
      ),
      { numRuns: 100 },
    );
  });
  it('of an output that no data reaches', () => {
    const g = standIn();
    const [w, x] = [g.param(), g.data()];
    void x;
    const m = load(g, g.node(OP.square, w));
    m.point[0] = 3;
    m.reserve(100);
    expect(m.gradientRows(100, 'sum')).toBe(900);
    expect(m.adjoint[0]).toBe(600);
    expect(m.tangentRows(100, 'mean', Float64Array.of(1))).toBe(6);
  });
  it('more than reserved are refused', () => {
    const g = standIn();
    const m = load(g, g.node(OP.mul, g.param(), g.data()));
    m.reserve(4);
    expect(() => m.forwardRows(5, 'sum')).toThrow(/rows: 5 are more than the 4 reserved \[WrongLength\]/);
  });
});

describe('steppers', () => {
  const parabola = (): RowMachine => {
    const g = standIn();
    const [x, y] = [g.param(), g.param()];
    const m = load(g, g.node(OP.add, g.node(OP.square, x), g.node(OP.mul, g.constant(10), g.node(OP.square, y))));
    m.point.set([1, -1]);
    return m;
  };
  it('momentum: v ← μv + g, θ ← θ − rate·v', () => {
    const m = parabola();
    const stepper = m.stepper({ kind: 'momentum', rate: 1, momentum: 0.5 });
    expect(stepper.step(0.125, 0, 'sum')).toBe(11);
    expect([...m.point]).toEqual([0.75, 1.5]);
    expect(stepper.step(0.125, 0, 'sum')).toBe(0.5625 + 22.5);
    expect([...m.point]).toEqual([0.75 - 0.125 * (0.5 * 2 + 1.5), 1.5 - 0.125 * (0.5 * -20 + 30)]);
  });
  it('Adam: bias-corrected moments', () => {
    const m = parabola();
    const rule = { kind: 'adam', rate: 1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8 } as const;
    const stepper = m.stepper(rule);
    const x = [1, -1];
    const [first, second] = [[0, 0], [0, 0]]; // biome-ignore format: a row
    for (let t = 1; t <= 5; t++) {
      stepper.step(0.1, 0, 'sum');
      [2 * x[0]!, 20 * x[1]!].forEach((g, i) => {
        first[i] = 0.9 * first[i]! + 0.1 * g;
        second[i] = 0.99 * second[i]! + 0.01 * g * g;
        x[i]! -= (0.1 * (first[i]! / (1 - 0.9 ** t))) / (Math.sqrt(second[i]! / (1 - 0.99 ** t)) + 1e-8);
        expect(m.point[i]).toBeCloseTo(x[i]!, 14);
      });
    }
  });
  it('over rows, until disposed', () => {
    const g = standIn();
    const m = load(g, g.node(OP.square, g.node(OP.sub, g.param(), g.data())));
    m.reserve(2).set([1, 3]);
    const stepper = m.stepper({ kind: 'momentum', rate: 0, momentum: 0 });
    expect(stepper.step(0.5, 2, 'mean')).toBe(5);
    expect(m.point[0]).toBe(2);
    stepper.dispose();
    expect(() => stepper.step(0.5, 2, 'mean')).toThrow(/\[Disposed\]/);
  });
});

describe('a machine', () => {
  const build = (): RowMachine => {
    const g = standIn();
    const [x, d] = [Array.from({ length: 5 }, () => g.param()), g.data()];
    return load(g, g.node(OP.mul, g.list(OP.sum, x.map((xi) => g.node(OP.sin, xi))), d)); // biome-ignore format: one call
  };
  it('counts elements: nodes, elements of lists, inputs of a sweep', () => {
    const m = build();
    m.forward();
    expect(m.steps()).toBe(0);
    m.countSteps(true);
    m.forward();
    expect(m.steps()).toBe(5 + 5 + 5 + 1);
    m.countSteps(true);
    m.gradient();
    expect(m.steps()).toBe(2 * (5 + 5 + 5 + 1));
  });
  it('is written to and read through views', () => {
    const m = build();
    m.point.fill(Math.PI / 2);
    m.data[0] = 2;
    m.bound();
    expect(m.gradient()).toBe(10);
    expect([...m.values().subarray(0, 5)]).toEqual(Array(5).fill(Math.PI / 2));
    expect(m.point.buffer).toBe(m.data.buffer);
  });
  it('throws Disposed afterwards, whatever is called', () => {
    const m = build();
    const stepper = m.stepper({ kind: 'momentum', rate: 1, momentum: 0 });
    m.dispose();
    m.dispose();
    const direction = new Float64Array(5);
    const calls: (() => unknown)[] = [
      () => m.point, () => m.data, () => m.adjoint, () => m.rowOutputs, () => m.bound(), () => m.forward(), () => m.output(0), () => m.reverse(), () => m.gradient(),
      () => m.tangent(direction), () => m.reserve(1), () => m.forwardRows(1, 'sum'), () => m.gradientRows(1, 'sum'), () => m.tangentRows(1, 'sum', direction),
      () => m.stepper({ kind: 'momentum', rate: 1, momentum: 0 }), () => m.values(), () => m.countSteps(true), () => m.steps(), () => stepper.step(1, 0, 'sum'),
    ]; // biome-ignore format: a list
    for (const call of calls) expect(call).toThrow(/\[Disposed\]/);
  });
});
