/** The table read with plain JavaScript numbers: what tests take for the definition of every op. */
import type { Algebra, ElementRow } from './algebra.ts';
import * as math from './math.ts';
import { RULES } from './rules.ts';
import type { OpName } from './vocabulary.ts';

const truth = (holds: boolean): number => (holds ? 1 : 0);

const exact = {
  lit: (x: number) => x,
  add: (x: number, y: number) => x + y,
  sub: (x: number, y: number) => x - y,
  mul: (x: number, y: number) => x * y,
  div: (x: number, y: number) => x / y,
  neg: (x: number) => -x,
  abs: Math.abs,
  sqrt: Math.sqrt,
  min: (x: number, y: number) => Math.min(x, y),
  max: (x: number, y: number) => Math.max(x, y),
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  lt: (x: number, y: number) => truth(x < y),
  le: (x: number, y: number) => truth(x <= y),
  gt: (x: number, y: number) => truth(x > y),
  ge: (x: number, y: number) => truth(x >= y),
  eq: (x: number, y: number) => truth(x === y),
  ne: (x: number, y: number) => truth(x !== y),
  select: (c: number, a: number, b: number) => (c !== 0 ? a : b),
};

/** Ops whose rows give a value in terms of simpler ops. */
function derived(): Partial<Algebra<number>> {
  const ops: Record<string, (x: number, y: number, w: number) => number> = {};
  for (const name of Object.keys(RULES) as OpName[]) {
    const row = RULES[name] as ElementRow;
    const value = row.value;
    if (value) ops[name] = (x, y, w) => value(numbers, x, y, w);
  }
  return ops as Partial<Algebra<number>>;
}

export const numbers: Algebra<number> = { ...math, ...exact } as Algebra<number>;
Object.assign(numbers, derived());
