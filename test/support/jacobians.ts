/** Programs with several outputs, and their Jacobians one sweep at a time: what whole Jacobians are compared with. */
import { compile, type Expr, Expr as Expression, type Program, vector } from '../../src/index.ts';
import type { EngineName } from '../../src/engine/engine.ts';
import { OP, type OpName } from '../../src/ops/vocabulary.ts';
import { STATE } from '../../src/program/state.ts';
import { randomFunction } from './random-graph.ts';

// biome-ignore lint/suspicious/noExplicitAny: any program
export type AnyProgram = Program<any, any>;

/** A random function of p inputs; its outputs are every third of its nodes, from the last on, m at most. */
export function randomSystem(seed: number, { length = 40, p = 5, m = 6, ops = undefined as readonly OpName[] | undefined } = {}) {
  const f = ops ? randomFunction(seed, length, ops, p) : randomFunction(seed, length, undefined, p);
  const system = (x: readonly Expr[]): Expr[] => {
    const { graph } = x[0]!;
    const ids = [...x.map((e) => e.id), ...f.constants.map((c) => graph.constant(c))];
    for (const { op, of } of f.steps) ids.push(graph.node(OP[op], ids[of[0]!]!, ids[of[1] ?? -1] ?? 0, ids[of[2] ?? -1] ?? 0));
    return Array.from({ length: m }, (_, i) => new Expression(graph, ids[ids.length - 1 - 3 * i]!));
  };
  const program = (engine: EngineName): AnyProgram => compile({ x: vector(p) }, ({ x }) => system([...x]), { engine });
  return { program, point: f.point };
}

/** Outputs × parameters by a tangent sweep for each parameter at the point in force. */
export function byTangents(program: AnyProgram): Float64Array {
  const { machine } = program[STATE];
  const p = machine.point.length;
  const m = machine.outputCount();
  const out = new Float64Array(m * p);
  for (let j = 0; j < p; j++) {
    const direction = new Float64Array(p);
    direction[j] = 1;
    machine.tangent(direction).forEach((t, i) => {
      out[i * p + j] = t;
    });
  }
  return out;
}

/** The same by a reverse sweep for each output. */
export function byAdjoints(program: AnyProgram): Float64Array {
  const { machine } = program[STATE];
  const p = machine.point.length;
  const m = machine.outputCount();
  const out = new Float64Array(m * p);
  machine.forward();
  for (let i = 0; i < m; i++) {
    const seeds = new Float64Array(m);
    seeds[i] = 1;
    machine.reverse(seeds);
    out.set(machine.adjoint, i * p);
  }
  return out;
}

/** The largest difference, relative to the larger of 1 and the expected number; NaN where one is and the other is not. */
export function distance(found: Float64Array, expected: Float64Array): number {
  if (found.length !== expected.length) return Number.NaN;
  return found.reduce((worst, x, i) => {
    const y = expected[i]!;
    if (Object.is(x, y)) return worst;
    const error = Math.abs(x - y) / Math.max(1, Math.abs(y));
    return Number.isNaN(error) ? Number.NaN : Math.max(worst, error);
  }, 0);
}
