/** wengert's recordings, and its micrograd: both write the graph down at every evaluation, as the contestant micrograd does. */
import { Value } from '../../src/micrograd/index.ts';
import { dot } from '../../src/graph/vocabulary.ts';
import type { Operand } from '../../src/record/operand.ts';
import { SHEET } from '../../src/ops/sheet.ts';
import { type Recording, record } from '../../src/record/record.ts';
import type { Recorded } from '../../src/record/recorded.ts';
import { type Declared, vector } from '../../src/program/signature.ts';
import type { Arithmetic, Problem } from '../problems/problem.ts';

type Engine = 'interpreter' | 'reference';

function methods<T extends Operand<T>>(constant: (x: number) => T): Arithmetic<T> {
  return {
    constant,
    add: (x, y) => x.add(y),
    sub: (x, y) => x.sub(y),
    mul: (x, y) => x.mul(y),
    neg: (x) => x.neg(),
    square: (x) => x.square(),
    relu: (x) => x.relu(),
    tanh: (x) => x.tanh(),
    exp: (x) => x.exp(),
    log: (x) => x.log(),
    min: (x, y) => x.min(y),
    max: (x, y) => x.max(y),
    dot: (x, y) => dot(x, y),
  };
}

/** The problem as a function that is recorded: `evaluate(x)` is recording and value, `evaluate(x, gradient)` the sweep too. */
export function recorded(
  problem: Problem,
  engine: Engine = 'interpreter',
): Recording<{ x: Declared<'vector', false> }, Recorded> {
  return record(
    { x: vector(problem.point.length) },
    ({ x }) => {
      const sheet = x[SHEET]; // problems write constants as values, users write plain numbers
      return problem.build(
        methods<Recorded>((c) => sheet.made(sheet.constant(c))),
        [...x],
      );
    },
    { engine },
  );
}

/** Value and gradient by `wengert/micrograd`. */
export function values(problem: Problem): (x: Float64Array, gradient: Float64Array) => number {
  const k = methods<Value>((x) => new Value(x));
  return (x, gradient) => {
    const inputs = Array.from(x, (value) => new Value(value));
    const out = problem.build(k, inputs);
    out.backward();
    inputs.forEach((input, i) => {
      gradient[i] = input.grad;
    });
    return out.data;
  };
}

class Bare {
  constructor(
    readonly sheet: object,
    readonly slot: number,
  ) {}
}

/** The problem's own code, and one object per node that does nothing: what no recording can be quicker than. */
export function bare(problem: Problem): () => unknown {
  const sheet = {};
  let slot = 0;
  const made = (): Bare => new Bare(sheet, (slot = (slot + 1) & 0xffff));
  const words = ['constant', 'add', 'sub', 'mul', 'neg', 'square', 'relu', 'tanh', 'exp', 'log', 'min', 'max', 'dot'] as const;
  const k = Object.fromEntries(words.map((word) => [word, made])) as unknown as Arithmetic<Bare>;
  return () =>
    problem.build(
      k,
      Array.from(problem.point, () => made()),
    );
}
