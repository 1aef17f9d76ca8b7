/**
 * A group of records (lane-group.ts) as two loops over its lanes.
 *
 *     forward   operands: pairs from V, shared numbers, look-ups ─► locals ─► V, where others or the reverse sweep read them
 *     reverse   adjoints from G where others have reached them ─► locals ─► shared operands: sums over the lanes, then into G
 *                                                                       └─► slots outside: into G, lane by lane
 *
 * A record whose adjoints stay in locals leaves its places in G unused: partial sums are kept there.
 */
import { PARTIALS } from '../../ops/partials.ts';
import { OP } from '../../ops/vocabulary.ts';
import { I } from '../../wasm/encode/instructions.ts';
import type { Fn } from '../../wasm/encode/module.ts';
import { GATHER, RECORD_WORDS, W } from '../../tape/layout.ts';
import { ARITY } from '../../tape/nodes.ts';
import { sharesOf } from './flat-sweep.ts';
import { isNodeByNode, type LaneGroup } from './lane-group.ts';
import { type Effect, emitLoop } from './lane-loop.ts';
import { shifted } from './lane-shift.ts';
import { F64, type Ledger, P } from './ledger.ts';
import { Ssa } from './ssa.ts';

/** Up to so many reductions keep their partial sums in locals. */
const IN_LOCALS = 2;
const CELL = 64;

/** Operand j of a record, read from memory. */
function operand(k: Ssa, ledger: Ledger, at: number, j: number): number {
  const base = ledger.tape.records[at + W.a + 3 * j]!;
  const stride = ledger.tape.records[at + W.as + 3 * j]!;
  return stride === GATHER ? k.gather(base) : k.load(P, ledger.valueAt(base), stride * F64);
}

export function lanesForward(fn: Fn, ledger: Ledger, group: LaneGroup): void {
  const k = new Ssa();
  const { tape } = ledger;
  const { records } = tape;
  const { n } = group;
  const nodes = new Map<number, number>();
  const effects: Effect[] = [];
  const sums: { readonly slot: number; readonly isMean: boolean }[] = [];
  for (let record = group.first; record < group.end; record++) {
    const at = record * RECORD_WORDS;
    const op = records[at]! & 255;
    const out = records[at + W.out]!;
    if (group.sums.has(record)) {
      if (ledger.isRead[out] === 0) continue;
      const maker = group.recordAt.get(records[at + W.a]!);
      const node = maker === undefined ? k.load(P, ledger.valueAt(records[at + W.a]!), F64) : nodes.get(maker)!;
      effects.push({ kind: 'reduce', node });
      sums.push({ slot: out, isMean: op === OP.mean });
      continue;
    }
    const terms = group.chains.get(record);
    if (terms !== undefined) {
      const last = out + n - 2;
      if (ledger.isRead[last] === 0) continue;
      effects.push({ kind: 'chain', node: nodes.get(terms)! });
      sums.push({ slot: last, isMean: false });
      continue;
    }
    const read = (j: number): number => {
      const maker = group.maker(at, j);
      return maker >= 0 ? nodes.get(maker)! : operand(k, ledger, at, j);
    };
    const a = read(0);
    const b = ARITY[op]! > 1 ? read(1) : a;
    const node = k.node(op, a, b, ARITY[op]! > 2 ? read(2) : b);
    nodes.set(record, node);
    if (ledger.isRead.subarray(out, out + n).includes(1)) effects.push({ kind: 'store', node, at: ledger.valueAt(out) });
  }
  if (effects.length === 0) return;
  const totals = emitLoop(fn, k, { n, effects, cells: [], values: ledger.offsets.values });
  totals.forEach((total, i) => {
    const { slot, isMean } = sums[i]!;
    fn.get(P);
    fn.get(total);
    if (isMean) {
      fn.f64(n);
      fn.op(I.f64Div);
    }
    fn.memory(I.f64Store, ledger.valueAt(slot));
  });
}

/** Adjoints of slots outside the group that an operand reads. */
interface Target {
  readonly base: number;
  readonly stride: number;
  readonly first: number;
  readonly last: number;
  /** Node of the adjoint so far, −1 for none; used where no other target overlaps this one. */
  node: number;
  meets: boolean;
}

/** By opcode, from 2 on: is the result among what its partials are made of? */
const OF_RESULT = PARTIALS.map((text) => text.split(/[ ,]/).includes('z'));

export class LanesReverse {
  readonly #k = new Ssa();
  readonly #ledger: Ledger;
  readonly #group: LaneGroup;
  readonly #adjoint = new Map<number, number>(); // by record
  readonly #targets = new Map<string, Target>();
  readonly #effects: Effect[] = [];
  readonly #shared: number[] = []; // slots of the reductions
  #lastOrdered: Effect | undefined;
  /** Records whose places in G nobody uses. */
  readonly #free = new Set<number>();

  constructor(ledger: Ledger, group: LaneGroup) {
    this.#ledger = ledger;
    this.#group = group;
  }

  emit(fn: Fn): void {
    const { n, first, end } = this.#group;
    const { offsets } = this.#ledger;
    this.#findTargets();
    for (let record = end - 1; record >= first; record--) this.#record(record);
    for (const target of this.#targets.values()) {
      if (target.meets || target.node < 0) continue;
      const at = this.#ledger.adjointAt(target.base);
      if (target.node !== this.#k.load(P, at, F64)) this.#effects.push({ kind: 'store', node: target.node, at });
      const maker = this.#group.recordAt.get(this.#ledger.place[target.base]!);
      if (maker !== undefined) this.#free.delete(maker);
      this.#ledger.reach(target.base, n);
    }
    if (this.#effects.length === 0) return;
    const effects = shifted(this.#effects, n);
    const sums = this.#shared.length;
    const cells = sums > IN_LOCALS ? this.#cells(sums) : [];
    const totals = emitLoop(fn, this.#k, { n, effects, cells, values: offsets.values });
    totals.forEach((total, i) => {
      const slot = this.#shared[i]!;
      const at = this.#ledger.adjointAt(slot);
      fn.get(P);
      fn.get(total);
      if (this.#ledger.isReached[slot]) {
        fn.get(P);
        fn.memory(I.f64Load, at);
        fn.op(I.f64Add); // addition commutes
      }
      fn.memory(I.f64Store, at);
      this.#ledger.reach(slot, 1);
    });
  }

  /** Places for `count` cells, or none if there are too few. */
  #cells(count: number): number[] {
    const { n } = this.#group;
    const { tape, offsets } = this.#ledger;
    const cells: number[] = [];
    for (const record of [...this.#free].reverse()) {
      const at = offsets.adjoints + tape.records[record * RECORD_WORDS + W.out]! * F64;
      for (let c = 0; c < n >> 3 && cells.length < count; c++) cells.push(at + c * CELL);
    }
    return cells.length < count ? [] : cells;
  }

  #findTargets(): void {
    const { first, end, n } = this.#group;
    const { records, indices } = this.#ledger.tape;
    for (let record = first; record < end; record++) {
      if (this.#group.chains.has(record)) continue;
      const at = record * RECORD_WORDS;
      const active = (records[at]! >> 16) & 7;
      const isSum = this.#group.sums.has(record);
      if (isSum && this.#group.recordAt.has(records[at + W.a]!)) continue;
      for (let j = 0; j < (isSum ? 1 : ARITY[records[at]! & 255]!); j++) {
        const base = records[at + W.a + 3 * j]!;
        const stride = isSum ? 1 : records[at + W.as + 3 * j]!;
        const key = `${base} ${stride}`;
        if (!((active >> j) & 1) || (!isSum && this.#group.maker(at, j) >= 0) || this.#targets.has(key)) continue;
        const isGathered = stride === GATHER;
        const slots = isGathered ? indices.subarray(base, base + n) : Int32Array.of(base, base + (n - 1) * stride);
        const [lowest, highest] = [slots.reduce((x, y) => Math.min(x, y)), slots.reduce((x, y) => Math.max(x, y))];
        this.#targets.set(key, {
          base,
          stride,
          first: lowest,
          last: highest,
          node: -1,
          meets: isGathered || (stride !== 1 && stride !== 0),
        });
      }
    }
    const sorted = [...this.#targets.values()].sort((x, y) => x.first - y.first);
    let furthest: Target | undefined;
    for (const target of sorted) {
      if (furthest && target.first <= furthest.last) furthest.meets = target.meets = true;
      if (!furthest || target.last > furthest.last) furthest = target;
    }
  }

  #record(record: number): void {
    const k = this.#k;
    const group = this.#group;
    const ledger = this.#ledger;
    const { records } = ledger.tape;
    const at = record * RECORD_WORDS;
    const op = records[at]! & 255;
    const out = records[at + W.out]!;
    if (group.sums.has(record)) return this.#sum(at);
    const terms = group.chains.get(record);
    if (terms !== undefined) return this.#chain(out + group.n - 2, terms);
    if (ledger.reached(out, group.n) === 0) this.#free.add(record);
    const d = this.#adjointOf(record);
    if (d < 0) return;
    const active = (records[at]! >> 16) & 7;
    const read = (j: number): number => {
      if (j >= ARITY[op]!) return 0;
      const base = records[at + W.a + 3 * j]!;
      const stride = records[at + W.as + 3 * j]!;
      this.#markRead(base, stride);
      return operand(k, ledger, at, j);
    };
    const isSum = op === OP.add || op === OP.sub;
    let z = 0;
    if (op === OP.relu || OF_RESULT[op - 2]) {
      this.#markRead(out, 1);
      z = k.load(P, ledger.valueAt(out), F64);
    }
    const needs = (j: number): boolean => !isSum && (op !== OP.mul || ((active >> (1 - j)) & 1) === 1);
    const x = op === OP.relu ? z : needs(0) ? read(0) : 0;
    const y = needs(1) ? read(1) : 0;
    const shares = sharesOf(k, op, active, d, x, y, needs(2) ? read(2) : 0, z);
    for (let j = 0; j < ARITY[op]!; j++) if ((active >> j) & 1) this.#give(at, j, shares[j]!);
  }

  /** What reaches a sum reaches all that it adds up. */
  #sum(at: number): void {
    const k = this.#k;
    const ledger = this.#ledger;
    const { records } = ledger.tape;
    if (!((records[at]! >> 16) & 1)) return;
    const d = this.#adjointOfSum(records[at + W.out]!);
    if (d < 0) return;
    const maker = this.#group.recordAt.get(records[at + W.a]!);
    const share = (records[at]! & 255) === OP.mean ? k.node(OP.mul, d, k.literal(1 / this.#group.n)) : d;
    if (maker === undefined) this.#giveBeside(records[at + W.a]!, 1, share);
    else this.#giveAll(maker, share);
  }

  #chain(last: number, maker: number): void {
    const d = this.#adjointOfSum(last);
    if (d >= 0) this.#giveAll(maker, d);
  }

  /** What has reached the sum at a slot, or −1. */
  #adjointOfSum(slot: number): number {
    const ledger = this.#ledger;
    if (ledger.seed === slot) return this.#k.literal(1);
    if (!ledger.isReached[slot] && !ledger.hasCore) return -1;
    ledger.clearRest(slot, 1);
    return this.#k.load(P, ledger.adjointAt(slot));
  }

  /** To all nodes of a record. */
  #giveAll(maker: number, share: number): void {
    const before = this.#adjointOf(maker);
    this.#adjoint.set(maker, before < 0 ? share : this.#k.node(OP.add, before, share));
  }

  #markRead(base: number, stride: number): void {
    const { n } = this.#group;
    const { isRead, tape } = this.#ledger;
    for (let i = 0; i < (stride === 0 ? 1 : n); i++) isRead[stride === GATHER ? tape.indices[base + i]! : base + i * stride] = 1;
  }

  /** The adjoints of a record's nodes so far. */
  #adjointOf(record: number): number {
    const known = this.#adjoint.get(record);
    if (known !== undefined) return known;
    const out = this.#ledger.tape.records[record * RECORD_WORDS + W.out]!;
    const node = this.#fromMemory(out);
    this.#adjoint.set(record, node);
    return node;
  }

  /** What has reached n neighbours so far, or −1. */
  #fromMemory(base: number): number {
    const ledger = this.#ledger;
    const { n } = this.#group;
    if (ledger.reached(base, n) === 0) return ledger.hasCore ? this.#k.literal(-0) : -1;
    ledger.clearRest(base, n);
    return this.#k.load(P, ledger.adjointAt(base), F64);
  }

  #give(at: number, j: number, share: number): void {
    const k = this.#k;
    const ledger = this.#ledger;
    const { n } = this.#group;
    const { records, indices } = ledger.tape;
    const add = (before: number): number => (before < 0 ? share : k.node(OP.add, before, share));
    const maker = this.#group.maker(at, j);
    if (maker >= 0) {
      this.#adjoint.set(maker, add(this.#adjointOf(maker)));
      return;
    }
    const base = records[at + W.a + 3 * j]!;
    const stride = records[at + W.as + 3 * j]!;
    if (stride === 0) {
      this.#effects.push({ kind: 'reduce', node: share });
      this.#shared.push(base);
      return;
    }
    if (stride !== GATHER) return this.#giveBeside(base, stride, share);
    for (let i = 0; i < n; i++) {
      ledger.clearRest(indices[base + i]!, 1);
      ledger.reach(indices[base + i]!, 1);
    }
    // node by node, operand a then b: one effect
    const last = this.#lastOrdered;
    if (last?.kind === 'addGathered' && last.record === at && isNodeByNode(records, at))
      last.targets.push({ node: share, place: base });
    else {
      const targets = [{ node: share, place: base }];
      this.#effects.push((this.#lastOrdered = { kind: 'addGathered', record: at, at: ledger.offsets.adjoints, targets }));
    }
  }

  /** Contributions to slots outside, `stride` apart. */
  #giveBeside(base: number, stride: number, share: number): void {
    const k = this.#k;
    const ledger = this.#ledger;
    const { n } = this.#group;
    const target = this.#targets.get(`${base} ${stride}`)!;
    if (!target.meets) {
      const before = target.node < 0 ? this.#fromMemory(base) : target.node;
      target.node = before < 0 ? share : k.node(OP.add, before, share);
      return;
    }
    const last = this.#lastOrdered;
    if (last?.kind === 'add' && last.base === base && last.stride === stride) {
      last.nodes.push(share);
      return;
    }
    const isFirst = ledger.reached(base, n, stride) === 0;
    if (!isFirst) ledger.clearRest(base, n, stride);
    ledger.reach(base, n, stride);
    this.#effects.push((this.#lastOrdered = { kind: 'add', nodes: [share], base, at: ledger.adjointAt(base), stride, isFirst }));
  }
}
