/** Generated code of a program with loops is right at its very first call, whatever program the core ran before. */
import { expect, it } from 'vitest';
import { Expr } from '../../src/graph/expression.ts';
import { compile, sum, vector } from '../../src/index.ts';
import { RULES } from '../../src/ops/rules.ts';
import { OP, type OpName } from '../../src/ops/vocabulary.ts';

it.each([0, 1, 3, 8, 127, 128, 1025, 3000])(
  'a loop of %i iterations, nothing having run before it, and after another program',
  (n) => {
    const x = Array.from({ length: n }, (_, i) => (i % 7) - 3);
    const squares = () => compile({ x: vector('n') }, ({ x }) => sum(x.length, (i) => x.at(i).square()), { engine: 'compiled' });
    const cubes = compile({ x: vector('n') }, ({ x }) => sum(x.length, (i) => x.at(i).pow(3)), { engine: 'compiled' });
    const expected = {
      value: x.reduce((s, e) => s + e * e, 0),
      gradient: { x: Float64Array.from(x, (e) => 2 * e + 0) },
    };
    const first = squares();
    expect(first.gradient({ x })).toEqual(expected);
    expect(cubes.value({ x: [1, 2] })).toBe(9);
    expect(first.value({ x })).toBe(expected.value);
    expect(squares().gradient({ x })).toEqual(expected);
  },
);

it.each(Object.entries(RULES).filter(([, row]) => row.arity !== 'list'))(
  '%s in a loop: the gradient of the interpreter, to the bit',
  (op, row) => {
    const points = row.at as readonly (readonly number[])[];
    const [generated, interpreted] = (['compiled', 'interpreter'] as const).map((engine) => {
      const f = compile({ x: vector('n'), y: vector('n'), w: vector('n') }, ({ x, y, w }) => sum(x.length, (i) => {
      const { graph } = x.at(i);
      const order = op === 'polygamma' ? graph.constant(points[0]![0]!) : x.at(i).id; // a constant, as this op wants it
      return new Expr(graph, graph.node(OP[op as OpName], order, y.at(i).id, w.at(i).id)).mul(x.at(i).add(2));
    }), { engine }); // biome-ignore format: one function
      const column = (j: number): number[] => points.map((point) => point[j] ?? 0.5);
      return f.gradient({ x: column(0), y: column(1), w: column(2) });
    });
    expect(generated).toEqual(interpreted);
  },
);
