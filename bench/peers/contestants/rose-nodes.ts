/** rose with every node written out, as one function of a vector. */
import { add, compile, fn, gt, mul, neg, Real, select, sub, Vec, vjp } from 'rose';
import type { Arithmetic } from '../../problems/problem.ts';
import type { Prepare } from '../contestant.ts';
import { exp, log, tanh } from './rose-functions.ts';

const max = (x: Real, y: Real): Real => select(gt(x, y), Real, x, y);

const words: Arithmetic<Real> = {
  constant: (x) => x,
  add,
  sub,
  mul,
  neg,
  square: (x) => mul(x, x),
  relu: (x) => max(x, 0),
  tanh,
  exp,
  log,
  max,
  min: (x, y) => neg(max(neg(x), neg(y))),
  dot: (x, y) => x.map((xi, i) => mul(xi, y[i]!)).reduce(add),
};

const prepare: Prepare = async (row) => {
  const { point, build } = row.nodes!();
  const Point = Vec(point.length, Real);
  const f = fn([Point], Real, (x) => build(words, [...x]));
  const g = fn([Point], { value: Real, gradient: Point }, (x) => {
    const { ret, grad } = vjp(f)(x);
    return { value: ret, gradient: grad(1) };
  });
  const evaluate = (await compile(g)) as unknown as (x: ArrayLike<number>) => { value: number; gradient: number[] };
  let gradient: number[] = [];
  return {
    run() {
      const found = evaluate(point);
      gradient = found.gradient;
      return found.value;
    },
    gradient: () => gradient,
  };
};

export default prepare;
