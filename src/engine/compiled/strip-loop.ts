/**
 * Strips that repeat themselves: long sums written one by one, recurrences. Entry e + T does what entry e does, its operands
 * the same slots, or slots at a fixed distance, or the node before.
 *
 *     entry    0          1          2          3          …        T = 2, operands: before, x₀ | before, 7002 + e
 *              v·x₀       v + 7003   v·x₀       v + 7005
 *              ◄── a turn: whole periods, about eight entries ──►   the node before in a local
 *
 * Both loops go through the strip as the interpreter does, forward and back, so the order of additions is its own.
 */
import { OP } from '../../ops/vocabulary.ts';
import { I, TYPE } from '../../wasm/encode/instructions.ts';
import type { Fn } from '../../wasm/encode/module.ts';
import { RECORD_WORDS, STRIP_WORDS, type Tape, W } from '../../tape/layout.ts';
import { ARITY } from '../../tape/nodes.ts';
import { sharesOf } from './flat-sweep.ts';
import { F64, type Ledger, P } from './ledger.ts';
import { Ssa } from './ssa.ts';
import { emitAll, type Store } from './straight.ts';

/** `turns` × `perTurn` entries of a strip from entry `from` on, of period `period`. */
export interface Repeat {
  readonly record: number;
  readonly from: number;
  readonly period: number;
  readonly perTurn: number;
  readonly turns: number;
}

const LONGEST_PERIOD = 4;
const PER_TURN = 8;
/** Shorter repetitions are unrolled. */
export const SHORTEST_REPEAT = 64;

/** Operand j of an entry: BEFORE, or a slot. */
const BEFORE = -1;

class Entries {
  readonly #tape: Tape;
  readonly #first: number;
  readonly #out: number;

  constructor(tape: Tape, record: number) {
    this.#tape = tape;
    this.#first = tape.records[record * RECORD_WORDS + W.a]!;
    this.#out = tape.records[record * RECORD_WORDS + W.out]!;
  }

  head(e: number): number {
    return this.#tape.strips[(this.#first + e) * STRIP_WORDS]!;
  }
  op(e: number): number {
    return this.head(e) & 255;
  }
  arity(e: number): number {
    return ARITY[this.op(e)]!;
  }
  isActive(e: number, j: number): boolean {
    return ((this.head(e) >> (16 + j)) & 1) === 1;
  }
  slot(e: number): number {
    return this.#out + e;
  }
  operand(e: number, j: number): number {
    const slot = this.#tape.strips[(this.#first + e) * STRIP_WORDS + 1 + j]!;
    return e > 0 && slot === this.#out + e - 1 ? BEFORE : slot;
  }
}

/** A repetition from entry `from` on that is worth a loop, or how many entries can be passed over because there is none. O(that many) */
export function repeatAt(tape: Tape, record: number, from: number, count: number): Repeat | number {
  const entries = new Entries(tape, record);
  for (let period = 1; period <= LONGEST_PERIOD; period++) {
    let end = from + period;
    while (end < count && repeats(entries, from, end, period)) end++;
    if (end - from < SHORTEST_REPEAT) continue;
    const perTurn = period * Math.ceil(PER_TURN / period);
    const turns = Math.floor((end - from) / perTurn);
    const repeat = { record, from, period, perTurn, turns };
    return isLoop(entries, repeat) ? repeat : end - from;
  }
  return 1;
}

function repeats(entries: Entries, from: number, e: number, period: number): boolean {
  if (entries.head(e) !== entries.head(e - period)) return false;
  for (let j = 0; j < entries.arity(e); j++) {
    const [now, last] = [entries.operand(e, j), entries.operand(e - period, j)];
    if ((now === BEFORE) !== (last === BEFORE)) return false;
    if (e - 2 * period >= from && now !== BEFORE && now - last !== last - entries.operand(e - 2 * period, j)) return false;
  }
  return true;
}

/** Slots that the operands of one place in the period go through. */
interface Walk {
  readonly base: number;
  readonly step: number; // slots per period
  readonly periods: number;
}

const lowest = ({ base, step, periods }: Walk): number => Math.min(base, base + step * (periods - 1));
const highest = ({ base, step, periods }: Walk): number => Math.max(base, base + step * (periods - 1));

function walkOf(entries: Entries, { from, period, perTurn, turns }: Repeat, place: number, j: number): Walk {
  const base = entries.operand(from + place, j);
  return { base, step: entries.operand(from + place + period, j) - base, periods: (perTurn / period) * turns };
}

/** Nothing but the node before is read of the loop's own nodes and the one before them, and no slot is gone through by two walks. */
function isLoop(entries: Entries, repeat: Repeat): boolean {
  const { from, period, perTurn, turns } = repeat;
  if (turns < 2) return false;
  const first = entries.slot(from);
  const end = first + perTurn * turns;
  const walks: Walk[] = [];
  for (let place = 0; place < period; place++)
    for (let j = 0; j < entries.arity(from + place); j++) {
      if (entries.operand(from + place, j) === BEFORE) continue;
      const walk = walkOf(entries, repeat, place, j);
      if (highest(walk) >= first - 1 && lowest(walk) < end) return false;
      if (entries.isActive(from + place, j)) walks.push(walk);
    }
  return walks.every((x, i) => walks.slice(0, i).every((y) => {
    if (x.base === y.base && x.step === y.step) return true;
    if (highest(x) < lowest(y) || highest(y) < lowest(x)) return true;
    return x.step === y.step && x.step !== 0 && (x.base - y.base) % x.step !== 0;
  })); // biome-ignore format: one condition
}

/** A loop over the turns, in which addresses move on by whole turns. */
class Turns {
  readonly k: Ssa = new Ssa();
  readonly fn: Fn;
  readonly #pointers = new Map<number, number>(); // bytes per turn ─► local
  readonly #kept = new Map<number, number>(); // address ─► local with a number that stays
  readonly #turns: number;
  readonly #isBack: boolean;

  constructor(fn: Fn, turns: number, isBack: boolean) {
    this.fn = fn;
    this.#turns = turns;
    this.#isBack = isBack;
  }

  /** The local to which an address in the first turn is relative. */
  pointer(bytes: number): number {
    let local = this.#pointers.get(bytes);
    if (local === undefined) {
      local = this.fn.local(TYPE.i32);
      this.#pointers.set(bytes, local);
      this.fn.get(P);
      if (this.#isBack) {
        this.fn.i32(bytes * (this.#turns - 1));
        this.fn.op(I.i32Add);
      }
      this.fn.set(local);
    }
    return local;
  }

  /** The number at an address that moves on by so many bytes a turn; 0: it is read once. */
  number(at: number, bytes: number): number {
    if (bytes !== 0) return this.k.load(this.pointer(bytes), at);
    let local = this.#kept.get(at);
    if (local === undefined) {
      local = this.fn.local(TYPE.f64);
      this.#kept.set(at, local);
      this.fn.get(P);
      this.fn.memory(I.f64Load, at);
      this.fn.set(local);
    }
    return this.k.local(local);
  }

  /** A local that begins as the number at an address, or as −0. */
  carried(at: number | undefined): number {
    const local = this.fn.local(TYPE.f64);
    if (at === undefined) this.fn.f64(-0);
    else {
      this.fn.get(P);
      this.fn.memory(I.f64Load, at);
    }
    this.fn.set(local);
    return local;
  }

  /** The loop itself: stores, and what the locals that are carried become. */
  emit(stores: readonly Store[], carried: ReadonlyMap<number, number>): void {
    const { fn } = this;
    const turn = fn.local(TYPE.i32);
    fn.i32(this.#turns);
    fn.set(turn);
    fn.open(I.loop);
    const next = [...carried].filter(([local, node]) => node !== this.k.local(local));
    const emitter = emitAll(fn, this.k, stores, next.map(([, node]) => node)); // biome-ignore format: one line
    for (const [, node] of next) emitter.number(node);
    for (const [local] of next.reverse()) fn.set(local);
    for (const [bytes, local] of this.#pointers) {
      fn.get(local);
      fn.i32(this.#isBack ? -bytes : bytes);
      fn.op(I.i32Add);
      fn.set(local);
    }
    fn.get(turn);
    fn.i32(1);
    fn.op(I.i32Sub);
    fn.tee(turn);
    fn.branch(I.brIf, 0);
    fn.op(I.end);
  }
}

export function stripForward(fn: Fn, ledger: Ledger, repeat: Repeat): void {
  const { from, period, perTurn, turns, record } = repeat;
  const entries = new Entries(ledger.tape, record);
  const loop = new Turns(fn, turns, false);
  const { k } = loop;
  const first = entries.slot(from);
  const z = loop.carried(ledger.valueAt(first - 1)); // some number, if nothing of it is read
  let before = k.local(z);
  const stores: Store[] = [];
  const own = perTurn * F64;
  for (let e = 0; e < perTurn; e++) {
    const read = (j: number): number => {
      const slot = entries.operand(from + e, j);
      if (slot === BEFORE) return before;
      return loop.number(ledger.valueAt(slot), (walkOf(entries, repeat, e % period, j).step * own) / period);
    };
    const x = read(0);
    before = k.node(entries.op(from + e), x, entries.arity(from + e) > 1 ? read(1) : x);
    let isRead = e === perTurn - 1; // the last of a turn may be that of the loop
    for (let slot = first + e; slot < first + perTurn * turns && !isRead; slot += perTurn) isRead = ledger.isRead[slot] === 1;
    if (isRead) stores.push({ node: before, offset: ledger.valueAt(first + e), base: loop.pointer(own) });
  }
  loop.emit(stores, new Map([[z, before]]));
}

export function stripReverse(fn: Fn, ledger: Ledger, repeat: Repeat): void {
  const { from, period, perTurn, turns, record } = repeat;
  const entries = new Entries(ledger.tape, record);
  const loop = new Turns(fn, turns, true);
  const { k } = loop;
  const first = entries.slot(from);
  const n = perTurn * turns;
  const own = perTurn * F64;
  const bytesOf = (walk: Walk): number => (walk.step * own) / period;

  /** The adjoint of the node before the turn's entry e, as others have left it; −1 for nothing. All turns alike. */
  const fromMemory = (e: number): number => {
    if (ledger.reached(first + e, turns, perTurn) === 0) return -1;
    ledger.clearRest(first + e, turns, perTurn);
    return loop.number(ledger.offsets.adjoints + (first + e) * F64, own); // nodes of strips pass nothing on
  };
  const last = first + n - 1;
  const isReached = ledger.isReached[last] === 1;
  const d = loop.carried(isReached ? ledger.adjointAt(last) : undefined);
  const sums = new Map<number, { local: number; node: number }>(); // by slot: adjoints of slots that all periods share
  const walks = new Map<string, { base: number; bytes: number; node: number }>();
  const stores: Store[] = [];
  let now = k.local(d);
  for (let e = perTurn - 1; e >= 0; e--) {
    const op = entries.op(from + e);
    const active = entries.head(from + e) >> 16;
    const slot = first + e;
    const isSum = op === OP.add || op === OP.sub;
    const value = (of: number, bytes: number): number => {
      markRead(ledger, of, bytes / F64, turns);
      return loop.number(ledger.valueAt(of), bytes);
    };
    const read = (j: number): number => {
      if (isSum || j >= entries.arity(from + e)) return 0;
      const operand = entries.operand(from + e, j);
      return operand === BEFORE ? value(slot - 1, own) : value(operand, bytesOf(walkOf(entries, repeat, e % period, j)));
    };
    const z = isSum || op === OP.mul ? 0 : value(slot, own);
    const x = op === OP.relu ? z : read(0);
    const shares = sharesOf(k, op, active, now, x, entries.arity(from + e) > 1 ? read(1) : x, 0, z);
    let before = fromMemory(e - 1);
    for (let j = 0; j < entries.arity(from + e); j++) {
      if (!((active >> j) & 1)) continue;
      const share = shares[j]!;
      const operand = entries.operand(from + e, j);
      if (operand === BEFORE) before = before < 0 ? share : k.node(OP.add, before, share);
      else give(operand, walkOf(entries, repeat, e % period, j), share);
    }
    now = before < 0 ? k.literal(-0) : before;
  }

  function give(slot: number, walk: Walk, share: number): void {
    if (walk.step === 0) {
      let sum = sums.get(slot);
      if (!sum) {
        const local = loop.carried(ledger.isReached[slot] ? ledger.adjointAt(slot) : undefined);
        sum = { local, node: k.local(local) };
        sums.set(slot, sum);
      }
      sum.node = k.node(OP.add, sum.node, share);
      return;
    }
    const key = `${slot}`;
    let target = walks.get(key);
    if (!target) {
      const bytes = bytesOf(walk);
      let node = -1;
      if (ledger.reached(slot, turns, bytes / F64) > 0) {
        ledger.clearRest(slot, turns, bytes / F64);
        node = loop.number(ledger.adjointAt(slot), bytes);
      }
      target = { base: slot, bytes, node };
      walks.set(key, target);
    }
    target.node = target.node < 0 ? share : k.node(OP.add, target.node, share);
  }

  for (const { base, bytes, node } of walks.values())
    stores.push({ node, offset: ledger.adjointAt(base), base: loop.pointer(bytes) });
  const carried = new Map([[d, now]]);
  for (const { local, node } of sums.values()) carried.set(local, node);
  loop.emit(stores, carried);
  for (const [slot, { local }] of sums) {
    fn.get(P);
    fn.get(local);
    fn.memory(I.f64Store, ledger.adjointAt(slot));
    ledger.reach(slot, 1);
  }
  for (const { base, bytes } of walks.values()) ledger.reach(base, turns, bytes / F64);
  if (readsBefore(entries, from)) {
    fn.get(P);
    fn.get(d);
    fn.memory(I.f64Store, ledger.adjointAt(first - 1));
    ledger.reach(first - 1, 1);
  }
}

/** Does the first entry contribute to the node before the loop? */
function readsBefore(entries: Entries, e: number): boolean {
  for (let j = 0; j < entries.arity(e); j++) if (entries.isActive(e, j) && entries.operand(e, j) === BEFORE) return true;
  return false;
}

function markRead({ isRead }: Ledger, slot: number, step: number, turns: number): void {
  for (let i = 0; i < (step === 0 ? 1 : turns); i++) isRead[slot + i * step] = 1;
}
