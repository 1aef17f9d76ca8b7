/** COPY as loops of its own: element by element, in each all lanes; and what it passes back. */
import { I, TYPE, V } from '../../../wasm/encode/instructions.ts';
import type { Fn } from '../../../wasm/encode/module.ts';
import type { Code, Instruction, Place } from './read.ts';
import type { Address, Scope } from './scope.ts';

const { i32 } = TYPE;
const F64 = 8;

/** Up to so many numbers are moved without a loop, and an even number. */
const FEW = 16;

/** Numbers that go from place to place: how far each of two lists is from element to element, in bytes. */
interface Moved {
  readonly from: number; // locals with addresses
  readonly into: number;
  readonly fromBy: number;
  readonly intoBy: number;
}

/** Can it be written here? Picks, and one number for all lanes that gets their sum, are left to the core. */
export function isPlainCopy(code: Code, it: Instruction, isLaned: boolean): boolean {
  const [from, into] = [code.place(code.word(it, 2)), code.place(code.word(it, 4))];
  if (from.picks.length + into.picks.length > 0) return false;
  return !isLaned || it.once || from.lane !== 0;
}

export function emitCopy(scope: Scope, it: Instruction): void {
  const { code } = scope;
  const [from, into] = [code.place(code.word(it, 2)), code.place(code.word(it, 4))];
  eachLane(scope, it, [scope.place(from), scope.place(into)], (fn, moved, n) => spread(fn, moved, n, copy));
}

/** The adjoints of what was copied get those of the copy; which become −0 if what was there is now elsewhere. */
export function emitCopyBack(scope: Scope, it: Instruction): void {
  const { code } = scope;
  const passes = (it.mask & 1) !== 0;
  const clears = (it.mask & 2) !== 0 && code.word(it, 6) !== 0;
  if (!passes && !clears) return;
  const [from, into] = [code.place(code.word(it, 2)), code.place(code.word(it, 4))];
  const addresses = [passes ? scope.adjointPlace(from) : scope.fixed(0), scope.adjointPlace(into)] as const;
  eachLane(scope, it, addresses, (fn, moved, n) =>
    spread(fn, moved, n, (f, m, at, isPair) => back(f, m, at, isPair, passes, clears)),
  );
}

type Step = (fn: Fn, moved: Moved, at: number, isPair: boolean) => void;

/** Writes the loops around: `write` moves n numbers, or as many as there are lanes (n < 0). */
function eachLane(
  scope: Scope,
  it: Instruction,
  [from, into]: readonly [Address, Address],
  write: (fn: Fn, moved: Moved, n: number | { readonly lanes: number }) => void,
): void {
  const { fn, code, lanes } = scope;
  const n = code.word(it, 1);
  if (n === 0) return;
  const [places, by] = [
    [code.place(code.word(it, 2)), code.place(code.word(it, 4))] as [Place, Place],
    [code.word(it, 3) * F64, code.word(it, 5) * F64] as [number, number],
  ];
  const [a, o] = [fn.local(i32), fn.local(i32)];
  start(fn, from, a);
  start(fn, into, o);
  if (lanes < 0 || it.once) {
    write(fn, { from: a, into: o, fromBy: by[0], intoBy: by[1] }, n);
  } else {
    const left = fn.local(i32);
    const [p, q] = [fn.local(i32), fn.local(i32)];
    fn.i32(n);
    fn.set(left);
    fn.open(I.loop);
    for (const [local, to] of [
      [a, p],
      [o, q],
    ] as const) {
      fn.get(local);
      fn.set(to);
    }
    write(fn, { from: p, into: q, fromBy: places[0].lane * F64, intoBy: places[1].lane * F64 }, { lanes });
    advance(fn, a, by[0]);
    advance(fn, o, by[1]);
    countDown(fn, left, 1);
    fn.op(I.end);
    for (const local of [left, p, q]) fn.release(i32, local);
  }
  fn.release(i32, a);
  fn.release(i32, o);
}

function start(fn: Fn, { base, offset }: Address, local: number): void {
  fn.get(base);
  if (offset > 0) {
    fn.i32(offset);
    fn.op(I.i32Add);
  }
  fn.set(local);
}

function advance(fn: Fn, local: number, by: number): void {
  if (by === 0) return;
  fn.get(local);
  fn.i32(by);
  fn.op(I.i32Add);
  fn.set(local);
}

/** Takes from what is left, and goes on with the loop around while there is something. */
function countDown(fn: Fn, left: number, by: number): void {
  fn.get(left);
  fn.i32(by);
  fn.op(I.i32Sub);
  fn.tee(left);
  fn.branch(I.brIf, 0);
}

/** Pairs where both lists are of neighbours, else one at a time. */
function spread(fn: Fn, moved: Moved, n: number | { readonly lanes: number }, step: Step): void {
  const isPair = moved.fromBy === F64 && moved.intoBy === F64;
  const size = isPair ? 2 : 1;
  if (typeof n === 'number' && (isPair || (n <= FEW && moved.fromBy >= 0 && moved.intoBy >= 0))) {
    if (n > FEW) turns(fn, moved, Math.floor(n / FEW), step);
    const rest = n > FEW ? n % FEW : n;
    for (let e = 0; e + size <= rest; e += size) step(fn, moved, e, isPair);
    if (rest % size === 1) step(fn, moved, rest - 1, false);
    return;
  }
  const left = fn.local(i32);
  const count = (): void => {
    if (typeof n === 'number') fn.i32(n);
    else fn.get(n.lanes);
  };
  count();
  if (isPair) {
    fn.i32(1);
    fn.op(I.i32ShrU);
  }
  fn.tee(left);
  fn.open(I.if);
  fn.open(I.loop);
  step(fn, moved, 0, isPair);
  advance(fn, moved.from, size * moved.fromBy);
  advance(fn, moved.into, size * moved.intoBy);
  countDown(fn, left, 1);
  fn.op(I.end);
  fn.op(I.end);
  if (isPair) {
    count();
    fn.i32(1);
    fn.op(I.i32And);
    fn.open(I.if);
    step(fn, moved, 0, false);
    fn.op(I.end);
  }
  fn.release(i32, left);
}

/** Pairs, as many of them in a turn as are moved without a loop: 101 numbers in 25 ns, pair by pair in 29 ns. */
function turns(fn: Fn, moved: Moved, count: number, step: Step): void {
  const left = fn.local(i32);
  fn.i32(count);
  fn.set(left);
  fn.open(I.loop);
  for (let e = 0; e < FEW; e += 2) step(fn, moved, e, true);
  advance(fn, moved.from, FEW * F64);
  advance(fn, moved.into, FEW * F64);
  countDown(fn, left, 1);
  fn.op(I.end);
  fn.release(i32, left);
}

/** Element `at` from there on, and the next. */
function copy(fn: Fn, { from, into, fromBy, intoBy }: Moved, at: number, isPair: boolean): void {
  fn.get(into);
  fn.get(from);
  if (isPair) {
    fn.vectorMemory(V.load, at * fromBy);
    fn.vectorMemory(V.store, at * intoBy);
  } else {
    fn.memory(I.f64Load, at * fromBy);
    fn.memory(I.f64Store, at * intoBy);
  }
}

function back(
  fn: Fn,
  { from, into, fromBy, intoBy }: Moved,
  at: number,
  isPair: boolean,
  passes: boolean,
  clears: boolean,
): void {
  const load = (address: number, offset: number): void => {
    fn.get(address);
    if (isPair) fn.vectorMemory(V.load, offset);
    else fn.memory(I.f64Load, offset);
  };
  const store = (offset: number): void => {
    if (isPair) fn.vectorMemory(V.store, offset);
    else fn.memory(I.f64Store, offset);
  };
  if (passes) {
    fn.get(from);
    load(from, at * fromBy);
    load(into, at * intoBy);
    if (isPair) fn.vector(V.f64Add);
    else fn.op(I.f64Add);
    store(at * fromBy);
  }
  if (!clears) return;
  fn.get(into);
  if (isPair) fn.f64x2(-0);
  else fn.f64(-0);
  store(at * intoBy);
}
