/** Programs with loops without engines: traced, lowered, and run by the naive evaluator. */
import { Graph } from '../../src/graph/graph.ts';
import { inputArray } from '../../src/graph/inputs.ts';
import { tracing } from '../../src/graph/loops.ts';
import { isLeaf } from '../../src/graph/structure.ts';
import type { Declared, Handles, Inputs, Outputs } from '../../src/program/signature.ts';
import type { Instruction, LoopPort, LoopTape } from '../../src/tape/loops/layout.ts';
import { isLoopGraph, lowerLoops, type NamedOutput } from '../../src/tape/loops/lower.ts';
import { evaluateLoops } from './loop-eval.ts';

export interface Traced {
  readonly graph: Graph;
  readonly ports: readonly LoopPort[];
  readonly outputs: readonly NamedOutput[];
  readonly isLoop: boolean;
  readonly tape: LoopTape;
}

/** What `compile` does with a function, up to the tape; flat programs are lowered, too. */
export function lowered<S extends Inputs>(signature: S, fn: (inputs: Handles<S>) => Outputs): Traced {
  const graph = new Graph();
  const ports = Object.entries(signature).map(([name, { shape, data }]: [string, Declared]) => ({ name, shape, data }));
  const handles = Object.fromEntries(ports.map((port) => [port.name, inputArray(graph, port)]));
  const returned = tracing(graph, () => fn(handles as Handles<S>));
  const single = isLeaf(returned);
  const outputs = (single ? [['value', returned]] : Object.entries(returned)).map(([name, value]) => ({
    name,
    value,
  })) as NamedOutput[];
  const isLoop = isLoopGraph(graph, ports, outputs);
  return { graph, ports, outputs, isLoop, tape: lowerLoops(graph, ports, outputs, single) };
}

type Given<S> = { readonly [name in keyof S]: number | readonly number[] };

/** The value of a function at a point, by way of its tape: lengths are taken from the inputs. */
export function computed<S extends Inputs>(
  signature: S,
  fn: (inputs: Handles<S>) => Outputs,
  at: Given<S>,
): number | number[] | { [name: string]: number | number[] } {
  return evaluated(lowered(signature, fn).tape, at as { [name: string]: number | readonly number[] });
}

/** The outputs of a tape, in the structure of its function. */
export function evaluated(tape: LoopTape, at: { readonly [name: string]: number | readonly number[] }) {
  const flat = (data: boolean): number[] =>
    tape.inputs.filter((port) => port.data === data).flatMap(({ name }) => at[name]! as number | number[]);
  const all = evaluateLoops(tape, lengthsOf(tape, at), flat(false), flat(true));
  const outputs = tape.outputs.map(({ shape }, i) => (shape.length === 0 ? all[i]![0]! : [...all[i]!]));
  return tape.single ? outputs[0]! : Object.fromEntries(tape.outputs.map(({ name }, i) => [name, outputs[i]!]));
}

/** The named lengths, each from an input all of whose other lengths are known. */
function lengthsOf(tape: LoopTape, at: { readonly [name: string]: number | readonly number[] }): number[] {
  const found = new Map<string, number>();
  for (let round = 0; round <= tape.lengths.length; round++) {
    for (const { name, shape } of tape.inputs) {
      const open = shape.filter((extent) => typeof extent === 'string' && !found.has(extent));
      if (open.length !== 1) continue;
      const known = shape.reduce<number>((n, extent) => n * (typeof extent === 'number' ? extent : (found.get(extent) ?? 1)), 1);
      found.set(open[0] as string, (at[name] as readonly number[]).length / known);
    }
  }
  return tape.lengths.map((name) => found.get(name)!);
}

/** The instructions of each body, by kind: `load load op`. */
export function kinds(tape: LoopTape): string[] {
  return tape.bodies.map(({ code }) => code.map(({ kind }) => kind).join(' '));
}

export function instructions<K extends Instruction['kind']>(tape: LoopTape, kind: K): Extract<Instruction, { kind: K }>[] {
  return tape.bodies.flatMap(({ code }) => code).filter((one) => one.kind === kind) as Extract<Instruction, { kind: K }>[];
}
