/** Tangents of ops of one to three operands: Σ partial · tangent, the partials read from the printed table. */
import { fail } from '../../../errors.ts';
import { UNKNOWN_SLOPE } from '../../../graph/partials.ts';
import { ARITY, GATE } from '../../../ops/kernels.ts';
import { PARTIALS } from '../../../ops/partials.ts';
import { type Numbers, type Postfix, parsed, run } from '../../../ops/postfix.ts';
import { OP } from '../../../ops/vocabulary.ts';
import type { Instruction } from '../layout.ts';
import { activeArguments } from './active.ts';
import type { Code } from './draft.ts';

type Op = Extract<Instruction, { kind: 'op' }>;

/** By 4 · opcode + operand. */
const programs: (Postfix | undefined)[] = [];

/** The tangent of an op some of whose operands have one. */
export function opTangent(code: Code, it: Op, definitions: readonly (Instruction | undefined)[]): number {
  const { tangents } = code.draft;
  const terms: number[] = [];
  for (const j of activeArguments(it)) {
    const t = tangents.get(it.args[j]!);
    if (t === undefined) continue;
    const term = it.op === OP.attach ? code.op(OP.mul, t, slopeOf(it.args[2]!, definitions)) : new Partial(code, it, j).times(t);
    if (term !== undefined) terms.push(term);
  }
  return code.total(terms);
}

/** The slope given with a value: sweeps are to stop at it, but its own derivative is that of what it is. */
function slopeOf(p: number, definitions: readonly (Instruction | undefined)[]): number {
  const by = definitions[p];
  if (by?.kind === 'constant' && by.value === UNKNOWN_SLOPE)
    fail('OutOfRange', 'defineOp and implicit: where slopes depend on the value, it has derivatives up to the third only');
  return by?.kind === 'op' && by.op === OP.stop ? by.args[0]! : p;
}

/** A node of a partial: a value of the program, a number, or an op. */
type Node =
  | { readonly value: number }
  | { readonly literal: number }
  | { readonly op: number; readonly args: readonly Node[]; written?: number };

/** ∂out/∂operand j. */
class Partial implements Numbers {
  readonly #code: Code;
  readonly #nodes: Node[] = [];
  readonly #root: Node;
  readonly #isGate: boolean;

  constructor(code: Code, { op, args, out }: Op, j: number) {
    this.#code = code;
    this.#isGate = GATE[op] === 1;
    const [x, y, w, z] = [args[0]!, args[1] ?? args[0]!, args[2] ?? args[0]!, out].map((value) => this.#add({ value }));
    const program = (programs[4 * op + j] ??= parsed(PARTIALS[op - 2]!.split(',')[j]!));
    this.#root = this.#nodes[run(program, this, x!, y!, w!, z!)]!;
  }

  literal(literal: number): number {
    return this.#add({ literal });
  }

  apply(op: number, a: number, b: number, c: number): number {
    const args = [a, b, c].slice(0, ARITY[op]).map((i) => this.#nodes[i]!);
    return this.#add({ op, args });
  }

  #add(node: Node): number {
    return this.#nodes.push(node) - 1;
  }

  /** The partial times a tangent; nothing if it is 0 by its row. */
  times(tangent: number): number | undefined {
    return this.#times(tangent, this.#root);
  }

  /** Of a gate the branch that is taken is multiplied, so that what it closes off adds nothing, whatever it is. */
  #times(tangent: number, node: Node): number | undefined {
    const code = this.#code;
    if ('literal' in node) {
      if (node.literal === 0 && this.#isGate) return undefined;
      if (node.literal === 1) return tangent;
      if (node.literal === -1) return code.op(OP.neg, tangent);
    }
    if (this.#isGate && 'op' in node && node.op === OP.select) {
      const [condition, yes, no] = node.args as [Node, Node, Node];
      const [a, b] = [this.#times(tangent, yes), this.#times(tangent, no)];
      if (a === undefined && b === undefined) return undefined;
      const nothing = code.draft.constant(0);
      return code.op(OP.select, this.#write(condition), a ?? nothing, b ?? nothing);
    }
    return code.op(OP.mul, tangent, this.#write(node));
  }

  #write(node: Node): number {
    if ('value' in node) return node.value;
    if ('literal' in node) return this.#code.draft.constant(node.literal);
    node.written ??= this.#code.op(node.op, ...node.args.map((arg) => this.#write(arg)));
    return node.written;
  }
}
