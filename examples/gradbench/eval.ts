/** What the evals have in common: an input read by name and checked, functions that are prepared and then run, programs kept by size. */
import type { Program, ProgramOptions } from 'wengert';

/** Numbers with a shape, row by row. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** What an eval sends. Whatever is missing or of another kind ends in an error that names it. */
export interface Input {
  /** The input itself, where it is a number and no record. */
  alone(): number;
  number(name: string): number;
  /** A whole number, 0 or more. */
  whole(name: string): number;
  flag(name: string): boolean;
  /** Numbers of a shape: each extent a number, or a name where any will do. */
  numbers(name: string, ...shape: readonly (number | string)[]): Numbers;
  record(name: string): Input;
}

export type Output = number | Numbers | { readonly [name: string]: Output };

/** Prepares a function for an input: what it returns is timed, again and again. Its output may be overwritten by the next run. */
export type Evaluation = (input: Input, options?: ProgramOptions) => () => Output;

/** The functions of an eval, by name. */
export type Eval = Readonly<Record<string, Evaluation>>;

const KEPT = 8;

/** A function that compiles, so that it does so once for each size; the last few programs are kept. */
export function bySize<S, P>(compile: (size: S, options?: ProgramOptions) => P): (size: S, options?: ProgramOptions) => P {
  const programs = new Map<string, P>();
  return (size, options) => {
    const key = JSON.stringify([size, options]);
    const program = programs.get(key) ?? compile(size, options);
    programs.delete(key);
    programs.set(key, program);
    if (programs.size > KEPT) programs.delete(programs.keys().next().value!);
    return program;
  };
}

/** A program of one output, where it is to be evaluated, and how an eval wants the gradient. */
export interface Objective {
  /** Its data is bound. */
  readonly program: Pick<Program, 'evaluate'>;
  /** The parameters, in the order of the signature. */
  readonly at: readonly Numbers[];
  /** The gradient, flat, and as parts that have the shapes of the parameters. */
  readonly output: (all: Numbers, parts: readonly Numbers[]) => Output;
}

/** An eval of two functions, a value and its gradient. */
export function objective(value: string, gradient: string, prepare: (input: Input, options?: ProgramOptions) => Objective): Eval {
  return {
    [value](input, options) {
      const { program, at } = prepare(input, options);
      const x = joined(at);
      return () => program.evaluate(x);
    },
    [gradient](input, options) {
      const { program, at, output } = prepare(input, options);
      const x = joined(at);
      const all = new Float64Array(x.length);
      const out = output(list(all), split(all, at));
      return () => {
        program.evaluate(x, all);
        return out;
      };
    },
  };
}

export const list = (values: Float64Array): Numbers => ({ shape: [values.length], values });

/** Arrays one after the other. */
export function joined(parts: readonly Numbers[]): Float64Array {
  const all = new Float64Array(parts.reduce((n, { values }) => n + values.length, 0));
  split(all, parts).forEach(({ values }, i) => values.set(parts[i]!.values));
  return all;
}

/** Views on a flat array, with the shapes of these. */
export function split(all: Float64Array, parts: readonly Numbers[]): Numbers[] {
  let at = 0;
  return parts.map(({ shape, values }) => ({ shape, values: all.subarray(at, (at += values.length)) }));
}
