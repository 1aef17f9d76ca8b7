/**
 * The bodies of loops once more, in other loops: what a reverse sweep needs of their values is computed again. An iteration of the
 * old loop is a place in a new one: i for a map, n − 1 − i for a scan, which is gone through from its end.
 */
import { type Affine, constantAffine, indexAffine, ORIGIN, pickAffine, plus } from '../affine.ts';
import { cells, copied, joined, load } from '../blocks.ts';
import { scattered } from '../scatter.ts';
import { isListOp } from '../gates.ts';
import { FIRST_LOOP_OP, LEAF } from '../leaf.ts';
import { contract } from '../linear.ts';
import type { Block, Carry, Maker, Region, Scope, Spot, View, View2 } from '../records.ts';
import { reduceView } from '../reduce.ts';
import { inLoop, written } from '../region.ts';
import { ONE, type Size } from '../size.ts';
import type { Program } from './program.ts';

/** Where the elements of a block are instead. */
type Elsewhere = Spot & { readonly by: Size };

export class Copies {
  readonly #program: Program;
  readonly #around: Copies | undefined;
  readonly #scopes = new Map<number, readonly [at: Affine, index: number]>();
  readonly #nodes = new Map<number, number>();
  readonly #blocks = new Map<Block, Elsewhere>();
  readonly #regions = new Map<Region, Region>();
  readonly #carries = new Map<Carry, Carry>();

  constructor(program: Program, around?: Copies) {
    this.#program = program;
    this.#around = around;
  }

  /** The iteration of an old loop is `at`, as a number `index`. */
  enter({ id }: Scope, at: Affine, index: number): void {
    this.#scopes.set(id, [at, index]);
  }

  set(x: number | Block, other: number | View): void {
    if (typeof x === 'number') this.#nodes.set(x, other as number);
    else this.#blocks.set(x, other as View);
  }

  node(old: number): number {
    for (let c: Copies | undefined = this; c; c = c.#around) {
      const other = c.#nodes.get(old);
      if (other !== undefined) return other;
    }
    return old;
  }

  value(x: number | View): number | View {
    return typeof x === 'number' ? this.node(x) : this.view(x);
  }

  view(view: View): View {
    const { spot, by } = this.#spot(view);
    return { ...spot, by: view.by.times(by), n: view.n };
  }

  view2(view: View2): View2 {
    const { spot, by } = this.#spot(view);
    return { ...spot, rowBy: view.rowBy.times(by), colBy: view.colBy.times(by), rows: view.rows, cols: view.cols };
  }

  affine({ base, terms, picks }: Affine): Affine {
    let at = constantAffine(base);
    for (const [scope, by] of terms) at = plus(at, this.#iteration(scope)?.[0] ?? indexAffine(scope), by);
    for (const [node, by] of picks) at = plus(at, pickAffine(this.node(node)), by);
    return at;
  }

  /** The loop as it was copied, or itself. */
  region(old: Region): Region {
    return this.#regions.get(old) ?? old;
  }

  /** What it carries. */
  carry(old: Carry): Carry {
    return this.#carries.get(old) ?? old;
  }

  /** Computes all live nodes and records of a loop's body. */
  body({ scope }: Region): void {
    for (const item of this.#program.items.get(scope.id) ?? [])
      if (typeof item === 'number') this.#copyNode(item);
      else this.#copyRecord(item);
  }

  #iteration(scope: number): readonly [Affine, number] | undefined {
    for (let c: Copies | undefined = this; c; c = c.#around) {
      const found = c.#scopes.get(scope);
      if (found) return found;
    }
    return undefined;
  }

  #spot({ block, at, checks }: Spot): { spot: Spot; by: Size } {
    const place = this.affine(at);
    const moved = checks.map((check) => ({ ...check, at: this.affine(check.at) }));
    const other = this.#elsewhere(block);
    if (!other) return { spot: { block, at: place, checks: moved }, by: ONE };
    const spot = { block: other.block, at: plus(other.at, place, other.by), checks: [...other.checks, ...moved] };
    return { spot, by: other.by };
  }

  #elsewhere(block: Block): Elsewhere | undefined {
    for (let c: Copies | undefined = this; c; c = c.#around) {
      const other = c.#blocks.get(block);
      if (other) return other;
    }
    return undefined;
  }

  #copyNode(old: number): void {
    const { graph } = this.#program;
    const { loops } = graph;
    const op = graph.op[old]!;
    if (op === LEAF.result || op === LEAF.carry) return; // there already, with the record they belong to
    const [a, b, c] = [graph.a[old]!, graph.b[old]!, graph.c[old]!];
    if (op === LEAF.index) this.set(old, this.#iteration(a)![1]);
    else if (op === LEAF.load) this.set(old, load(graph, this.#spot(loops.accesses[a]!).spot));
    else if (op === LEAF.check) {
      const x = this.node(a);
      this.set(old, graph.leaf(LEAF.check, x, b, c, loops.setOf(x)));
    } else if (isListOp(op)) {
      const list = Int32Array.from({ length: graph.operands(old) }, (_, j) => this.node(graph.operand(old, j)));
      this.set(old, list.length > b ? graph.list(op, list.subarray(0, b), list.subarray(b)) : graph.list(op, list));
    } else if (op < FIRST_LOOP_OP && graph.operands(old) > 0) {
      const n = graph.operands(old);
      this.set(old, graph.node(op, this.node(a), n > 1 ? this.node(b) : 0, n > 2 ? this.node(c) : 0));
    }
    for (const name of graph.names.get(old) ?? []) graph.name(this.node(old), name);
  }

  #copyRecord(old: Maker): void {
    const { graph, results } = this.#program;
    switch (old.kind) {
      case 'region':
        return this.#copyLoop(old);
      case 'reduce':
        return this.set(results.get(old.id)!, reduceView(graph, old.op, this.view(old.a), old.b && this.view(old.b)));
      case 'contract': {
        const block = contract(graph, this.view2(old.a), this.view2(old.b));
        return this.set(old.into, { block, at: ORIGIN, checks: [], by: ONE, n: block.size });
      }
      case 'scatter':
        return this.set(old.into, scattered(graph, this.view(old.from), this.view(old.places), old.into.size));
      case 'cells':
        return this.set(
          old.into,
          cells(
            graph,
            old.nodes.map((node) => this.node(node)),
          ),
        );
      case 'copy':
        return this.set(old.into, copied(graph, this.view(old.from)));
      case 'join':
        return this.set(
          old.into,
          joined(
            graph,
            old.parts.map((part) => this.value(part)),
          ),
        );
    }
  }

  #copyLoop(old: Region): void {
    const { graph, live } = this.#program;
    const sums = old.sums.filter(({ out }) => live.nodes[out]);
    const stacks = old.stacks.filter(({ into }) => live.blocks.has(into));
    const kept = old.carries.filter((carry) => live.carries.has(carry));
    const made = inLoop(graph, old.scope.count, (index, node, scope) => {
      const inner = new Copies(this.#program, this);
      inner.enter(old.scope, index.at, node);
      const carries = kept.map((carry, k) => carryIn(this.#program, scope, k, this.value(carry.init)));
      kept.forEach((carry, k) => inner.set(carry.in, carried(carries[k]!, 'in')));
      inner.body(old);
      kept.forEach((carry, k) => Object.assign(carries[k]!, { next: inner.value(carry.next) }));
      const results = { sums: sums.map(({ value }) => inner.node(value)), stacks: stacks.map(({ value }) => inner.value(value)) };
      return { scope, carries, results };
    });
    const left = written(graph, made.scope, made.results, made.carries, old.scan);
    sums.forEach(({ out }, k) => this.set(out, left.sums[k]!));
    stacks.forEach(({ into }, k) => this.set(into, { block: left.stacks[k]!, at: ORIGIN, checks: [], by: ONE, n: into.size }));
    kept.forEach((carry, k) => {
      this.set(carry.out, carried(made.carries[k]!, 'out'));
      this.#carries.set(carry, made.carries[k]!);
    });
    this.#regions.set(old, left.region);
  }
}

/** A carry of a loop that begins; `next` and `out` are for later. */
export function carryIn({ graph }: Program, scope: Scope, k: number, init: number | View): Carry {
  const { loops } = graph;
  const set = loops.sets.of([scope.id]);
  if (typeof init === 'number')
    return { kind: 'number', init, in: graph.leaf(LEAF.carry, scope.id, k, 0, set), next: init, out: init };
  const block = loops.block({ size: init.n, set, name: 'the carry', maker: undefined, input: -1 });
  return { kind: 'array', init, in: block, next: init, out: block };
}

/** What an iteration finds of a carry, or what is left of it. */
export function carried(carry: Carry, which: 'in' | 'out'): number | View {
  if (carry.kind === 'number') return carry[which];
  const block = carry[which];
  return { block, at: ORIGIN, checks: [], by: ONE, n: block.size };
}
