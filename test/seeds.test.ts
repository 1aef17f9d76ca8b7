/** The seeds of this project: three computations from first lectures, every number checked. */
import { describe, expect, it } from 'vitest';
import { compile, data, type Expr, type Explanation, mul, Program, scalar } from '../src/index.ts';
import { ENGINES } from './support/engines.ts';

type Numbers = Readonly<Record<string, number>>;

/** Values or derivatives of the named nodes. */
function column(e: Explanation, key: 'value' | 'derivative' | 'central'): Numbers {
  return Object.fromEntries(e.rows.flatMap((row) => row.names.map((name) => [name, row[key]!])));
}

/** J after a bump of one node by 0.001. */
function bumped(e: Explanation, name: string): number {
  return e.rows.find((row) => row.names.includes(name))!.bumped!;
}

function expectDerivatives(e: Explanation, derivatives: Numbers): void {
  expect(column(e, 'derivative')).toMatchObject(derivatives);
  for (const [name, d] of Object.entries(column(e, 'central'))) expect(d, name).toBeCloseTo(column(e, 'derivative')[name]!, 7);
}

describe.each(ENGINES)('%s', (engine) => {
  it('J = ½(wx + b − y)², a neuron', () => {
    const J = compile(
      { w: scalar, b: scalar, x: data(scalar), y: data(scalar) },
      ({ w, b, x, y }) => {
        const c = w.mul(x).named('c');
        const a = c.add(b).named('a');
        const d = a.sub(y).named('d');
        return d.square().mul(0.5).named('J');
      },
      { engine },
    );
    const at = { x: -2, y: 2, w: 2, b: 8 };
    expect(J.value(at)).toBe(2);
    expect(J.gradient(at)).toEqual({ value: 2, gradient: { w: -4, b: 2 } });

    const e = J.explain(at);
    expect(column(e, 'value')).toMatchObject({ c: -4, a: 4, d: 2, J: 2 });
    expectDerivatives(e, { d: 2, a: 2, c: 2, b: 2, w: -4 });
    expect(bumped(e, 'w')).toBeCloseTo(1.996002, 12);
    expect(J.evaluate([2.001, 8])).toBeCloseTo(1.996002, 12);
    expect(J.jvp(at, { w: 1, b: 0 })).toEqual({ value: 2, tangent: -4 });
  });

  it('J = 3(a + bc)', () => {
    const J = compile(
      { a: scalar, b: scalar, c: scalar },
      ({ a, b, c }) => {
        const u = b.mul(c).named('u');
        const v = a.add(u).named('v');
        return mul(3, v).named('J');
      },
      { engine },
    );
    const at = { a: 5, b: 3, c: 2 };
    expect(J.gradient(at)).toEqual({ value: 33, gradient: { a: 3, b: 6, c: 9 } });
    const e = J.explain(at);
    expect(column(e, 'value')).toMatchObject({ u: 6, v: 11, J: 33 });
    expectDerivatives(e, { v: 3, u: 3, a: 3, b: 6, c: 9 });
  });

  it('two layers with relu', () => {
    const layer = (i: number, x: Expr, w: Expr, b: Expr): Expr => {
      const t = w.mul(x).named(`t${i}`);
      return t.add(b).named(`z${i}`).relu().named(`a${i}`);
    };
    const J = compile(
      { w1: scalar, b1: scalar, w2: scalar, b2: scalar, x: data(scalar), y: data(scalar) },
      ({ w1, b1, w2, b2, x, y }) =>
        layer(2, layer(1, x, w1, b1), w2, b2)
          .sub(y)
          .square()
          .mul(0.5)
          .named('J'),
      { engine },
    );
    const at = { x: 1, y: 5, w1: 2, b1: 0, w2: 3, b2: 1 };
    const e = J.explain(at);
    expect(column(e, 'value')).toMatchObject({ t1: 2, a1: 2, t2: 6, z2: 7, a2: 7, J: 2 });
    expectDerivatives(e, { a2: 2, z2: 2, b2: 2, t2: 2, w1: 6 });
    expect(J.gradient(at).gradient).toEqual({ w1: 6, b1: 6, w2: 4, b2: 2 });

    // with b1 = 0 the sum z1 is still a node of its own: t1 + b1
    expect(column(e, 'value')).toMatchObject({ z1: 2 });
    // ½ · 2.003² = 2.0060045; the lecture reads 2.00605 off its slide
    expect(bumped(e, 'w1')).toBeCloseTo(2.0060045, 12);
    expect(bumped(e, 'w1')).toBeCloseTo(2.00605, 4);
    expect(J.evaluate([2.001, 0, 3, 1])).toBeCloseTo(2.0060045, 12);
  });

  it('the same from bytes, without the function', () => {
    const bytes = compile(
      { w: scalar, b: scalar, x: data(scalar), y: data(scalar) },
      ({ w, b, x, y }) => w.mul(x).add(b).named('a').sub(y).square().mul(0.5),
      { engine },
    ).toBytes();
    const J = Program.fromBytes(bytes, { engine });
    expect(J.gradient({ x: -2, y: 2, w: 2, b: 8 })).toEqual({ value: 2, gradient: { w: -4, b: 2 } });
    const e = J.explain({ x: -2, y: 2, w: 2, b: 8 });
    expect(e.rows.find((row) => row.names.includes('a'))).toMatchObject({ value: 4, derivative: 2 });
  });
});
