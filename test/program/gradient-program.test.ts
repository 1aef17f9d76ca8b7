/** The gradient of a program as a program, and its tangents: Hessian-vector products. */
import { describe, expect, it } from 'vitest';
import { compile, data, logsumexp, matrix, Program, scalar, vector } from '../../src/index.ts';
import { gradientState, slopeName } from '../../src/program/gradient.ts';
import { STATE } from '../../src/program/state.ts';
import { ENGINES } from '../support/engines.ts';

describe.each(ENGINES)('%s', (engine) => {
  const rosenbrock = compile(
    { x: vector(2), a: scalar },
    ({ x, a }) => {
      const [u, v] = x;
      return v!.sub(u!.square()).square().mul(a).add(u!.sub(1).square());
    },
    { engine },
  );

  it('value and gradient, by name and in the shapes of the inputs', () => {
    const point = { x: [-1.2, 1], a: 100 };
    const g = new Program(gradientState(rosenbrock[STATE]));
    const { value, gradient } = rosenbrock.gradient(point);
    const got = g.value(point) as unknown as Record<string, number | Float64Array>;
    expect(Object.keys(got)).toEqual(['value', '∂x', '∂a']);
    expect(got.value).toBe(value);
    const slope = got[slopeName('x')] as Float64Array;
    slope.forEach((d, i) => expect(d).toBeCloseTo(gradient.x[i]!, 10));
    expect(got['∂a']).toBeCloseTo(gradient.a, 10);
  });

  it('its jvp is the Hessian times a direction', () => {
    const g = new Program(gradientState(rosenbrock[STATE]));
    const [u, v, a] = [-1.2, 1, 100];
    const hessian = [
      [12 * a * u * u - 4 * a * v + 2, -4 * a * u, -4 * u * (v - u * u)],
      [-4 * a * u, 2 * a, 2 * (v - u * u)],
      [-4 * u * (v - u * u), 2 * (v - u * u), 0],
    ];
    for (let i = 0; i < 3; i++) {
      const unit = [0, 1, 2].map((k) => (k === i ? 1 : 0));
      const { tangent } = g.jvp({ x: [u, v], a } as never, { x: unit.slice(0, 2), a: unit[2] } as never);
      const of = tangent as unknown as Record<string, number & Float64Array>;
      [...of['∂x']!, of['∂a']!].forEach((h, k) => expect(h).toBeCloseTo(hessian[i]![k]!, 9));
    }
  });

  it('from bytes, with data, and a gradient of the gradient program', () => {
    const loss = compile({ W: matrix(2, 2), x: data(vector(2)) }, ({ W, x }) => logsumexp([W.row(0).dot(x), W.row(1).dot(x)]), {
      engine,
    });
    const read = Program.fromBytes(loss.toBytes(), { engine });
    const g = new Program(gradientState(read[STATE]));
    g.bind({ x: [1, -2] } as never);
    const W = [0.5, 1, -1, 0.25];
    const want = loss.gradient({ W, x: [1, -2] });
    const got = g.value({ W } as never) as unknown as Record<string, number | Float64Array>;
    expect(got.value).toBe(want.value);
    (got['∂W'] as Float64Array).forEach((d, i) => expect(d).toBeCloseTo(want.gradient.W[i]!, 14));
    // both scores are −1.5, so each class has ½, and the Hessian is ¼·[1 −1; −1 1] ⊗ x·xᵀ
    const tangent = g.jvp({ W } as never, { W: [1, 0, 0, 0] } as never).tangent as unknown as Record<string, Float64Array>;
    [0.25, -0.5, -0.25, 0.5].forEach((h, i) => expect(tangent['∂W']![i]).toBeCloseTo(h, 14));
  });

  it('several outputs have no gradient', () => {
    const two = compile({ x: scalar }, ({ x }) => [x, x.square()], { engine });
    expect(() => gradientState(two[STATE])).toThrow(expect.objectContaining({ code: 'SeveralOutputs' }));
  });
});
