/**
 * The graph of a computation: one node is one f64, and the same computation is one node.
 *
 * Nodes are rows of typed arrays, numbered in the order of creation, so operands always come before their results and
 * every pass over the graph is a loop from 0 or from the end. A new node is first looked up by its operator and operands
 * (hash-consing, Ershov 1958) in a table of integers (table.ts): no strings, no objects, no recursion.
 *
 *     op         a                        b           c
 *     input      its place among inputs   0           0
 *     constant   index in constantValues  0           0
 *     1–3 args   operand                  operand     operand    (0 where there is none)
 *     list ops   offset in lists          k           0          k numbers there; for dot 2k, the second list after the first
 *     leaf.ts    numbers of side tables                          what programs with loops have besides
 *
 * Every node has a *set of scopes*: the loops that it depends on. It is computed in the innermost of them, so whatever a
 * loop does not change is computed outside of it. A program without loops has no such sets.
 */
import { fail } from '../errors.ts';
import { ARITY } from '../ops/kernels.ts';
import { FIRST_LIST_OP, OP, VOCABULARY } from '../ops/vocabulary.ts';
import { emptyReduction, fold } from './fold.ts';
import { FIRST_LOOP_OP, LEAF } from './leaf.ts';
import { Loops } from './loops.ts';
import { finish, mix, NodeTable, room } from './table.ts';

export class Graph {
  size = 0;
  op = new Uint8Array(256);
  a = new Int32Array(256);
  b = new Int32Array(256);
  c = new Int32Array(256);
  lists = new Int32Array(256);
  listsSize = 0;
  constantValues = new Float64Array(16);
  constantsSize = 0;
  inputsSize = 0;
  readonly names = new Map<number, string[]>();
  readonly loops: Loops = new Loops();
  /** How many computations were asked for, new or not. */
  asked = 0;
  /** Some node depends on a loop. */
  #scoped = false;
  #table: NodeTable | undefined = new NodeTable(); // all nodes but inputs; undefined once sealed

  /** A new input; inputs are never the same. */
  input(): number {
    this.#open();
    return this.#append(OP.input, this.inputsSize++, 0, 0);
  }

  /** A new input that is an element of a block: b = block + 1, c = its place there. */
  element(block: number, place: number): number {
    this.#open();
    return this.#append(OP.input, this.inputsSize++, block + 1, place);
  }

  /** That many inputs. */
  inputs(count: number): Int32Array {
    const ids = room(count, Int32Array);
    for (let i = 0; i < count; i++) ids[i] = this.input();
    return ids;
  }

  /** The node of a number. Equal bits are one node: 0 and −0 are two, all NaNs are one. */
  constant(x: number): number {
    const table = this.#open();
    const h = hashNumber(x);
    const near = this.#anywhere(h);
    let at = table.place(0, h, near);
    for (let i = 0, entry: number; (entry = table.slots[at]!) !== 0; at = table.place(++i, h, near)) {
      const id = entry - 1;
      if (this.op[id] === OP.constant && Object.is(this.constantValues[this.a[id]!], x)) return id;
    }
    if (this.constantsSize === this.constantValues.length) this.constantValues = grown(this.constantValues);
    this.constantValues[this.constantsSize] = x;
    return this.#enter(at, OP.constant, this.constantsSize++, 0, 0);
  }

  /** The node of an op of one to three operands, or of what it is exactly equal to (fold.ts). */
  node(op: number, a: number, b = 0, c = 0): number {
    this.asked++;
    const set = this.#scoped ? this.#setOf(op, a, b, c) : 0;
    const simpler = fold(this, op, a, b, c);
    if (simpler >= 0) return simpler;
    const table = this.#open();
    const h = hash(op, a, b, c);
    const near = Math.max(a, b, c);
    let at = table.place(0, h, near);
    for (let i = 0, entry: number; (entry = table.slots[at]!) !== 0; at = table.place(++i, h, near)) {
      const id = entry - 1;
      if (this.a[id] === a && this.op[id] === op && this.b[id] === b && this.c[id] === c) return id;
    }
    const id = this.#enter(at, op, a, b, c);
    if (set !== 0) this.loops.setSet(id, set);
    return id;
  }

  /** The node of an op of one to three operands if there is one, else −1. */
  known(op: number, a: number, b = 0, c = 0): number {
    const table = this.#open();
    const h = hash(op, a, b, c);
    const near = Math.max(a, b, c);
    for (let i = 0, entry: number; (entry = table.slots[table.place(i, h, near)]!) !== 0; i++) {
      const id = entry - 1;
      if (this.a[id] === a && this.op[id] === op && this.b[id] === b && this.c[id] === c) return id;
    }
    return -1;
  }

  /** The node of a leaf of programs with loops (leaf.ts), which depends on these scopes. @throws OutsideLoop */
  leaf(op: LEAF, a: number, b: number, c: number, set: number): number {
    this.asked++;
    const table = this.#open();
    if (set !== 0) {
      this.loops.require(set, LEAF_WORDS[op] ?? 'at');
      this.#scoped = true;
    }
    this.loops.leaves++;
    const h = hash(op, a, b, c);
    const near = this.#anywhere(h);
    let at = table.place(0, h, near);
    for (let i = 0, entry: number; (entry = table.slots[at]!) !== 0; at = table.place(++i, h, near)) {
      const id = entry - 1;
      if (this.a[id] === a && this.op[id] === op && this.b[id] === b && this.c[id] === c) return id;
    }
    const id = this.#enter(at, op, a, b, c);
    if (set !== 0) this.loops.setSet(id, set);
    return id;
  }

  /** The node of an op over a list, for dot over two of equal length. The empty list gives a constant. O(k). */
  list(op: number, idsA: ArrayLike<number>, idsB?: ArrayLike<number>): number {
    const table = this.#open();
    const k = idsA.length;
    this.asked += k;
    let set = 0;
    if (this.#scoped) set = this.#setOfList(op, idsA, idsB);
    if (k === 0) return this.constant(emptyReduction(op));
    const offset = this.listsSize;
    const end = offset + (idsB ? 2 * k : k);
    while (end > this.lists.length) this.lists = grown(this.lists);
    for (let i = 0; i < k; i++) this.lists[offset + i] = idsA[i]!;
    if (idsB) for (let i = 0; i < k; i++) this.lists[offset + k + i] = idsB[i]!;

    const h = this.#hashList(op, offset, end);
    const near = this.lists[end - 1]!;
    let at = table.place(0, h, near);
    for (let i = 0, entry: number; (entry = table.slots[at]!) !== 0; at = table.place(++i, h, near)) {
      const id = entry - 1;
      if (this.op[id] === op && this.b[id] === k && this.#sameList(this.a[id]!, offset, end)) return id;
    }
    this.listsSize = end;
    const id = this.#enter(at, op, offset, k, 0);
    if (set !== 0) this.loops.setSet(id, set);
    return id;
  }

  /** One more name for a node. */
  name(id: number, name: string): void {
    const names = this.names.get(id);
    if (!names) this.names.set(id, [name]);
    else if (!names.includes(name)) names.push(name);
  }

  /** How many operands node `id` has; see {@link operand}. */
  operands(id: number): number {
    const op = this.op[id]!;
    if (op >= FIRST_LOOP_OP) return op === LEAF.check ? 1 : 0;
    if (op >= FIRST_LIST_OP) return op === OP.dot ? 2 * this.b[id]! : this.b[id]!;
    return ARITY[op]!;
  }

  /** Operand i of node `id`; for dot the second list follows the first. */
  operand(id: number, i: number): number {
    if (isList(this.op[id]!)) return this.lists[this.a[id]! + i]!;
    return i === 0 ? this.a[id]! : i === 1 ? this.b[id]! : this.c[id]!;
  }

  isConstant(id: number): boolean {
    return this.op[id] === OP.constant;
  }

  /** The number of a constant node. */
  constantOf(id: number): number {
    return this.constantValues[this.a[id]!]!;
  }

  /** No more nodes: the table for finding them is given back, a third of the memory. */
  seal(): void {
    this.#table = undefined;
  }

  #open(): NodeTable {
    return this.#table ?? fail('ForeignNode', 'this expression belongs to a program that is compiled already');
  }

  /** The scopes that an op depends on. @throws OutsideLoop */
  #setOf(op: number, a: number, b: number, c: number): number {
    const { loops } = this;
    const arity = ARITY[op]!;
    let set = loops.setOf(a);
    if (arity > 1) set = loops.sets.union(set, loops.setOf(b));
    if (arity > 2) set = loops.sets.union(set, loops.setOf(c));
    return set === 0 ? 0 : loops.require(set, VOCABULARY[op]!);
  }

  #setOfList(op: number, idsA: ArrayLike<number>, idsB: ArrayLike<number> | undefined): number {
    const { loops } = this;
    let set = 0;
    for (let i = 0; i < idsA.length; i++) set = loops.sets.union(set, loops.setOf(idsA[i]!));
    if (idsB) for (let i = 0; i < idsB.length; i++) set = loops.sets.union(set, loops.setOf(idsB[i]!));
    return set === 0 ? 0 : loops.require(set, VOCABULARY[op]!);
  }

  #append(op: number, a: number, b: number, c: number): number {
    const id = this.size;
    if (id === this.op.length) {
      this.op = grown(this.op);
      this.a = grown(this.a);
      this.b = grown(this.b);
      this.c = grown(this.c);
    }
    this.op[id] = op;
    this.a[id] = a;
    this.b[id] = b;
    this.c[id] = c;
    this.size = id + 1;
    this.#table!.makeRoom(id + 1, this.#reenter);
    return id;
  }

  /** Appends a node and remembers it at the free place `at`. */
  #enter(at: number, op: number, a: number, b: number, c: number): number {
    this.#table!.slots[at] = this.size + 1;
    return this.#append(op, a, b, c);
  }

  readonly #reenter = (table: NodeTable, id: number): void => {
    if (this.op[id] === OP.input) return;
    const h = this.#hashOf(id);
    const near = this.#nearOf(id, h);
    let at = table.place(0, h, near);
    for (let i = 0; table.slots[at] !== 0; at = table.place(++i, h, near));
    table.slots[at] = id + 1;
  };

  #hashOf(id: number): number {
    const op = this.op[id]!;
    if (op === OP.constant) return hashNumber(this.constantOf(id));
    if (isList(op)) return this.#hashList(op, this.a[id]!, this.a[id]! + this.operands(id));
    return hash(op, this.a[id]!, this.b[id]!, this.c[id]!);
  }

  #nearOf(id: number, h: number): number {
    const op = this.op[id]!;
    if (op === OP.constant || op >= FIRST_LOOP_OP) return this.#anywhere(h);
    if (op >= FIRST_LIST_OP) return this.operand(id, this.operands(id) - 1);
    return Math.max(this.a[id]!, this.b[id]!, this.c[id]!);
  }

  /** Constants have no operands to be near to. */
  #anywhere(h: number): number {
    return (h >>> 4) & ((this.#table!.slots.length >> 1) - 1);
  }

  #hashList(op: number, from: number, to: number): number {
    let h = op;
    for (let i = from; i < to; i++) h = mix(h, this.lists[i]!);
    return finish(h);
  }

  #sameList(at: number, from: number, to: number): boolean {
    for (let i = from; i < to; i++, at++) if (this.lists[at] !== this.lists[i]) return false;
    return true;
  }
}

function isList(op: number): boolean {
  return op >= FIRST_LIST_OP && op < FIRST_LOOP_OP;
}

/** What a leaf is asked for with, in sentences. */
const LEAF_WORDS: { readonly [op: number]: string } = { [LEAF.load]: 'at', [LEAF.check]: 'at' };

function grown<T extends Uint8Array | Int32Array | Float64Array>(array: T): T {
  const larger = room(2 * array.length, array.constructor as new (length: number) => T);
  larger.set(array);
  return larger;
}

function hash(op: number, a: number, b: number, c: number): number {
  return finish(mix(mix(mix(op, a), b), c));
}

const bits = new Float64Array(1);
const words = new Int32Array(bits.buffer);

function hashNumber(x: number): number {
  bits[0] = Number.isNaN(x) ? Number.NaN : x; // whatever its payload
  return hash(OP.constant, words[0]!, words[1]!, 0);
}
