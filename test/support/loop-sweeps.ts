/**
 * All sweeps of an engine over a program with loops, against two readings of it that know nothing of loops: plain
 * evaluation (loop-eval.ts), and the graph in which every iteration is written out, laid out as a flat tape.
 */
import type { Engine, LoopMachine } from '../../src/engine/engine.ts';
import { reference } from '../../src/engine/reference/index.ts';
import { adjoints } from '../../src/graph/differentiate.ts';
import type { Handles, Inputs, Outputs } from '../../src/program/signature.ts';
import { layout } from '../../src/tape/build.ts';
import type { LoopTape } from '../../src/tape/loops/layout.ts';
import { unroll } from '../../src/tape/loops/unroll.ts';
import { evaluateLoops } from './loop-eval.ts';
import { lowered } from './loops.ts';
import { seeded } from './random-loops.ts';

export type Lengths = { readonly [name: string]: number };
/** Element e of an input, in place of a random number between −1 and 1. */
export type Fill = { readonly [input: string]: (e: number, lengths: Lengths) => number };

export interface Case {
  readonly tape: LoopTape;
  readonly lengths: readonly number[];
  readonly point: Float64Array;
  readonly data: Float64Array;
}

/** A program whose inputs are filled for some lengths. */
export function filled(tape: LoopTape, lengths: Lengths, fill: Fill = {}, seed = 1): Case {
  const random = seeded(seed);
  const numbers = (data: boolean): Float64Array =>
    Float64Array.from(
      tape.inputs
        .filter((port) => port.data === data)
        .flatMap(({ name, shape }) => {
          const size = shape.reduce<number>((n, extent) => n * (typeof extent === 'number' ? extent : lengths[extent]!), 1);
          return Array.from({ length: size }, (_, e) => fill[name]?.(e, lengths) ?? 2 * random() - 1);
        }),
    );
  return { tape, lengths: tape.lengths.map((name) => lengths[name]!), point: numbers(false), data: numbers(true) };
}

export function traced<S extends Inputs>(
  signature: S,
  fn: (inputs: Handles<S>) => Outputs,
  lengths: Lengths = {},
  fill: Fill = {},
): Case {
  return filled(lowered(signature, fn).tape, lengths, fill);
}

/** A machine with inputs written. */
export function loaded(engine: Engine, { tape, lengths, point, data }: Case): LoopMachine {
  const machine = engine.loadLoops(tape);
  machine.resize(lengths);
  machine.point.set(point);
  machine.data.set(data);
  machine.bound();
  return machine;
}

export interface Results {
  readonly outputs: readonly number[];
  /** ∂(Σ seedᵢ·outputᵢ), seeds as given by `seedsOf`. */
  readonly seeded: readonly number[];
  /** ∂(first output). */
  readonly gradient: readonly number[];
  readonly tangent: readonly number[];
}

export const seedsOf = (outputs: number): Float64Array => Float64Array.from({ length: outputs }, (_, i) => Math.cos(i));
export const directionOf = (p: number): Float64Array => Float64Array.from({ length: p }, (_, i) => Math.sin(2 * i + 1));

/** What a program comes to, written out. */
export function writtenOut({ tape, lengths, point, data }: Case): Results {
  const { graph, signature, params, data: dataNodes, outputs } = unroll(tape, lengths, { point, data });
  const machine = reference.load(layout(graph, signature, { params, data: dataNodes }, outputs));
  machine.point.set(point);
  machine.data.set(data);
  machine.bound();
  machine.forward();
  const values = Array.from(outputs, (_, i) => machine.output(i));
  machine.reverse(seedsOf(outputs.length));
  const seeded = [...machine.adjoint];
  if (outputs.length > 0) machine.reverse();
  const gradient = [...machine.adjoint];
  const tangent = [...machine.tangent(directionOf(point.length))];
  machine.dispose();
  return { outputs: values, seeded, gradient, tangent };
}

/** The same by an engine: its loops stay loops. The gradient comes from gradient() and again from forward() and reverse(). */
export function swept(engine: Engine, program: Case): Results & { readonly again: readonly number[]; readonly value: number } {
  const machine = loaded(engine, program);
  machine.forward();
  const count = machine.outputCount();
  const outputs = Array.from({ length: count }, (_, i) => machine.output(i));
  machine.reverse(seedsOf(count));
  const seeded = [...machine.adjoint];
  machine.reverse();
  const again = [...machine.adjoint];
  const value = machine.gradient();
  const gradient = [...machine.adjoint];
  const tangent = [...machine.tangent(directionOf(program.point.length))];
  machine.dispose();
  return { outputs, seeded, gradient, tangent, again, value };
}

/** Distance allowed, for numbers near 1; the order of additions differs. */
const NEAR = 1e-12;

export function expectNear(found: readonly number[], expected: readonly number[], what: string, near = NEAR): void {
  if (found.length !== expected.length) throw new Error(`${what}: ${found.length} numbers in place of ${expected.length}`);
  found.forEach((x, i) => {
    const y = expected[i]!;
    if (Object.is(x, y)) return;
    if (!(Math.abs(x - y) <= near * Math.max(1, Math.abs(y))))
      throw new Error(`${what} [${i}] of ${found.length}: ${x} in place of ${y}`);
  });
}

/**
 * Derivatives of a program written out, as nodes: another order of additions. Where one contribution is 10¹⁸ times another and
 * cancels, as of x − x before a chaotic loop, either order may be the one that loses the smaller.
 */
function asNodes({ tape, lengths, point, data }: Case, seeds: ArrayLike<number>): number[] {
  const { graph, params, data: dataNodes, outputs } = unroll(tape, lengths, { point, data });
  const slopes = adjoints(
    graph,
    outputs,
    Array.from(outputs, (_, i) => graph.constant(seeds[i] ?? 0)),
    params,
  );
  const signature = { inputs: [], outputs: [{ name: 'slopes', shape: [slopes.length] }], single: true };
  const machine = reference.load(layout(graph, signature, { params, data: dataNodes }, slopes));
  machine.point.set(point);
  machine.data.set(data);
  machine.bound();
  machine.forward();
  const found = Array.from(slopes, (_, i) => machine.output(i));
  machine.dispose();
  return found;
}

/** Value, gradient and tangent of an engine against both readings. */
export function checkSweeps(engine: Engine, program: Case, near = NEAR): void {
  const { tape, lengths, point, data } = program;
  const expected = writtenOut(program);
  const plain = evaluateLoops(tape, lengths, point, data).flatMap((output) => [...output]);
  const found = swept(engine, program);
  expectNear(found.outputs, plain, 'outputs, by plain evaluation', near);
  expectNear(found.outputs, expected.outputs, 'outputs', near);
  const expectSlopes = (slopes: readonly number[], by: readonly number[], seeds: ArrayLike<number>, what: string): void => {
    try {
      expectNear(slopes, by, what, near);
    } catch {
      const other = asNodes(program, seeds);
      // of infinite contributions of both signs it depends on the order, too, whether an infinite one or NaN is left
      const isLost = (i: number): boolean => !Number.isFinite(slopes[i]) && !Number.isFinite(by[i]) && !Number.isFinite(other[i]);
      expectNear(slopes, other.map((x, i) => (isLost(i) ? slopes[i]! : x)), what, near); // biome-ignore format: one line
    }
  };
  expectSlopes(found.seeded, expected.seeded, seedsOf(found.outputs.length), 'reverse of all outputs');
  expectNear(found.tangent, expected.tangent, 'tangents', near);
  if (plain.length === 0) return;
  expectNear([found.value], expected.outputs.slice(0, 1), 'value of gradient()', near);
  expectSlopes(found.gradient, expected.gradient, [1], 'gradient');
  expectSlopes(found.again, expected.gradient, [1], 'forward and reverse');
}
