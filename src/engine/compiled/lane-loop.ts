/**
 * A loop over n lanes, two at a time; the last of an odd number is computed by itself.
 *
 *     what all lanes share, in locals
 *     block of up to 1,024 lanes: sums ← −0
 *       pair of lanes: nodes in v128 locals │ effects, in their order
 *       the last lane, if n is odd
 *     total ← total + the eight partial sums (ARCHITECTURE, "One order")
 */
import { SUM_BLOCK } from '../../tape/layout.ts';
import { I, TYPE, V } from '../../wasm/encode/instructions.ts';
import type { Fn } from '../../wasm/encode/module.ts';
import { countUses, Emitter, isComparison } from './emit.ts';
import { Chain } from './lane-chain.ts';
import { F64, P } from './ledger.ts';
import { Sum } from './lane-sum.ts';
import { Shift } from './lane-shift.ts';
import { NODE, type Ssa } from './ssa.ts';

/** What a turn leaves behind. `at`: bytes from P for lane 0, or from local `base`. */
export type Effect =
  /** numbers side by side; nothing else of the loop reads or writes there */
  | { readonly kind: 'store'; readonly node: number; readonly at: number; readonly base?: number }
  /** what the same turn reads again, in its frame */
  | { readonly kind: 'keep'; readonly node: number; readonly base: number; readonly at: number }
  /** adds to numbers `stride` apart from slot `base` on, lane by lane, one after another; `isFirst`: nothing is there yet */
  | {
      readonly kind: 'add';
      readonly nodes: number[];
      readonly base: number;
      readonly at: number;
      readonly stride: number;
      readonly isFirst: boolean;
    }
  /**
   * two of these in one, the first of them one number further on: what it adds to the number after the turn's own is carried
   * along in locals, and each number is read and written once
   */
  | {
      readonly kind: 'addShifted';
      readonly before: readonly number[];
      readonly own: readonly number[];
      readonly at: number;
      readonly isFirst: boolean;
    }
  /** adds to the slots named by entries of the index lists, in each lane one after another; at: the adjoints */
  | {
      readonly kind: 'addGathered';
      readonly record: number;
      readonly at: number;
      readonly targets: { readonly node: number; readonly place: number }[];
    }
  /** one sum over all lanes */
  | { readonly kind: 'reduce'; readonly node: number }
  /** one sum over all lanes, one after another */
  | { readonly kind: 'chain'; readonly node: number };

export function nodesOf(effect: Effect): readonly number[] {
  if (effect.kind === 'add') return effect.nodes;
  if (effect.kind === 'addShifted') return [...effect.before, ...effect.own];
  return effect.kind === 'addGathered' ? effect.targets.map(({ node }) => node) : [effect.node];
}

/** Where reductions keep their partial sums: cells in memory, in bytes from P, or locals if there are none. */
export interface Loop {
  readonly n: number;
  readonly effects: readonly Effect[];
  readonly cells: readonly number[];
  /** Bytes from P to the values; gathers are relative to it. */
  readonly values: number;
}

/** Locals with the sums of reductions and chains, in the order of the effects. */
export function emitLoop(fn: Fn, k: Ssa, { n, effects, cells, values }: Loop): number[] {
  const uses = countUses(k, effects.flatMap(nodesOf));
  const lane = fn.local(TYPE.i32); // 8 × the number of the lane
  const pairs = new Emitter(fn, k, uses, true, lane);
  const single = new Emitter(fn, k, uses, false, lane);
  const usesGathers = effects.some(({ kind }) => kind === 'addGathered') || k.op.subarray(0, k.size).includes(NODE.gather);
  const lists = usesGathers ? fn.local(TYPE.i32) : -1;
  const gathers = usesGathers ? { at: fn.local(TYPE.i32), values } : pairs.gathers;
  pairs.gathers = single.gathers = gathers;
  if (usesGathers) {
    fn.get(P);
    fn.memory(I.i32Load, 16);
    fn.set(lists);
  }
  hoist(fn, k, uses, pairs, single);
  const sums = effects.filter(({ kind }) => kind === 'reduce').map((_, i) => new Sum(fn, cells[i]));
  for (const sum of sums) sum.begin();
  const shifts = new Map(effects.flatMap((effect) => (effect.kind === 'addShifted' ? [[effect, new Shift(fn, effect)]] : [])));
  for (const shift of shifts.values()) shift.begin();
  const chains = new Map(effects.flatMap((effect) => (effect.kind === 'chain' ? [[effect, new Chain(fn, effect.node)]] : [])));
  for (const chain of chains.values()) chain.begin();
  const cell = cells.length > 0 ? fn.local(TYPE.i32) : -1;
  const turn = (emitter: Emitter): void => {
    if (usesGathers) {
      fn.get(lists);
      fn.get(lane);
      fn.i32(1);
      fn.op(I.i32ShrU);
      fn.op(I.i32Add);
      fn.set(gathers.at);
    }
    if (cell >= 0) {
      fn.get(lane);
      fn.i32(emitter.inLanes ? 48 : 56);
      fn.op(I.i32And);
      fn.get(P);
      fn.op(I.i32Add);
      fn.set(cell);
    }
    body(emitter, effects, sums, cell, new Map<Effect, Carried>([...shifts, ...chains]));
  };

  const even = (n & ~1) * F64;
  const inBlocks = n > SUM_BLOCK && sums.length > 0;
  const end = inBlocks ? fn.local(TYPE.i32) : -1;
  fn.i32(0);
  fn.set(lane);
  const alone = inBlocks && n % SUM_BLOCK === 1 ? fn.local(TYPE.i32) : -1; // does the last lane begin a block?
  if (inBlocks) fn.open(I.loop);
  for (const sum of sums) sum.clear();
  if (alone >= 0) {
    fn.get(lane);
    fn.set(alone);
  }
  if (inBlocks) {
    fn.get(lane);
    fn.i32(SUM_BLOCK * F64);
    fn.op(I.i32Add);
    fn.tee(end);
    fn.i32(even);
    fn.get(end);
    fn.i32(even);
    fn.op(I.i32LtU);
    fn.op(I.select);
    fn.set(end);
    fn.get(lane);
    fn.get(end);
    fn.op(I.i32LtU);
    fn.open(I.if);
  }
  fn.open(I.loop);
  turn(pairs);
  fn.get(lane);
  fn.i32(2 * F64);
  fn.op(I.i32Add);
  fn.tee(lane);
  if (inBlocks) fn.get(end);
  else fn.i32(even);
  fn.op(I.i32LtU);
  fn.branch(I.brIf, 0);
  fn.op(I.end);
  if (inBlocks) fn.op(I.end);
  if (n & 1) {
    if (inBlocks) {
      fn.get(alone >= 0 ? alone : lane);
      fn.i32(even);
      fn.op(I.i32Eq);
      fn.open(I.if);
    }
    turn(single);
    if (inBlocks) {
      fn.i32(n * F64);
      fn.set(lane);
      fn.op(I.end);
    }
  }
  const isLast = (): void => {
    fn.get(lane);
    fn.i32(even);
    fn.op(I.i32GeU);
  };
  const inLast = ((n - 1) % SUM_BLOCK) + 1;
  for (const sum of sums) sum.combine(inLast >> 1, inBlocks ? isLast : undefined);
  if (inBlocks) {
    fn.get(lane);
    fn.i32(n * F64);
    fn.op(I.i32LtU);
    fn.branch(I.brIf, 0);
    fn.op(I.end);
  }
  for (const shift of shifts.values()) shift.end(n);
  const reductions = sums.values();
  return effects.flatMap((effect) => {
    if (effect.kind === 'chain') return [chains.get(effect)!.total];
    return effect.kind === 'reduce' ? [reductions.next().value!.total] : [];
  });
}

/** What is the same in all lanes is computed before the loop, but for numbers in memory: reading those again is cheaper than keeping them. */
export function hoist(fn: Fn, k: Ssa, uses: Int32Array, pairs: Emitter, single: Emitter): void {
  for (let id = 0; id < k.size; id++) {
    const op = k.op[id]!;
    if (uses[id] === 0 || k.wide[id] || op === NODE.load || isComparison(op)) continue;
    single.define(id);
    fn.get(single.local[id]!);
    fn.vector(V.f64Splat);
    pairs.local[id] = fn.local(TYPE.v128);
    fn.set(pairs.local[id]!);
  }
}

/** What hands numbers on from turn to turn. */
interface Carried {
  add(e: Emitter): void;
}

/** The nodes of one turn, and its effects as soon as what they need is known; those that add to memory in their order. */
export function body(
  e: Emitter,
  effects: readonly Effect[],
  sums: readonly Sum[],
  cell: number,
  carried?: ReadonlyMap<Effect, Carried>,
): void {
  const { k, uses } = e;
  const due = new Map<number, Effect[]>();
  let last = -1;
  for (const effect of effects) {
    const isOrdered = effect.kind === 'add' || effect.kind === 'addGathered' || effect.kind === 'addShifted';
    const id = Math.max(...nodesOf(effect), isOrdered ? last : -1);
    if (isOrdered) last = id;
    const list = due.get(id);
    if (list) list.push(effect);
    else due.set(id, [effect]);
  }
  const sumOf = new Map(effects.filter(({ kind }) => kind === 'reduce').map((effect, i) => [effect, sums[i]!]));
  for (let id = 0; id < k.size; id++) {
    if (uses[id]! > 0 && e.local[id]! < 0 && e.needsLocal(id)) e.define(id);
    for (const effect of due.get(id) ?? []) {
      if (effect.kind === 'reduce') sumOf.get(effect)!.add(e, effect.node, cell);
      else if (effect.kind === 'keep') keep(e, effect.node, effect.base, effect.at);
      else if (effect.kind === 'store') store(e, effect.node, effect.at, effect.base ?? P);
      else if (effect.kind === 'addShifted' || effect.kind === 'chain') carried!.get(effect)!.add(e);
      else add(e, effect);
    }
  }
}

function store(e: Emitter, node: number, at: number, base: number): void {
  const { fn } = e;
  fn.get(base);
  fn.get(e.laneBytes);
  fn.op(I.i32Add);
  e.number(node);
  if (e.inLanes) fn.vectorMemory(V.store, at);
  else fn.memory(I.f64Store, at);
}

function keep(e: Emitter, node: number, base: number, at: number): void {
  const { fn } = e;
  fn.get(base);
  e.number(node);
  if (e.inLanes) fn.vectorMemory(V.store, at);
  else fn.memory(I.f64Store, at);
}

/** Lane by lane: a pair that overlaps what the turn before stored would have to wait for it. */
function add(e: Emitter, effect: Exclude<Effect, { kind: 'reduce' | 'chain' | 'store' | 'keep' | 'addShifted' }>): void {
  const { fn } = e;
  const type = e.inLanes ? TYPE.v128 : TYPE.f64;
  const target = fn.local(TYPE.i32);
  const shares = nodesOf(effect).map((node) => {
    const share = fn.local(type);
    e.number(node);
    fn.set(share);
    return share;
  });
  const push = (share: number, lane: number): void => {
    fn.get(share);
    if (e.inLanes) fn.lane(V.f64Extract, lane);
  };
  for (let lane = 0; lane < (e.inLanes ? 2 : 1); lane++) {
    if (effect.kind === 'addGathered') {
      effect.targets.forEach(({ place }, i) => {
        e.lookUp(place, lane);
        fn.tee(target);
        fn.get(target);
        fn.memory(I.f64Load, effect.at);
        push(shares[i]!, lane);
        fn.op(I.f64Add);
        fn.memory(I.f64Store, effect.at);
      });
      continue;
    }
    const at = effect.at + lane * effect.stride * F64;
    fn.get(P);
    e.advance(effect.stride * F64);
    if (!effect.isFirst) {
      fn.tee(target);
      fn.get(target);
      fn.memory(I.f64Load, at);
    }
    shares.forEach((share, i) => {
      push(share, lane);
      if (i > 0 || !effect.isFirst) fn.op(I.f64Add);
    });
    fn.memory(I.f64Store, at);
  }
  for (const share of shares) fn.release(type, share);
  fn.release(TYPE.i32, target);
}
