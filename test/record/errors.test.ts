/** Wrong uses of `record`: typed errors, and nothing lost. */
import { describe, expect, it } from 'vitest';
import { compile, data, exp, type Recorded, record, type Recording, scalar, sum, vector, WengertError } from '../../src/index.ts';

const code = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof WengertError) return error.code;
    throw error;
  }
  return 'nothing';
};

describe.each(['interpreter', 'reference'] as const)('%s', (engine) => {
  const square = record({ x: scalar }, ({ x }) => x.square(), { engine });
  const works = () => expect(square.gradient({ x: 3 })).toEqual({ value: 9, gradient: { x: 6 } });

  it('an exception in the function comes through, and the next call works', () => {
    let fails = true;
    const f = record(
      { x: scalar },
      ({ x }) => {
        const y = x.mul(2);
        if (fails) throw new RangeError('mine');
        return y;
      },
      { engine },
    );
    expect(() => f.gradient({ x: 1 })).toThrow('mine');
    fails = false;
    expect(f.gradient({ x: 1 })).toEqual({ value: 2, gradient: { x: 2 } });
    works();
  });

  it('a recording cannot call itself, but others', () => {
    let inner: () => unknown = () => 0;
    const f: Recording<{ x: typeof scalar }, Recorded> = record(
      { x: scalar },
      ({ x }): Recorded => {
        const y = x.mul(2);
        inner();
        return y.add(square.gradient({ x: y.value }).gradient.x);
      },
      { engine },
    );
    for (const call of [() => f.value({ x: 1 }), () => f.dispose(), () => f.evaluate([1])]) {
      inner = call;
      expect(code(() => f.gradient({ x: 1 }))).toBe('Reentrant');
    }
    inner = () => 0;
    expect(f.gradient({ x: 3 })).toEqual({ value: 18, gradient: { x: 2 } });
  });

  it('a value of another call, or of another recording, is foreign', () => {
    let kept: Recorded | undefined;
    const f = record({ x: scalar }, ({ x }) => (kept = x.mul(2)), { engine });
    f.value({ x: 3 });
    const old = kept!;
    expect(code(() => old.value)).toBe('ForeignNode');
    expect(code(() => old.mul(2))).toBe('ForeignNode');
    expect(code(() => sum([old, old]))).toBe('ForeignNode');
    expect(code(() => old.clamp(0, 1))).toBe('ForeignNode');
    expect(String(old)).toBe('Recorded(ended)');
    const uses = [(x: Recorded) => x.mul(old), (x: Recorded) => old.mul(x), (x: Recorded) => sum([x, old]), () => old];
    for (const use of uses)
      expect(code(() => record({ x: scalar }, ({ x }) => use(x), { engine }).value({ x: 1 }))).toBe('ForeignNode');
    const nested = record({ x: scalar }, ({ x }) => record({ y: scalar }, ({ y }) => y.mul(x), { engine }).value({ y: 1 }), {
      engine,
    });
    expect(code(() => nested.value({ x: 1 }))).toBe('ForeignNode');
    expect(f.value({ x: 5 })).toBe(10);
  });

  it('what is returned has to be something to compute', () => {
    const returning = (x: unknown) => record({ x: scalar }, () => x as Recorded, { engine });
    expect(code(() => returning(undefined).value({ x: 1 }))).toBe('NoOutput');
    expect(code(() => returning([]).value({ x: 1 }))).toBe('NoOutput');
    expect(code(() => returning('x').value({ x: 1 }))).toBe('WrongType');
    expect(code(() => returning({ a: 'x' }).value({ x: 1 }))).toBe('WrongType');
    expect(code(() => returning(Promise.resolve(1)).value({ x: 1 }))).toBe('WrongType');
    expect(code(() => returning([1, 2]).gradient({ x: 1 }))).toBe('SeveralOutputs');
  });

  it('operands have to be recorded values or numbers', () => {
    const using = (use: (x: Recorded) => unknown) =>
      code(() => record({ x: scalar }, ({ x }) => use(x) as Recorded, { engine }).value({ x: 1 }));
    expect(using((x) => x.add('1' as never))).toBe('WrongType');
    expect(using((x) => x.add(undefined as never))).toBe('WrongType');
    expect(using((x) => sum([x, null as never]))).toBe('WrongType');
    expect(using((x) => x.polygamma(0.5))).toBe('NotConstant');
    expect(using((x) => (x as unknown as number) * 2)).toBe('WrongType');
    expect(using((x) => (x > (0 as unknown as Recorded) ? x : x.neg()))).toBe('WrongType');
    compile({ e: scalar }, ({ e }) => {
      expect(using((x) => x.mul(e as never))).toBe('WrongType');
      return e;
    });
    expect(using((x) => `${x}` === 'Recorded(1)' && x)).toBe('nothing');
    works();
  });

  it('vectors say how long they are', () => {
    const f = record({ x: vector(2), y: vector(3) }, ({ x, y }) => x.dot(y), { engine });
    expect(code(() => f.value({ x: [1, 2], y: [1, 2, 3] }))).toBe('WrongLength');
    const at = record({ x: vector(2), i: data(scalar) }, ({ x, i }) => x.at(i.value), { engine });
    for (const i of [2, -1, 0.5, Number.NaN]) expect(code(() => at.value({ x: [1, 2], i }))).toBe('OutOfRange');
    expect(at.value({ x: [1, 2], i: 1 })).toBe(2);
  });

  it('points are checked before anything runs', () => {
    let calls = 0;
    const f = record(
      { x: vector('n'), y: data(vector('n')) },
      ({ x, y }) => {
        calls++;
        return x.dot(y);
      },
      { engine },
    );
    expect(code(() => f.evaluate([1]))).toBe('DataMissing');
    expect(code(() => f.value({ x: [1] }))).toBe('DataMissing');
    expect(code(() => f.value({ y: [1] } as never))).toBe('MissingName');
    expect(code(() => f.value({ x: [1, 2], y: [1] }))).toBe('LengthConflict');
    expect(code(() => f.value({ x: ['1'], y: [1] } as never))).toBe('WrongType');
    f.bind({ y: [1, 2] });
    expect(code(() => f.value({ x: [1] }))).toBe('LengthConflict');
    expect(code(() => f.evaluate([1, 2, 3]))).toBe('WrongLength');
    expect(code(() => f.evaluate([1, 2], [0]))).toBe('WrongLength');
    expect(code(() => f.jvp({ x: [1, 2] }, { x: [1] }))).toBe('WrongLength');
    expect(calls).toBe(0);
    expect(f.evaluate([3, 4])).toBe(11);
  });

  it('a disposed recording says so', () => {
    const f = record({ x: scalar }, ({ x }) => x, { engine });
    f.dispose();
    f.dispose();
    expect(code(() => f.value({ x: 1 }))).toBe('Disposed');
    expect(code(() => f.bind({}))).toBe('Disposed');
    works();
  });
});

it('signatures, functions and options are checked', () => {
  expect(code(() => record({ x: 3 } as never, () => 0))).toBe('BadSignature');
  expect(code(() => record({ x: scalar }, 3 as never))).toBe('WrongType');
  expect(code(() => record({ x: scalar }, () => 0, { engine: 'fast' as never }))).toBe('BadOption');
});

it('goes on when memory moves while it records', () => {
  const f = record({ x: scalar }, ({ x }) => {
    let z = x.mul(2);
    const others = [10, 1000, 100_000].map((n) => {
      const other = compile({ y: vector(n) }, ({ y }) => sum([...y].map((e) => exp(e))));
      z = z.add(x);
      return other;
    });
    const inner = record({ y: scalar }, ({ y }) => {
      let w = y;
      for (let i = 0; i < 300_000; i++) w = w.add(y);
      return w;
    });
    z = z.add(inner.value({ y: 1 }));
    for (const program of [...others, inner]) program.dispose();
    return z.mul(x);
  });
  expect(f.gradient({ x: 3 })).toEqual({ value: 3 * (15 + 300_001), gradient: { x: 30 + 300_001 } });
});
