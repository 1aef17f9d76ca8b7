/**
 * What a piece of generated code computes: nodes that are computed once each, operands before results, made by running the
 * sweeps over them instead of numbers. Equal nodes are one node, so primal and adjoint share what they have in common.
 *
 * Every node is what the interpreter computes, to the bit, or is rewritten by an identity that is exact in IEEE arithmetic
 * (rewrite.ts). A node is *wide* if it differs from lane to lane of the loop that the piece may be the body of.
 */
import type { Algebra } from '../../ops/algebra.ts';
import { ARITY } from '../../ops/kernels.ts';
import { PARTIALS, VALUES } from '../../ops/partials.ts';
import { type Numbers, type Postfix, parsed, run } from '../../ops/postfix.ts';
import { VOCABULARY } from '../../ops/vocabulary.ts';
import { rewrite } from './rewrite.ts';

/** Kinds of nodes that are no op, above all opcodes. */
// biome-ignore format: one line a kind
export enum NODE {
  /** the number at the address in local a plus b bytes, plus c bytes for each lane */
  load = 240,
  /** literal number a */
  literal,
  /** the iteration number in local a, plus the lane if c is 1 */
  index,
  /** an op over a list, by a call: number a of `calls` */
  call,
  /** number b of what call a leaves in memory */
  result,
  /** the value whose slot is number a of the tape's index lists, plus the lane */
  gather,
  /** what is in local a */
  local,
  /** what this turn of the loop has put into its frame, at the address in local a plus b bytes: a pair, or a number */
  kept,
}

/** A call that works on memory; emitted where it stands among the nodes, never left out. */
export interface Call {
  readonly operands: readonly number[];
  /** Writes the call into a function, its operands being given as `get`; returns nothing on the stack, or one number if `hasValue`. */
  readonly emit: unknown;
  readonly hasValue: boolean;
}

/** Nodes that there is room for at first: most pieces of most programs are small. */
const FEW = 64;
/** Then for so many times as many: each time all are entered anew. */
const GROWTH = 4;
/** Entries of the table for each node there is room for. */
const SPARSE = 2;

/** The table's texts, read when first needed: by opcode, and by 4 · opcode + operand. */
const values: (Postfix | undefined)[] = [];
const partials: (Postfix | undefined)[] = [];

/** The algebra of nodes; `k` is what they are nodes of. Made when first needed: 67 shapes of an object take 270 KB, and a start a scavenge. */
let ops: Readonly<Record<string, unknown>> | undefined;
function algebraOf(k: Ssa): Algebra<number> {
  ops ??= {
    lit(this: { k: Ssa }, x: number) {
      return this.k.literal(x);
    },
    ...Object.fromEntries(
      VOCABULARY.slice(2).map((word, i) => [
        word,
        function (this: { k: Ssa }, x: number, y?: number, w?: number) {
          return this.k.node(i + 2, x, y, w);
        },
      ]),
    ),
  };
  return Object.create(ops, { k: { value: k } }) as Algebra<number>;
}

/** Operands of a node of this op; none of nodes that are no op. */
export function arityOf(op: number): number {
  return op >= NODE.load ? 0 : ARITY[op]!;
}

export class Ssa {
  size = 0;
  op: Uint8Array<ArrayBuffer>;
  a: Int32Array<ArrayBuffer>;
  b: Int32Array<ArrayBuffer>;
  c: Int32Array<ArrayBuffer>;
  wide: Uint8Array<ArrayBuffer>;
  readonly literals: number[] = [];
  readonly calls: Call[] = [];
  readonly algebra: Algebra<number>;
  readonly #numbers: Numbers = { literal: (x) => this.literal(x), apply: (op, a, b, c) => this.node(op, a, b, c) };
  #table: Int32Array<ArrayBuffer>;
  readonly #literalOf = new Map<number, number>(); // all but the zeros and NaN
  readonly #special: [zero: number, minusZero: number, nan: number] = [-1, -1, -1];

  /** @param nodes as many as there will be, roughly */
  constructor(nodes = FEW) {
    let room = FEW;
    while (room < nodes) room *= 2;
    this.op = new Uint8Array(room);
    this.a = new Int32Array(room);
    this.b = new Int32Array(room);
    this.c = new Int32Array(room);
    this.wide = new Uint8Array(room);
    this.#table = new Int32Array(SPARSE * room);
    this.algebra = algebraOf(this);
  }

  literal(x: number): number {
    if (Number.isNaN(x)) return this.#once(2, Number.NaN);
    if (x === 0) return this.#once(Object.is(x, -0) ? 1 : 0, x);
    let id = this.#literalOf.get(x);
    if (id === undefined) {
      id = this.#append(NODE.literal, this.literals.push(x) - 1, 0, 0, 0);
      this.#literalOf.set(x, id);
    }
    return id;
  }

  #once(place: 0 | 1 | 2, x: number): number {
    if (this.#special[place] < 0) this.#special[place] = this.#append(NODE.literal, this.literals.push(x) - 1, 0, 0, 0);
    return this.#special[place];
  }

  isLiteral(id: number, x: number): boolean {
    return this.op[id] === NODE.literal && Object.is(this.literals[this.a[id]!], x);
  }

  /** The number of a literal; undefined for other nodes. */
  literalOf(id: number): number | undefined {
    return this.op[id] === NODE.literal ? this.literals[this.a[id]!] : undefined;
  }

  /** The number at an address that nothing writes while the piece runs. */
  load(base: number, offset: number, perLane = 0): number {
    return this.#find(NODE.load, base, offset, perLane, perLane === 0 ? 0 : 1);
  }

  /** The value of a slot that is looked up: entry `place` of the index lists, the next for the next lane. */
  gather(place: number): number {
    return this.#find(NODE.gather, place, 0, 0, 1);
  }

  /** What is in a local of the function, the same wherever it is read. */
  local(local: number): number {
    return this.#find(NODE.local, local, 0, 0, 0);
  }

  /** What a turn has put into its frame. */
  kept(base: number, offset: number): number {
    return this.#find(NODE.kept, base, offset, 0, 1);
  }

  index(local: number, inLanes: boolean): number {
    return this.#find(NODE.index, local, 0, Number(inLanes), Number(inLanes));
  }

  /** An op of one to three operands; one that the table defines by simpler ops becomes those. */
  node(op: number, a: number, b = a, c = b): number {
    const text = VALUES[op];
    if (text !== undefined) return run((values[op] ??= parsed(text)), this.#numbers, a, b, c, -1);
    const simpler = rewrite(this, op, a, b, c);
    if (simpler >= 0) return simpler;
    const arity = ARITY[op]!;
    if (arity === 1) return this.#find(op, a, 0, 0, this.wide[a]!);
    if (arity === 2) return this.#find(op, a, b, 0, this.wide[a]! | this.wide[b]!);
    return this.#find(op, a, b, c, this.wide[a]! | this.wide[b]! | this.wide[c]!);
  }

  /** ∂op/∂operand j, from operands and result. */
  partial(op: number, j: number, a: number, b: number, c: number, z: number): number {
    const program = (partials[4 * op + j] ??= parsed(PARTIALS[op - 2]!.split(',')[j]!));
    return run(program, this.#numbers, a, b, c, z);
  }

  /** The same of each operand. */
  partials(op: number, a: number, b: number, c: number, z: number): readonly number[] {
    return Array.from({ length: ARITY[op]! }, (_, j) => this.partial(op, j, a, b, c, z));
  }

  call(call: Call): number {
    return this.#append(NODE.call, this.calls.push(call) - 1, 0, 0, 0);
  }

  result(call: number, i: number): number {
    return this.#append(NODE.result, call, i, 0, 0);
  }

  /** A node of a kind that only the caller knows, above all of {@link NODE}; equal ones are one node. */
  special(kind: number, a: number, b: number, c: number, isWide: boolean): number {
    return this.#find(kind, a, b, c, Number(isWide));
  }

  #find(op: number, a: number, b: number, c: number, wide: number): number {
    const mask = this.#table.length - 1;
    let at = hash(op, a, b, c) & mask;
    for (let entry: number; (entry = this.#table[at]!) !== 0; at = (at + 1) & mask) {
      const id = entry - 1;
      if (this.op[id] === op && this.a[id] === a && this.b[id] === b && this.c[id] === c) return id;
    }
    this.#table[at] = this.size + 1;
    return this.#append(op, a, b, c, wide);
  }

  #append(op: number, a: number, b: number, c: number, wide: number): number {
    if (this.size === this.op.length) this.#grow();
    const id = this.size++;
    this.op[id] = op;
    this.a[id] = a;
    this.b[id] = b;
    this.c[id] = c;
    this.wide[id] = wide;
    return id;
  }

  #grow(): void {
    const bytes = (from: Uint8Array): Uint8Array<ArrayBuffer> => {
      const to = new Uint8Array(GROWTH * from.length);
      to.set(from);
      return to;
    };
    const words = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(GROWTH * from.length);
      to.set(from);
      return to;
    };
    this.op = bytes(this.op);
    this.wide = bytes(this.wide);
    this.a = words(this.a);
    this.b = words(this.b);
    this.c = words(this.c);
    this.#table = new Int32Array(SPARSE * this.op.length);
    const mask = this.#table.length - 1;
    for (let id = 0; id < this.size; id++) {
      const op = this.op[id]!;
      if (op === NODE.literal || op === NODE.call || op === NODE.result) continue;
      let at = hash(op, this.a[id]!, this.b[id]!, this.c[id]!) & mask;
      while (this.#table[at] !== 0) at = (at + 1) & mask;
      this.#table[at] = id + 1;
    }
  }
}

function hash(op: number, a: number, b: number, c: number): number {
  let h = Math.imul(op + 1, 0x9e3779b1) ^ Math.imul(a, 0x85ebca6b) ^ Math.imul(b, 0xc2b2ae35) ^ Math.imul(c, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return h ^ (h >>> 13);
}
