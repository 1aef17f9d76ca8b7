/** Explanations: every node, its value, its derivative, the bump beside it; as data, as a table, as a picture. */
import { describe, expect, it } from 'vitest';
import { compile, data, dot, type ExplainedNode, Program, scalar, select, sum, vector } from '../../src/index.ts';

const J = compile({ w: scalar, b: scalar, x: data(scalar), y: data(scalar) }, ({ w, b, x, y }) => {
  const a = w.mul(x).named('c').add(b).named('a');
  return a.sub(y).named('d').named('residual').square().mul(0.5);
});
const at = { x: -2, y: 2, w: 2, b: 8 };

describe('rows', () => {
  const e = J.explain(at);
  const row = (label: string): ExplainedNode => e.rows.find((one) => one.label === label)!;

  it('have named nodes first, in the order written, then the others; constants are shown where they are used', () => {
    expect(e.rows.map((one) => one.label)).toEqual(['w', 'b', 'x', 'y', 'c', 'a', 'd = residual', 'v7', 'v9']);
    expect(e.rows.map((one) => one.formula).slice(4)).toEqual(['w · x', 'c + b', 'a − y', 'd²', 'v7 · 0.5']);
    expect(e.rows.map((one) => one.kind).slice(0, 5)).toEqual(['parameter', 'parameter', 'data', 'data', 'node']);
    expect(e.value).toBe(2);
  });

  it('have value, derivative, bump and central difference', () => {
    expect(row('c')).toMatchObject({ value: -4, derivative: 2, names: ['c'], operands: [0, 2] });
    expect(row('w').bumped).toBeCloseTo(1.996002, 12);
    expect(row('w').quotient).toBeCloseTo(-3.998, 9);
    expect(row('w').central).toBeCloseTo(-4, 8);
    expect(row('x')).toMatchObject({ derivative: 4 }); // data, too
  });

  it('take another bump', () => {
    expect(J.explain(at, { epsilon: 0.1 }).rows[0]!.bumped).toBeCloseTo(0.5 * 1.8 ** 2, 12);
  });

  it('respect closed gates', () => {
    const f = compile({ x: scalar }, ({ x }) => select(x.gt(0), x.log().named('l'), 0));
    const [, l] = f.explain({ x: 0 }).rows;
    expect(l).toMatchObject({ label: 'l', value: -Infinity, derivative: 0 });
    expect(f.explain({ x: 0 }).rows[0]!.derivative).toBe(0);
  });

  it('name outputs and elements', () => {
    const f = compile({ x: vector(2) }, ({ x }) => ({ loss: x.sum() }));
    expect(f.explain({ x: [1, 2] }).rows.map((one) => one.label)).toEqual(['x[0]', 'x[1]', 'loss']);
  });

  it('leave out the check for more than a thousand nodes', () => {
    const f = compile({ x: vector(600) }, ({ x }) => sum([...x].map((e) => e.sin())));
    const { rows } = f.explain({ x: new Float64Array(600) });
    expect(rows.length).toBe(1201);
    expect(rows[0]).toMatchObject({ derivative: 1 });
    expect(rows[0]!.central).toBeUndefined();
    const text = String(f.explain({ x: new Float64Array(600) }));
    expect(text.split('\n').at(-1)).toBe('… and 201 more');
    expect(text).not.toContain('central');
  });

  it('leave out what is dead, but no input', () => {
    const f = compile({ x: scalar, z: scalar }, ({ x }) => {
      x.exp();
      return x.sin();
    });
    expect(f.explain({ x: 1, z: 2 }).rows.map((one) => one.formula)).toEqual(['parameter', 'parameter', 'sin(x)']);
  });

  it('come from bytes as well', () => {
    const { rows } = Program.fromBytes(J.toBytes()).explain(at);
    const derivatives = Object.fromEntries(rows.map((one) => [one.label, one.derivative]));
    expect(derivatives).toMatchObject({ w: -4, b: 2, x: 4, y: -2, c: 2, a: 2, 'd = residual': 2 });
  });
});

describe('the table', () => {
  it('is aligned', () => {
    expect(String(J.explain(at)).split('\n')).toEqual([
      'node          is         value  ∂J/∂node  J(+0.001)  ΔJ/0.001  central',
      'w             parameter      2        -4   1.996002    -3.998       -4',
      'b             parameter      8         2      2.002    2.0005        2',
      'x             data          -2         4   2.004002     4.002        4',
      'y             data           2        -2   1.998001   -1.9995       -2',
      'c             w · x         -4         2      2.002    2.0005        2',
      'a             c + b          4         2   2.002001    2.0005        2',
      'd = residual  a − y          2         2      2.002    2.0005        2',
      'v7            d²             4       0.5     2.0005       0.5      0.5',
      'v9            v7 · 0.5       2         1      2.001         1        1',
    ]);
  });

  it('stays within 100 columns, narrow within 60', () => {
    const long = 'a name that goes on and on and on until nobody wants to read it any more';
    const f = compile({ x: vector(9) }, ({ x }) =>
      dot(
        [...x].map((e) => e.div(3).exp().named(long)),
        x,
      ).named('the end of it all, at last'),
    );
    const x = Float64Array.from({ length: 9 }, (_, i) => -(i + 1) * 1.23456789e-7);
    for (const [narrow, most] of [
      [false, 100],
      [true, 60],
    ] as const) {
      const widths = String(f.explain({ x }, { narrow }))
        .split('\n')
        .map((line) => line.length);
      expect(Math.max(...widths)).toBeLessThanOrEqual(most);
    }
  });
});

describe('the picture', () => {
  it('is a flowchart for Mermaid', () => {
    const text = J.explain(at).toMermaid();
    expect(text.split('\n').slice(0, 3)).toEqual(['flowchart LR', '  v0(["w<br>2<br>∂ -4"])', '  v1(["b<br>8<br>∂ 2"])']);
    expect(text).toContain('  v4["c = w · x<br>-4<br>∂ 2"]');
    expect(text).toContain('  v0 --> v4');
  });

  it('is a digraph for Graphviz', () => {
    const text = J.explain(at).toDot();
    expect(text).toMatch(/^digraph \{\n {2}rankdir=LR;\n {2}v0 \[shape=ellipse, label="w\\n2\\n∂ -4"\];/);
    expect(text).toContain('  v0 -> v4;');
  });

  it('quotes names', () => {
    const f = compile({ x: scalar }, ({ x }) => x.sin().named('a "b" <c> \\'));
    expect(f.explain({ x: 0 }).toMermaid()).toContain('a #34;b#34; #60;c#62; \\');
    expect(f.explain({ x: 0 }).toDot()).toContain('a \\"b\\" <c> \\\\');
  });
});
