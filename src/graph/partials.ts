/** ∂node/∂operand as a node: the printed table (src/ops/partials.ts), read with nodes for numbers. */
import { fail } from '../errors.ts';
import { OP } from '../ops/vocabulary.ts';
import { ARITY } from '../ops/kernels.ts';
import { PARTIALS } from '../ops/partials.ts';
import type { Graph } from './graph.ts';
import { rewritten } from './rewrite.ts';

/** A text of the table as codes: an opcode is applied, a name or a number (by its place in `numbers`) is pushed. */
type Code = number;
const NAMES = 'xywz'; // −1, −2, −3, −4
const FIRST_NUMBER = -5;
const numbers: number[] = [];

/** By 4 · opcode + operand. */
const programs: (readonly Code[] | undefined)[] = [];

function programOf(op: number, j: number): readonly Code[] {
  const text = PARTIALS[op - 2]!.split(',')[j]!;
  return (programs[4 * op + j] = text.split(' ').map((token) => {
    if (token[0] === '@') return Number(token.slice(1));
    const name = NAMES.indexOf(token);
    return name >= 0 ? -1 - name : FIRST_NUMBER - (numbers.push(Number(token)) - 1);
  }));
}

const stack: number[] = [];

/** ∂node/∂operand j of an op of one to three operands. O(1) */
export function partialOf(graph: Graph, node: number, j: number): number {
  const op = graph.op[node]!;
  if (op === OP.attach && j === 1) return givenSlope(graph, graph.c[node]!);
  const program = programs[4 * op + j] ?? programOf(op, j);
  let top = 0;
  for (let i = 0; i < program.length; i++) {
    const code = program[i]!;
    if (code >= 0) {
      const arity = ARITY[code]!;
      top -= arity;
      const x = stack[top]!;
      stack[top] = rewritten(graph, code, x, arity > 1 ? stack[top + 1] : 0, arity > 2 ? stack[top + 2] : 0);
    } else if (code === -1) stack[top] = graph.a[node]!;
    else if (code === -2) stack[top] = graph.b[node]!;
    else if (code === -3) stack[top] = graph.c[node]!;
    else stack[top] = code === -4 ? node : graph.constant(numbers[FIRST_NUMBER - code]!);
    top++;
  }
  return stack[0]!;
}

/** Stands for the slope of a value that was differentiated more often than it can be. */
export const UNKNOWN_SLOPE: number = Number.MAX_VALUE;

/** The slope of an attach: sweeps are to stop at it, but the next derivative is that of what it is. */
function givenSlope(graph: Graph, p: number): number {
  if (graph.isConstant(p) && graph.constantOf(p) === UNKNOWN_SLOPE)
    fail('OutOfRange', 'defineOp and implicit: where slopes depend on the value, it has derivatives up to the third only');
  return graph.op[p] === OP.stop ? graph.a[p]! : p;
}

/** ∂node/∂element i of an op over a list; dot: of both lists, one after the other. O(k), then O(1) for each. */
export function listPartials(graph: Graph, node: number): (i: number) => number {
  const k = graph.b[node]!;
  const x = (i: number): number => graph.operand(node, i);
  const op = (name: number, a: number, b = 0, c = 0): number => rewritten(graph, name, a, b, c);
  const sumOf = (term: (i: number) => number): number =>
    graph.list(
      OP.sum,
      Int32Array.from({ length: k }, (_, i) => term(i)),
    );
  const number = (value: number): number => graph.constant(value);
  const infinity = (): number => number(Number.POSITIVE_INFINITY);
  switch (graph.op[node]) {
    case OP.sum:
      return () => number(1);
    case OP.mean:
      return () => number(1 / k);
    case OP.dot:
      return (i) => x(i < k ? i + k : i - k);
    case OP.prod:
      return productOfOthers(graph, k, x);
    case OP.minOf:
    case OP.maxOf: {
      // 1/k for each of k that tie, NaN for all if one is
      const share = op(
        OP.reciprocal,
        sumOf((i) => op(OP.eq, x(i), node)),
      );
      const other = op(OP.select, op(OP.eq, node, node), number(0), number(Number.NaN));
      return (i) => op(OP.select, op(OP.eq, x(i), node), share, other);
    }
    case OP.norm: {
      // x/‖x‖; 0 at the origin; if m elements are infinite, ±1/√m for those and 0 for the others
      const far = op(OP.eq, node, infinity());
      const isFar = (i: number): number => op(OP.eq, op(OP.abs, x(i)), infinity());
      const length = op(OP.select, far, op(OP.sqrt, sumOf(isFar)), node);
      const leg = (i: number): number =>
        op(OP.select, far, op(OP.select, isFar(i), op(OP.sign, x(i)), op(OP.mul, x(i), number(0))), x(i));
      return (i) => op(OP.select, op(OP.eq, node, number(0)), number(0), op(OP.div, leg(i), length));
    }
    default: {
      // logsumexp: e^(x − m) over their sum, m being the largest, on which nothing depends; the infinite ones share equally
      const m = op(
        OP.stop,
        graph.list(
          OP.maxOf,
          Int32Array.from({ length: k }, (_, i) => x(i)),
        ),
      );
      const far = op(OP.eq, m, infinity());
      const term = (i: number): number => op(OP.select, far, op(OP.eq, x(i), infinity()), op(OP.expDifference, x(i), m));
      const sum = sumOf(term);
      return (i) => op(OP.div, term(i), sum);
    }
  }
}

/** The product of all others: prefix times suffix, so that a zero costs nothing. */
function productOfOthers(graph: Graph, k: number, x: (i: number) => number): (i: number) => number {
  const one = graph.constant(1);
  const before = new Int32Array(k).fill(one);
  const after = new Int32Array(k).fill(one);
  for (let i = 1; i < k; i++) before[i] = rewritten(graph, OP.mul, before[i - 1]!, x(i - 1));
  for (let i = k - 2; i >= 0; i--) after[i] = rewritten(graph, OP.mul, after[i + 1]!, x(i + 1));
  return (i) => rewritten(graph, OP.mul, before[i]!, after[i]!);
}
