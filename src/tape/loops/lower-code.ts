/**
 * The instructions of a graph with loops: every live node and record goes to the body of the innermost loop that it depends
 * on, in the order in which it was written, so that what a loop does not change comes before it.
 */
import type { Affine as GraphAffine } from '../../graph/affine.ts';
import { evenly, sizeOfPart } from '../../graph/blocks.ts';
import type { Graph } from '../../graph/graph.ts';
import { FIRST_LOOP_OP, LEAF } from '../../graph/leaf.ts';
import type {
  Block as GraphBlock,
  Carry as GraphCarry,
  Check,
  Maker,
  Region,
  Spot,
  View as GraphView,
  View2 as GraphView2,
} from '../../graph/records.ts';
import { ONE, Size, ZERO } from '../../graph/size.ts';
import { FIRST_LIST_OP, OP } from '../../ops/vocabulary.ts';
import { ARITY } from '../nodes.ts';
import type { Access, Affine, Block, Body, Carry, Instruction, LoopPort, Stack, View, View2 } from './layout.ts';
import { isShortSum, itemsByScope, type Live, listsOf } from '../../graph/live.ts';
import type { Sizes } from './lower-sizes.ts';

interface Draft {
  readonly parent: number;
  readonly count: number;
  readonly code: Instruction[];
}

export class Code {
  readonly blocks: Block[] = [];
  readonly bodies: Draft[] = [];
  values = 0;
  readonly #graph: Graph;
  readonly #live: Live;
  readonly #sizes: Sizes;
  readonly #valueOf: Int32Array;
  readonly #blockOf = new Map<GraphBlock, number>();
  readonly #bodyOf = new Map<number, number>();
  /** Nodes and records of each scope, in order. */
  readonly #items: ReadonlyMap<number, readonly (number | Maker)[]>;
  /** The node of each reduction over memory. */
  readonly #results: ReadonlyMap<number, number>;

  constructor(graph: Graph, live: Live, sizes: Sizes, inputs: readonly LoopPort[]) {
    this.#graph = graph;
    this.#live = live;
    this.#sizes = sizes;
    this.#valueOf = new Int32Array(graph.size).fill(-1);
    this.#items = itemsByScope(graph, live);
    const byInput = new Map(graph.loops.blocks.filter(({ input }) => input >= 0).map((block) => [block.input, block]));
    inputs.forEach((port, i) => {
      const block = byInput.get(i)!;
      this.#blockOf.set(block, this.blocks.length);
      this.blocks.push({ kind: port.data ? 'data' : 'param', body: 0, size: sizes.of(block.size) });
    });
    this.#results = new Map(Array.from(graph.loops.reductions.values(), (node) => [graph.a[node]!, node]));
    this.#body(0, -1, this.#sizes.of(ONE));
  }

  /** The value of a live node; −1 for others. */
  valueOf(node: number): number {
    return this.#valueOf[node]!;
  }

  blockOf(block: GraphBlock): number {
    return this.#blockOf.get(block)!;
  }

  /** A body with all its instructions. @returns its number */
  #body(scope: number, parent: number, count: number, carries: readonly GraphCarry[] = []): number {
    const body = this.bodies.length;
    const code: Instruction[] = [];
    this.bodies.push({ parent, count, code });
    this.#bodyOf.set(scope, body);
    for (const carry of carries) {
      if (carry.kind === 'array') this.#local(carry.in, body);
      else if (this.#live.nodes[carry.in]) this.#define(carry.in);
    }
    for (const item of this.#items.get(scope) ?? []) {
      if (typeof item === 'number') this.#node(item, body, code);
      else this.#record(item, body, code);
    }
    return body;
  }

  #node(node: number, body: number, code: Instruction[]): void {
    const graph = this.#graph;
    const op = graph.op[node]!;
    const a = graph.a[node]!;
    if (op === LEAF.result || op === LEAF.carry) return; // defined with their region
    if (op >= FIRST_LIST_OP && op < FIRST_LOOP_OP) return this.#list(node, body, code);
    if (op === OP.constant) code.push({ kind: 'constant', out: this.#define(node), value: graph.constantOf(node) });
    else if (op === OP.input) code.push({ kind: 'load', from: this.#element(node), out: this.#define(node) });
    else if (op === LEAF.index) code.push({ kind: 'index', out: this.#define(node) });
    else if (op === LEAF.size) code.push({ kind: 'size', size: this.#sizes.of(graph.loops.sizes[a]!), out: this.#define(node) });
    else if (op === LEAF.load) code.push({ kind: 'load', from: this.#access(graph.loops.accesses[a]!), out: this.#define(node) });
    else if (op === LEAF.check) {
      const extent = this.#sizes.of(graph.loops.sizes[graph.b[node]!]!);
      code.push({ kind: 'check', a: this.#value(a), extent, what: graph.loops.texts[graph.c[node]!]!, out: this.#define(node) });
    } else {
      const args = Array.from({ length: ARITY[op]! }, (_, i) => this.#value(graph.operand(node, i)));
      code.push({ kind: 'op', op, args, out: this.#define(node) });
    }
  }

  /** An op over a list of nodes: short sums as additions in the one order, others over memory. */
  #list(node: number, body: number, code: Instruction[]): void {
    const graph = this.#graph;
    const op = graph.op[node]!;
    const k = graph.b[node]!;
    const [x, y] = listsOf(graph, node);
    if (isShortSum(graph, node)) {
      let terms = Array.from(x!, (one) => this.#value(one));
      if (y) terms = terms.map((one, i) => this.#op(code, OP.mul, [one, this.#value(y[i]!)]));
      let sum = this.#sumOf(code, terms);
      if (op === OP.mean) {
        const n = this.values++;
        this.bodies[0]!.code.push({ kind: 'constant', out: n, value: k });
        sum = this.#op(code, OP.div, [sum, n]);
      }
      this.#valueOf[node] = sum;
      return;
    }
    const a = this.#stored(x!, body, code);
    const b = y && this.#stored(y, body, code);
    code.push({ kind: 'reduce', op, n: this.#sizes.of(Size.of(k)), a, ...(b && { b }), out: this.#define(node) });
  }

  /** Up to eight terms, as eight partial sums would be combined. */
  #sumOf(code: Instruction[], terms: readonly number[]): number {
    const add = (x: number | undefined, y: number | undefined): number | undefined =>
      x === undefined || y === undefined ? (x ?? y) : this.#op(code, OP.add, [x, y]);
    const [s0, s1, s2, s3, s4, s5, s6, s7] = terms;
    return add(add(add(s0, s4), add(s2, s6)), add(add(s1, s5), add(s3, s7)))!;
  }

  #op(code: Instruction[], op: number, args: readonly number[]): number {
    const out = this.values++;
    code.push({ kind: 'op', op, args, out });
    return out;
  }

  /** Nodes in memory: elements of one input at even distances are there already. */
  #stored(nodes: Int32Array, body: number, code: Instruction[]): View {
    const even = evenly(this.#graph, nodes);
    if (even) return this.#view(even);
    const size = this.#sizes.of(Size.of(nodes.length));
    const array = this.blocks.push({ kind: 'local', body, size }) - 1;
    this.#store(array, nodes, code);
    return { from: { array, at: this.#place(0), checks: [] }, by: this.#sizes.of(ONE) };
  }

  #store(array: number, nodes: Int32Array, code: Instruction[]): void {
    nodes.forEach((node, i) => {
      code.push({ kind: 'store', a: this.#value(node), into: { array, at: this.#place(i), checks: [] } });
    });
  }

  #join(array: number, parts: readonly (number | GraphView)[], code: Instruction[]): void {
    let base = ZERO;
    for (const part of parts) {
      const into: Access = { array, at: { base: this.#sizes.of(base), terms: [], picks: [] }, checks: [] };
      base = base.plus(sizeOfPart(part));
      if (typeof part === 'number') code.push({ kind: 'store', a: this.#value(part), into });
      else {
        const [n, by] = [this.#sizes.of(part.n), this.#sizes.of(ONE)];
        code.push({ kind: 'copy', n, from: this.#view(part), into: { from: into, by } });
      }
    }
  }

  #record(record: Maker, body: number, code: Instruction[]): void {
    switch (record.kind) {
      case 'region':
        return this.#region(record, body, code);
      case 'cells':
        return this.#store(this.#local(record.into, body), record.nodes, code);
      case 'copy':
        return this.#join(this.#local(record.into, body), [record.from], code);
      case 'join':
        return this.#join(this.#local(record.into, body), record.parts, code);
      case 'contract': {
        const [a, b] = [this.#view2(record.a), this.#view2(record.b)];
        const [m, n, k] = [record.a.rows, record.b.cols, record.a.cols].map((size) => this.#sizes.of(size)) as [
          number,
          number,
          number,
        ];
        code.push({ kind: 'contract', array: this.#local(record.into, body), m, n, k, a, b });
        return;
      }
      case 'scatter': {
        const [n, from, at] = [this.#sizes.of(record.from.n), this.#view(record.from), this.#view(record.places)];
        code.push({ kind: 'scatter', array: this.#local(record.into, body), n, from, at });
        return;
      }
      case 'reduce': {
        const a = this.#view(record.a);
        const b = record.b && this.#view(record.b);
        const out = this.#define(this.#results.get(record.id)!);
        code.push({ kind: 'reduce', op: record.op, n: this.#sizes.of(record.a.n), a, ...(b && { b }), out });
      }
    }
  }

  #region(region: Region, parent: number, code: Instruction[]): void {
    const { nodes, blocks } = this.#live;
    const kept = region.carries.filter((carry) => this.#live.carries.has(carry));
    const inits = kept.map((carry) => (carry.kind === 'array' ? this.#view(carry.init) : this.#value(carry.init)));
    const body = this.#body(region.scope.id, parent, this.#sizes.of(region.scope.count), kept);
    const carries = kept.map((carry, k) => this.#carry(carry, inits[k]!, parent));
    const sums = region.sums
      .filter(({ out }) => nodes[out])
      .map(({ value, out }) => ({ value: this.#value(value), out: this.#define(out) }));
    const stacks = region.stacks
      .filter(({ into }) => blocks.has(into))
      .map(({ value, into }): Stack => {
        if (typeof value === 'number') return { value: this.#value(value), into: this.#local(into, parent) };
        return { view: this.#view(value), n: this.#sizes.of(value.n), into: this.#local(into, parent) };
      });
    code.push(region.scan ? { kind: 'scan', body, sums, stacks, carries } : { kind: 'region', body, sums, stacks });
  }

  #carry(carry: GraphCarry, init: number | View, parent: number): Carry {
    if (carry.kind === 'array') {
      const next = this.#view(carry.next);
      return {
        kind: 'array',
        n: this.#sizes.of(carry.init.n),
        init: init as View,
        in: this.blockOf(carry.in),
        next,
        out: this.#local(carry.out, parent),
      };
    }
    const found = this.valueOf(carry.in) >= 0 ? this.valueOf(carry.in) : this.#define(carry.in);
    return { kind: 'number', init: init as number, in: found, next: this.#value(carry.next), out: this.#define(carry.out) };
  }

  #define(node: number): number {
    this.#valueOf[node] = this.values;
    return this.values++;
  }

  #value(node: number): number {
    return this.#valueOf[node]!;
  }

  #local(block: GraphBlock, body: number): number {
    const known = this.#blockOf.get(block);
    if (known !== undefined) return known;
    const id = this.blocks.push({ kind: 'local', body, size: this.#sizes.of(block.size) }) - 1;
    this.#blockOf.set(block, id);
    return id;
  }

  #element(node: number): Access {
    const { b, c, loops } = this.#graph;
    const array = this.blockOf(loops.blocks[b[node]! - 1]!);
    return { array, at: this.#place(c[node]!), checks: [] };
  }

  #place(i: number): Affine {
    return { base: this.#sizes.of(Size.of(i)), terms: [], picks: [] };
  }

  #affine({ base, terms, picks }: GraphAffine): Affine {
    return {
      base: this.#sizes.of(base),
      terms: terms.map(([scope, by]) => ({ body: this.#bodyOf.get(scope)!, by: this.#sizes.of(by) })),
      picks: picks.map(([node, by]) => ({ value: this.#value(node), by: this.#sizes.of(by) })),
    };
  }

  #access({ block, at, checks }: Spot): Access {
    const check = ({ at, extent, what }: Check) => ({ at: this.#affine(at), extent: this.#sizes.of(extent), what });
    return { array: this.blockOf(block), at: this.#affine(at), checks: checks.map(check) };
  }

  #view(view: GraphView): View {
    return { from: this.#access(view), by: this.#sizes.of(view.by) };
  }

  #view2(view: GraphView2): View2 {
    return { from: this.#access(view), rowBy: this.#sizes.of(view.rowBy), colBy: this.#sizes.of(view.colBy) };
  }
}

/** The bodies as they go into the tape. */
export function bodiesOf(code: Code): Body[] {
  return code.bodies.map(({ parent, count, code }) => ({ parent, count, code }));
}
