/** @penrose/core's optimiser: a graph of scalars, compiled to one WebAssembly function of value and gradient, on flat arrays. */
import { genGradient, variable } from '@penrose/core/dist/engine/Autodiff';
import { add, exp, ln, max, min, mul, neg, squared, sub, tanh } from '@penrose/core/dist/engine/AutodiffFunctions';
import type * as ad from '@penrose/core/dist/types/ad';
import type { Arithmetic } from '../../problems/problem.ts';
import type { Prepare } from '../contestant.ts';

const words: Arithmetic<ad.Num> = {
  constant: (x) => x,
  add,
  sub,
  mul,
  neg,
  square: squared,
  relu: (x) => max(x, 0),
  tanh,
  exp,
  log: ln,
  min,
  max,
  dot: (x, y) => x.map((xi, i) => mul(xi, y[i]!)).reduce(add),
};

const prepare: Prepare = async (row) => {
  const { point, build } = row.nodes!();
  const inputs = Array.from(point, (x) => variable(x));
  const evaluate = await genGradient(inputs, [build(words, inputs)], []);
  const gradient = new Float64Array(point.length);
  const all = { inputMask: inputs.map(() => true), objMask: [true], constrMask: [] };
  return { run: () => evaluate(all, point, 0, gradient).phi, gradient: () => gradient };
};

export default prepare;
