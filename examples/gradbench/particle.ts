/**
 * particle: a charged particle flies past two fixed ones, in steps of Euler, until it is at the ground. Where does one of them have
 * to be, for the particle to come down at 0? The force is the gradient of a potential, and the place of the charge is found by
 * descent along the gradient of where the particle comes down: derivatives of derivatives (Pearlmutter & Siskind 2008).
 */
import { add, compile, div, type Expr, gradient, jvp, le, mul, type Scalar, scalar, select, square, sub } from 'wengert';
import { argMin, more } from './descent.ts';
import { bySize, type Eval, type Evaluation } from './eval.ts';

/** Forward or reverse: the derivative inside. */
type Mode = 'f' | 'r';
type Point = { readonly x: Expr; readonly y: Expr };
type Argument = { readonly x: Scalar; readonly y: Scalar };

const STEP = 0.1;

/** ∇f, in one of the two ways. */
function slope(mode: Mode, f: (at: Point) => Expr, at: Argument): Argument {
  if (mode === 'r') return gradient(f)(at);
  const along = jvp<Point, Expr>(f);
  return { x: along(at, { x: 1, y: 0 }).tangent, y: along(at, { x: 0, y: 1 }).tangent };
}

/** The square of the place where the particle comes down. Steps after that change nothing; NaN if it has not come down in so many. */
function landingSquare(w: Expr, { inner, steps }: Size): Scalar {
  const distance = (x: Expr, y: Expr): Expr => x.square().add(y.square()).sqrt();
  const charge = w.neg().add(10);
  const potential = ({ x, y }: Point): Expr =>
    distance(x.sub(10), y.sub(charge)).reciprocal().add(distance(x.sub(10), y).reciprocal()); // biome-ignore format: a formula
  let [x, y, u, v, landed]: Scalar[] = [0, 8, 0.75, 0, 0];
  for (let i = 0; i < steps; i++) {
    const force = slope(inner, potential, { x: x!, y: y! });
    const next: Argument = { x: add(x!, mul(u!, STEP)), y: add(y!, mul(v!, STEP)) };
    const isDown: Scalar = select(landed!, 1, le(next.y, 0));
    [x, y] = [select(landed!, x!, next.x), select(landed!, y!, next.y)];
    [u, v] = [select(isDown, u!, sub(u!, mul(force.x, STEP))), select(isDown, v!, sub(v!, mul(force.y, STEP)))];
    landed = isDown;
  }
  const ground = sub(x!, mul(div(y!, v!), u!)); // on the line from the place before
  return select(landed!, square(ground), Number.NaN);
}

interface Size {
  /** How the force is computed. */
  readonly inner: Mode;
  readonly steps: number;
}

export const landing = bySize((size: Size, options) => compile({ w: scalar }, ({ w }) => landingSquare(w, size), options));
export const landingSlope = bySize((size: Size, options) => compile({ w: scalar }, ({ w }) => jvp((w: Expr) => landingSquare(w, size))(w, 1).tangent as Expr, options)); // biome-ignore format: like the other

const STEPS = 256; // for a start

const variant =
  (outer: Mode, inner: Mode): Evaluation =>
  (input, options) => {
    const start = [input.number('w')];
    const derivative = new Float64Array(1);
    let size = { inner, steps: STEPS };
    const value = (w: number[]): number => {
      for (;;) {
        const found = landing(size, options).evaluate(w);
        if (!Number.isNaN(found)) return found;
        size = { ...size, steps: more(size.steps) };
      }
    };
    const gradient = (w: number[]): number[] => {
      if (outer === 'f') return [landingSlope(size, options).evaluate(w)];
      landing(size, options).evaluate(w, derivative);
      return [...derivative];
    };
    value(start); // compiles, as many steps as it needs from here
    gradient(start);
    return () => argMin(value, gradient, start)[0]!;
  };

export const functions: Eval = { ff: variant('f', 'f'), fr: variant('f', 'r'), rf: variant('r', 'f'), rr: variant('r', 'r') };
