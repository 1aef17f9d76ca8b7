/** Bad input: each a typed error with a code and a sentence that names the argument, and nothing is lost. */
import { describe, expect, it } from 'vitest';
import { compile, data, type Expr, matrix, scalar, sin, vector, WengertError } from '../src/index.ts';
import { STATE } from '../src/program/state.ts';
import { code } from './support/code.ts';
import { ENGINES } from './support/engines.ts';

/** What is wrong for TypeScript as well. */
const wrong = (x: unknown): never => x as never;

/** The error has this code, and its sentence these words. */
function expectError(f: () => unknown, expected: string, ...words: string[]): void {
  expect(code(f)).toBe(expected);
  try {
    f();
  } catch (error) {
    const { message } = error as Error;
    for (const word of words) expect(message).toContain(word);
    expect(message.endsWith(` [${expected}]`)).toBe(true);
  }
}

const detached = (n: number): Float64Array => {
  const array = new Float64Array(n);
  structuredClone(array, { transfer: [array.buffer] });
  return array;
};

describe.each(ENGINES)('%s', (engine) => {
  const program = () =>
    compile(
      { w: scalar, v: vector(3), M: matrix(2, 2), x: data(vector(2)) },
      ({ w, v, M, x }) => v.sum().mul(w).add(M.row(0).dot(x)).add(M.row(1).sum()),
      { engine },
    );
  const at = { w: 2, v: [1, 2, 3], M: [1, 2, 3, 4], x: [10, 100] };
  const right = { value: 12 + 210 + 7, gradient: { w: 6, v: Float64Array.of(2, 2, 2), M: Float64Array.of(10, 100, 1, 1) } };

  describe('points', () => {
    const J = program();
    const gradient = (change: object) => () => J.gradient({ ...at, ...change });

    it('names that are unknown or missing', () => {
      expectError(gradient({ W: 1 }), 'UnknownName', "'W'", 'w, v, M, x');
      expectError(() => J.gradient(wrong({ v: at.v, M: at.M, x: at.x })), 'MissingName', "'w'");
      expectError(() => J.value(wrong({ w: 2, v: at.v, x: at.x })), 'MissingName', 'value', "'M'");
      expectError(() => J.jvp(at, wrong({ w: 2, v: at.v })), 'MissingName', 'direction', "'M'");
      expectError(() => J.jvp(at, wrong(at)), 'UnknownName', "'x'", 'direction');
      expectError(() => J.bind(wrong({ w: 2 })), 'UnknownName', 'bind', "'w'");
      expectError(() => J.gradient(wrong({ ...at, toString: 1 })), 'UnknownName', 'toString');
    });

    it('things that are no point', () => {
      for (const thing of [undefined, null, 3, 'w', [1, 2, 3], new Float64Array(8)])
        expectError(() => J.gradient(wrong(thing)), 'WrongType', 'by name');
    });

    it('numbers that are none', () => {
      for (const w of ['2', null, [2], 2n, true, {}]) expectError(gradient({ w }), 'WrongType', 'w: expected a number');
      expectError(gradient({ w: undefined }), 'WrongType', 'undefined');
      expectError(gradient({ v: 3 }), 'WrongType', 'v: expected an array of 3 numbers, got 3');
      expectError(gradient({ v: [1, '2', 3] }), 'WrongType', 'v[1]');
      expectError(gradient({ v: new Array(3) }), 'WrongType', 'v[0]', 'undefined');
      expectError(gradient({ v: new BigInt64Array(3) }), 'WrongType', 'v[0]');
      expectError(
        gradient({
          M: [
            [1, 2],
            [3, null],
          ],
        }),
        'WrongType',
        'M[1][1]',
      );
    });

    it('lengths that are wrong', () => {
      expectError(gradient({ v: [1, 2] }), 'WrongLength', 'v: expected 3 numbers, got 2');
      expectError(gradient({ v: new Float64Array(4) }), 'WrongLength', 'v', '4');
      expectError(gradient({ v: { length: Number.NaN } }), 'WrongLength', 'v', 'NaN');
      expectError(gradient({ v: { length: -1 } }), 'WrongLength', 'v', '-1');
      expectError(gradient({ M: [1, 2, 3] }), 'WrongLength', 'M: expected 4 numbers (2 × 2), got 3');
      expectError(gradient({ M: [[1, 2], [3]] }), 'WrongLength', 'M[1]');
      expectError(gradient({ x: [1] }), 'WrongLength', 'x');
    });

    it('buffers that are gone', () => {
      expectError(gradient({ v: detached(3) }), 'DetachedBuffer', 'v');
      expectError(gradient({ x: detached(2) }), 'DetachedBuffer', 'x');
    });

    it('leave what was there', () => {
      J.bind({ x: at.x });
      expect(code(gradient({ x: [7, 7], M: [1] }))).toBe('WrongLength');
      expect(code(() => J.bind({ x: [7] }))).toBe('WrongLength');
      const { x: _, ...parameters } = at;
      expect(J.gradient(parameters)).toEqual(right);
    });
  });

  describe('flat points', () => {
    const J = program().bind({ x: at.x });
    const flat = [2, 1, 2, 3, 1, 2, 3, 4];
    const out = new Float64Array(8);

    it('are checked', () => {
      expectError(() => J.evaluate([1, 2]), 'WrongLength', 'the point', 'expected 8 numbers, got 2');
      expectError(() => J.evaluate(new Float64Array(9)), 'WrongLength');
      expectError(() => J.evaluate(wrong({ length: Number.NaN })), 'WrongLength', 'NaN');
      expectError(() => J.evaluate(detached(8)), 'DetachedBuffer', 'the point');
      expectError(() => J.evaluate(wrong(undefined)), 'WrongType', 'the point');
      expectError(() => J.evaluate(wrong(['1', 2, 3, 4, 5, 6, 7, 8])), 'WrongType');
      expectError(() => J.evaluate(flat, new Float64Array(7)), 'WrongLength', 'the gradient');
      expectError(() => J.evaluate(flat, detached(8)), 'DetachedBuffer', 'the gradient');
      for (const out of [null, 3, new Float32Array(8), new Int32Array(8)])
        expectError(() => J.evaluate(flat, wrong(out)), 'WrongType', 'the gradient');
      expect(J.evaluate(flat, out)).toBe(right.value);
    });

    it('want data first', () => {
      const unbound = program();
      expectError(() => unbound.evaluate(flat, out), 'DataMissing', 'x', 'bind');
      expectError(() => unbound.gradient({ w: 2, v: at.v, M: at.M }), 'DataMissing', 'x');
      expectError(() => unbound.over().evaluate(flat), 'DataMissing', 'x');
    });
  });

  describe('functions', () => {
    const one = (f: (x: Expr) => unknown) => () => compile({ x: scalar }, ({ x }) => wrong(f(x)), { engine });

    it('that return nothing, or what is no output', () => {
      for (const nothing of [undefined, null, [], {}])
        expectError(
          one(() => nothing),
          'NoOutput',
          'the function returned',
        );
      expectError(
        one(() => 'x'),
        'WrongType',
        "the text 'x'",
      );
      expectError(
        one(async (x) => x),
        'WrongType',
        'Promise',
      );
      expectError(
        one((x) => [x, 'y']),
        'WrongType',
        "'1'",
      );
      expectError(
        one((x) => ({ x, y: null })),
        'WrongType',
        "'y'",
      );
      expectError(() => compile({ x: scalar }, wrong(undefined)), 'WrongType', 'function');
    });

    it('that use nodes of another graph', () => {
      let leaked: Expr | undefined;
      compile({ x: scalar }, ({ x }) => (leaked = x.mul(2)));
      expectError(
        one((x) => x.add(leaked!)),
        'ForeignNode',
        'add',
        'mul',
      );
      expectError(
        one(() => leaked),
        'ForeignNode',
        'output',
      );
      expectError(
        one(() => ({ y: leaked })),
        'ForeignNode',
        'output y',
      );
      expectError(() => leaked!.sin(), 'ForeignNode', 'compiled already');
      expectError(() => sin(leaked!), 'ForeignNode');
    });

    it('that have several outputs where one is needed', () => {
      const f = compile({ x: scalar }, ({ x }) => ({ twice: x.mul(2), all: x.square() }), { engine });
      for (const call of [() => f.gradient({ x: 1 }), () => f.evaluate([1]), () => f.explain({ x: 1 }), () => f.over(2)]) {
        expectError(call, 'SeveralOutputs', 'twice, all');
      }
      expect(f.value({ x: 3 })).toEqual({ twice: 6, all: 9 });
    });

    it('that throw give their own error', () => {
      expect(() =>
        compile({ x: scalar }, () => {
          throw new RangeError('mine');
        }),
      ).toThrow(new RangeError('mine'));
    });
  });

  it('signatures and options', () => {
    const f = ({ x }: { x: Expr }): Expr => x;
    for (const signature of [undefined, null, 3, [scalar]])
      expectError(() => compile(wrong(signature), wrong(f)), 'BadSignature');
    for (const x of [1, 'scalar', vector, {}, undefined])
      expectError(() => compile(wrong({ x }), wrong(f)), 'BadSignature', 'x: expected scalar, vector(n)');
    for (const n of [-1, 0.5, Number.NaN, '', undefined, 2 ** 40]) expectError(() => vector(wrong(n)), 'BadSignature', 'n');
    expectError(() => matrix(2, wrong(undefined)), 'BadSignature', 'n');
    expectError(() => matrix('n', wrong([])), 'BadSignature', 'n', 'the name of a length');
    expectError(() => compile(wrong({ x: { ...vector(3), shape: [-3] } }), wrong(f)), 'BadSignature', 'x');
    expectError(() => data(wrong(3)), 'BadSignature', 'data');
    expectError(() => compile({ x: scalar }, f, { maxSteps: wrong('many') }), 'BadOption', 'maxSteps', "'many'");
    expectError(() => compile({ x: scalar }, f, { engine: wrong('compiled_') }), 'BadOption', 'engine', "'interpreter'");
    expectError(() => compile({ x: scalar }, f, { check: wrong('inf') }), 'BadOption', 'check');
    const J = compile({ x: scalar }, f, { engine });
    expectError(() => J.over(), 'BadOption', 'how many rows');
    for (const rows of [0, -1, 1.5, Number.NaN, '2']) expectError(() => J.over(wrong(rows)), 'BadOption', 'rows');
    expectError(() => J.over(2, { reduce: wrong('max') }), 'BadOption', 'reduce');
    expectError(() => J.explain({ x: 1 }, { epsilon: 0 }), 'BadOption', 'epsilon');
  });

  it('rows that do not fit', () => {
    const J = compile({ w: scalar, x: data(vector(2)), y: data(scalar) }, ({ w, x, y }) => x.sum().mul(w).sub(y), { engine });
    const all = J.over();
    expectError(() => all.bind({ x: [1, 2, 3], y: [1] }), 'WrongLength', 'x', 'rows × 2');
    expectError(() => all.bind({ x: [1, 2, 3, 4], y: [1] }), 'WrongLength', 'y', 'expected 2 rows');
    expectError(() => all.bind({ x: [[1, 2], [3]], y: [1, 2] }), 'WrongLength', 'x[1]');
    expectError(() => all.bind({ x: [], y: [] }), 'WrongLength', 'at least one row');
    expectError(() => all.bind({ x: wrong(3), y: [1] }), 'WrongType', 'x');
    expectError(() => all.bind({ x: detached(4), y: [1, 2] }), 'DetachedBuffer', 'x');
    expectError(() => all.rowValues, 'DataMissing');
    expectError(() => J.over(3).bind({ x: [1, 2, 3, 4], y: [1, 2] }), 'WrongLength', '3 rows', 'over()');
    all.bind({ x: [1, 2, 3, 4], y: [1, 2] });
    expectError(() => all.bind({ y: [1, 2, 3] }), 'WrongLength', 'y', 'expected 2 rows', 'bound before');
    expect(all.value({ w: 1 })).toBe(3.5);
  });

  it('programs that were disposed', () => {
    const J = program();
    const all = J.over();
    J.dispose();
    J.dispose();
    const calls = [
      () => J.value(at),
      () => J.gradient(at),
      () => J.jvp(at, { w: 1, v: [0, 0, 0], M: [0, 0, 0, 0] }),
      () => J.evaluate(new Float64Array(8)),
      () => J.bind({ x: [1, 2] }),
      () => J.point,
      () => J.adjoint,
      () => J.over(),
      () => J.explain(at),
      () => J.print(),
      () => J.toBytes(),
    ];
    for (const call of calls) expectError(call, 'Disposed');
    expect(all.gradient({ ...at, x: [at.x] })).toEqual(right); // its own memory
    all.dispose();
    expectError(() => all.value({ ...at, x: [at.x] }), 'Disposed');
  });

  it("calls from inside an optimiser's callback", () => {
    const J = program().bind({ x: at.x });
    const release = J[STATE].hold();
    for (const call of [
      () => J.gradient(at),
      () => J.evaluate(J.point),
      () => J.bind({ x: [1, 2] }),
      () => J.dispose(),
      () => J[STATE].hold(),
    ]) {
      expectError(call, 'Reentrant');
    }
    expect(J.point.length).toBe(8);
    release();
    expect(J.gradient(at)).toEqual(right);
  });

  it('more memory than there is', () => {
    if (engine !== 'interpreter') return; // plain arrays can be larger
    const J = program();
    expectError(() => J.over(2 ** 30), 'OutOfMemory');
    const all = J.over();
    expect(all.gradient({ ...at, x: [at.x] })).toEqual(right);
    expect(J.gradient(at)).toEqual(right);
  });

  it('what is not finite, where asked', () => {
    const check = 'nan';
    const f = compile({ x: vector(2) }, ({ x }) => x.at(0).log().named('l').mul(x.at(1)), { engine, check });
    expectError(() => f.gradient({ x: [0, 1] }), 'NonFinite', 'l = log(x[0]) became -Infinity', 'x[0] = 0');
    expectError(() => f.value({ x: [-1, 1] }), 'NonFinite', 'became NaN');
    expectError(() => f.evaluate([1, Number.NaN]), 'NonFinite', 'the input x[1] = NaN');
    expect(f.gradient({ x: [1, 1] }).value).toBe(0);

    const g = compile({ x: scalar }, ({ x }) => x.sqrt().named('r').mul(3), { engine, check });
    expect(g.value({ x: 0 })).toBe(0);
    expectError(() => g.gradient({ x: 0 }), 'NonFinite', 'the derivative with respect to x = 0 became Infinity', 'r = sqrt(x)');

    const h = compile({ w: scalar, x: data(scalar) }, ({ w, x }) => w.div(x), { engine, check }).over();
    expectError(() => h.gradient({ w: 1, x: [1, 2, 0] }), 'NonFinite', 'w / x became Infinity', 'x = 0', 'row 2');
    const twice = compile({ x: scalar }, ({ x }) => [x, x.log()], { engine, check });
    expectError(() => twice.value({ x: 0 }), 'NonFinite', 'log(x)');
  });
});

it('every error is a WengertError with a code', () => {
  const error = new WengertError('WrongLength', 'x: expected 3 numbers');
  expect([error.name, error.code, error.message]).toEqual(['WengertError', 'WrongLength', 'x: expected 3 numbers [WrongLength]']);
  expect(error).toBeInstanceOf(Error);
});
