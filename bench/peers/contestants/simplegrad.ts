/**
 * simplegrad: two straight functions of JavaScript made by `new Function`, over two arrays. Constants are plain numbers;
 * inputs are the first variables, so a point is copied in and a gradient out in one piece.
 */
import { ValueStorage, Variable } from 'simplegrad';
import type { Arithmetic } from '../../problems/problem.ts';
import type { Prepare } from '../contestant.ts';

type Term = Variable | number;

const isNumber = (x: Term): x is number => typeof x === 'number';
const add = (x: Term, y: Term): Term => (isNumber(x) ? (isNumber(y) ? x + y : y.add(x)) : x.add(y));
const mul = (x: Term, y: Term): Term => (isNumber(x) ? (isNumber(y) ? x * y : y.mul(x)) : x.mul(y));
const neg = (x: Term): Term => mul(x, -1);
const sub = (x: Term, y: Term): Term => (isNumber(x) ? add(neg(y), x) : x.sub(y));
const method =
  (name: 'ReLU' | 'tanh' | 'exp' | 'log', plain: (x: number) => number) =>
  (x: Term): Term =>
    isNumber(x) ? plain(x) : x[name]();
const relu = method('ReLU', (x) => Math.max(x, 0));
const max = (x: Term, y: Term): Term => add(x, relu(sub(y, x)));

const words: Arithmetic<Term> = {
  constant: (x) => x,
  add,
  sub,
  mul,
  neg,
  square: (x) => mul(x, x),
  relu,
  tanh: method('tanh', Math.tanh),
  exp: method('exp', Math.exp),
  log: method('log', Math.log),
  max,
  min: (x, y) => neg(max(neg(x), neg(y))),
  dot: (x, y) => x.map((xi, i) => mul(xi, y[i]!)).reduce(add),
};

const prepare: Prepare = async (row) => {
  const { point, build } = row.nodes!();
  const storage = new ValueStorage();
  const inputs = Array.from(point, () => new Variable(storage));
  const output = build(words, inputs) as Variable;
  output.compile();
  const { v, gv } = storage;
  const gradient = new Float64Array(point.length);
  return {
    run() {
      v.set(point);
      storage.forward();
      gv.fill(0);
      gv[output.id] = 1;
      storage.backward();
      gradient.set(gv.subarray(0, point.length));
      return v[output.id]!;
    },
    gradient: () => gradient,
  };
};

export default prepare;
