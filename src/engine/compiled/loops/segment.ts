/** A traced segment as code: what is one for all lanes, the loop over the lanes in pairs, and what follows from its sums. */
import { clear } from '../clear.ts';
import { I, TYPE, V } from '../../../wasm/encode/instructions.ts';
import type { Fn, Signature } from '../../../wasm/encode/module.ts';
import { NODE } from '../ssa.ts';
import { type Around, Lane, Numbers, Pointers, usesOf } from './nodes.ts';
import { Pair } from './pairs.ts';
import type { Body } from './read.ts';
import { M, type Scope, W } from './scope.ts';
import { type Action, KIND, type Trace } from './trace.ts';

const { f64, i32, v128 } = TYPE;

/** Up to so many numbers that are one for all lanes are kept as pairs all along; of more, those in memory are read at each use. */
const MOST_PAIRS = 16;

const HAND: Signature = { params: [i32, i32, i32, i32, i32], results: [] };
const PULL: Signature = { params: [i32, i32, i32], results: [] };

/** Which numbers of lanes a body runs with. */
function lanesIn(body: Body): {
  readonly hasPairs: boolean;
  readonly hasNone: boolean;
  readonly isOdd: boolean;
  readonly isEven: boolean;
} {
  let around: Body = body;
  while (around.tile === 1) around = around.parent!;
  const { n, tile } = around;
  const counts = [...(n >= tile ? [tile] : []), ...(n % tile > 0 ? [n % tile] : [])];
  return {
    hasPairs: counts.some((count) => count > 1),
    hasNone: counts.some((count) => count === 1),
    isOdd: counts.some((count) => count % 2 === 1),
    isEven: counts.some((count) => count % 2 === 0),
  };
}

/** @returns how many totals there were, each of which takes 64 bytes of room */
export function emitSegment(scope: Scope, trace: Trace): number {
  const { fn, body } = scope;
  const { k, actions } = trace;
  const { uses, inLanes } = usesOf(trace);
  const numbers = new Numbers(fn, trace, uses);
  const isLaned = body.width > 1;

  // what follows from a total is late
  const late = new Uint8Array(k.size);
  const totals = new Map<number, number>();
  if (isLaned)
    for (let id = 0; id < k.size; id++) {
      const op = k.op[id]!;
      if (k.wide[id] === 1) continue;
      if (op === KIND.total) {
        late[id] = 1;
        if (uses[id]! > 0) totals.set(id, totals.size);
      } else if (op < NODE.load) late[id] = late[k.a[id]!]! | late[k.b[id]!]! | late[k.c[id]!]!;
    }

  // before
  const pairs = new Int32Array(k.size).fill(-1);
  const few = inLanes.reduce((sum, x) => sum + x, 0) <= MOST_PAIRS;
  inOrder(
    k.size,
    actions,
    (action) => !action.isWide && !action.isLate,
    numbers,
    scope,
    (id) => {
      if (k.wide[id] === 1 || late[id] === 1 || uses[id] === 0) return;
      const op = k.op[id]!;
      const isRead = op === NODE.load || op === NODE.literal;
      if (inLanes[id] === 0) {
        if (numbers.needsLocal(id)) numbers.define(id);
        return;
      }
      if (!isRead || trace.forced.has(id)) numbers.define(id);
      if (!few && op !== NODE.literal) return;
      numbers.number(id);
      fn.vector(V.f64Splat);
      pairs[id] = fn.local(v128);
      fn.set(pairs[id]!);
    },
  );
  if (!isLaned) return 0;

  // lanes
  const wide = (action: Action): boolean => action.isWide;
  const counts = lanesIn(body);
  const hasWork = actions.some(wide) || totals.size > 0;
  const carried = actions.some(({ kind }) => kind === 'shift') ? fn.fresh(v128) : -1;
  if (hasWork) {
    const around: Around = { numbers, pairs, pointers: new Pointers(fn), lane: fn.local(i32), sums: fn.local(i32), carried };
    if (carried >= 0) {
      fn.f64x2(-0);
      fn.set(carried);
    }
    clear(fn, W, 0, 8 * totals.size);
    const write = (lane: Lane, mask: number): void => {
      if (totals.size > 0) {
        fn.get(W);
        fn.get(around.lane);
        fn.i32(mask);
        fn.op(I.i32And);
        fn.op(I.i32Add);
        fn.set(around.sums);
      }
      inOrder(k.size, actions, wide, lane, scope, (id) => {
        if (uses[id] === 0) return;
        const total = totals.get(id);
        if (total !== undefined) lane.accumulate(k.a[id]!, total);
        else if (k.wide[id] === 1 && lane.needsLocal(id)) lane.define(id);
      });
    };
    // pointers are known when the body of the loop is written: it is written aside
    const loop = fn.aside(() => {
      if (counts.hasPairs) pairLoop(fn, scope.lanes, around, counts.hasNone, () => write(new Pair(fn, trace, uses, around), 48));
      if (counts.isOdd) {
        if (counts.isEven) {
          fn.get(scope.lanes);
          fn.i32(1);
          fn.op(I.i32And);
          fn.open(I.if);
        }
        write(new Lane(fn, trace, uses, around), 56);
        if (counts.isEven) fn.op(I.end);
      }
    });
    for (const { local, base } of around.pointers.locals.values()) {
      fn.get(base);
      fn.set(local);
    }
    fn.i32(0);
    fn.set(around.lane);
    fn.code.append(loop);
  }

  // after
  for (const [id, total] of totals) {
    combine(fn, total);
    numbers.local[id] = fn.local(f64);
    fn.set(numbers.local[id]!);
  }
  inOrder(
    k.size,
    actions,
    (action) => !action.isWide && action.isLate,
    numbers,
    scope,
    (id) => {
      if (k.wide[id] === 0 && late[id] === 1 && uses[id]! > 0 && k.op[id] !== KIND.total && numbers.needsLocal(id))
        numbers.define(id);
    },
    carried,
  );
  return totals.size;
}

/** Nodes ascending, and actions where they stand among them. */
function inOrder(
  size: number,
  actions: readonly Action[],
  isMine: (action: Action) => boolean,
  writer: Numbers,
  scope: Scope,
  define: (id: number) => void,
  carried = -1,
): void {
  const mine = actions.filter(isMine);
  let next = 0;
  for (let id = 0; id < size; id++) {
    while (next < mine.length && mine[next]!.at <= id) act(mine[next++]!, writer, scope, carried);
    define(id);
  }
  while (next < mine.length) act(mine[next++]!, writer, scope, carried);
}

function act({ kind, node, before, site, extent }: Action, writer: Numbers, { fn, lanes, body }: Scope, carried: number): void {
  switch (kind) {
    case 'store':
      return writer.store(node, site);
    case 'add':
      return writer.add(node, site);
    case 'check':
      return writer.check(node, extent);
    case 'hand':
      fn.get(lanes);
      fn.get(site.base);
      fn.i32(site.offset);
      fn.op(I.i32Add);
      fn.i32(site.step);
      fn.get(M);
      fn.i32(extent);
      fn.op(I.i32Add);
      fn.i32(8);
      return fn.callImport('hand', HAND);
    case 'shift':
      if (writer instanceof Lane) writer.shift(before, node, site);
      return;
    case 'shiftEnd':
      return writer.shiftEnd(site, lanes, carried);
    case 'pull':
      fn.i32(body.at);
      fn.i32(extent);
      fn.get(lanes);
      return fn.callImport('loopPull', PULL);
  }
}

function pairLoop(fn: Fn, lanes: number, { pointers, lane }: Around, mayBeEmpty: boolean, write: () => void): void {
  const end = fn.local(i32);
  fn.get(lanes);
  fn.i32(-2);
  fn.op(I.i32And);
  fn.i32(3);
  fn.op(I.i32Shl);
  fn.tee(end);
  if (mayBeEmpty) fn.open(I.if);
  else fn.op(I.drop);
  fn.open(I.loop);
  write();
  for (const { local, step } of pointers.locals.values()) {
    fn.get(local);
    fn.i32(2 * step);
    fn.op(I.i32Add);
    fn.set(local);
  }
  fn.get(lane);
  fn.i32(16);
  fn.op(I.i32Add);
  fn.tee(lane);
  fn.get(end);
  fn.op(I.i32LtU);
  fn.branch(I.brIf, 0);
  fn.op(I.end);
  if (mayBeEmpty) fn.op(I.end);
  fn.release(i32, end);
}

/** Pushes a total: its eight partial sums as one. */
function combine(fn: Fn, total: number): void {
  const load = (pair: number): void => {
    fn.get(W);
    fn.vectorMemory(V.load, 64 * total + 16 * pair);
  };
  const sum = fn.local(v128);
  load(0);
  load(2);
  fn.vector(V.f64Add);
  load(1);
  load(3);
  fn.vector(V.f64Add);
  fn.vector(V.f64Add);
  fn.tee(sum);
  fn.lane(V.f64Extract, 0);
  fn.get(sum);
  fn.lane(V.f64Extract, 1);
  fn.op(I.f64Add);
  fn.release(v128, sum);
}
