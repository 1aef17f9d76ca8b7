/** Nodes of a segment as instructions on pairs of lanes. */
import { I, TYPE, V } from '../../../wasm/encode/instructions.ts';
import type { Fn } from '../../../wasm/encode/module.ts';
import { ACROSS } from '../lane-shift.ts';
import { NODE } from '../ssa.ts';
import { type Around, Lane, leave } from './nodes.ts';
import { KIND, type Site, type Trace } from './trace.ts';

const { i32, v128 } = TYPE;

/** The numbers of two lanes. */
export class Pair extends Lane {
  constructor(fn: Fn, trace: Trace, uses: Int32Array, around: Around) {
    super(fn, trace, uses, around, true);
  }

  override narrow(id: number): void {
    const { fn, k, around } = this;
    if (around.pairs[id]! >= 0) return fn.get(around.pairs[id]!);
    const op = k.op[id]!;
    if (op === NODE.literal) return fn.f64x2(k.literals[k.a[id]!]!);
    if (op === NODE.load && around.numbers.local[id]! < 0) {
      fn.get(k.a[id]!);
      fn.vectorMemory(V.load64Splat, k.b[id]!);
      return;
    }
    around.numbers.number(id);
    fn.vector(V.f64Splat);
  }

  override condition(id: number): void {
    if (this.k.wide[id] === 1) return super.condition(id);
    this.narrow(id);
    this.fn.f64x2(0);
    this.fn.vector(V.f64Ne);
  }

  override number(id: number): void {
    const { k, local } = this;
    if (k.wide[id] === 1 && k.op[id] === KIND.site && local[id]! < 0) return this.#gather(this.trace.sites[k.a[id]!]!);
    super.number(id);
  }

  override index(id: number): void {
    const { fn } = this;
    super.index(id);
    fn.vector(V.f64Splat);
    fn.f64x2(0);
    fn.f64(1);
    fn.lane(V.f64Replace, 1);
    fn.vector(V.f64Add);
  }

  override load(base: number, offset: number, perLane: number): void {
    const { fn } = this;
    const pointer = this.around.pointers.at(base, perLane);
    if (perLane === 8) {
      fn.get(pointer);
      fn.vectorMemory(V.load, offset);
      return;
    }
    const second = this.#beside(() => fn.get(pointer), offset, perLane);
    fn.get(pointer);
    fn.vectorMemory(V.load64Zero, offset);
    fn.vectorMemory(V.load64Lane, second, 1);
  }

  #gather(site: Site): void {
    const { fn } = this;
    const second = this.#laneAddress(site, 1);
    this.#laneAddress(site, 0);
    fn.vectorMemory(V.load64Zero, site.offset);
    fn.vectorMemory(V.load64Lane, second, 1);
  }

  /** Pushes the address of a site in a lane of the pair; returns the offset that goes with it. */
  #laneAddress(site: Site, lane: number): number {
    const push = (): void => {
      this.#lane = lane;
      super.address(site);
    };
    if (lane === 1) return this.#beside(push, site.offset, site.step);
    push();
    return site.offset;
  }

  #lane = 0;

  override pick(node: number, _lane: number): void {
    const { fn, k } = this;
    if (k.wide[node] === 0) return this.around.numbers.number(node);
    this.number(node);
    fn.lane(V.f64Extract, this.#lane);
  }

  /** Pushes an address so that the number `by` bytes further on is at the offset returned: it must not be negative. */
  #beside(push: () => void, offset: number, by: number): number {
    push();
    if (offset + by >= 0) return offset + by;
    this.fn.i32(by);
    this.fn.op(I.i32Add);
    return offset;
  }

  override store(node: number, site: Site): void {
    const { fn } = this;
    if (site.step === 8 && site.picks.length === 0) {
      fn.get(this.around.pointers.at(site.base, 8));
      this.number(node);
      fn.vectorMemory(V.store, site.offset);
      return;
    }
    for (const lane of [0, 1]) {
      const offset = this.#laneAddress(site, lane);
      this.number(node);
      fn.vectorMemory(V.store64Lane, offset, lane);
    }
  }

  override add(node: number, site: Site): void {
    const { fn } = this;
    if (site.step === 8 && site.picks.length === 0) {
      const pointer = this.around.pointers.at(site.base, 8);
      fn.get(pointer);
      this.plus(() => {
        fn.get(pointer);
        fn.vectorMemory(V.load, site.offset);
      }, node);
      fn.vectorMemory(V.store, site.offset);
      return;
    }
    const at = fn.local(i32);
    for (const lane of [0, 1]) {
      const offset = this.#laneAddress(site, lane);
      fn.tee(at);
      fn.get(at);
      fn.memory(I.f64Load, offset);
      this.number(node);
      fn.lane(V.f64Extract, lane);
      fn.op(I.f64Add);
      fn.memory(I.f64Store, offset);
    }
    fn.release(i32, at);
  }

  override shift(before: number, node: number, site: Site): void {
    const { fn, around } = this;
    const given = fn.local(v128);
    this.number(before);
    fn.set(given);
    const pointer = around.pointers.at(site.base, site.step);
    fn.get(pointer);
    fn.get(pointer);
    fn.vectorMemory(V.load, site.offset);
    fn.get(around.carried);
    fn.get(given);
    fn.shuffle(ACROSS);
    fn.vector(V.f64Add);
    this.number(node);
    fn.vector(V.f64Add);
    fn.vectorMemory(V.store, site.offset);
    fn.get(given);
    fn.set(around.carried);
    fn.release(v128, given);
  }

  override check(node: number, extent: number): void {
    const { fn } = this;
    this.number(node);
    fn.f64x2(0);
    fn.vector(V.f64Ge);
    this.number(node);
    fn.f64x2(extent);
    fn.vector(V.f64Lt);
    fn.vector(V.and);
    this.number(node);
    fn.vector(V.f64Floor);
    this.number(node);
    fn.vector(V.f64Eq);
    fn.vector(V.and);
    fn.vector(V.i64AllTrue);
    fn.op(I.i32Eqz);
    leave(fn);
  }

  override accumulate(node: number, total: number): void {
    const { fn, around } = this;
    fn.get(around.sums);
    this.plus(() => {
      fn.get(around.sums);
      fn.vectorMemory(V.load, 64 * total);
    }, node);
    fn.vectorMemory(V.store, 64 * total);
  }
}
