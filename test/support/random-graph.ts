/**
 * Random functions of a few numbers for comparing engines and checking gradients. A function is drawn together with a
 * point: where an op would come within 1e-6 of one of its jumps, leave its domain, or grow beyond 100, another op is taken, so that
 * engines with different `exp` decide every branch alike and differences are taken where the function is smooth.
 */
import { Expr } from '../../src/graph/expression.ts';
import type { ElementRow } from '../../src/ops/algebra.ts';
import { numbers } from '../../src/ops/numbers.ts';
import { RULES } from '../../src/ops/rules.ts';
import { OP, type OpName } from '../../src/ops/vocabulary.ts';

export type Next = () => number;

/** Numbers in [0, 1) from a 32-bit seed (mulberry32). */
export function random(seed: number): Next {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const ARITHMETIC: readonly OpName[] = [
  'add',
  'sub',
  'mul',
  'div',
  'neg',
  'abs',
  'square',
  'sqrt',
  'reciprocal',
  'min',
  'max',
  'relu',
  'lt',
  'ge',
  'select',
  'clamp',
  'floor',
];
/** Words that differentiation makes, and nobody writes. */
export const INNER: readonly OpName[] = ['stop', 'attach', 'expDifference'];
/** Their derivatives are not the slopes of their values. */
export const GIVEN: readonly OpName[] = ['stop', 'attach'];
export const EVERYTHING: readonly OpName[] = (Object.keys(RULES) as OpName[]).filter(
  (op) => RULES[op].arity !== 'list' && op !== 'polygamma' && !GIVEN.includes(op),
);

interface Step {
  readonly op: OpName;
  readonly of: readonly number[];
}

/** A straight-line function: values 0 … p−1 are the inputs, then the constants, then one per step. */
export interface RandomFunction {
  readonly p: number;
  readonly constants: readonly number[];
  readonly steps: readonly Step[];
  readonly point: readonly number[];
}

const MARGIN = 1e-6;
const LARGEST = 100;

export function randomFunction(seed: number, length: number, ops: readonly OpName[] = EVERYTHING, p = 4): RandomFunction {
  const next = random(seed);
  const pick = (n: number): number => Math.floor(next() * n);
  const point = Array.from({ length: p }, () => next() * 4 - 2);
  const constants = [0.5, -1.25, 2];
  const values = [...point, ...constants];
  const steps: Step[] = [];
  while (steps.length < length) {
    const op = ops[pick(ops.length)]!;
    const row = RULES[op] as ElementRow;
    // recent values more often than old ones: depth as well as width
    const of = Array.from({ length: row.arity }, () =>
      next() < 0.6 ? Math.max(0, values.length - 1 - pick(12)) : pick(values.length),
    );
    const x = of.map((i) => values[i]!);
    const z = (numbers[op as 'add'] as (...x: number[]) => number)(...x);
    const slopes = row.partials(numbers, x[0]!, x[1]!, x[2]!, z);
    const tame = [z, ...slopes].every((v) => Math.abs(v) < LARGEST);
    if (!tame || (row.breaks && !(Math.abs(row.breaks(...x)) > MARGIN * 1e3))) continue;
    values.push(z);
    steps.push({ op, of });
  }
  return { p, constants, steps, point };
}

/** The function as expressions: the sum of its last few values, so that nothing is dead. */
export function expressions(f: RandomFunction, inputs: readonly Expr[]): Expr {
  const { graph } = inputs[0]!;
  const ids = [...inputs.map((e) => e.id), ...f.constants.map((c) => graph.constant(c))];
  for (const { op, of } of f.steps) ids.push(graph.node(OP[op], ids[of[0]!]!, ids[of[1] ?? -1] ?? 0, ids[of[2] ?? -1] ?? 0));
  const last = ids.slice(-4);
  return new Expr(
    graph,
    last.reduce((s, id) => graph.node(OP.add, s, id)),
  );
}

function values(f: RandomFunction, x: readonly number[]): number[] {
  const v = [...x, ...f.constants];
  for (const { op, of } of f.steps) v.push((numbers[op as 'add'] as (...x: number[]) => number)(...of.map((i) => v[i]!)));
  return v;
}

export function evaluate(f: RandomFunction, x: readonly number[]): number {
  return values(f, x)
    .slice(-4)
    .reduce((s, v) => s + v);
}

/** The gradient by a plain reverse sweep over numbers, and the same sweep with absolute values: the scale of its rounding. */
export function gradient(f: RandomFunction, x: readonly number[]): { g: number[]; scale: number[] } {
  const v = values(f, x);
  const g = v.map(() => 0);
  const scale = v.map(() => 0);
  for (let i = v.length - 4; i < v.length; i++) {
    g[i]! += 1;
    scale[i]! += 1;
  }
  for (let s = f.steps.length - 1; s >= 0; s--) {
    const { op, of } = f.steps[s]!;
    const i = f.p + f.constants.length + s;
    const row = RULES[op] as ElementRow;
    row.partials(numbers, v[of[0]!]!, v[of[1] ?? -1]!, v[of[2] ?? -1]!, v[i]!).forEach((slope, j) => {
      if (slope === 0 && row.gate) return;
      g[of[j]!]! += g[i]! * slope;
      scale[of[j]!]! += scale[i]! * Math.max(Math.abs(slope), ['tanh', 'sigmoid', 'silu', 'erf', 'erfc'].includes(op) ? 1 : 0);
    });
  }
  return { g: g.slice(0, f.p), scale: scale.slice(0, f.p) };
}
