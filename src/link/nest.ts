/** The bodies of a program as a tree: how deep each lies, how often it runs, which value belongs to which. */
import { fail } from '../errors.ts';
import { type Inputs, inputsOf } from './inputs.ts';
import { type Instruction, type LoopTape, sizesOf } from '../tape/loops/layout.ts';

const MOST = 2 ** 29; // doubles that 32-bit memory can hold
const DEEPEST = 120; // bodies in bodies; registers are numbered in seven bits

export interface Nest {
  readonly tape: LoopTape;
  readonly sizes: Float64Array;
  /** The lengths in words: `n = 3, m = 2`. */
  readonly given: string;
  readonly inputs: Inputs;
  readonly depth: Int32Array;
  /** Iterations of each body, for one of the body around it. */
  readonly count: Float64Array;
  /** Instructions that run a body, by body; undefined for main. */
  readonly runs: readonly (Loop | undefined)[];
  /** Body of each value; main for those that are read among the inputs. */
  readonly home: Int32Array;
  /** Extent of each value that is the result of a check; 0 for all others. */
  readonly extent: Float64Array;
}

export type Loop = Extract<Instruction, { kind: 'region' | 'scan' }>;

/** @throws OutOfRange for a count or an array that would be negative, OutOfMemory for one that is too large */
export function nestOf(tape: LoopTape, lengths: readonly number[]): Nest {
  const sizes = sizesOf(tape, lengths);
  const given = tape.lengths.map((name, i) => `${name} = ${lengths[i]}`).join(', ') || 'the lengths given';
  for (const size of sizes)
    if (!Number.isSafeInteger(size)) fail('OutOfMemory', `with ${given} an array would have ${size} numbers`);
  const depth = new Int32Array(tape.bodies.length);
  const count = new Float64Array(tape.bodies.length);
  const home = new Int32Array(tape.values).fill(-1);
  const extent = new Float64Array(tape.values);
  const runs: (Loop | undefined)[] = tape.bodies.map(() => undefined);
  for (const { size } of tape.blocks) whole(sizes[size]!, 'an array', given);

  const todo = [0];
  for (let body: number | undefined; (body = todo.pop()) !== undefined; ) {
    const { parent, code } = tape.bodies[body]!;
    depth[body] = body === 0 ? 0 : depth[parent]! + 1;
    if (depth[body]! > DEEPEST) fail('OutOfRange', `loops lie in loops ${depth[body]} deep, the most is ${DEEPEST}`);
    count[body] = whole(sizes[tape.bodies[body]!.count]!, 'a loop', given);
    for (const it of code) {
      if ('out' in it) home[it.out] = body;
      if (it.kind === 'check') extent[it.out] = whole(sizes[it.extent]!, 'an array', given);
      if (it.kind !== 'region' && it.kind !== 'scan') continue;
      runs[it.body] = it;
      todo.push(it.body);
      for (const { out } of it.sums) home[out] = body;
      if (it.kind === 'region') continue;
      for (const carry of it.carries) {
        if (carry.kind === 'array') continue;
        home[carry.in] = it.body;
        home[carry.out] = body;
      }
    }
  }
  const inputs = inputsOf(tape, sizes);
  for (const value of inputs.aliases.keys()) home[value] = 0;
  return { tape, sizes, given, inputs, depth, count, runs, home, extent };
}

function whole(size: number, what: string, given: string): number {
  if (!(size >= 0)) fail('OutOfRange', `with ${given} the length of ${what} would be ${size}`);
  if (size > MOST)
    fail('OutOfMemory', `with ${given} the length of ${what} would be ${size}, which is more than memory can hold`);
  return size;
}

/** Is `body` the body `around` or in it? */
export function within({ tape }: Nest, body: number, around: number): boolean {
  for (let b = body; b >= 0; b = tape.bodies[b]!.parent) if (b === around) return true;
  return false;
}
