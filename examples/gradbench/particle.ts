/**
 * particle: a charged particle flies past two fixed ones, in steps of Euler, until it is at the ground. Where does one of them have
 * to be, for the particle to come down at 0? The force is the gradient of a potential, and the place of the charge is found by
 * descent along the gradient of where the particle comes down: derivatives of derivatives (Pearlmutter & Siskind 2008). How many
 * steps it takes depends on values: a few of them are a program, and the loop around it is one in JavaScript.
 */
import { compile, dot, type Expr, gradient, jvp, min, scalar, vector } from 'wengert';
import { argMin } from './descent.ts';
import { bySize, type Eval, type Evaluation } from './eval.ts';
import { type StepProgram, Way } from './way.ts';

/** Forward or reverse: the derivative inside. */
type Mode = 'f' | 'r';
type Place = { readonly x: Expr; readonly y: Expr };
/** Place and velocity (x, y, u, v), and where the charge is. */
type Flight = { readonly state: readonly Expr[]; readonly w: Expr };

interface Size {
  /** How the force is computed. */
  readonly inner: Mode;
  readonly steps: number;
}

const STEP = 0.1;
const START = [0, 8, 0.75, 0];
const LEAP = 8; // steps of a program, until the ground is near
const MOST = 100_000; // steps

/** ∇f, in one of the two ways. */
function slope(mode: Mode, f: (at: Place) => Expr, at: Place): Place {
  if (mode === 'r') return gradient(f)(at);
  const along = jvp<Place, Expr>(f);
  return { x: along(at, { x: 1, y: 0 }).tangent, y: along(at, { x: 0, y: 1 }).tangent };
}

const moved = ([x, y, u, v]: readonly Expr[]): Place => ({ x: x!.add(u!.mul(STEP)), y: y!.add(v!.mul(STEP)) });

/** A step of a flight. */
function step(inner: Mode, { state, w }: Flight): readonly Expr[] {
  const [x, y, u, v] = state as [Expr, Expr, Expr, Expr];
  const distance = (x: Expr, y: Expr): Expr => x.square().add(y.square()).sqrt();
  const charge = w.neg().add(10);
  const potential = ({ x, y }: Place): Expr =>
    distance(x.sub(10), y.sub(charge)).reciprocal().add(distance(x.sub(10), y).reciprocal()); // biome-ignore format: a formula
  const force = slope(inner, potential, { x, y });
  const next = moved(state);
  return [next.x, next.y, u.sub(force.x.mul(STEP)), v.sub(force.y.mul(STEP))];
}

/** The state after some steps, and the lowest place on the way. */
function flown({ inner, steps }: Size, { state, w }: Flight): { state: readonly Expr[]; lowest: Expr } {
  const heights: Expr[] = [];
  for (let i = 0; i < steps; i++) {
    state = step(inner, { state, w });
    heights.push(state[1]!);
  }
  return { state, lowest: min(heights) };
}

/** The square of the place where the particle comes down if it does so in the next step: on the line from there. */
function landingSquare({ state }: Flight): Expr {
  const { x, y } = moved(state);
  return x.sub(y.div(state[3]!).mul(state[2]!)).square();
}

/** A flight, and one with its tangent along w: what programs return is such a point, and how low it went on the way. */
const flight = { state: vector(4), w: scalar };
const withTangent = { ...flight, along: vector(4) };
export const flies = bySize((size: Size, options) =>
  compile(
    flight,
    ({ state, w }) => {
      const after = flown(size, { state: [...state], w });
      return [...after.state, w, after.lowest];
    },
    options,
  ),
);
export const fliesAlong = bySize((size: Size, options) =>
  compile(
    withTangent,
    ({ state, w, along }) => {
      const after = jvp((at: Flight) => flown(size, at))({ state: [...state], w }, { state: [...along], w: 1 });
      return [...after.value.state, w, ...after.tangent.state, after.value.lowest];
    },
    options,
  ),
);
export const lands = bySize((_: null, options) =>
  compile(flight, ({ state, w }) => landingSquare({ state: [...state], w }), options),
);
export const landsAlong = bySize((_: null, options) =>
  compile(
    withTangent,
    ({ state, w, along }) => jvp(landingSquare)({ state: [...state], w }, { state: [...along], w: 1 }).tangent,
    options,
  ),
);
/** Backwards: from the derivatives by the state after some steps to those by the state before, and by w. */
export const pulls = bySize((size: Size, options) =>
  compile(
    { ...flight, after: vector(4), slope: scalar },
    ({ state, w, after, slope }) => {
      const before = gradient((at: Flight) => dot([...flown(size, at).state], [...after]))({ state: [...state], w });
      return [...before.state, slope.add(before.w)];
    },
    options,
  ),
);

/** Programs that fly so many steps. */
type Leaps = readonly { readonly steps: number; readonly program: StepProgram }[];
const leaps = (programOf: (steps: number) => StepProgram): Leaps =>
  [LEAP, 1].map((steps) => ({ steps, program: programOf(steps) }));

/**
 * Flies on while the next step does not end at the ground: to the point before that.
 *
 * @throws RangeError if the ground is not reached
 */
function fly(by: Leaps, way: Way): Way {
  let taken = 0;
  let lowest = Number.NaN;
  for (const { steps, program } of by)
    for (; taken < MOST; taken += steps) {
      lowest = way.look(program)[0]!;
      if (!(lowest > 0)) break;
      way.go(steps);
    }
  if (!(lowest <= 0)) throw new RangeError(`no end after ${taken} steps`);
  return way;
}

const variant =
  (outer: Mode, inner: Mode): Evaluation =>
  (input, options) => {
    const start = [input.number('w')];
    const [square, squareAlong] = [lands(null, options), landsAlong(null, options)];
    const plain = leaps((steps) => flies({ inner, steps }, options));
    const value = ([w]: number[]): number => square.evaluate(fly(plain, new Way([...START, w!], 1)).point);
    const forward = (): typeof value => {
      const along = leaps((steps) => fliesAlong({ inner, steps }, options));
      return ([w]) => squareAlong.evaluate(fly(along, new Way([...START, w!, 0, 0, 0, 0], 1)).point);
    };
    const reverse = (): typeof value => {
      const back = new Map([LEAP, 1].map((steps) => [steps, pulls({ inner, steps }, options)]));
      return ([w]) => {
        const { point: last, left } = fly(plain, new Way([...START, w!], 1, { isKept: true }));
        const slopes = new Float64Array(5); // by the state, and by w
        square.evaluate(last, slopes);
        const at = new Float64Array(10);
        for (const { point, steps } of left.reverse()) {
          at.set(point);
          at.set(slopes, 5);
          back.get(steps)!.evaluateValues(at, slopes);
        }
        return slopes[4]!;
      };
    };
    const slope = outer === 'f' ? forward() : reverse();
    return () => argMin(value, (w) => [slope(w)], start)[0]!;
  };

export const functions: Eval = { ff: variant('f', 'f'), fr: variant('f', 'r'), rf: variant('r', 'f'), rr: variant('r', 'r') };
