/**
 * When generating code pays. Measured on the benchmark machine, Node 20: a call interpreted takes about 60 ns and 2 ns a
 * node, generated 6 ns and 0.3 ns; generating and compiling takes 1 ms and 2 µs a node. Code is generated once the
 * interpreter has spent as long as that takes: nobody loses more than half, whenever the calls end.
 */
import type { Linked } from '../../link/code.ts';
import { elementsBySegment } from '../reference/sweeps.ts';
import { SEGMENT, type Tape } from '../../tape/layout.ts';

const CALL = 60;
const NODE = 2;
const COMPILE = 1e6;
const COMPILE_NODE = 2e3;

/** Straight-line code of more nodes than this runs no faster than the interpreter. */
const LONGEST = 4000;

/** Is there something to generate? What is too long for code is cut in pieces (pieces.ts), and the core does what it does as fast. */
export function paysToCompile(tape: Tape): boolean {
  return tape.outputs.length > 0 && elements(tape) > 0;
}

/** The same, everything that depends on constants or data alone being code, too. */
export function paysAlone(tape: Tape): boolean {
  return tape.outputs.length > 0 && elementsBySegment(tape).reduce((sum, n) => sum + n, 0) <= LONGEST;
}

/** Calls of the interpreter before code is generated. */
export function callsBefore(tape: Tape): number {
  return Math.ceil((COMPILE + COMPILE_NODE * elements(tape)) / (CALL + NODE * elements(tape)));
}

/** Nodes and elements of lists that a call computes. */
function elements(tape: Tape): number {
  const by = elementsBySegment(tape);
  return by[SEGMENT.parameter]! + by[SEGMENT.mixed]!;
}

/** The same of a program with loops: its interpreter takes about 300 ns and a nanosecond an element, generating 4 µs an instruction. */
export function loopCallsBefore({ code, steps }: Linked): number {
  const instructions = code.length / 6;
  return Math.ceil((COMPILE + 2 * COMPILE_NODE * instructions) / (300 + steps.gradient));
}
