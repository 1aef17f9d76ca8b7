/**
 * A problem with loops, written in the public vocabulary as a user would, and the same gradient by hand. Its parameters
 * are flat where they are raced; `point` and `data` name them.
 */
import type { EngineChoice, Program } from '../../../src/index.ts';
import type { Random } from '../../../src/optimize/random.ts';

/** What is raced of a program, whatever its signature is. */
export type Runner = Pick<Program, 'evaluate' | 'toBytes' | 'print' | 'adjoint' | 'dispose'>;

export interface LoopProblem {
  readonly name: string;
  /** The parameters, in the order of the signature. */
  readonly flat: Float64Array;
  /** Compiles it, without data. */
  compile(engine: EngineChoice): Runner;
  /** Compiles it and gives it its data, and lengths. */
  program(engine: EngineChoice): Runner;
  /** Value and gradient in plain JavaScript. */
  readonly hand: (x: Float64Array, gradient: Float64Array) => number;
}

type Values = Readonly<Record<string, number | ArrayLike<number>>>;

interface Described<P> {
  readonly name: string;
  readonly compile: (engine: EngineChoice) => P;
  /** The differentiated inputs, in the order of the signature. */
  readonly point: Values;
  readonly data: Values;
  readonly hand: LoopProblem['hand'];
}

export function loopProblem<P extends Runner & { value(point: never): unknown }>(of: Described<P>): LoopProblem {
  return {
    name: of.name,
    flat: flattened(of.point),
    compile: of.compile,
    program(engine) {
      const program = of.compile(engine);
      program.value({ ...of.point, ...of.data } as never);
      return program;
    },
    hand: of.hand,
  };
}

export function flattened(values: Values): Float64Array {
  return Float64Array.from(Object.values(values).flatMap((v) => (typeof v === 'number' ? [v] : Array.from(v))));
}

/** n numbers, uniform in (−scale, scale). */
export function uniform(random: Random, n: number, scale = 1): Float64Array {
  return Float64Array.from({ length: n }, () => scale * (2 * random.uniform() - 1));
}
