/**
 * Nodes as instructions. What is used once stands where it is used, as part of an expression; what is used more often is
 * computed where it stands among the nodes, and kept in a local. In lanes a node is a pair, a v128. Locals serve for numbers
 * in memory and literals, too: reading those at every use made Rosenbrock's gradient 1.4 × (n = 10) to 2.2 × (n = 100) slower.
 */
import { OP, VOCABULARY } from '../../ops/vocabulary.ts';
import { I, TYPE, V } from '../../wasm/encode/instructions.ts';
import type { Fn, Signature } from '../../wasm/encode/module.ts';
import { contracted, isOwnProduct } from './contract.ts';
import { arityOf, NODE, type Ssa } from './ssa.ts';

const { f64, i32, v128 } = TYPE;

/** A list by opcode, and by kind of node: it is looked at for each of them. */
function byOp(pairs: { readonly [op: number]: readonly [I, V] }): readonly (readonly [I, V] | undefined)[] {
  return Array.from({ length: 256 }, (_, op) => pairs[op]);
}

/** Instructions of ops that are one: for a number, and for a pair. */
const INSTRUCTION = byOp({
  [OP.add]: [I.f64Add, V.f64Add],
  [OP.sub]: [I.f64Sub, V.f64Sub],
  [OP.mul]: [I.f64Mul, V.f64Mul],
  [OP.div]: [I.f64Div, V.f64Div],
  [OP.neg]: [I.f64Neg, V.f64Neg],
  [OP.abs]: [I.f64Abs, V.f64Abs],
  [OP.sqrt]: [I.f64Sqrt, V.f64Sqrt],
  [OP.min]: [I.f64Min, V.f64Min],
  [OP.max]: [I.f64Max, V.f64Max],
  [OP.floor]: [I.f64Floor, V.f64Floor],
  [OP.ceil]: [I.f64Ceil, V.f64Ceil],
  [OP.trunc]: [I.f64Trunc, V.f64Trunc],
});

/** Comparisons, which leave a condition: a number other than 0, or a mask. */
const COMPARISON = byOp({
  [OP.lt]: [I.f64Lt, V.f64Lt],
  [OP.le]: [I.f64Le, V.f64Le],
  [OP.gt]: [I.f64Gt, V.f64Gt],
  [OP.ge]: [I.f64Ge, V.f64Ge],
  [OP.eq]: [I.f64Eq, V.f64Eq],
  [OP.ne]: [I.f64Ne, V.f64Ne],
});

export function isComparison(op: number): boolean {
  return COMPARISON[op] !== undefined;
}

/** Functions of the core that take pairs, by the op. */
const PAIRED: { readonly [op: number]: string } = {
  [OP.exp]: 'expLanes',
  [OP.log]: 'logLanes',
  [OP.tanh]: 'tanhLanes',
  [OP.sigmoid]: 'sigmoidLanes',
};

// biome-ignore format: one line each
const OF: readonly Signature[] = [1, 2, 3].map((n) => ({ params: new Array<TYPE>(n).fill(f64), results: [f64] }));
const OF_PAIR: Signature = { params: [v128], results: [v128] };

/** Expressions nest no deeper than this. */
const DEEPEST = 48;

/** How often each node is used by what leads to the roots; a root is used once for each time it is one. */
export function countUses(k: Ssa, roots: readonly number[]): Int32Array {
  const uses = new Int32Array(k.size);
  for (const root of roots) uses[root]!++;
  for (let id = k.size - 1; id >= 0; id--) {
    const op = k.op[id]!;
    if (op === NODE.call) {
      for (const operand of k.calls[k.a[id]!]!.operands) uses[operand]!++; // a call always happens
      continue;
    }
    if (uses[id] === 0) continue;
    const arity = arityOf(op);
    if (arity > 0) uses[k.a[id]!]!++;
    if (arity > 1) uses[k.b[id]!]!++;
    if (arity > 2) uses[k.c[id]!]!++;
  }
  return uses;
}

/** Writes nodes into a function: all of them as numbers, or as pairs where they are wide. */
export class Emitter {
  readonly fn: Fn;
  readonly k: Ssa;
  readonly uses: Int32Array;
  readonly inLanes: boolean;
  /** Local of each node that has one, else −1. */
  readonly local: Int32Array;
  /** For loads in lanes and indices: a local with 8 × the number of the first lane; −1 outside lanes. */
  readonly laneBytes: number;
  /** For gathers: a local with the address of the index lists plus 4 × the number of the first lane, and where values lie from P. */
  gathers: { readonly at: number; readonly values: number } = { at: -1, values: 0 };
  /** Straight-line code: how often a local will still be read; after the last time it serves for another number. */
  remaining: Int32Array | undefined;
  readonly #free: number[] = [];
  readonly #depth: Uint8Array;
  /** Which products are part of the sum that they are for; undefined where all products are rounded. */
  readonly #contracted: Uint8Array | undefined;

  constructor(fn: Fn, k: Ssa, uses: Int32Array, inLanes = false, laneBytes = -1) {
    this.fn = fn;
    this.k = k;
    this.uses = uses;
    this.inLanes = inLanes;
    this.laneBytes = laneBytes;
    this.local = new Int32Array(k.size).fill(-1);
    this.#depth = new Uint8Array(k.size);
    this.#contracted = inLanes && fn.isRelaxed ? contracted(k, uses) : undefined;
  }

  /** Does a node need a local when it is met in order? */
  needsLocal(id: number): boolean {
    const op = this.k.op[id]!;
    const arity = arityOf(op);
    // what lanes share is read again at every use: among a loop's many locals it would be written out and read as a pair
    if (arity === 0)
      return (
        this.uses[id]! > 1 && (op === NODE.load ? !this.inLanes || this.k.wide[id] === 1 : op !== NODE.local && op !== NODE.kept)
      );
    const { a, b, c } = this.k;
    let depth = this.#depthOf(a[id]!);
    if (arity > 1) depth = Math.max(depth, this.#depthOf(b[id]!));
    if (arity > 2) depth = Math.max(depth, this.#depthOf(c[id]!));
    this.#depth[id] = depth + 1;
    return this.uses[id]! > 1 || depth + 1 >= DEEPEST;
  }

  #depthOf(id: number): number {
    return this.local[id]! >= 0 ? 0 : this.#depth[id]!;
  }

  /** Computes a node into a local of its own. */
  define(id: number): void {
    const isCondition = COMPARISON[this.k.op[id]!] !== undefined;
    const type = this.inLanes ? v128 : isCondition ? i32 : f64;
    if (isCondition) this.condition(id);
    else this.number(id);
    const local = (type === f64 && this.#free.pop()) || this.fn.local(type);
    this.fn.set(local);
    this.local[id] = local;
  }

  /** Pushes what is in a node's local. */
  #get(id: number): void {
    const local = this.local[id]!;
    this.fn.get(local);
    if (this.remaining && --this.remaining[id]! === 0 && !COMPARISON[this.k.op[id]!]) this.#free.push(local);
  }

  /** Pushes a node as a number or a pair. */
  number(id: number): void {
    const { fn, k } = this;
    const op = k.op[id]!;
    if (COMPARISON[op]) {
      this.condition(id);
      if (!this.inLanes) fn.op(I.f64ConvertI32U);
      else {
        this.constant(1);
        fn.vector(V.and);
      }
      return;
    }
    if (this.local[id]! >= 0) return this.#get(id);
    if (op === NODE.literal) return this.constant(k.literals[k.a[id]!]!);
    if (op === NODE.load) return this.load(k.a[id]!, k.b[id]!, k.c[id]!);
    if (op === NODE.gather) return this.#gather(k.a[id]!);
    if (op === NODE.local) return fn.get(k.a[id]!);
    if (op === NODE.kept) {
      fn.get(k.a[id]!);
      if (this.inLanes) fn.vectorMemory(V.load, k.b[id]!);
      else fn.memory(I.f64Load, k.b[id]!);
      return;
    }
    const [a, b, c] = [k.a[id]!, k.b[id]!, k.c[id]!];
    const product = this.#contracted?.[id] === 1 ? a : this.#contracted?.[id] === 2 ? b : -1;
    if (product >= 0 && this.local[product]! < 0) {
      const instruction = op === OP.add ? V.f64RelaxedMadd : V.f64RelaxedNmadd;
      return this.#contract(product, instruction, () => this.number(product === a ? b : a));
    }
    if (op === OP.select) {
      this.number(b);
      this.number(c);
      this.condition(a);
      if (this.inLanes) fn.vector(V.bitselect);
      else fn.op(I.select);
      return;
    }
    const instruction = INSTRUCTION[op];
    if (!instruction && this.inLanes && !PAIRED[op]) return this.#bySingles(op, a, b, c);
    const arity = arityOf(op);
    this.number(a);
    if (arity > 1) this.number(b);
    if (arity > 2) this.number(c);
    if (instruction) {
      if (this.inLanes) fn.vector(instruction[1]);
      else fn.op(instruction[0]);
    } else if (this.inLanes) fn.callImport(PAIRED[op]!, OF_PAIR);
    else fn.callImport(VOCABULARY[op]!, OF[arity - 1]!);
  }

  /** Pushes what `push` pushes, a number or a pair, plus a node. */
  plus(push: () => void, node: number): void {
    if (this.#contracted && this.local[node]! < 0 && isOwnProduct(this.k, this.uses, node))
      return this.#contract(node, V.f64RelaxedMadd, push);
    push();
    this.number(node);
    if (this.inLanes) this.fn.vector(V.f64Add);
    else this.fn.op(I.f64Add);
  }

  #contract(product: number, instruction: V, push: () => void): void {
    this.number(this.k.a[product]!);
    this.number(this.k.b[product]!);
    push();
    this.fn.vector(instruction);
  }

  /** A pair by two calls. */
  #bySingles(op: number, a: number, b: number, c: number): void {
    const { fn } = this;
    const arity = arityOf(op);
    const operands = [a, b, c].slice(0, arity).map((operand) => {
      this.number(operand);
      const local = fn.local(v128);
      fn.set(local);
      return local;
    });
    for (const lane of [0, 1]) {
      for (const local of operands) {
        fn.get(local);
        fn.lane(V.f64Extract, lane);
      }
      fn.callImport(VOCABULARY[op]!, OF[arity - 1]!);
      if (lane === 0) fn.vector(V.f64Splat);
      else fn.lane(V.f64Replace, 1);
    }
    for (const local of operands) fn.release(v128, local);
  }

  /** Pushes a node as a condition: what is not 0 holds. */
  condition(id: number): void {
    const { fn, k } = this;
    const comparison = COMPARISON[k.op[id]!];
    if (comparison) {
      if (this.local[id]! >= 0) return this.#get(id);
      this.number(k.a[id]!);
      this.number(k.b[id]!);
    } else {
      this.number(id);
      this.constant(0);
    }
    const [single, pair] = comparison ?? COMPARISON[OP.ne]!;
    if (this.inLanes) fn.vector(pair);
    else fn.op(single);
  }

  constant(x: number): void {
    if (this.inLanes) this.fn.f64x2(x);
    else this.fn.f64(x);
  }

  /** The number, or the pair, at an address. */
  load(base: number, offset: number, perLane: number): void {
    const { fn } = this;
    fn.get(base);
    if (perLane === 0 || this.laneBytes < 0) {
      fn.memory(I.f64Load, offset); // not load64_splat: for that V8 keeps the address of each number, in memory as a rule
      if (this.inLanes) fn.vector(V.f64Splat);
      return;
    }
    this.advance(perLane);
    if (!this.inLanes) fn.memory(I.f64Load, offset);
    else if (perLane === 8) fn.vectorMemory(V.load, offset);
    else {
      const at = fn.local(i32);
      fn.tee(at);
      fn.get(at); // the second address lies below the first number on the stack
      fn.vectorMemory(V.load64Zero, offset);
      fn.vectorMemory(V.load64Lane, offset + perLane, 1);
      fn.release(i32, at);
    }
  }

  /** Pushes the address, less that of the values, of the slot that entry `place` of the index lists names. */
  lookUp(place: number, lane = 0): void {
    const { fn } = this;
    fn.get(this.gathers.at);
    fn.memory(I.i32Load, (place + lane) * 4);
    fn.i32(3);
    fn.op(I.i32Shl);
    fn.get(0);
    fn.op(I.i32Add);
  }

  #gather(place: number): void {
    const { fn } = this;
    const { values } = this.gathers;
    if (this.inLanes) {
      this.lookUp(place, 1); // lies below the first number on the stack
      this.lookUp(place);
      fn.vectorMemory(V.load64Zero, values);
      fn.vectorMemory(V.load64Lane, values, 1);
    } else {
      this.lookUp(place);
      fn.memory(I.f64Load, values);
    }
  }

  /** Adds to the address on the stack what the lane's number makes. */
  advance(perLane: number): void {
    const { fn } = this;
    fn.get(this.laneBytes);
    if (perLane !== 8) {
      fn.i32(perLane >> 3);
      fn.op(I.i32Mul);
    }
    fn.op(I.i32Add);
  }
}
