/** Nodes of a segment as instructions: numbers that are one for all lanes, and pairs of lanes or the last, odd lane. */
import { I, TYPE, V } from '../../../wasm/encode/instructions.ts';
import type { Fn } from '../../../wasm/encode/module.ts';
import { Emitter } from '../emit.ts';
import { arityOf, NODE } from '../ssa.ts';
import { KIND, type Site, type Trace } from './trace.ts';

const { i32, f64 } = TYPE;

/** How often each node is used by what leads to an action, and which narrow nodes are used in lanes. */
export function usesOf({ k, actions, sites }: Trace): { uses: Int32Array; inLanes: Uint8Array } {
  const uses = new Int32Array(k.size);
  const inLanes = new Uint8Array(k.size);
  const use = (id: number, times: number, byLanes: boolean): void => {
    uses[id]! += times;
    if (byLanes && k.wide[id] === 0) inLanes[id] = 1;
  };
  const usePicks = ({ picks }: Site, byLanes: boolean): void => {
    for (const [node] of picks) use(node, 2, byLanes);
  };
  for (const { kind, node, before, site, isWide } of actions) {
    if (kind === 'shiftEnd') continue;
    if (kind === 'shift') use(before, 1, true);
    const isSplit = isWide && kind !== 'shift' && (site.step !== 8 || site.picks.length > 0); // lane by lane
    if (kind !== 'hand' && kind !== 'pull') use(node, kind === 'check' ? 3 : isSplit ? 2 : 1, isWide);
    usePicks(site, isWide);
  }
  for (let id = k.size - 1; id >= 0; id--) {
    if (uses[id] === 0) continue;
    const op = k.op[id]!;
    const isWide = k.wide[id] === 1;
    if (op === KIND.total) use(k.a[id]!, 1, true);
    else if (op === KIND.site) usePicks(sites[k.a[id]!]!, isWide);
    const arity = arityOf(op);
    if (arity > 0) use(k.a[id]!, 1, isWide);
    if (arity > 1) use(k.b[id]!, 1, isWide);
    if (arity > 2) use(k.c[id]!, 1, isWide);
  }
  return { uses, inLanes };
}

/** Numbers that are one for all lanes; outside lanes, all. */
export class Numbers extends Emitter {
  readonly trace: Trace;

  constructor(fn: Fn, trace: Trace, uses: Int32Array, inLanes = false) {
    super(fn, trace.k, uses, inLanes);
    this.trace = trace;
  }

  override needsLocal(id: number): boolean {
    const op = this.k.op[id]!;
    if (this.trace.forced.has(id)) return true;
    if (op === KIND.site || op === NODE.index) return this.uses[id]! > 1;
    return super.needsLocal(id);
  }

  override number(id: number): void {
    const { fn, k } = this;
    const op = k.op[id]!;
    if (this.local[id]! >= 0 || (op !== KIND.site && op !== NODE.index)) return super.number(id);
    if (op === NODE.index) {
      fn.get(k.a[id]!);
      fn.op(I.f64ConvertI32S);
      return;
    }
    const site = this.trace.sites[k.a[id]!]!;
    this.address(site);
    fn.memory(I.f64Load, site.offset);
  }

  /** Pushes the address of a site, but for its offset. */
  address({ base, picks }: Site): void {
    const { fn } = this;
    fn.get(base);
    for (const [node, by] of picks) {
      this.number(node);
      this.#advance(by);
    }
  }

  #advance(by: number): void {
    const { fn } = this;
    fn.op(I.i32TruncF64S);
    fn.i32(by);
    fn.op(I.i32Mul);
    fn.op(I.i32Add);
  }

  store(node: number, site: Site): void {
    this.address(site);
    this.number(node);
    this.fn.memory(I.f64Store, site.offset);
  }

  add(node: number, site: Site): void {
    const { fn } = this;
    const at = fn.local(i32);
    this.address(site);
    fn.tee(at);
    fn.get(at);
    fn.memory(I.f64Load, site.offset);
    this.number(node);
    fn.op(I.f64Add);
    fn.memory(I.f64Store, site.offset);
    fn.release(i32, at);
  }

  /** The last lane of the loop has been: what is carried goes to the number after its own. */
  shiftEnd({ base, offset }: Site, lanes: number, carried: number): void {
    const { fn } = this;
    const at = fn.local(i32);
    fn.get(base);
    fn.get(lanes);
    fn.i32(3);
    fn.op(I.i32Shl);
    fn.op(I.i32Add);
    fn.tee(at);
    fn.get(at);
    fn.memory(I.f64Load, offset);
    fn.get(carried);
    fn.lane(V.f64Extract, 1);
    fn.op(I.f64Add);
    fn.memory(I.f64Store, offset);
    fn.release(i32, at);
  }

  /** Leaves the function with 1 if a number is no index into `extent` elements. */
  check(node: number, extent: number): void {
    const { fn } = this;
    this.number(node);
    fn.f64(0);
    fn.op(I.f64Ge);
    this.number(node);
    fn.f64(extent);
    fn.op(I.f64Lt);
    fn.op(I.i32And);
    this.number(node);
    fn.op(I.f64Floor);
    this.number(node);
    fn.op(I.f64Eq);
    fn.op(I.i32And);
    fn.op(I.i32Eqz);
    leave(fn);
  }
}

/** What all lanes of a loop share: where the numbers are that are one for all, and pointers that go from lane to lane. */
export interface Around {
  readonly numbers: Numbers;
  /** Local with a pair of a number that is one for all, or −1. */
  readonly pairs: Int32Array;
  /** Local that follows an address from lane to lane. */
  readonly pointers: Pointers;
  /** 8 × the number of the lane. */
  readonly lane: number;
  /** Local with what `shift` carries to the next lane, in lane 1. */
  readonly carried: number;
  /** Local with the address at which this lane's share of total 0 is added; 64 bytes further on that of total 1. */
  readonly sums: number;
}

export class Pointers {
  readonly locals = new Map<string, { readonly local: number; readonly base: number; readonly step: number }>();
  readonly #fn: Fn;

  constructor(fn: Fn) {
    this.#fn = fn;
  }

  at(base: number, step: number): number {
    const key = `${base} ${step}`;
    let pointer = this.locals.get(key);
    if (!pointer) {
      pointer = { local: this.#fn.fresh(i32), base, step }; // what is written already runs again in the next turn of the loop
      this.locals.set(key, pointer);
    }
    return pointer.local;
  }
}

/** The numbers of a lane: of the last one, as single numbers. */
export class Lane extends Numbers {
  readonly around: Around;

  constructor(fn: Fn, trace: Trace, uses: Int32Array, around: Around, inLanes = false) {
    super(fn, trace, uses, inLanes);
    this.around = around;
  }

  override number(id: number): void {
    const { k } = this;
    if (k.wide[id] === 0) return this.narrow(id);
    if (k.op[id] === NODE.index && this.local[id]! < 0) return this.index(id);
    super.number(id);
  }

  override condition(id: number): void {
    if (this.k.wide[id] === 0) return this.around.numbers.condition(id);
    super.condition(id);
  }

  narrow(id: number): void {
    this.around.numbers.number(id);
  }

  index(id: number): void {
    const { fn, k, around } = this;
    fn.get(k.a[id]!);
    fn.get(around.lane);
    fn.i32(3);
    fn.op(I.i32ShrU);
    fn.op(I.i32Add);
    fn.op(I.f64ConvertI32S);
  }

  override load(base: number, offset: number, perLane: number): void {
    this.fn.get(this.around.pointers.at(base, perLane));
    this.fn.memory(I.f64Load, offset);
  }

  override address({ base, step, picks }: Site): void {
    const { fn } = this;
    fn.get(step === 0 ? base : this.around.pointers.at(base, step));
    for (const [node, by] of picks) {
      this.pick(node, 0);
      fn.op(I.i32TruncF64S);
      fn.i32(by);
      fn.op(I.i32Mul);
      fn.op(I.i32Add);
    }
  }

  /** Pushes a pick as a number. */
  pick(node: number, _lane: number): void {
    this.number(node);
  }

  /** Adds what is carried and then a node to this lane's number; `before` is carried on. */
  shift(before: number, node: number, site: Site): void {
    const { fn, around } = this;
    const given = fn.local(f64);
    this.number(before);
    fn.set(given);
    const pointer = around.pointers.at(site.base, site.step);
    fn.get(pointer);
    fn.get(pointer);
    fn.memory(I.f64Load, site.offset);
    fn.get(around.carried);
    fn.lane(V.f64Extract, 1);
    fn.op(I.f64Add);
    this.number(node);
    fn.op(I.f64Add);
    fn.memory(I.f64Store, site.offset);
    fn.get(given);
    fn.vector(V.f64Splat);
    fn.set(around.carried);
    fn.release(f64, given);
  }

  /** Adds a node to this lane's partial sum of a total. */
  accumulate(node: number, total: number): void {
    const { fn, around } = this;
    fn.get(around.sums);
    fn.get(around.sums);
    fn.memory(I.f64Load, 64 * total);
    this.number(node);
    fn.op(I.f64Add);
    fn.memory(I.f64Store, 64 * total);
  }
}

/** If there is a number other than 0 on the stack, leaves the function with 1. */
export function leave(fn: Fn): void {
  fn.open(I.if);
  fn.i32(1);
  fn.op(I.return);
  fn.op(I.end);
}
