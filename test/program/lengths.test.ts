/** Programs with loops, by hand: lengths taken from the arrays of each call, everything that a program does, every way to get it wrong. */
import { describe, expect, it } from 'vitest';
import { Program } from '../../src/program.ts';
import { LoopState } from '../../src/program/loops.ts';
import type { ProgramOptions } from '../../src/program/options.ts';
import type { LoopTape } from '../../src/tape/loops/layout.ts';
import { code } from '../support/code.ts';
import { ENGINES } from '../support/engines.ts';
import { loopTape } from '../support/loop-tapes.ts';

const f64 = (...x: number[]): Float64Array => Float64Array.from(x);

/** Arguments of any shape: the signature is not known here. */
// biome-ignore lint/suspicious/noExplicitAny: as a program from bytes, before one says what is known of it
type Loose = any;

function load(tape: LoopTape, options: ProgramOptions): Loose {
  return new Program(new LoopState(tape, options));
}

/** Σᵢ (w · Xᵢ − yᵢ)², X being n × 3. */
function leastSquares(): LoopTape {
  const t = loopTape();
  const w = t.param('w', [3]);
  const X = t.data('X', ['n', 3]);
  const y = t.data('y', ['n']);
  const { sums } = t.main.region('n', (row) => {
    const error = row.op('sub', row.reduce('dot', 3, row.view(X, 1, 0, [row, 3]), row.view(w)), row.load(y, 0, [row, 1]));
    return { sums: [row.op('square', error)] };
  });
  return t.tape(sums[0]!);
}

/** Σ cᵢ · (xᵢ)², x and c of length n, c data; nothing is data if c is left out. */
function bowl(withData: boolean): LoopTape {
  const t = loopTape();
  const x = t.param('x', ['n']);
  const c = withData ? t.data('c', ['n']) : -1;
  const { sums } = t.main.region('n', (i) => {
    const square = i.op('square', i.load(x, 0, [i, 1]));
    return { sums: [withData ? i.op('mul', square, i.load(c, 0, [i, 1])) : square] };
  });
  return t.tape(sums[0]!);
}

/** s · X, X being n × m, as a matrix, and n. */
function scaled(): LoopTape {
  const t = loopTape();
  const s = t.param('s');
  const X = t.data('X', ['n', 'm']);
  const factor = t.main.load(s);
  const { stacks } = t.main.region(t.times('n', 'm'), (i) => ({ stacks: [i.op('mul', i.load(X, 0, [i, 1]), factor)] }));
  return t.tape({ all: { shape: ['n', 'm'], array: stacks[0]! }, rows: { value: t.main.number('n') } });
}

/** Element k of x, times s: k is data, and checked at run time. */
function picked(): LoopTape {
  const t = loopTape();
  const s = t.param('s');
  const x = t.data('x', ['n']);
  const k = t.data('k');
  const at = t.main.check(t.main.load(k), 'n', 'x');
  return t.tape(t.main.op('mul', t.main.load(s), t.main.load(x, 0, [at, 1])));
}

/** s · x[2], which every length below 3 makes impossible. */
function third(): LoopTape {
  const t = loopTape();
  const s = t.param('s');
  const x = t.data('x', ['n']);
  const z = t.data('z', [2]);
  const place = t.checked(t.access(x, 2), 'n', 'x', 2);
  const sum = t.main.reduce('sum', 2, t.main.view(z));
  return t.tape(t.main.op('add', sum, t.main.op('mul', t.main.load(s), t.main.load(place))));
}

/** The error has this code, and its sentence these words. */
function expectError(f: () => unknown, expected: string, ...words: string[]): void {
  expect(code(f)).toBe(expected);
  try {
    f();
  } catch (error) {
    for (const word of words) expect((error as Error).message).toContain(word);
  }
}

describe.each(ENGINES)('%s', (engine) => {
  const X = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [1, 1, 1],
  ];
  const y = [1, 1, 1, 1];
  const w = [1, 2, 3];
  const right = { value: 0 + 1 + 4 + 25, gradient: { w: f64(0 + 10, 2 + 10, 4 + 10) } };

  describe('lengths', () => {
    it('are taken from whatever array carries them, nested or flat, another at each call', () => {
      const f = load(leastSquares(), { engine });
      expect(f.lengths).toEqual(['n']);
      expect(f.gradient({ w, X, y })).toEqual(right);
      expect(f.gradient({ w, X: X.flat(), y: Float64Array.from(y) })).toEqual(right);
      expect(f.gradient({ w, X: X.map((row) => Float64Array.from(row)), y })).toEqual(right);
      expect(f.gradient({ w, X: X.slice(3), y: [1] })).toEqual({ value: 25, gradient: { w: f64(10, 10, 10) } });
      expect(f.value({ w, X: [], y: [] })).toBe(0);
      for (let n = 1; n < 8; n++) {
        const many = Array.from({ length: n }, () => X[3]!);
        expect(f.value({ w, X: many, y: many.map(() => 1) })).toBe(25 * n);
      }
      expect(f.gradient({ w, X, y })).toEqual(right);
    });

    it('of rows given flat may be told by another array', () => {
      const t = loopTape();
      const X = t.data('X', ['n', 'm']);
      const v = t.data('v', ['m']);
      const s = t.param('s');
      const total = t.main.reduce('sum', t.times('n', 'm'), t.main.view(X));
      const other = t.main.reduce('sum', 'm', t.main.view(v));
      const f = load(t.tape(t.main.op('mul', t.main.load(s), t.main.op('add', total, other))), { engine });
      expect(f.value({ s: 2, X: [1, 2, 3, 4, 5, 6], v: [1, 1] })).toBe(46);
      expect(f.value({ s: 2, X: [1, 2, 3, 4, 5, 6], v: [1, 1, 1] })).toBe(48);
      expectError(() => f.value({ s: 2, X: [1, 2, 3, 4, 5], v: [1, 1] }), 'WrongLength', 'X', 'n × m', '5');
      const alone = load(scaled(), { engine });
      expectError(() => alone.value({ s: 1, X: [1, 2, 3, 4] }), 'WrongLength', 'X: 4 numbers', 'n and m', 'n × m');
    });

    it('twice in one array are its square root when it is flat', () => {
      const t = loopTape();
      const K = t.data('K', ['n', 'n']);
      const s = t.param('s');
      const trace = t.main.reduce('sum', 'n', t.main.view(K, t.plus('n', 1)));
      const f = load(t.tape(t.main.op('mul', t.main.load(s), trace)), { engine });
      expect(f.value({ s: 1, K: [1, 2, 3, 4] })).toBe(5);
      expectError(() => f.value({ s: 1, K: [1, 2, 3] }), 'WrongLength', 'K', 'n × n', '3');
      expectError(() => f.value({ s: 1, K: [[1, 2, 3], [4, 5, 6]] }), 'LengthConflict', 'n is 2 in K and 3 in K[0]'); // biome-ignore format: one line
      expect(f.value({ s: 2, K: [[1, 2], [3, 4]] })).toBe(10); // biome-ignore format: one line
    });

    it('may be those of parameters, and then flat points follow', () => {
      const f = load(bowl(false), { engine });
      expectError(() => f.point, 'DataMissing', 'n', 'lengths');
      expect(f.evaluate([1, 2, 3])).toBe(14);
      const out = new Float64Array(2);
      expect(f.evaluate(f64(1, 2), out)).toBe(5);
      expect(out).toEqual(f64(2, 4));
      expect(f.point.length).toBe(2);
      expect(f.gradient({ x: [1, 2, 3, 4] })).toEqual({ value: 30, gradient: { x: f64(2, 4, 6, 8) } });
      expect(f.jvp({ x: [1, 2] }, { x: [1, 10] })).toEqual({ value: 5, tangent: expect.closeTo(42, 6) });
      expectError(() => f.jvp({ x: [1, 2] }, { x: [1, 10, 100] }), 'WrongLength', 'x: expected 2 numbers, got 3');
      expect(f.evaluate(f.point)).toBe(5);

      const g = load(bowl(true), { engine }).bind({ c: [1, 10] });
      expect(g.evaluate([1, 2])).toBe(41);
      expect(g.bind({ c: [1, 10, 100] }).evaluate([1, 2, 3])).toBe(941);
      expectError(() => g.evaluate([1, 2]), 'WrongLength', 'the point: expected 3 numbers, got 2');
      expectError(() => g.gradient({ x: [1, 2] }), 'LengthConflict', 'n is 2 in x and 3 in c, which was bound before');
    });

    it('of parameters with more to them', () => {
      const t = loopTape();
      const W = t.param('W', ['h', 2]);
      const b = t.param('b');
      const f = load(t.tape(t.main.op('add', t.main.load(b), t.main.reduce('sum', t.times('h', 2), t.main.view(W)))), { engine });
      expect(f.evaluate([1, 2, 3, 4, 10])).toBe(20);
      expectError(() => f.evaluate([1, 2, 3, 4]), 'WrongLength', '4 numbers', 'W (h × 2), b', 'whatever h is');
      expect(f.evaluate([1, 2, 10])).toBe(13);

      const two = loopTape();
      const A = two.param('A', ['m', 'n']);
      const g = load(two.tape(two.main.reduce('sum', two.times('m', 'n'), two.main.view(A))), { engine });
      expectError(() => g.evaluate([1, 2]), 'WrongLength', 'm and n', 'A (m × n)');
      expect(g.value({ A: [[1, 2, 3]] })).toBe(6);
      expect(g.evaluate([2, 2, 2])).toBe(6);
    });

    it('may count nothing that is computed', () => {
      const t = loopTape();
      t.data('X', ['n', 3]);
      const s = t.param('s');
      const f = load(t.tape(t.main.op('square', t.main.load(s))), { engine });
      expect(f.gradient({ s: 3, X })).toEqual({ value: 9, gradient: { s: 6 } });
      expect(f.gradient({ s: 3, X: [] })).toEqual({ value: 9, gradient: { s: 6 } });
    });
  });

  describe('data that is bound', () => {
    it('keeps its lengths, and evaluate is flat', () => {
      const f = load(leastSquares(), { engine });
      expectError(() => f.evaluate(w), 'DataMissing', 'X, y');
      f.bind({ X, y });
      const out = new Float64Array(3);
      expect(f.evaluate(f64(...w), out)).toBe(30);
      expect(out).toEqual(right.gradient.w);
      expect(f.evaluate(f.point, f.adjoint)).toBe(30);
      expect(f.gradient({ w })).toEqual(right);
      f.point.set([0, 0, 0]);
      f.bind({ X: X.slice(0, 2), y: [3, 4] });
      expect([...f.point]).toEqual([0, 0, 0]);
      expect(f.evaluate(f.point)).toBe(25);
    });

    it('can be bound one by one, and again in the same lengths', () => {
      const f = load(leastSquares(), { engine }).bind({ X });
      expectError(() => f.evaluate(w), 'DataMissing', 'y');
      expectError(() => f.bind({ y: [1, 2] }), 'LengthConflict', 'n is 2 in y and 4 in X, which was bound before');
      expect(f.bind({ y }).evaluate(w)).toBe(30);
      expect(f.bind({ y: [0, 0, 0, 0] }).evaluate(w)).toBe(1 + 4 + 9 + 36);
      expectError(() => f.gradient({ w, X: X.slice(1) }), 'LengthConflict', 'n is 3 in X and 4 in y, which was bound before');
      expect(f.evaluate(w)).toBe(50);
    });

    it('waits until the lengths of other inputs are known', () => {
      const t = loopTape();
      const a = t.data('a', ['n']);
      const b = t.data('b', ['m']);
      const s = t.param('s');
      const sum = t.main.op('add', t.main.reduce('sum', 'n', t.main.view(a)), t.main.reduce('sum', 'm', t.main.view(b)));
      const f = load(t.tape(t.main.op('mul', t.main.load(s), sum)), { engine });
      const mine = [1, 2, 3];
      f.bind({ a: mine });
      mine[0] = 100;
      f.bind({ b: [10] });
      expect(f.evaluate([2])).toBe(32);
      f.bind({ b: [10, 10] });
      expect(f.evaluate([2])).toBe(52);

      const x = load(bowl(true), { engine });
      expect(x.bind({ c: [1, 2] }).gradient({ x: [1, 1] }).value).toBe(3);
    });

    it('of fixed size is carried over when lengths change', () => {
      const f = load(third(), { engine }).bind({ x: [1, 2, 3], z: [10, 20] });
      expect(f.evaluate([2])).toBe(36);
      expect(f.bind({ x: [0, 0, 5, 0, 0] }).evaluate([2])).toBe(40);
      expect(f.gradient({ s: 1, x: [0, 0, 7, 0] })).toEqual({ value: 37, gradient: { s: 7 } });
      expect(f.bind({ z: [0, 0] }).evaluate([1])).toBe(7);
    });
  });

  describe('results', () => {
    it('are arrays of the actual length', () => {
      const f = load(scaled(), { engine });
      expect(f.value({ s: 2, X: [[1, 2, 3]] })).toEqual({ all: f64(2, 4, 6), rows: 1 });
      expect(f.value({ s: 2, X: [[1], [2]] })).toEqual({ all: f64(2, 4), rows: 2 });
      const { value, tangent } = f.jvp({ s: 2, X: [[1], [2]] }, { s: 10 });
      expect(value).toEqual({ all: f64(2, 4), rows: 2 });
      expect(tangent.rows).toBe(0);
      expect(tangent.all[1]).toBeCloseTo(20, 6);
      expectError(() => f.gradient({ s: 2, X: [[1]] }), 'SeveralOutputs', 'all (n × m), rows');
    });

    it('are said in a console', () => {
      expect(String(load(leastSquares(), { engine }))).toBe('Program of w[3] and data X[n×3], y[n]: 5 instructions, 1 loop');
    });

    it('can be explained, printed, and checked by differences', () => {
      const f = load(leastSquares(), { engine });
      const table = f.explain({ w, X, y });
      expect(table.value).toBe(30);
      const of = (name: string) => table.rows.find((row: { names: string[] }) => row.names.includes(name));
      expect(of('w[1]').derivative).toBe(12);
      expect(of('X[3][0]').value).toBe(1);
      const many = Array.from({ length: 5000 }, () => [1, 2, 3]);
      expectError(() => f.explain({ w, X: many, y: many.map(() => 1) }), 'BadOption', '10000 nodes');
      expect(f.print()).toContain('map');
      expect(f.gradient({ w, X, y })).toEqual(right);
    });

    it('are the same from bytes', () => {
      const f = load(leastSquares(), { engine });
      const g: Loose = Program.fromBytes(f.toBytes(), { engine });
      expect(g.lengths).toEqual(['n']);
      expect(g.gradient({ w, X, y })).toEqual(right);
      expect(g.toBytes()).toEqual(f.toBytes());
      f.dispose();
      expectError(() => f.bind({ X }), 'Disposed');
      expectError(() => f.evaluate(w), 'Disposed');
      expect(g.gradient({ w, X, y })).toEqual(right);
    });
  });

  describe('over', () => {
    const f = load(third(), { engine });
    const x = [[1, 2, 3], [4, 5, 6]]; // biome-ignore format: one line
    const z = [[10, 20], [0, 0]]; // biome-ignore format: one line

    it('adds a dimension to data', () => {
      const all = f.over({ reduce: 'sum' });
      expect(all.lengths).toEqual(['n']);
      expect(all.rows).toBe(0);
      expect(all.gradient({ s: 2, x, z })).toEqual({ value: 36 + 12, gradient: { s: 9 } });
      expect(all.rows).toBe(2);
      expect([...all.rowValues]).toEqual([36, 12]);
      expect(f.over().gradient({ s: 2, x: x.slice(1), z: z.slice(1) })).toEqual({ value: 12, gradient: { s: 6 } });
      expect(all.jvp({ s: 2, x, z }, { s: 10 })).toEqual({ value: 48, tangent: expect.closeTo(90, 6) });
      expect(String(all)).toMatch(/over 2 rows$/);
    });

    it('wants the same rows everywhere, and as many as were asked for', () => {
      const all = f.over();
      expectError(() => all.bind({ x, z: [[1, 2]] }), 'WrongLength', 'rows', '1', '2');
      expectError(() => all.bind({ x: [], z: [] }), 'WrongLength', 'at least one row');
      expectError(() => all.rowValues, 'DataMissing');
      const three = f.over(3);
      expectError(() => three.bind({ x, z }), 'WrongLength', 'x: got 2 rows', 'over() asked for 3');
      expect(three.rows).toBe(0);
    });

    it('works without data when told how many', () => {
      const square = loopTape();
      const v = square.param('v', [2]);
      const g = load(square.tape(square.main.reduce('dot', 2, square.main.view(v), square.main.view(v))), { engine });
      expect(g.over(4, { reduce: 'sum' }).gradient({ v: [1, 2] })).toEqual({ value: 20, gradient: { v: f64(8, 16) } });
    });
  });

  describe('what goes wrong', () => {
    it('is said with both arrays and both lengths', () => {
      const f = load(leastSquares(), { engine });
      expectError(() => f.gradient({ w, X, y: [1, 2, 3] }), 'LengthConflict', 'n is 4 in X and 3 in y');
      expectError(() => f.gradient({ w, X: X.flat(), y: [1, 2, 3] }), 'LengthConflict', 'n is 4 in X and 3 in y');
      expectError(() => f.gradient({ w, X: [1, 2, 3, 4], y }), 'WrongLength', 'X', 'n × 3', '4');
      expectError(() => f.gradient({ w, X: [[1, 2]], y: [1] }), 'WrongLength', 'X');
      expectError(() => f.gradient({ w, X: [[1, 2, 3], [1, 2]], y: [1, 1] }), 'WrongLength', 'X[1]'); // biome-ignore format: one line
      expectError(() => f.gradient({ w, X: 3, y }), 'WrongType', 'X: expected an array of n × 3 numbers, got 3');
      expectError(() => f.gradient({ w, X: [null], y: [1] }), 'WrongType', 'X[0]');
      expectError(() => f.gradient({ w, X, y: ['1', 1, 1, 1] }), 'WrongType', 'y[0]');
      expectError(() => f.gradient({ w, X, y: { length: Number.NaN } }), 'WrongLength', 'y', 'NaN');
      expectError(() => f.gradient({ w: [1, 2], X, y }), 'WrongLength', 'w: expected 3 numbers, got 2');
      expectError(() => f.gradient({ w, X }), 'DataMissing', 'y');
      expectError(() => f.gradient({ X, y }), 'MissingName', "'w'");
      expectError(() => f.gradient({ w, X, y, z: 1 }), 'UnknownName', "'z'");
      const gone = new Float64Array(4);
      structuredClone(gone, { transfer: [gone.buffer] });
      expectError(() => f.gradient({ w, X, y: gone }), 'DetachedBuffer', 'y');
      expect(f.gradient({ w, X, y })).toEqual(right);
      for (const call of [() => f.gradient({ w, X, y: [1] }), () => f.bind({ y: [1] })])
        expect(code(call)).toBe('LengthConflict');
      expect(f.evaluate(w)).toBe(30);
    });

    it('in a sweep ends it, and nothing is lost', () => {
      const f = load(picked(), { engine });
      expect(f.gradient({ s: 2, x: [1, 2, 3], k: 2 })).toEqual({ value: 6, gradient: { s: 3 } });
      for (const k of [3, -1, 0.5, Number.NaN]) {
        expectError(() => f.value({ s: 2, k }), 'OutOfRange', 'x', String(k));
        expectError(() => f.gradient({ s: 2, k }), 'OutOfRange');
        expectError(() => f.jvp({ s: 2, k }, { s: 1 }), 'OutOfRange');
        expectError(() => f.evaluate([2], new Float64Array(1)), 'OutOfRange');
      }
      expect(f.gradient({ s: 2, k: 0 })).toEqual({ value: 2, gradient: { s: 1 } });
      expect(f.gradient({ s: 2, x: [5], k: 0 })).toEqual({ value: 10, gradient: { s: 5 } });
    });

    it('for some lengths is said when they come, and those before stay', () => {
      const f = load(third(), { engine });
      expectError(() => f.gradient({ s: 2, x: [1, 2], z: [1, 1] }), 'OutOfRange', 'x', '2');
      expectError(() => f.evaluate([2]), 'DataMissing');
      expect(f.gradient({ s: 2, x: [1, 2, 3], z: [1, 1] })).toEqual({ value: 8, gradient: { s: 3 } });
      expectError(() => f.bind({ x: [1, 2] }), 'OutOfRange');
      expectError(() => f.gradient({ s: 5, x: [1] }), 'OutOfRange');
      expect(f.evaluate([2])).toBe(8);
      expect(f.gradient({ s: 1 })).toEqual({ value: 5, gradient: { s: 3 } });
      expect(f.gradient({ s: 1, x: [0, 0, 4, 0] }).value).toBe(6);
    });
  });

  describe('maxSteps', () => {
    const many = (n: number) => ({ w, X: Array.from({ length: n }, () => X[3]!), y: Array.from({ length: n }, () => 1) });

    it('stops a sweep before it begins', () => {
      const f = load(leastSquares(), { engine });
      expect(f.value(many(1000), { maxSteps: 100_000 })).toBe(25_000);
      expectError(() => f.value(many(1000), { maxSteps: 100 }), 'StepLimit', 'the value takes', 'maxSteps, 100');
      expectError(() => f.gradient(many(1000), { maxSteps: 100 }), 'StepLimit', 'the gradient takes');
      expectError(() => f.jvp(many(1000), { w }, { maxSteps: 100 }), 'StepLimit', 'the directional derivative takes');
      expect(f.gradient({ w, X, y })).toEqual(right);
      const steps = (n: number): number => Number(/takes (\d+) steps/.exec(codeOf(() => f.value(many(n), { maxSteps: 0 })))![1]);
      expect(steps(200) - steps(100)).toBe(steps(300) - steps(200));
    });

    it('is kept by the program, in every call', () => {
      const bytes = load(leastSquares(), { engine }).toBytes();
      const f: Loose = Program.fromBytes(bytes, { engine, maxSteps: 500 });
      expect(f.gradient({ w, X, y })).toEqual(right);
      expectError(() => f.gradient(many(1000)), 'StepLimit', '500');
      expectError(() => f.evaluate(w), 'StepLimit');
      expectError(() => f.evaluate(w, new Float64Array(3)), 'StepLimit');
      expect(f.value(many(1000), { maxSteps: 1e6 })).toBe(25_000);
      expect(f.gradient({ w, X, y })).toEqual(right);
      expectError(() => Program.fromBytes(bytes, { maxSteps: -1 }), 'BadOption', 'maxSteps');

      const t = loopTape(); // as a stranger may send it: hours of work in a few bytes, and no memory needed
      const s = t.main.load(t.param('s'));
      const far = t.main.region(1e8, (i) => ({ sums: i.region(1e8, (j) => ({ sums: [j.op('mul', j.index(), s)] })).sums }));
      const endless: Loose = Program.fromBytes(load(t.tape(far.sums[0]!), { engine }).toBytes(), { engine, maxSteps: 1e6 });
      for (const call of [() => endless.value({ s: 1 }), () => endless.evaluate([1], [0]), () => endless.jvp({ s: 1 }, { s: 1 })])
        expectError(call, 'StepLimit', '1000000');
      expectError(() => f.value(many(1), { maxSteps: Number.NaN }), 'BadOption', 'maxSteps');
    });
  });

  describe("check: 'nan'", () => {
    const logs = (): LoopTape => {
      const t = loopTape();
      const s = t.param('s');
      const x = t.data('x', ['n']);
      const { sums, stacks } = t.main.region('n', (i) => {
        const l = t.name(i.op('log', i.op('mul', i.load(x, 0, [i, 1]), t.main.load(s))), 'l');
        return { sums: [l], stacks: [l] };
      });
      return t.tape({ total: { value: sums[0]! }, each: { shape: ['n'], array: stacks[0]! } });
    };

    it('names where it begins, if the program is small', () => {
      const f = load(logs(), { engine, check: 'nan' });
      expect(f.value({ s: 1, x: [1, 1] })).toEqual({ total: 0, each: f64(0, 0) });
      expectError(
        () => f.value({ s: 1, x: [1, 0] }),
        'NonFinite',
        'the output total is -Infinity',
        'l[1] = ',
        'log',
        'became -Infinity',
      );
    });

    it('names the output, if it is not', () => {
      const f = load(logs(), { engine, check: 'nan' });
      const x = new Float64Array(20_000).fill(1);
      x[7] = -1;
      expectError(() => f.value({ s: 1, x }), 'NonFinite', 'the output total is NaN', 'too large');
    });
  });
});

function codeOf(f: () => unknown): string {
  try {
    return String(f());
  } catch (error) {
    return (error as Error).message;
  }
}
