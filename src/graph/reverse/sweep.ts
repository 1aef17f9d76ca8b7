/**
 * A reverse sweep over one body of a graph with loops: main, or the copy of a loop's body. Adjoints are kept by the nodes and
 * blocks of the original, the values they are computed from are those of the copy. What a body contributes to nodes and
 * blocks around it is handed on when it ends (leaving.ts).
 */
import { ALWAYS, any, isListOp, NEVER, pass } from '../gates.ts';
import type { Graph } from '../graph.ts';
import { FIRST_LOOP_OP, LEAF } from '../leaf.ts';
import { listPartials, partialIn } from '../partials.ts';
import type { Index } from '../place.ts';
import type { Block, Maker, Region, View } from '../records.ts';
import { stacked } from '../region.ts';
import { totalOf } from '../total.ts';
import type { Affine } from '../affine.ts';
import { Copies } from './copies.ts';
import { Leaving } from './leaving.ts';
import { reverseLoop } from './loops.ts';
import { type Open, type Piece, together } from './pieces.ts';
import { homeOf, MAIN, type Program } from './program.ts';
import { reverseRecord } from './records.ts';

interface Contribution {
  readonly value: number;
  readonly open: number;
}

export class Sweep {
  readonly program: Program;
  readonly copies: Copies;
  readonly #scope: number;
  readonly #nodes = new Map<number, Contribution[]>();
  readonly #pieces = new Map<Block, Piece[]>();

  constructor(program: Program, scope: number = MAIN, around?: Copies) {
    this.program = program;
    this.copies = new Copies(program, around);
    this.#scope = scope;
  }

  get graph(): Graph {
    return this.program.graph;
  }

  /** A sweep over the body of a loop, iteration i of which is `at`, as a number `index`. */
  inside(region: Region, at: Affine, index: number): Sweep {
    const inner = new Sweep(this.program, region.scope.id, this.copies);
    inner.copies.enter(region.scope, at, index);
    return inner;
  }

  add(node: number, value: number, open: number): void {
    if (open === NEVER || this.program.active.nodes[node] !== 1) return;
    const list = this.#nodes.get(node);
    if (list) list.push({ value, open });
    else this.#nodes.set(node, [{ value, open }]);
  }

  addPiece(block: Block, piece: Piece): void {
    if (piece.open === NEVER || !this.program.active.blocks.has(block)) return;
    const list = this.#pieces.get(block);
    if (list) list.push(piece);
    else this.#pieces.set(block, [piece]);
  }

  /** Contributions to the elements of a view of the original, in order. */
  addTo({ block, at, by, n }: View, values: View, open: Open): void {
    this.addPiece(block, { kind: 'run', at: this.copies.affine(at), by, n, values, open });
  }

  has(x: number | Block): boolean {
    return typeof x === 'number' ? this.#nodes.has(x) : this.#pieces.has(x);
  }

  /** The adjoint of a node; −0 if nothing reaches it. */
  total(node: number): number {
    const list = this.#nodes.get(node);
    return list ? totalOf(this.graph, list.map(({ value }) => value)) : this.graph.constant(-0); // biome-ignore format: one line
  }

  /** When it is reached. */
  reached(node: number): number {
    return any(this.graph, (this.#nodes.get(node) ?? []).map(({ open }) => open)); // biome-ignore format: one line
  }

  /** The adjoints of a block; undefined if nothing reaches it. */
  adjoints(block: Block): { values: View; open: Open } | undefined {
    return together(this.graph, block.size, this.#pieces.get(block) ?? []);
  }

  /** Everything of this body, from its end. */
  run(): void {
    const items = this.program.items.get(this.#scope) ?? [];
    for (let i = items.length - 1; i >= 0; i--) {
      const item = items[i]!;
      if (typeof item !== 'number') this.#record(item);
      else if (this.#nodes.has(item)) this.#pull(item);
    }
  }

  /** What it contributes to what is around it. */
  leave(scope: number, region: Region): Leaving {
    const { graph } = this;
    const leaving = new Leaving(graph, scope, region.scope.count);
    const isOwn = (set: number): boolean => homeOf(graph, set) === this.#scope;
    for (const node of this.#nodes.keys())
      if (!isOwn(graph.loops.setOf(node))) leaving.node(node, this.total(node), this.reached(node));
    for (const [block, pieces] of this.#pieces) if (!isOwn(block.set)) for (const piece of pieces) leaving.piece(block, piece);
    return leaving;
  }

  /**
   * Contributions to the elements of a view through an op of one number each.
   *
   * @param partial of the result by element j
   * @param d its adjoint, and when it is reached, in each element
   */
  pass(to: View, op: number, d: (j: Index) => number, reached: (j: Index) => number, partial: (j: Index) => number): void {
    if (!this.program.active.blocks.has(to.block)) return;
    const { graph } = this;
    let kind = NEVER; // of the condition: the same for all elements, or one each
    const passed = (j: Index) => pass(graph, op, d(j), partial(j), reached(j));
    const values = stacked(graph, to.n, (j) => {
      const { value, open } = passed(j);
      kind = open;
      return value;
    });
    if (kind === NEVER) return;
    this.addTo(to, values, kind === ALWAYS ? ALWAYS : stacked(graph, to.n, (j) => passed(j).open));
  }

  /** A node hands its adjoint on to its operands. */
  #pull(node: number): void {
    const { graph, copies } = this;
    const op = graph.op[node]!;
    if (op === LEAF.load) {
      const { block, at } = graph.loops.accesses[graph.a[node]!]!;
      this.addPiece(block, { kind: 'one', at: copies.affine(at), value: this.total(node), open: this.reached(node) });
    }
    if (op >= FIRST_LOOP_OP) return; // what belongs to a record is passed on with it
    const n = graph.operands(node);
    if (n === 0) return;
    const operands = Array.from({ length: n }, (_, j) => graph.operand(node, j));
    if (!operands.some((operand) => this.program.active.nodes[operand])) return;
    const [d, reached, own] = [this.total(node), this.reached(node), copies.node(node)];
    const others = operands.slice(0, 3).map((operand) => copies.node(operand));
    const partial = isListOp(op) ? listPartials(graph, own) : (j: number) => partialIn(graph, op, j, others, own);
    operands.forEach((operand, j) => {
      if (!this.program.active.nodes[operand]) return;
      const { value, open } = pass(graph, op, d, partial(j), reached);
      this.add(operand, value, open);
    });
  }

  #record(record: Maker): void {
    if (record.kind === 'region') reverseLoop(this, record);
    else reverseRecord(this, record);
  }
}
