/** Patterns, colours and sparse Jacobians: against dense ones to the bit, against sets by brute force, at awkward points, and badly called. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compile,
  data,
  floor,
  gt,
  type Jacobian,
  map,
  matMul,
  matrix,
  scalar,
  scan,
  select,
  sum,
  vector,
} from '../../src/index.ts';
import { LoopState } from '../../src/program/loops.ts';
import { colourColumns, transposed } from '../../src/sparsity/colouring.ts';
import { type Pattern, Sets } from '../../src/sparsity/sets.ts';
import { code } from '../support/code.ts';
import { ENGINES } from '../support/engines.ts';
import { type AnyProgram, randomSystem } from '../support/jacobians.ts';
import { seeded } from '../support/random-loops.ts';
import { randomCase } from '../support/random-loops.ts';

const MODES = ['forward', 'reverse'] as const;
const wrong = (x: unknown): never => x as never;

/** Dense rows of columns. */
const rowsOf = ({ rows, starts, columns }: Pattern): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from(columns.subarray(starts[i]!, starts[i + 1]!)));

/** Every entry of the dense Jacobian is the one found, to the bit, and 0 where there is none. */
function expectEntries(found: Pattern & { values: Float64Array }, dense: Jacobian): void {
  const spread = new Float64Array(dense.rows * dense.cols);
  rowsOf(found).forEach((row, i) => {
    row.forEach((j, e) => {
      spread[i * dense.cols + j] = found.values[found.starts[i]! + e]!;
    });
  });
  expect(spread).toEqual(dense.jacobian);
}

function expectSparse(f: AnyProgram, point: object): Pattern {
  for (const mode of MODES) {
    const found = f.sparseJacobian(wrong(point), { mode });
    const dense = f.jacobian(wrong(point), { mode });
    expect(found.value).toEqual(dense.value);
    expectEntries(found, dense);
  }
  return f.sparsity();
}

/** x₋₁ − 2x + x₊₁ with something of its own. */
const tridiagonal = (n: number, engine: (typeof ENGINES)[number]) =>
  compile(
    { x: vector(n) },
    ({ x }) =>
      Array.from({ length: n }, (_, i) => {
        let f = x.at(i).mul(-2).add(x.at(i).square());
        if (i > 0) f = f.add(x.at(i - 1).sin());
        return i < n - 1 ? f.sub(x.at(i + 1).mul(x.at(i))) : f;
      }),
    { engine },
  );

describe.each(ENGINES)('%s', (engine) => {
  it('a band of three takes three sweeps', () => {
    const f = tridiagonal(50, engine);
    const { rows, cols, starts, columns } = expectSparse(f, { x: Float64Array.from({ length: 50 }, (_, i) => Math.cos(i)) });
    expect([rows, cols, columns.length]).toEqual([50, 50, 148]);
    expect(Array.from(columns.subarray(starts[7], starts[8]))).toEqual([6, 7, 8]);
    expect(colourColumns(f.sparsity(), transposed(f.sparsity())).count).toBe(3);
    expect(f.sparsity()).toBe(f.sparsity());
  });

  it('random systems', () => {
    for (let seed = 0; seed < 25; seed++) {
      const p = [3, 12, 40, 70][seed % 4]!;
      const { program, point } = randomSystem(seed, { p, m: 12, length: 40 + 4 * seed });
      expectSparse(program(engine), { x: point });
    }
  });

  it('random programs with loops', () => {
    for (let seed = 0; seed < 12; seed++) {
      const { tape, lengths, point, data } = randomCase({ seed, exact: seed % 2 === 1 }, 600);
      const state = new LoopState(tape, { engine });
      state.binding.resize(new Map(tape.lengths.map((name, i) => [name, lengths[i]!])));
      state.machine.point.set(point);
      state.machine.data.set(data);
      const { columns, starts } = state.pattern();
      const dense = new Float64Array(point.length * state.machine.outputCount());
      state.machine.jacobianRows(dense);
      expect(dense.some((x) => x !== 0)).toBe(true);
      dense.forEach((x, at) => {
        const i = Math.floor(at / point.length);
        if (x !== 0) expect(columns.subarray(starts[i], starts[i + 1])).toContain(at % point.length);
      });
      state.dispose();
    }
  });

  it('loops over data: maps, scans, products, gathers by data and by parameters', () => {
    const f = compile(
      { x: vector('n'), A: matrix('n', 2), place: data(vector('n')), s: scalar },
      ({ x, A, place, s }) => ({
        picked: map(x.length, (i) => x.at(place.at(i)).mul(x.at(i))),
        running: scan(x.length, 0, (c, i) => {
          const next = c.add(x.at(i).square());
          return [next, next];
        }).outputs,
        product: matMul(A, A.transpose()),
        any: x.at(floor(s)).mul(A.at(0, 0)),
        jump: floor(s).add(select(gt(s, 0), x.at(0), x.at(1))),
        total: sum(x.length, (i) => x.at(i)),
      }),
      { engine },
    );
    const n = 4;
    const point = { x: [1, 2, 3, 4], A: Float64Array.from({ length: 2 * n }, (_, i) => i + 1), place: [2, 2, 0, 3], s: 1.5 };
    const rows = rowsOf(expectSparse(f, point));
    const all = [0, 1, 2, 3];
    expect(rows.slice(0, n)).toEqual([[0, 2], [1, 2], [0, 2], [3]]); // biome-ignore format: pairs
    expect(rows.slice(n, 2 * n)).toEqual([[0], [0, 1], [0, 1, 2], all]);
    expect(rows[2 * n + 1]).toEqual([4, 5, 6, 7]); // A₀·A₁
    expect(rows[2 * n + n * n]).toEqual([...all, 4]); // whichever x; floor(s) has no derivative
    expect(rows[2 * n + n * n + 1]).toEqual([0, 1]);
    expect(rows[2 * n + n * n + 2]).toEqual(all);
    // other data, another pattern; the same data, the same one
    const before = f.sparsity();
    const { place: _, ...rest } = point;
    f.value(rest);
    expect(f.sparsity()).toBe(before);
    expect(rowsOf(f.sparsity({ ...point, place: [0, 1, 2, 3] })).slice(0, n)).toEqual([[0], [1], [2], [3]]);
    expectSparse(f, { ...point, place: [3, 0, 0, 0] });
    expectSparse(f, { x: [1, 2], A: [1, 2, 3, 4], place: [1, 0], s: 0 });
    expect(f.sparsity().cols).toBe(7);
  });

  it('keeps the conventions at awkward points', () => {
    const f = compile(
      { x: vector(4) },
      ({ x }) => [
        x.at(0).sqrt().mul(x.at(1)),
        select(gt(x.at(2), 0), x.at(2).log(), x.at(3)),
        x.at(3).mul(0).sqrt(),
        x.at(1).relu().sqrt(),
        x.at(0).sqrt().mul(0).floor(),
      ],
      { engine },
    );
    for (const x of [[0, 0, 0, 0], [0, -1, -1, 3], [4, 0, 0, Number.POSITIVE_INFINITY]]) expectSparse(f, { x }); // biome-ignore format: one line
    expect(rowsOf(f.sparsity())).toEqual([[0, 1], [2, 3], [3], [1], []]);
  });

  it('where there is nothing, or one thing', () => {
    const one = compile({ x: scalar }, ({ x }) => x.square(), { engine });
    expect(one.sparseJacobian({ x: 3 })).toEqual({
      value: 9,
      rows: 1,
      cols: 1,
      starts: Int32Array.of(0, 1),
      columns: Int32Array.of(0),
      values: Float64Array.of(6),
    });
    const none = compile({ x: vector(0), d: data(scalar) }, ({ d }) => [d, d.mul(2)], { engine });
    expectSparse(none, { x: [], d: 3 });
    const constant = compile({ x: scalar, y: scalar }, ({ y }) => [3, y, y], { engine });
    expect(rowsOf(expectSparse(constant, { x: 1, y: 2 }))).toEqual([[], [1], [1]]);
    const any = compile({ x: vector('n') }, ({ x }) => map(x.length, (i) => x.at(i).square()), { engine });
    expectSparse(any, { x: [] });
    expectSparse(any, { x: [1, 2] });
  });

  it('into buffers', () => {
    const f = tridiagonal(5, engine);
    const x = [1, 2, 3, 4, 5];
    const entries = new Float64Array(13);
    const values = new Float64Array(5);
    expect(f.evaluateSparseJacobian(x, entries, values)).toBe(entries);
    const { value, values: expected } = f.sparseJacobian({ x });
    expect(entries).toEqual(expected);
    expect(Array.from(values)).toEqual(value);
    expect(code(() => f.evaluateSparseJacobian(x, new Float64Array(12)))).toBe('WrongLength');
    expect(code(() => f.evaluateSparseJacobian(x, wrong([])))).toBe('WrongType');
    expect(code(() => f.evaluateSparseJacobian(x, entries, new Float64Array(4)))).toBe('WrongLength');
    expect(code(() => f.evaluateSparseJacobian([1], entries))).toBe('WrongLength');
    expect(f.evaluateSparseJacobian(x, entries)).toEqual(expected);
  });

  it('is typed errors when called badly', () => {
    const f = compile({ x: vector('n'), d: data(vector('n')) }, ({ x, d }) => map(x.length, (i) => x.at(d.at(i))), { engine });
    expect(code(() => f.sparsity())).toBe('DataMissing');
    expect(code(() => f.sparsity(wrong({ x: [1] })))).toBe('DataMissing');
    expect(code(() => f.sparseJacobian({ x: [1], d: [0] }, { mode: wrong('rows') }))).toBe('BadOption');
    expect(code(() => f.sparseJacobian({ x: [1, 2], d: [0] }))).toBe('LengthConflict');
    expect(code(() => f.sparseJacobian({ x: [1, 2], d: [0, 5] }))).toBe('OutOfRange');
    expect(code(() => f.sparseJacobian({ x: [1, 2], d: [0, 1] }, { maxSteps: 1 }))).toBe('StepLimit');
    expect(f.sparseJacobian({ x: [1, 2], d: [0, 0] }).values).toEqual(Float64Array.of(1, 1));
    f.dispose();
    expect(code(() => f.sparsity())).toBe('Disposed');
    const g = compile({ x: vector(2) }, ({ x }) => [x.at(0), x.at(1).sqrt()], { engine, check: 'nan' });
    expect(() => g.sparseJacobian({ x: [1, 0] })).toThrow(/output 1 .*sqrt/);
  });
});

describe('sets', () => {
  it('are what sets are, small and large', () => {
    const next = seeded(7);
    for (const p of [1, 20, 200, 1500]) {
      const sets = new Sets(p);
      const all: { set: number; elements: Set<number> }[] = [{ set: 0, elements: new Set() }];
      for (let j = 0; j < p; j++) all.push({ set: sets.single(j), elements: new Set([j]) });
      for (let step = 0; step < 600; step++) {
        const pick = () => all[Math.floor((next() < 0.5 ? next() : 1 - next() ** 4) * all.length)] ?? all[0]!;
        const [a, b] = [pick(), pick()];
        all.push({ set: sets.union(a.set, b.set), elements: new Set([...a.elements, ...b.elements]) });
      }
      // few of them one by one, all of them by bit sets
      for (const some of [all.slice(-3), all]) {
        const pattern = sets.pattern(some.map(({ set }) => set));
        const sorted = some.map(({ elements }) => [...elements].sort((x, y) => x - y));
        expect(rowsOf(pattern)).toEqual(sorted);
      }
    }
  });

  it('of few parameters that are equal are one', () => {
    const sets = new Sets(4);
    const [a, b, c] = [sets.single(0), sets.single(1), sets.single(2)];
    expect(sets.union(sets.union(a, b), c)).toBe(sets.union(a, sets.union(c, b)));
    expect(sets.union(sets.union(a, b), b)).toBe(sets.union(b, a));
  });
});

describe('colours', () => {
  const random = fc
    .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 12 }))
    .chain(([rows, cols]) => fc.array(fc.uniqueArray(fc.nat(cols - 1), { maxLength: 4 }), { minLength: rows, maxLength: rows }).map((lists) => patternOf(lists, cols))); // biome-ignore format: one line

  it('differ for columns that share a row', () => {
    fc.assert(
      fc.property(random, (pattern) => {
        const { count, colours } = colourColumns(pattern, transposed(pattern));
        for (const row of rowsOf(pattern)) expect(new Set(row.map((j) => colours[j])).size).toBe(row.length);
        expect(colours.every((c) => c >= 0 && c < count)).toBe(true);
        expect(rowsOf(transposed(transposed(pattern)))).toEqual(rowsOf(pattern));
      }),
    );
  });

  it('are as few as a row has entries for bands, and for blocks in any order', () => {
    const band = patternOf(Array.from({ length: 40 }, (_, i) => [i - 2, i - 1, i, i + 1, i + 2].filter((j) => j >= 0 && j < 40)), 40); // biome-ignore format: one line
    expect(colourColumns(band, transposed(band)).count).toBe(5);
    const next = seeded(3);
    const shuffled = Array.from({ length: 60 }, (_, j) => j).sort(() => next() - 0.5);
    const blocks = patternOf(Array.from({ length: 60 }, (_, i) => [0, 1, 2].map((k) => shuffled[3 * (i % 20) + k]!).sort((x, y) => x - y)), 60); // biome-ignore format: one line
    expect(colourColumns(blocks, transposed(blocks)).count).toBe(3);
  });
});

function patternOf(lists: readonly (readonly number[])[], cols: number): Pattern {
  const sorted = lists.map((list) => [...list].sort((x, y) => x - y));
  const starts = Int32Array.from({ length: lists.length + 1 }, (_, i) =>
    sorted.slice(0, i).reduce((n, list) => n + list.length, 0),
  );
  return { rows: lists.length, cols, starts, columns: Int32Array.from(sorted.flat()) };
}
