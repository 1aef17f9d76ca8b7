/** Pieces (pieces.ts) as functions, and the two functions that call them. */
import { I, TYPE } from '../../wasm/encode/instructions.ts';
import type { Fn, ModuleWriter, Signature } from '../../wasm/encode/module.ts';
import { RECORD_WORDS, type Tape, W } from '../../tape/layout.ts';
import { clear } from './clear.ts';
import { lanesForward, LanesReverse } from './lane-piece.ts';
import { F64, Ledger, type Offsets, P } from './ledger.ts';
import { eachOperand as eachOperandOf } from './operands.ts';
import type { Piece } from './pieces.ts';
import { stripForward, stripReverse } from './strip-loop.ts';
import { pieceSweep, straightForward, straightReverse } from './straight.ts';

const { f64, i32 } = TYPE;
const SWEEP: Signature = { params: [i32], results: [] };
const PART: Signature = { params: [i32, i32, i32], results: [] };
const TEST: Signature = { params: [i32, i32], results: [i32] };
const CALL: Signature = { params: [i32], results: [f64] };

/** Writes `evaluate` and `gradient`, and returns the latter. */
export function piecesModule(module: ModuleWriter, tape: Tape, offsets: Offsets, pieces: readonly Piece[]): Fn {
  if (pieces.every(({ kind }) => kind === 'core')) return coreModule(module);
  const hasCore = pieces.some(({ kind }) => kind === 'core');
  const ledger = new Ledger(tape, offsets, hasCore);
  const sweep = pieceSweep(ledger);
  const evaluate = module.fn(CALL, 'evaluate');
  const gradient = module.fn(CALL, 'gradient');

  // backward first: it says what the way forward must leave in memory
  const reverse = [...pieces].reverse().map((piece) => {
    if (piece.kind === 'core') {
      reachedByCore(ledger, piece.first, piece.end);
      return (fn: Fn) => part(fn, 'reversePart', piece.first, piece.end);
    }
    const own = module.fn(SWEEP);
    if (piece.kind === 'straight') straightReverse(own, ledger, sweep, piece.parts);
    else if (piece.kind === 'repeat') stripReverse(own, ledger, piece.repeat);
    else new LanesReverse(ledger, piece.group).emit(own);
    return (fn: Fn) => call(fn, own);
  });
  readForward(ledger, pieces);
  const forward = pieces.map((piece) => {
    if (piece.kind === 'core') return (fn: Fn) => part(fn, 'forwardPart', piece.first, piece.end);
    const own = module.fn(SWEEP);
    if (piece.kind === 'straight') straightForward(own, ledger, sweep, piece.parts);
    else if (piece.kind === 'repeat') stripForward(own, ledger, piece.repeat);
    else lanesForward(own, ledger, piece.group);
    return (fn: Fn) => call(fn, own);
  });

  for (const fn of [evaluate, gradient]) for (const emit of forward) emit(fn);
  result(evaluate, ledger);
  if (hasCore) {
    gradient.get(P);
    gradient.callImport('clearAdjoints', SWEEP);
  }
  ledger.clearRest(0, tape.p); // nothing at all has reached them
  clearFirst(gradient, ledger);
  gradient.get(P);
  gradient.f64(1);
  gradient.memory(I.f64Store, ledger.adjointAt(tape.outputs[0]!));
  for (const emit of reverse) emit(gradient);
  gradient.i32(tape.p);
  gradient.get(P);
  gradient.i32(offsets.adjoints);
  gradient.op(I.i32Add);
  gradient.callImport('settle', TEST);
  gradient.open(I.if); // a NaN: the interpreter knows of gates
  gradient.get(P);
  gradient.callImport('gradient', CALL);
  gradient.op(I.return);
  gradient.op(I.end);
  result(gradient, ledger);
  return gradient;
}

/** Nothing is generated: both functions are the core's. */
function coreModule(module: ModuleWriter): Fn {
  const [, gradient] = (['evaluate', 'gradient'] as const).map((name) => {
    const fn = module.fn(CALL, name);
    fn.get(P);
    fn.callImport(name, CALL);
    return fn;
  });
  return gradient!;
}

function result(fn: Fn, ledger: Ledger): void {
  fn.get(P);
  fn.memory(I.f64Load, ledger.valueAt(ledger.tape.outputs[0]!));
}

function call(fn: Fn, to: Fn): void {
  fn.get(P);
  fn.call(to);
}

function part(fn: Fn, name: 'forwardPart' | 'reversePart', first: number, end: number): void {
  fn.get(P);
  fn.i32(first);
  fn.i32(end);
  fn.callImport(name, PART);
}

function clearFirst(fn: Fn, { clears, offsets }: Ledger): void {
  for (let i = 0; i < clears.length; i += 2) {
    const at = offsets.adjoints + clears[i]! * F64;
    const count = clears[i + 1]!;
    clear(fn, P, at, count);
  }
}

/** What a piece reads of others on the way forward must be in memory; the core reads all of it there. */
function readForward({ tape, isRead }: Ledger, pieces: readonly Piece[]): void {
  const piece = new Int32Array(tape.slots).fill(-1);
  pieces.forEach((it, i) => {
    eachNode(tape, it, (slot) => {
      piece[slot] = i;
    });
  });
  pieces.forEach((it, i) => {
    eachOperand(tape, it, (slot) => {
      if (piece[slot] !== i || it.kind === 'core') isRead[slot] = 1;
    });
  });
}

/** Records of the core contribute to all their active operands, and read all of them. */
function reachedByCore(ledger: Ledger, first: number, end: number): void {
  const { tape, isRead } = ledger;
  const whole: Piece = { kind: 'core', first, end };
  eachNode(tape, whole, (slot) => {
    isRead[slot] = 1;
  });
  eachOperand(tape, whole, (slot, isActive) => {
    isRead[slot] = 1;
    if (isActive) ledger.reach(slot, 1);
  });
}

function partsOf(tape: Tape, piece: Piece): readonly { record: number; from: number; to: number }[] {
  if (piece.kind === 'straight') return piece.parts;
  if (piece.kind === 'repeat') {
    const { record, from, perTurn, turns } = piece.repeat;
    return [{ record, from, to: from + perTurn * turns }];
  }
  const [first, end] = piece.kind === 'core' ? [piece.first, piece.end] : [piece.group.first, piece.group.end];
  return Array.from({ length: end - first }, (_, i) => {
    const isChain = piece.kind === 'lanes' && piece.group.chains.has(first + i);
    return { record: first + i, from: 0, to: isChain ? piece.group.n - 1 : tape.records[(first + i) * RECORD_WORDS + W.count]! };
  });
}

function eachNode(tape: Tape, piece: Piece, visit: (slot: number) => void): void {
  for (const { record, from, to } of partsOf(tape, piece)) {
    const out = tape.records[record * RECORD_WORDS + W.out]!;
    for (let i = from; i < to; i++) visit(out + i);
  }
}

function eachOperand(tape: Tape, piece: Piece, visit: (slot: number, isActive: boolean) => void): void {
  for (const { record, from, to } of partsOf(tape, piece)) eachOperandOf(tape, record, from, to, visit);
}
