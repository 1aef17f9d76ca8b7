/** What the layout makes of graphs whose structure is known: how many records, of what kind, read how. */
import { describe, expect, it, test } from 'vitest';
import { reference } from '../../src/engine/reference/index.ts';
import { OP } from '../../src/ops/vocabulary.ts';
import { layout } from '../../src/tape/build.ts';
import { GATHER, KIND, RECORD_WORDS, STRIP_WORDS, type Tape, W } from '../../src/tape/layout.ts';
import { WINDOW } from '../../src/tape/windows.ts';
import { validate } from '../../src/tape/validate.ts';
import { chain, generator, moons, rosenbrock, tangle } from './networks.ts';
import { signatureOf, standIn } from './standin.ts';

interface RecordView {
  readonly op: number;
  readonly kind: number;
  readonly active: number;
  readonly count: number;
  readonly out: number;
  readonly k: number;
  /** [base, node stride, element stride] of operands a and b. */
  readonly a: readonly number[];
  readonly b: readonly number[];
}

function recordsOf(tape: Tape): RecordView[] {
  validate(tape);
  return Array.from({ length: tape.records.length / RECORD_WORDS }, (_, r) => {
    const w = tape.records.subarray(r * RECORD_WORDS, (r + 1) * RECORD_WORDS);
    return {
      op: w[W.head]! & 255,
      kind: (w[W.head]! >> 8) & 255,
      active: w[W.head]! >> 16,
      count: w[W.count]!,
      out: w[W.out]!,
      k: w[W.k]!,
      a: [...w.subarray(W.a, W.b)],
      b: [...w.subarray(W.b, W.c)],
    };
  });
}

const ofKind = (tape: Tape, kind: number): RecordView[] => recordsOf(tape).filter((r) => r.kind === kind);

describe('loops are found', () => {
  test('the moons network of 65,075 nodes is 645 records and gathers nothing', () => {
    const { g, output } = moons(100);
    const tape = g.tape(output);
    expect(tape.nodes).toBe(65075);
    expect(tape.records.length / RECORD_WORDS).toBe(645); // the prototype: 1,418
    expect(tape.indices.length).toBe(0);
    expect(ofKind(tape, KIND.run).every((r) => r.count >= 100)).toBe(true);
    const strips = ofKind(tape, KIND.strip);
    expect(strips.map((s) => s.count)).toEqual([438]); // the two sums the user chained, and the end
  });

  test('its weights are broadcast and its points lie side by side, each once', () => {
    const { g, output } = moons(100);
    const tape = g.tape(output);
    const products = ofKind(tape, KIND.run).filter((r) => r.op === OP.mul);
    expect(new Set(products.map((r) => r.a[1]))).toEqual(new Set([0, 1])); // weights, and labels y · output
    expect(products.every((r) => r.b[1] === 1)).toBe(true);
    expect(tape.constants.length).toBe(302); // 3 numbers for 100 points, 1/n and the decay; 1 is a label too
  });

  test('a tenfold network has as many records in each window', () => {
    const { g, output } = moons(1000);
    const tape = g.tape(output);
    expect(Math.round(tape.nodes / WINDOW)).toBe(2);
    expect(tape.records.length / RECORD_WORDS).toBeLessThan(2 * 700);
  });

  test('and no point of it lies in two windows', () => {
    const { g, output } = moons(1000);
    const counts = ofKind(g.tape(output), KIND.run).map((r) => r.count);
    const [first] = counts;
    for (const count of counts) expect([first, 1000 - first!, 337]).toContain(count); // 337 weights decay
  });

  test('Rosenbrock in 1,000 dimensions is eight records of strides 0 and 1', () => {
    const { g, output } = rosenbrock(1000);
    const tape = g.tape(output);
    expect(recordsOf(tape).map((r) => r.count)).toEqual([999, 999, 999, 999, 999, 999, 999, 998]);
    expect(tape.indices.length).toBe(0);
  });

  test('levels of 4,096 nodes without structure become gathers', () => {
    const { g, output } = tangle(20000);
    const tape = g.tape(output);
    const inGroups = ofKind(tape, KIND.run).reduce((sum, r) => sum + r.count, 0);
    expect(inGroups).toBeGreaterThan(0.95 * tape.nodes);
    expect(ofKind(tape, KIND.run).some((r) => r.a[1] === GATHER)).toBe(true);
  });

  it.each(['data', 'param'] as const)('also where the points are inputs (%s) that sixteen neurons share', (known) => {
    for (const points of [20, 100, 1000]) {
      const { g, output } = moons(points, 'relu', known);
      const tape = g.tape(output);
      expect(tape.records.length / RECORD_WORDS).toBeLessThan(660 * Math.max(1, Math.round(tape.nodes / WINDOW)));
      expect(tape.indices.length).toBeLessThan(0.01 * tape.nodes);
    }
  });

  test('of 20,000 nodes, returning twelve times', () => {
    const g = standIn(WINDOW);
    const next = generator(5);
    const pattern = Array.from({ length: 20_000 }, () => [Math.abs(next()), Math.abs(next())] as const);
    const last = Array.from({ length: 12 }, () => {
      const local = [g.param()];
      for (const [u, v] of pattern) {
        const [x, y] = [u, v].map((w) => local[local.length - 1 - Math.floor(w * Math.min(50, local.length))]!);
        local.push(u < 0.5 ? g.node(OP.tanh, x!) : g.node(OP.sub, x!, y!));
      }
      return g.list(OP.sum, local);
    });
    const tape = g.tape(g.list(OP.sum, last));
    expect(ofKind(tape, KIND.run).filter((r) => r.count % 12 === 0).length).toBe(ofKind(tape, KIND.run).length);
  });

  test('matrix times vector: rows of the matrix are an affine operand', () => {
    const g = standIn();
    const w = Array.from({ length: 6 * 4 }, () => g.param());
    const x = Array.from({ length: 4 }, () => g.param());
    const rows = Array.from({ length: 6 }, (_, i) => g.list(OP.dot, w.slice(4 * i, 4 * i + 4), x));
    const [dots] = ofKind(g.tape(g.list(OP.sum, rows)), KIND.list);
    expect(dots).toMatchObject({ op: OP.dot, count: 6, k: 4, a: [0, 4, 1], b: [24, 0, 1], active: 3 });
  });
});

describe('what is left over', () => {
  it('becomes one strip, however long the chain', () => {
    const { g, output } = chain(2 * WINDOW);
    const tape = g.tape(output);
    expect(recordsOf(tape)).toMatchObject([{ kind: KIND.strip, count: 2 * WINDOW }]);
    expect([...tape.strips.subarray(0, 2 * STRIP_WORDS)]).toEqual([OP.add | (3 << 16), 0, 0, OP.add | (3 << 16), 1, 0]);
  });

  it('waits until something needs it, so that a chain along a loop is not cut', () => {
    const g = standIn();
    const w = g.param();
    let s = g.param();
    const x = Array.from({ length: 50 }, () => g.param());
    for (const xi of x) s = g.node(OP.add, s, g.node(OP.tanh, g.node(OP.mul, w, g.node(OP.sin, xi))));
    expect(recordsOf(g.tape(s)).map((r) => [r.kind, r.count])).toEqual([[KIND.run, 50], [KIND.run, 50], [KIND.run, 50], [KIND.strip, 50]]); // biome-ignore format: a row
  });

  it('is written before a group that reads it', () => {
    const g = standIn();
    const [w, x] = [g.param(), Array.from({ length: 20 }, () => g.param())];
    const early = g.node(OP.exp, w);
    const late = x.map((xi) => g.node(OP.mul, early, g.node(OP.sin, xi)));
    const tape = g.tape(g.list(OP.sum, late));
    expect(recordsOf(tape).map((r) => r.kind)).toEqual([KIND.run, KIND.strip, KIND.run, KIND.list]);
  });

  it('never waits past a group of the next window', () => {
    const g = standIn(3 * WINDOW);
    let sum = g.param();
    const x = Array.from({ length: WINDOW }, () => g.param());
    for (const xi of x) sum = g.node(OP.add, sum, g.node(OP.sin, xi));
    const kinds = recordsOf(g.tape(sum)).map((r) => r.kind);
    expect(kinds).toEqual([KIND.run, KIND.strip, KIND.run, KIND.strip]);
  });

  it('is never a ternary op or a list in a strip', () => {
    const g = standIn();
    const [a, b, c] = [g.param(), g.param(), g.param()];
    const z = g.node(OP.exp, g.node(OP.select, g.node(OP.lt, a, b), g.list(OP.prod, [a, b]), c));
    expect(recordsOf(g.tape(z)).map((r) => r.kind)).toEqual([KIND.list, KIND.strip, KIND.run, KIND.strip]);
  });
});

describe('segments', () => {
  const g = standIn();
  const [w, d, two] = [g.param(), g.data(), g.constant(2)];
  const constant = g.node(OP.exp, two); // not folded by the stand-in
  const parameter = g.node(OP.sin, w);
  const data = g.node(OP.sin, d);
  const mixed = g.node(OP.mul, parameter, data);
  const dead = g.node(OP.exp, w);
  const output = g.node(OP.add, mixed, constant);
  g.name(mixed, 'both');
  g.name(dead, 'nobody');
  g.name(two, 'two');
  const tape = g.tape(output, two, w);

  it('follow from what a node depends on', () => {
    expect([...tape.segments]).toEqual([0, 1, 2, 3, 4]);
    expect(recordsOf(tape).map((r) => r.out)).toEqual([2, 3, 5, 6]);
    expect(tape).toMatchObject({ p: 1, q: 1, rowStart: 4, slots: 8, nodes: 5 });
  });
  it('tell which operands depend on parameters', () => {
    const heads = Array.from({ length: 5 }, (_, i) => tape.strips[i * STRIP_WORDS]! >> 16);
    expect(heads).toEqual([0, 1, 0, 1, 1]);
  });
  it('leave out what nobody needs, and keep names and outputs that are leaves', () => {
    expect(tape.names).toEqual([
      [1, 'two'],
      [6, 'both'],
    ]);
    expect([...tape.outputs]).toEqual([7, 1, 0]);
  });
});

describe('constants', () => {
  const dots = (lists: number[][]): Tape => {
    const g = standIn();
    const w = Array.from({ length: 3 }, () => g.param());
    return g.tape(g.list(OP.sum, lists.map((list) => g.list(OP.dot, list.map((x) => g.constant(x)), w)))); // biome-ignore format: one call
  };
  it('of one value in all nodes are one slot', () => {
    const g = standIn();
    const x = Array.from({ length: 10 }, () => g.param());
    const tape = g.tape(g.list(OP.sum, x.map((xi) => g.node(OP.mul, g.constant(3), xi)))); // biome-ignore format: one call
    expect([...tape.constants]).toEqual([3]);
    expect(recordsOf(tape)[0]).toMatchObject({ a: [10, 0, 0], b: [0, 1, 0], active: 2 });
  });
  it('of different values lie side by side in the order of the nodes, duplicates and all, and are used again', () => {
    const g = standIn();
    const x = Array.from({ length: 5 }, () => g.param());
    const c = [1, 2, 1, 3, 1].map((v) => g.constant(v));
    const products = [OP.mul, OP.add].flatMap((op) => x.map((xi, i) => g.node(op, c[i]!, xi)));
    const tape = g.tape(g.list(OP.sum, products));
    expect([...tape.constants]).toEqual([1, 2, 1, 3, 1]);
    expect(recordsOf(tape).slice(0, 2)).toMatchObject([{ a: [5, 1, 0] }, { a: [5, 1, 0] }]);
  });
  it('in lists: one list for all nodes is laid out once, lists of their own one after the other', () => {
    const same = dots([[1, 2, 3], [1, 2, 3], [1, 2, 3], [1, 2, 3]]); // biome-ignore format: a table
    expect([...same.constants]).toEqual([1, 2, 3]);
    expect(recordsOf(same)[0]).toMatchObject({ count: 4, k: 3, a: [3, 0, 1] });
    const own = dots([[1, 2, 3], [4, 5, 6], [7, 8, 9], [1, 2, 4]]); // biome-ignore format: a table
    expect([...own.constants]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 4]);
    expect(recordsOf(own)[0]).toMatchObject({ count: 4, k: 3, a: [3, 3, 1] });
  });
  it('keep 0 and −0 apart', () => {
    const g = standIn();
    const x = g.param();
    const tape = g.tape(g.node(OP.add, g.node(OP.mul, x, g.constant(-0)), g.constant(0)));
    expect([...tape.constants]).toEqual([-0, 0]);
  });
});

describe('lists that mix shared and row values', () => {
  it('get copies of the shared ones, which pass values and derivatives on', () => {
    const g = standIn();
    const [w, b, x, half] = [g.param(), g.param(), g.data(), g.constant(0.5)];
    const tape = g.tape(g.list(OP.sum, [g.node(OP.mul, w, x), b, half, b]));
    const list = recordsOf(tape).find((r) => r.kind === KIND.list)!;
    const slots = Array.from({ length: 4 }, (_, e) =>
      list.a[1] === GATHER ? tape.indices[list.a[0]! + e]! : list.a[0]! + e * list.a[2]!,
    );
    expect(Math.min(...slots)).toBeGreaterThanOrEqual(tape.rowStart);
    const m = reference.load(tape);
    m.point.set([3, -0.25]);
    m.data.set([2]);
    m.bound();
    expect(m.gradient()).toBe(6);
    expect([...m.adjoint]).toEqual([2, 2]);
  });
  it('leave a graph without them as it is', () => {
    const g = standIn();
    const [w, x] = [g.param(), g.data()];
    expect(g.tape(g.list(OP.dot, [w, w], [x, x])).nodes).toBe(1); // each list of dot has its own side
  });
});

it('an output that depends on an undeclared input is refused', () => {
  const g = standIn();
  const x = g.param();
  const none = { params: new Int32Array(0), data: new Int32Array(0) };
  expect(() => layout(g.graph(), signatureOf(0, 0, 1), none, Int32Array.of(x))).toThrow(
    /belongs to no name of the signature \[BadSignature\]/,
  );
});

it('an empty list is a list', () => {
  const g = standIn();
  const x = g.param();
  const tape = g.tape(...[OP.sum, OP.prod, OP.maxOf, OP.minOf, OP.mean, OP.logsumexp].map((op) => g.list(op, [])), x);
  validate(tape);
  const m = reference.load(tape);
  expect(tape.outputs.length).toBe(7);
  expect([0, 1, 2, 3, 4, 5].map((i) => m.output(i))).toEqual([0, 1, -Infinity, Infinity, Number.NaN, -Infinity]);
});
