/** From a program with loops back to a graph of numbers: every iteration written out, for given lengths. */
import { fail } from '../../errors.ts';
import type { Graph } from '../../graph/graph.ts';
import { OP } from '../../ops/vocabulary.ts';
import type { Signature } from '../layout.ts';
import { Elements, joined } from './elements.ts';
import { Known } from './known.ts';
import { ARG_MAX, ARG_MIN, type Instruction, type LoopTape } from './layout.ts';

export interface UnrollOptions {
  /** Values of the data inputs, flat: an index that depends on them is looked up here. */
  readonly data?: Float64Array | undefined;
  /** Values of the differentiated inputs, flat: for indices that depend on parameters. */
  readonly point?: Float64Array | undefined;
  /** Nodes at most. Default 1,000,000 */
  readonly limit?: number | undefined;
}

/** A program without loops; what a flat program is traced to. */
export interface Unrolled {
  readonly graph: Graph;
  /** Node of each differentiated input, of each data input, of each output, flat. */
  readonly params: Int32Array;
  readonly data: Int32Array;
  readonly outputs: Int32Array;
  readonly signature: Signature;
}

/**
 * The same function as a graph of numbers. Indices that the program computes, and the places that argMin and argMax find,
 * become constants: the graph is the function near this data and this point.
 *
 * @param lengths in the order of tape.lengths
 * @throws BadOption if it would have more nodes than the limit, or if an index depends on inputs that are not given;
 * OutOfRange for an index outside its array. O(nodes)
 * @example
 * const f = compile({ w: vector('n'), x: data(vector('n')) }, ({ w, x }) => sum(w.length, (i) => w.at(i).mul(x.at(i)).sin()));
 * const tape = fromBytes(f.toBytes());
 * if (isLoopTape(tape)) console.log(unroll(tape, [3]).graph.size); // 13
 */
export function unroll(tape: LoopTape, lengths: readonly number[], options: UnrollOptions = {}): Unrolled {
  return new Unrolling(tape, lengths, options).run();
}

type Loop = Extract<Instruction, { kind: 'region' | 'scan' }>;

class Unrolling {
  readonly #tape: LoopTape;
  readonly #lengths: readonly number[];
  readonly #e: Elements;
  readonly #known: Known;
  /** The bodies around the instruction at hand, main left out. */
  readonly #path: number[] = [];
  readonly #names: Named[][];
  readonly #params: Int32Array;
  readonly #data: Int32Array;

  constructor(tape: LoopTape, lengths: readonly number[], { data, point, limit = 1_000_000 }: UnrollOptions) {
    this.#tape = tape;
    this.#lengths = lengths;
    this.#e = new Elements(tape, lengths, limit);
    this.#names = namesByBody(tape);
    this.#params = this.#e.inputs('param');
    this.#data = this.#e.inputs('data');
    this.#known = new Known(this.#e.graph);
    this.#known.inputs(this.#params, point);
    this.#known.inputs(this.#data, data);
  }

  run(): Unrolled {
    const { inputs, outputs, single, lengths } = this.#tape;
    this.#e.enter(0);
    this.#run(0);
    const ports = outputs.map(({ name, shape, from }) => {
      const nodes = 'value' in from ? Int32Array.of(this.#e.values[from.value]!) : this.#e.arrays[from.array]!;
      const extents = shape.map((size) => this.#e.length(size));
      if (extents.reduce((n, extent) => n * extent, 1) !== nodes.length || nodes.includes(-1))
        fail('BadTape', `output ${name} has not the elements of its shape [${extents}]`);
      return { name, shape: extents, nodes };
    });
    return {
      graph: this.#e.graph,
      params: this.#params,
      data: this.#data,
      outputs: joined(ports.map(({ nodes }) => nodes)),
      signature: {
        inputs: inputs.map((port) => ({
          ...port,
          shape: port.shape.map((extent) => (typeof extent === 'number' ? extent : this.#lengths[lengths.indexOf(extent)]!)),
        })),
        outputs: ports.map(({ name, shape }) => ({ name, shape })),
        single,
      },
    };
  }

  /** One iteration of a body, or main. */
  #run(body: number): void {
    for (const it of this.#tape.bodies[body]!.code) {
      this.#e.spend(1);
      if (it.kind === 'region' || it.kind === 'scan') this.#loop(it);
      else if ('out' in it) this.#e.values[it.out] = this.#node(it, body);
      else this.#move(it);
    }
    for (const entry of this.#names[body]!) {
      const node = this.#e.values[entry.value]!;
      if (node === entry.last) continue; // the same in every iteration
      entry.last = node;
      this.#e.graph.name(node, entry.name + this.#path.map((loop) => `[${this.#e.iteration[loop]}]`).join(''));
    }
  }

  #loop(it: Loop): void {
    const { body, sums, stacks } = it;
    const carries = it.kind === 'scan' ? it.carries : [];
    const n = this.#e.length(this.#tape.bodies[body]!.count);
    const terms = sums.map(() => new Int32Array(n));
    let carried = carries.map((c) => (c.kind === 'number' ? [this.#e.values[c.init]!] : this.#e.list(c.init, c.n)));
    this.#path.push(body);
    for (let i = 0; i < n; i++) {
      this.#e.iteration[body] = i;
      this.#e.enter(body);
      carries.forEach((c, j) => {
        if (c.kind === 'number') this.#e.values[c.in] = carried[j]![0]!;
        else this.#e.fill(c.in, 0, 1, carried[j]!);
      });
      this.#run(body);
      sums.forEach(({ value }, j) => {
        terms[j]![i] = this.#e.values[value]!;
      });
      for (const stack of stacks) {
        const nodes = 'view' in stack ? this.#e.list(stack.view, stack.n) : [this.#e.values[stack.value]!];
        this.#e.fill(stack.into, i * nodes.length, 1, nodes);
      }
      carried = carries.map((c) => (c.kind === 'number' ? [this.#e.values[c.next]!] : this.#e.list(c.next, c.n)));
    }
    this.#path.pop();
    sums.forEach(({ out }, j) => {
      this.#e.values[out] = this.#e.graph.list(OP.sum, terms[j]!);
    });
    carries.forEach((c, j) => {
      if (c.kind === 'number') this.#e.values[c.out] = carried[j]![0]!;
      else this.#e.fill(c.out, 0, 1, carried[j]!);
    });
  }

  #move(it: Extract<Instruction, { kind: 'store' | 'copy' | 'contract' | 'scatter' }>): void {
    if (it.kind === 'store') this.#e.fill(it.into.array, this.#e.place(it.into), 1, [this.#e.values[it.a]!]);
    else if (it.kind === 'copy') {
      const nodes = this.#e.list(it.from, it.n);
      if (nodes.length > 0) this.#e.fill(it.into.from.array, this.#e.place(it.into.from), this.#e.sizes[it.into.by]!, nodes);
    } else if (it.kind === 'scatter') {
      const nodes = this.#e.list(it.from, it.n);
      const sums = new Int32Array(this.#e.length(this.#tape.blocks[it.array]!.size)).fill(this.#e.graph.constant(0));
      this.#e.list(it.at, it.n).forEach((node, e) => {
        const at = this.#numberOf(node, 'scatter');
        if (sums[at] !== undefined) sums[at] = this.#e.graph.node(OP.add, sums[at], nodes[e]!);
      });
      this.#e.fill(it.array, 0, 1, sums);
    } else {
      const [m, n, k] = [this.#e.length(it.m), this.#e.length(it.n), this.#e.length(it.k)];
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) {
          const row = this.#e.row(it.a, k, i, it.a.rowBy, it.a.colBy);
          const column = this.#e.row(it.b, k, j, it.b.colBy, it.b.rowBy);
          this.#e.fill(it.array, i * n + j, 1, [this.#e.graph.list(OP.dot, row, column)]);
        }
    }
  }

  /** The node of an instruction with a result. */
  #node(it: Extract<Instruction, { readonly out: number }>, body: number): number {
    const graph = this.#e.graph;
    switch (it.kind) {
      case 'constant':
        return graph.constant(it.value);
      case 'size':
        return graph.constant(this.#e.sizes[it.size]!);
      case 'index':
        return graph.constant(this.#e.iteration[body]!);
      case 'op': {
        const [a, b, c] = it.args.map((value) => this.#e.values[value]!);
        return graph.node(it.op, a!, b, c);
      }
      case 'load':
        return this.#e.load(it.from);
      case 'check': {
        const x = this.#numberOf(this.#e.values[it.a]!, it.what);
        const n = this.#e.sizes[it.extent]!;
        if (!(Number.isInteger(x) && x >= 0 && x < n)) fail('OutOfRange', `${it.what}: ${x} is no index into ${n} elements`);
        return graph.constant(x);
      }
      case 'reduce': {
        const a = this.#e.list(it.a, it.n);
        if (it.op !== ARG_MIN && it.op !== ARG_MAX) return graph.list(it.op, a, it.b && this.#e.list(it.b, it.n));
        const what = it.op === ARG_MIN ? 'argMin' : 'argMax';
        if (a.length === 0) fail('OutOfRange', `${what}: there is no element in an empty list`);
        const x = Float64Array.from(a, (node) => this.#numberOf(node, what));
        return graph.constant(placeOf(it.op, x));
      }
    }
  }

  /** What a node comes to. */
  #numberOf(node: number, what: string): number {
    const x = this.#known.value(node);
    return x ?? fail('BadOption', `${what}: an index depends on inputs, so it takes their values to write this loop out`);
  }
}

/** Where the smallest or largest is, the first of equals; a NaN is either. */
function placeOf(op: number, x: Float64Array): number {
  let best = 0;
  for (let i = 1; i < x.length && !Number.isNaN(x[best]!); i++)
    if (Number.isNaN(x[i]!) || (op === ARG_MIN ? x[i]! < x[best]! : x[i]! > x[best]!)) best = i;
  return best;
}

interface Named {
  readonly value: number;
  readonly name: string;
  last: number;
}

function namesByBody({ bodies, names, values }: LoopTape): Named[][] {
  const home = new Int32Array(values);
  bodies.forEach(({ code }, body) => {
    for (const it of code) {
      if ('out' in it) home[it.out] = body;
      if (it.kind !== 'region' && it.kind !== 'scan') continue;
      for (const { out } of it.sums) home[out] = body;
      for (const c of it.kind === 'scan' ? it.carries : []) {
        if (c.kind === 'array') continue;
        home[c.out] = body;
        home[c.in] = it.body;
      }
    }
  });
  const byBody: Named[][] = bodies.map(() => []);
  for (const [value, name] of names) byBody[home[value]!]!.push({ value, name, last: -1 });
  return byBody;
}
