/** The gradient of a tape as a tape, and the Hessian times a direction as one: run as programs of their own. */
import { describe, expect, it } from 'vitest';
import { compile, data, logsumexp, matrix, Program, scalar, vector } from '../../src/index.ts';
import { fromBytes, toBytes } from '../../src/tape/bytes.ts';
import { gradientTape, productOf, slopeName } from '../../src/tape/gradient.ts';
import { lift } from '../../src/tape/lift.ts';
import type { Tape } from '../../src/tape/layout.ts';
import { ENGINES } from '../support/engines.ts';

type Named = Readonly<Record<string, number & Float64Array>>;

const tapeOf = (program: { toBytes(): Uint8Array }): Tape => fromBytes(program.toBytes()) as Tape;

describe.each(ENGINES)('%s', (engine) => {
  const programOf = (tape: Tape): Program => Program.fromBytes(toBytes(tape), { engine });

  const rosenbrock = compile(
    { x: vector(2), a: scalar },
    ({ x, a }) => {
      const [u, v] = x;
      return v!.sub(u!.square()).square().mul(a).add(u!.sub(1).square());
    },
    { engine },
  );
  const [u, v, a] = [-1.2, 1, 100];
  const hessian = [
    [12 * a * u * u - 4 * a * v + 2, -4 * a * u, -4 * u * (v - u * u)],
    [-4 * a * u, 2 * a, 2 * (v - u * u)],
    [-4 * u * (v - u * u), 2 * (v - u * u), 0],
  ];

  it('value and gradient, by name and in the shapes of the inputs', () => {
    const point = { x: [u, v], a };
    const { value, gradient } = rosenbrock.gradient(point);
    const got = programOf(gradientTape(tapeOf(rosenbrock))).value(point as never) as unknown as Named;
    expect(Object.keys(got)).toEqual(['value', '∂x', '∂a']);
    expect(got.value).toBe(value);
    got[slopeName('x')]!.forEach((d: number, i: number) => expect(d).toBeCloseTo(gradient.x[i]!, 10));
    expect(got['∂a']).toBeCloseTo(gradient.a, 10);
  });

  it('the tangents of a gradient are the Hessian times a direction, and so are the products', () => {
    const g = programOf(gradientTape(tapeOf(rosenbrock)));
    const tape = tapeOf(rosenbrock);
    const h = programOf(productOf({ ...lift(tape), signature: tape.signature }));
    for (let i = 0; i < 3; i++) {
      const unit = [0, 1, 2].map((k) => (k === i ? 1 : 0));
      const direction = { x: unit.slice(0, 2), a: unit[2]! };
      const { tangent } = g.jvp({ x: [u, v], a } as never, direction as never) as unknown as { tangent: Named };
      const got = h.value({ x: [u, v], a, '→x': direction.x, '→a': direction.a } as never) as unknown as Named;
      expect(Object.keys(got)).toEqual(['value', '∂x', '∂a', '∂²x', '∂²a']);
      const all = [...tangent['∂x']!, tangent['∂a']!];
      all.forEach((d, k) => expect(d).toBeCloseTo(hessian[i]![k]!, 9));
      [...got['∂²x']!, got['∂²a']!].forEach((d, k) => expect(d).toBeCloseTo(hessian[i]![k]!, 9));
    }
  });

  it('with data, and behind a closed gate', () => {
    const f = compile(
      { W: matrix(2, 3), x: data(vector(3)) },
      ({ W, x }) => logsumexp([W.row(0).dot(x), W.row(1).dot(x).tanh()]).add(W.at(0, 2).relu().sqrt()),
      { engine },
    );
    const [W, x, along] = [
      [0.5, 1, -1, 0.25, 2, -0.5],
      [1, -2, 0.5],
      [1, 0, -1, 2, 0.5, 3],
    ];
    const tape = tapeOf(f);
    const g = programOf(gradientTape(tape)).bind({ x } as never);
    const { value, tangent } = g.jvp({ W } as never, { W: along } as never) as unknown as { value: Named; tangent: Named };
    const got = programOf(productOf({ ...lift(tape), signature: tape.signature })).value({
      W,
      x,
      '→W': along,
    } as never) as unknown as Named;
    expect(value['∂W']).toEqual(f.gradient({ W, x }).gradient.W);
    expect(got['∂W']).toEqual(value['∂W']);
    got['∂²W']!.forEach((d: number, i: number) => expect(d).toBeCloseTo(tangent['∂W']![i]!, 13));
    expect(got['∂²W']![2]).toBeCloseTo(got['∂²W']![0]! * 0.5, 13); // √relu is closed at −1, and passes no NaN
  });
});
