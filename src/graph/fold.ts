/** What a new node is exactly equal to, to the bit, whatever its operands will be: constants of constants, and simple powers. */
import { ARITY } from '../ops/kernels.ts';
import { opValue } from '../ops/single.ts';
import { OP, type Word } from '../ops/vocabulary.ts';
import type { Graph } from './graph.ts';

/** The ops that IEEE 754 rounds correctly, so that every engine would give the same bits. The others stay nodes: each engine has its own math. */
// biome-ignore format: a list
const EXACT: readonly Word[] = [
  'add', 'sub', 'mul', 'div', 'neg', 'abs', 'sign', 'square', 'sqrt', 'reciprocal', 'min', 'max', 'relu', 'clamp',
  'floor', 'ceil', 'round', 'trunc', 'lt', 'le', 'gt', 'ge', 'eq', 'ne', 'select', 'stop',
];

/** By opcode. */
const isExact = new Uint8Array(256);
for (const word of EXACT) isExact[OP[word]] = 1;

/** The node that `op` of these operands is equal to, or −1 if it is a new one. */
export function fold(graph: Graph, op: number, a: number, b: number, c: number): number {
  if (op === OP.pow && graph.isConstant(b)) return power(graph, a, graph.constantOf(b));
  if (!graph.isConstant(a)) return -1; // nearly always
  if (!isExact[op]) return -1;
  const arity = ARITY[op]!;
  if ((arity > 1 && !graph.isConstant(b)) || (arity > 2 && !graph.isConstant(c))) return -1;
  return graph.constant(opValue(op, graph.constantOf(a), graph.constantOf(b), graph.constantOf(c)));
}

/** A constant exponent that needs no logarithm. (x to the ½ is not √x: they differ at −0 and −∞.) */
function power(graph: Graph, x: number, exponent: number): number {
  if (exponent === 0) return graph.constant(1);
  if (exponent === 1) return x;
  if (exponent === 2) return graph.node(OP.square, x);
  if (exponent === -1) return graph.node(OP.reciprocal, x);
  return -1;
}

/** What an op gives over nothing. */
export function emptyReduction(op: number): number {
  if (op === OP.prod) return 1;
  if (op === OP.mean) return Number.NaN;
  if (op === OP.minOf) return Number.POSITIVE_INFINITY;
  if (op === OP.maxOf || op === OP.logsumexp) return Number.NEGATIVE_INFINITY;
  return 0; // sum, dot, norm
}
