/** The nodes of a program that is being written out: of its values and of all elements of its arrays, in the iterations at hand. */
import { fail } from '../../errors.ts';
import { Graph } from '../../graph/graph.ts';
import { type Access, type Affine, type LoopTape, type SizeId, sizesOf, type View, type View2 } from './layout.ts';

/** For each node there may be so many steps that make none: elements of lists, what is found to be there already. */
const STEPS_PER_NODE = 16;

export class Elements {
  readonly graph = new Graph();
  readonly sizes: Float64Array;
  /** Node of each value, and of each element of each array, −1 before it is written. */
  readonly values: Int32Array;
  readonly arrays: Int32Array[];
  /** Iteration that each body is in. */
  readonly iteration: Float64Array;
  readonly #tape: LoopTape;
  readonly #limit: number;
  /** Local arrays by body. */
  readonly #locals: number[][];
  #steps = 0;

  constructor(tape: LoopTape, lengths: readonly number[], limit: number) {
    this.#tape = tape;
    this.#limit = limit;
    this.sizes = sizesOf(tape, lengths);
    this.values = new Int32Array(tape.values);
    this.iteration = new Float64Array(tape.bodies.length);
    this.#locals = tape.bodies.map(() => []);
    this.arrays = tape.blocks.map(({ kind, body, size }, i) => {
      if (kind === 'local') this.#locals[body]!.push(i);
      return kind === 'local' ? new Int32Array(0) : this.graph.inputs(this.length(size));
    });
  }

  /** Nodes of all inputs of a kind. */
  inputs(kind: 'param' | 'data'): Int32Array {
    return joined(this.arrays.filter((_, i) => this.#tape.blocks[i]!.kind === kind));
  }

  /** The arrays of a body are new in each iteration. */
  enter(body: number): void {
    for (const array of this.#locals[body]!)
      this.arrays[array] = new Int32Array(this.length(this.#tape.blocks[array]!.size)).fill(-1);
  }

  /** Elements of an array are set, `by` apart. */
  fill(array: number, from: number, by: number, nodes: ArrayLike<number>): void {
    for (let e = 0; e < nodes.length; e++) this.arrays[array]![this.#inside(array, from + e * by)] = nodes[e]!;
  }

  list({ from, by }: View, n: SizeId): Int32Array {
    const length = this.length(n);
    const nodes = new Int32Array(length);
    const first = length > 0 ? this.place(from) : 0;
    for (let e = 0; e < length; e++) nodes[e] = this.#element(from.array, first + e * this.sizes[by]!);
    return nodes;
  }

  /** k elements of a matrix, `by` apart, from `i` times `apart` on. */
  row({ from }: View2, k: number, i: number, apart: SizeId, by: SizeId): Int32Array {
    this.spend(k + 1);
    const nodes = new Int32Array(k);
    const first = k > 0 ? this.place(from) + i * this.sizes[apart]! : 0;
    for (let e = 0; e < k; e++) nodes[e] = this.#element(from.array, first + e * this.sizes[by]!);
    return nodes;
  }

  /** The node at a place. */
  load(from: Access): number {
    return this.#element(from.array, this.place(from));
  }

  #element(array: number, at: number): number {
    const node = this.arrays[array]![this.#inside(array, at)]!;
    return node >= 0 ? node : fail('BadTape', `element ${at} of array ${array} is read, but nothing wrote it`);
  }

  #inside(array: number, at: number): number {
    const n = this.arrays[array]!.length;
    return at >= 0 && at < n ? at : fail('OutOfRange', `place ${at} of an array of ${n} elements`);
  }

  place({ at, checks }: Access): number {
    for (const check of checks) {
      const [i, n] = [this.#affine(check.at), this.sizes[check.extent]!];
      if (!(i >= 0 && i < n)) fail('OutOfRange', `${check.what}: ${i} is no index into ${n} elements`);
    }
    return this.#affine(at);
  }

  #affine({ base, terms, picks }: Affine): number {
    let at = this.sizes[base]!;
    for (const { body, by } of terms) at += this.sizes[by]! * this.iteration[body]!;
    for (const { value, by } of picks) at += this.sizes[by]! * this.graph.constantOf(this.values[value]!);
    return at;
  }

  /** A size that counts something; so many steps are taken. */
  length(size: SizeId): number {
    const n = this.sizes[size]!;
    if (!(Number.isSafeInteger(n) && n >= 0))
      fail('OutOfRange', `with these lengths an array or a loop would have the length ${n}`);
    this.spend(n);
    return n;
  }

  spend(steps: number): void {
    this.#steps += steps;
    if (this.graph.size > this.#limit || this.#steps > STEPS_PER_NODE * this.#limit)
      fail('BadOption', `written out, this program would have more than ${this.#limit} nodes`);
  }
}

/** Lists one after the other. */
export function joined(lists: readonly Int32Array[]): Int32Array {
  const result = new Int32Array(lists.reduce((n, list) => n + list.length, 0));
  let at = 0;
  for (const list of lists) {
    result.set(list, at);
    at += list.length;
  }
  return result;
}
