/**
 * A program with loops as a graph once more, its loops being loops: for what only graphs can do, as to be differentiated. Of
 * arrays that are filled piece by piece those that lowering makes are understood, one piece after the other.
 */
import { fail } from '../../errors.ts';
import { type Affine as GraphAffine, constantAffine, indexAffine, pickAffine, plus } from '../../graph/affine.ts';
import { cells, joined, load, whole } from '../../graph/blocks.ts';
import type { Graph } from '../../graph/graph.ts';
import { LEAF } from '../../graph/leaf.ts';
import { contract } from '../../graph/linear.ts';
import type { Carry, Scope, Spot, View as GraphView, View2 as GraphView2 } from '../../graph/records.ts';
import { reduceView } from '../../graph/reduce.ts';
import { inLoop, written } from '../../graph/region.ts';
import { scattered } from '../../graph/scatter.ts';
import { ONE, Size, ZERO } from '../../graph/size.ts';
import { sizeNode } from '../../graph/vector.ts';
import type { Access, Affine, Instruction, LoopTape, SizeId, View, View2 } from './layout.ts';

type Loop = Extract<Instruction, { kind: 'region' | 'scan' }>;

/**
 * The value that is the one output of a program.
 *
 * @param inputs nodes of scalars, and views of all elements of other inputs
 * @throws BadOption for a program that fills an array in another order than its own
 */
export function raised(graph: Graph, tape: LoopTape, inputs: readonly (number | GraphView)[]): number {
  const raising = new Raising(graph, tape);
  inputs.forEach((input, i) => {
    raising.arrays.set(i, typeof input === 'number' ? cells(graph, Int32Array.of(input)) : input);
  });
  raising.body(0);
  const { from } = tape.outputs[0]!;
  return 'value' in from ? raising.values.get(from.value)! : raising.element(from.array);
}

class Raising {
  readonly values = new Map<number, number>();
  readonly arrays = new Map<number, GraphView>();
  readonly #scopes = new Map<number, readonly [scope: number, index: number]>();
  /** What was put into arrays so far, one after the other, and how much of them that fills. */
  readonly #parts = new Map<number, { readonly parts: (number | GraphView)[]; end: Size }>();

  constructor(
    readonly graph: Graph,
    readonly tape: LoopTape,
  ) {}

  body(body: number): void {
    for (const it of this.tape.bodies[body]!.code) this.#instruction(it, body);
  }

  #instruction(it: Instruction, body: number): void {
    const { graph } = this;
    if (it.kind === 'region' || it.kind === 'scan') this.#loop(it);
    else if ('out' in it) this.values.set(it.out, this.#value(it, body));
    else if (it.kind === 'contract')
      this.arrays.set(it.array, whole(contract(graph, this.#view2(it.a, it.m, it.k), this.#view2(it.b, it.k, it.n)))); // biome-ignore format: one line
    else if (it.kind === 'scatter') {
      const size = this.#size(this.tape.blocks[it.array]!.size);
      this.arrays.set(it.array, scattered(graph, this.#view(it.from, it.n), this.#view(it.at, it.n), size));
    } else if (it.kind === 'store') this.#put(it.into, this.values.get(it.a)!, ONE);
    else if (it.kind === 'copy') this.#put(it.into.from, this.#view(it.from, it.n), this.#size(it.n), it.into.by);
  }

  /** The one element of an array. */
  element(array: number): number {
    return load(this.graph, this.#array(array));
  }

  #put({ array, at }: Access, part: number | GraphView, n: Size, by?: SizeId): void {
    const filled = this.#parts.get(array) ?? { parts: [], end: ZERO };
    const isNext = at.terms.length + at.picks.length === 0 && this.#size(at.base).equals(filled.end);
    if (!isNext || (by !== undefined && this.#size(by).constant !== 1))
      fail('BadOption', `array ${array} of the program is filled in another order than its own, so its program is no graph`);
    filled.parts.push(part);
    filled.end = filled.end.plus(n);
    this.#parts.set(array, filled);
  }

  /** An array, once it is read. */
  #array(array: number): GraphView {
    const filled = this.#parts.get(array);
    if (!filled) return this.arrays.get(array)!;
    this.#parts.delete(array);
    const view = filled.parts.every((part) => typeof part === 'number')
      ? cells(this.graph, Int32Array.from(filled.parts as number[]))
      : joined(this.graph, filled.parts);
    this.arrays.set(array, view);
    return view;
  }

  #value(it: Extract<Instruction, { out: number }>, body: number): number {
    const { graph } = this;
    switch (it.kind) {
      case 'constant':
        return graph.constant(it.value);
      case 'size':
        return sizeNode(graph, this.#size(it.size));
      case 'index':
        return this.#scopes.get(body)![1];
      case 'op': {
        const [a, b, c] = it.args.map((arg) => this.values.get(arg)!);
        return graph.node(it.op, a!, b, c);
      }
      case 'load':
        return load(graph, this.#spot(it.from));
      case 'check': {
        const a = this.values.get(it.a)!;
        const { loops } = graph;
        return graph.leaf(LEAF.check, a, loops.size(this.#size(it.extent)), loops.text(it.what), loops.setOf(a));
      }
      case 'reduce':
        return reduceView(graph, it.op, this.#view(it.a, it.n), it.b && this.#view(it.b, it.n));
    }
  }

  #loop(it: Loop): void {
    const { graph } = this;
    const carries = it.kind === 'scan' ? it.carries : [];
    const inits = carries.map((c) => (c.kind === 'number' ? this.values.get(c.init)! : this.#view(c.init, c.n)));
    const made = inLoop(graph, this.#size(this.tape.bodies[it.body]!.count), (_, node, scope) => {
      this.#scopes.set(it.body, [scope.id, node]);
      const opened = inits.map((init, k) => this.#open(init, scope, k));
      carries.forEach((c, k) => {
        const carry = opened[k]!;
        if (carry.kind === 'number') this.values.set(c.in, carry.in);
        else this.arrays.set(c.in, whole(carry.in));
      });
      this.body(it.body);
      carries.forEach((c, k) => {
        opened[k]!.next = c.kind === 'number' ? this.values.get(c.next)! : this.#view(c.next, c.n);
      });
      const sums = it.sums.map(({ value }) => this.values.get(value)!);
      const stacks = it.stacks.map((s) => ('view' in s ? this.#view(s.view, s.n) : this.values.get(s.value)!));
      return { scope, opened, results: { sums, stacks } };
    });
    const left = written(graph, made.scope, made.results, made.opened, it.kind === 'scan');
    it.sums.forEach(({ out }, k) => this.values.set(out, left.sums[k]!));
    it.stacks.forEach(({ into }, k) => this.arrays.set(into, whole(left.stacks[k]!)));
    carries.forEach((c, k) => {
      const carry = made.opened[k]!;
      if (carry.kind === 'number') this.values.set(c.out, carry.out);
      else this.arrays.set(c.out, whole(carry.out));
    });
  }

  #open(init: number | GraphView, scope: Scope, k: number): Carry {
    const { graph } = this;
    const set = graph.loops.sets.of([scope.id]);
    if (typeof init === 'number')
      return { kind: 'number', init, in: graph.leaf(LEAF.carry, scope.id, k, 0, set), next: init, out: init };
    const block = graph.loops.block({ size: init.n, set, name: 'the carry', maker: undefined, input: -1 });
    return { kind: 'array', init, in: block, next: init, out: block };
  }

  #size(id: SizeId): Size {
    const size = this.tape.sizes[id]!;
    if (size.op === 'const') return Size.of(size.value);
    if (size.op === 'length') return Size.length(this.tape.lengths[size.length]!);
    const [a, b] = [this.#size(size.a), this.#size(size.b)];
    return size.op === 'add' ? a.plus(b) : size.op === 'sub' ? a.minus(b) : a.times(b);
  }

  #affine({ base, terms, picks }: Affine): GraphAffine {
    let at = constantAffine(this.#size(base));
    for (const { body, by } of terms) at = plus(at, indexAffine(this.#scopes.get(body)![0]), this.#size(by));
    for (const { value, by } of picks) at = plus(at, pickAffine(this.values.get(value)!), this.#size(by));
    return at;
  }

  #spot({ array, at }: Access): Spot {
    const view = this.#array(array);
    return { block: view.block, at: plus(view.at, this.#affine(at), view.by), checks: [] };
  }

  #view({ from, by }: View, n: SizeId): GraphView {
    return { ...this.#spot(from), by: this.#size(by).times(this.#array(from.array).by), n: this.#size(n) };
  }

  #view2({ from, rowBy, colBy }: View2, rows: SizeId, cols: SizeId): GraphView2 {
    const { by } = this.#array(from.array);
    const [r, c] = [this.#size(rowBy).times(by), this.#size(colBy).times(by)];
    return { ...this.#spot(from), rowBy: r, colBy: c, rows: this.#size(rows), cols: this.#size(cols) };
  }
}
