/**
 * When generating code pays. Measured on the benchmark machine, Node 20: a call interpreted takes about 60 ns and 2 ns a
 * node, generated 6 ns and 0.3 ns; generating and compiling takes 1 ms and 2 µs a node. Code is generated once the
 * interpreter has spent as long as that takes: nobody loses more than half, whenever the calls end.
 */
import { elementsBySegment } from '../reference/sweeps.ts';
import { SEGMENT, type Tape } from '../../tape/layout.ts';

const CALL = 60;
const NODE = 2;
const COMPILE = 1e6;
const COMPILE_NODE = 2e3;

/** Is there something to generate? What is too long for code is cut in pieces (pieces.ts), and the core does what it does as fast. */
export function paysToCompile(tape: Tape): boolean {
  return tape.outputs.length > 0 && elements(tape) > 0;
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
