/**
 * Loops backwards. A map becomes a map: iteration i computes its values once more and goes back through them. A scan becomes
 * a scan from its end to its beginning that carries the adjoints of what it carries; what its iterations found carried is
 * stacked on the way forward.
 *
 *     forward    c₀ ─► body ─► c₁ ─► body ─► c₂           stacked: c₀ c₁
 *     backward   c̄₀ ◄─ body ◄─ c̄₁ ◄─ body ◄─ c̄₂           i = n − 1 … 0
 */
import { OP } from '../../ops/vocabulary.ts';
import { type Affine, constantAffine, indexAffine, ORIGIN, plus } from '../affine.ts';
import { copied, isWhole, loadFrom, whole } from '../blocks.ts';
import { ALWAYS } from '../gates.ts';
import type { Index } from '../place.ts';
import type { Block, Carry, Region, Scope, View } from '../records.ts';
import { addStack, inLoop, stacked, written } from '../region.ts';
import { ONE, Size } from '../size.ts';
import { sizeNode } from '../vector.ts';
import { carried, carryIn } from './copies.ts';
import type { Leaving } from './leaving.ts';
import { cut, ones, type Open, openAt, truth } from './pieces.ts';
import type { Sweep } from './sweep.ts';

export function reverseLoop(outer: Sweep, region: Region): void {
  const isReached =
    region.sums.some(({ out }) => outer.has(out)) ||
    region.stacks.some(({ into }) => outer.has(into)) ||
    region.carries.some(({ out }) => outer.has(out));
  if (!isReached) return;
  if (region.scan) reverseScan(outer, region);
  else reverseMap(outer, region);
}

type Seed = (inner: Sweep, index: Index) => void;

/** What the adjoints of a loop's results begin in an iteration. */
function seedsOf(outer: Sweep, region: Region): Seed {
  const { graph } = outer;
  const sums = region.sums.filter(({ out }) => outer.has(out));
  const totals = sums.map(({ out }) => [outer.total(out), outer.reached(out)] as const);
  const stacks = region.stacks.flatMap(({ into, value }) => {
    const adjoints = outer.adjoints(into);
    return adjoints ? [{ value, ...adjoints }] : [];
  });
  return (inner, index) => {
    sums.forEach(({ value }, k) => inner.add(value, ...totals[k]!));
    for (const { value, values, open } of stacks) {
      if (typeof value === 'number') inner.add(value, loadFrom(graph, values, index), openAt(graph, open, index));
      else {
        const row: Index = { at: plus(ORIGIN, index.at, value.n), checks: [] };
        inner.addTo(value, cut(values, row, value.n), open === ALWAYS ? ALWAYS : cut(open, row, value.n));
      }
    }
  };
}

function reverseMap(outer: Sweep, region: Region): void {
  const { graph } = outer;
  const seed = seedsOf(outer, region);
  const { scope, leaving } = inLoop(graph, region.scope.count, (index, node, scope) => {
    const inner = outer.inside(region, index.at, node);
    inner.copies.body(region);
    seed(inner, index);
    inner.run();
    return { scope, leaving: inner.leave(scope.id, region) };
  });
  leaving.deliver(outer, written(graph, scope, leaving));
}

function reverseScan(outer: Sweep, region: Region): void {
  const { program } = outer;
  const isActive = ({ in: x }: Carry): boolean =>
    typeof x === 'number' ? program.active.nodes[x] === 1 : program.active.blocks.has(x);
  const carries = region.carries.filter((carry) => program.live.carries.has(carry));
  const scan = new ScanBack(outer, region, carries, carries.filter(isActive));
  if (!scan.isAlways || !scan.write(false)) scan.write(true);
}

interface Traced {
  readonly scope: Scope;
  readonly carries: readonly Carry[];
  readonly leaving: Leaving;
}

class ScanBack {
  /** Whether all adjoints that the scan begins with are reached. */
  readonly isAlways: boolean;
  readonly #outer: Sweep;
  readonly #region: Region;
  readonly #carries: readonly Carry[];
  readonly #active: readonly Carry[];
  readonly #seed: Seed;
  /** What the iterations found of each carry. */
  readonly #kept: readonly Block[];
  /** Where the adjoints of the carries begin, and when they are reached. */
  readonly #first: readonly { readonly value: number | View; readonly open: number | Open }[];

  constructor(outer: Sweep, region: Region, carries: readonly Carry[], active: readonly Carry[]) {
    this.#outer = outer;
    this.#region = region;
    this.#carries = carries;
    this.#active = active;
    this.#seed = seedsOf(outer, region);
    const forward = outer.copies.region(region);
    this.#kept = carries.map((carry) => addStack(outer.graph, forward, carried(outer.copies.carry(carry), 'in')));
    this.#first = active.map((carry) => this.#start(carry));
    this.isAlways = this.#first.every(({ open }) => open === ALWAYS);
  }

  #start(carry: Carry): { value: number | View; open: number | Open } {
    const outer = this.#outer;
    if (carry.kind === 'number') return { value: outer.total(carry.out), open: outer.reached(carry.out) };
    const adjoints = outer.adjoints(carry.out);
    return {
      value: adjoints?.values ?? this.#nothing(carry.in.size, -0),
      open: adjoints?.open ?? this.#nothing(carry.in.size, 0),
    };
  }

  #nothing(size: Size, x: number): View {
    const { graph } = this.#outer;
    return stacked(graph, size, () => graph.constant(x));
  }

  /**
   * Writes the scan down.
   *
   * @param tracked whether it carries beside each adjoint when it is reached
   * @returns false, and nothing is written, if it does not and that turns out to be needed
   */
  write(tracked: boolean): boolean {
    const { graph } = this.#outer;
    const traced = inLoop(graph, this.#region.scope.count, (_, node, scope) => this.#trace(node, scope, tracked));
    if (!traced) return false;
    const left = written(graph, traced.scope, traced.leaving, traced.carries, true);
    traced.leaving.deliver(this.#outer, left);
    this.#active.forEach((carry, k) => {
      const adjoint = carried(traced.carries[k]!, 'out');
      const open = tracked ? carried(traced.carries[this.#active.length + k]!, 'out') : ALWAYS;
      if (carry.kind === 'number') this.#outer.add(carry.init, adjoint as number, open as number);
      else this.#outer.addTo(carry.init, adjoint as View, open as Open);
    });
    return true;
  }

  #trace(node: number, scope: Scope, tracked: boolean): Traced | undefined {
    const outer = this.#outer;
    const { graph, program } = outer;
    const last = this.#region.scope.count.minus(ONE);
    const back: Affine = plus(constantAffine(last), indexAffine(scope.id), Size.of(-1));
    const inner = outer.inside(this.#region, back, graph.node(OP.sub, sizeNode(graph, last), node));
    this.#carries.forEach((carry, k) => {
      const kept = whole(this.#kept[k]!);
      if (carry.kind === 'number') inner.copies.set(carry.in, loadFrom(graph, kept, { at: back, checks: [] }));
      else inner.copies.set(carry.in, cut(kept, { at: plus(ORIGIN, back, carry.in.size), checks: [] }, carry.in.size));
    });
    inner.copies.body(this.#region);

    const first = [...this.#first.map(({ value }) => value), ...(tracked ? this.#first.map((one) => this.#condition(one.open, one.value)) : [])]; // biome-ignore format: one line
    const carries = first.map((init, k) => carryIn(program, scope, k, init));
    this.#active.forEach((carry, k) => {
      const d = carried(carries[k]!, 'in');
      const open = tracked ? carried(carries[this.#active.length + k]!, 'in') : ALWAYS;
      if (carry.kind === 'number') inner.add(carry.next, d as number, open as number);
      else inner.addTo(carry.next, d as View, open as Open);
    });
    this.#seed(inner, { at: back, checks: [] });
    inner.run();

    const next = this.#active.map((carry) => reachedIn(inner, carry));
    if (!tracked && next.some(({ open }) => open !== ALWAYS)) return undefined;
    const blocks = carries.flatMap((carry) => (carry.kind === 'array' ? [carry.in] : []));
    carries.forEach((carry, k) => {
      const of = next[k % this.#active.length]!;
      let x = k < this.#active.length ? of.value : this.#condition(of.open, of.value);
      // a view that is still read while the carries are written
      if (typeof x !== 'number' && blocks.includes(x.block) && !(carry.in === x.block && isWhole(x))) x = copied(graph, x);
      carry.next = x;
    });
    return { scope, carries, leaving: inner.leave(scope.id, this.#region) };
  }

  /** When an adjoint is reached, as a number or numbers beside it. */
  #condition(open: number | Open, beside: number | View): number | View {
    if (typeof beside === 'number') return truth(this.#outer.graph, open as number);
    return open === ALWAYS ? ones(this.#outer.graph, beside.n) : (open as View);
  }
}

/** The adjoint of what an iteration finds of a carry. */
function reachedIn(inner: Sweep, carry: Carry): { value: number | View; open: number | Open } {
  if (carry.kind === 'number') return { value: inner.total(carry.in), open: inner.reached(carry.in) };
  const { graph } = inner;
  const adjoints = inner.adjoints(carry.in);
  const nothing = (x: number): View => stacked(graph, carry.in.size, () => graph.constant(x));
  return { value: adjoints?.values ?? nothing(-0), open: adjoints?.open ?? nothing(0) };
}
