/**
 * particle: a charged particle flies past two fixed ones, in steps of Euler, until it is at the ground. Where does one of them have
 * to be, for the particle to come down at 0? The force is the gradient of a potential, and the place of the charge is found by
 * descent along the gradient of where the particle comes down: derivatives of derivatives (Pearlmutter & Siskind 2008).
 */
import { compile, data, type Expr, gradient, hypot, jvp, scalar, scan, select, vector } from 'wengert';
import { argMin } from './descent.ts';
import { bySize, type Eval, type Evaluation } from './eval.ts';

/** Forward or reverse: the derivative inside. */
type Mode = 'f' | 'r';
type Point = { readonly x: Expr; readonly y: Expr };

const STEP = 0.1;

/** ∇f, in one of the two ways. */
function slope(mode: Mode, f: (at: Point) => Expr, at: Point): Point {
  if (mode === 'r') return gradient(f)(at);
  const along = jvp<Point, Expr>(f);
  return { x: along(at, { x: 1, y: 0 }).tangent, y: along(at, { x: 0, y: 1 }).tangent };
}

/** The square of the place where the particle comes down, and whether it has in that many steps. Those after that change nothing. */
export const flight = bySize((mode: Mode, options) =>
  compile(
    { w: scalar, steps: data(vector('n')) },
    ({ w, steps }) => {
      const potential = ({ x, y }: Point): Expr => hypot(x.sub(10), y.sub(w.neg().add(10))).reciprocal().add(hypot(x.sub(10), y).reciprocal()); // biome-ignore format: a formula
      const start = { x: 0, y: 8, u: 0.75, v: 0, landed: 0 };
      const { x, y, u, v, landed } = scan(steps.length, start, ({ x, y, u, v, landed }) => {
        const force = slope(mode, potential, { x, y });
        const next = { x: x.add(u.mul(STEP)), y: y.add(v.mul(STEP)) };
        const down = select(landed, 1, next.y.le(0));
        return {
          x: select(landed, x, next.x),
          y: select(landed, y, next.y),
          u: select(down, u, u.sub(force.x.mul(STEP))),
          v: select(down, v, v.sub(force.y.mul(STEP))),
          landed: down,
        };
      }).carry;
      const ground = x.sub(y.div(v).mul(u)); // on the line from the place before
      return { square: ground.square(), landed };
    },
    options,
  ),
);

const variant =
  (outer: Mode, inner: Mode): Evaluation =>
  (input, options) => {
    const program = flight(inner, options);
    const start = [input.number('w')];
    let steps = new Float64Array(256);
    return () => {
      program.bind({ steps });
      const square = ([w]: number[]): number => {
        for (;;) {
          const { square, landed } = program.value({ w: w! });
          if (landed) return square;
          steps = new Float64Array(2 * steps.length);
          program.bind({ steps });
        }
      };
      const derivative = ([w]: number[]): number[] => {
        if (outer === 'f') return [program.jvp({ w: w! }, { w: 1 }).tangent.square];
        return [program.vjp({ w: w! }, { square: 1, landed: 0 }).gradient.w];
      };
      return argMin(square, derivative, start)[0]!;
    };
  };

export const functions: Eval = { ff: variant('f', 'f'), fr: variant('f', 'r'), rf: variant('r', 'f'), rr: variant('r', 'r') };
