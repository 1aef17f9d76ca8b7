/** The gradient of a program as a program, and its tangents: Hessian-vector products. */
import { describe, expect, it } from 'vitest';
import { compile, data, logsumexp, matrix, Program, scalar, sum, vector } from '../../src/index.ts';
import {
  directionName,
  gradientProgram,
  gradientState,
  productName,
  productProgram,
  slopeName,
} from '../../src/program/gradient.ts';
import { STATE } from '../../src/program/state.ts';
import { code } from '../support/code.ts';
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

  it('the Hessian times a direction as a program of its own', () => {
    const f = compile(
      { W: matrix(2, 3), x: data(vector(3)) },
      ({ W, x }) => logsumexp([W.row(0).dot(x), W.row(1).dot(x).tanh()]).add(W.at(0, 2).relu().sqrt()),
      { engine },
    );
    const [W, x, v] = [
      [0.5, 1, -1, 0.25, 2, -0.5],
      [1, -2, 0.5],
      [1, 0, -1, 2, 0.5, 3],
    ];
    const g = new Program(gradientState(f[STATE])).bind({ x } as never);
    const want = g.jvp({ W } as never, { W: v } as never);
    const { state, holdsFor } = productProgram(f[STATE]);
    expect(holdsFor).toBe('always');
    const got = new Program(state).value({ W, x, [directionName('W')]: v } as never) as unknown as Record<string, Float64Array>;
    expect(Object.keys(got)).toEqual(['value', '∂W', '∂²W']);
    const [value, tangent] = [want.value, want.tangent] as unknown as Record<string, Float64Array>[];
    expect(got.value).toEqual(value!.value);
    expect(got['∂W']).toEqual(value!['∂W']);
    got[productName('W')]!.forEach((h, i) => expect(h).toBeCloseTo(tangent!['∂W']![i]!, 13));
    expect(got['∂²W']![2]).toBeCloseTo(got['∂²W']![0]! * 0.5, 13); // √relu is closed at −1
  });

  it('of loops, written out for the lengths, data and point in force', () => {
    const f = compile(
      { w: vector(3), X: data(matrix('n', 3)), k: data(vector('n')) },
      ({ w, X, k }) => sum(X.rows, (i) => logsumexp(X.row(i).mul(w)).sub(w.at(k.at(i)))),
      { engine },
    );
    const given = { X: [[1, 2, 3], [-1, 0, 1]], k: [2, 0] }; // biome-ignore format: rows
    const w = [0.1, -0.2, 0.3];
    expect(code(() => gradientState(f[STATE]))).toBe('DataMissing');
    const want = f.gradient({ w, ...given });
    const { state, holdsFor } = gradientProgram(f[STATE]);
    expect(holdsFor).toBe('data'); // k chooses
    const g = new Program(state).bind(given as never);
    const got = g.value({ w } as never) as unknown as { value: number; '∂w': Float64Array };
    expect(got.value).toBeCloseTo(want.value, 13);
    got['∂w'].forEach((d, i) => expect(d).toBeCloseTo(want.gradient.w[i]!, 13));
    const v = [1, -2, 0.5];
    const along = (g.jvp({ w } as never, { w: v } as never).tangent as unknown as { '∂w': Float64Array })['∂w'];
    const h = 1e-5;
    const slopes = (s: number): Float64Array => f.gradient({ w: w.map((x, i) => x + s * v[i]!) }).gradient.w;
    const [up, down] = [slopes(h), slopes(-h)];
    along.forEach((d, i) => expect(d).toBeCloseTo((up[i]! - down[i]!) / (2 * h), 8));

    const still = compile({ x: vector('n') }, ({ x }) => sum(x.length, (i) => x.at(i).sin()), { engine });
    still.value({ x: [1, 2, 3] });
    expect(gradientProgram(still[STATE]).holdsFor).toBe('lengths');
    const moving = compile({ x: vector('n') }, ({ x }) => sum(x.length, (i) => x.at(x.at(i).floor()).square()), { engine });
    moving.value({ x: [1.5, 2.5, 0.5] });
    const there = gradientProgram(moving[STATE]);
    expect(there.holdsFor).toBe('point');
    expect((new Program(there.state).value({ x: [1.5, 2.5, 0.5] } as never) as never as { '∂x': unknown })['∂x']).toEqual(
      new Float64Array([3, 5, 1]),
    );
  });

  it('several outputs have no gradient', () => {
    const two = compile({ x: scalar }, ({ x }) => [x, x.square()], { engine });
    expect(() => gradientState(two[STATE])).toThrow(expect.objectContaining({ code: 'SeveralOutputs' }));
  });
});
