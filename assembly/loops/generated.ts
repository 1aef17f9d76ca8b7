// For generated code (src/engine/compiled/loops): what it leaves to the core, an instruction at a time. It sets the registers
// of the bodies around such an instruction, as the sweeps here do.
import { bytes, cellBytes, cells, enter, marks, registerOf, saved, setFrame, setRegister, snapshots, wordsAt } from './code';
import { forward } from './forward';
import { reverse } from './reverse';
import { advance, atHand, keepSnapshot } from './scan';
import { combine, total } from './totals';

/** Before anything else: the program at hand. */
export function loopEnter(code: usize, memory: usize): void { enter(code, memory); }

/** A body begins: its values from f on, their adjoints from g on, `lane` bytes from lane to lane. */
export function loopOpen(register: i32, f: usize, g: usize, lane: usize): void { setRegister(registerOf(register), f, g, lane); }

/** It is at iteration t, its values from f on. */
export function loopAt(register: i32, f: usize, t: i32): void { setFrame(registerOf(register), f, t); }

/** Instruction i of body B, a word of the code; 1 if a check failed. */
export function loopRun(B: i32, i: i32, lanes: i32): i32 { return forward(wordsAt(B), i, i + 1, lanes) ? 0 : 1; }

/** Its adjoints. */
export function loopPull(B: i32, i: i32, lanes: i32): void { reverse(wordsAt(B), i, i + 1, lanes); }

/** The partial sums at S of a block of 1,024 iterations, the one from i on, are complete. */
export function loopCombine(B: i32, lanes: i32, S: usize, i: i32): void { combine(wordsAt(B), lanes, S, i); }

/** All iterations of body B are through: the total of what is at S goes to o. */
export function loopTotal(B: i32, lanes: i32, S: usize, o: usize): void { total(wordsAt(B), lanes, S, o, 0); }

// Scans that keep snapshots, as reverseScan goes through them.

/** What is carried before step t becomes snapshot k; returns before which step the next one is to be taken. */
export function loopKeep(B: i32, k: i32, t: i32): i32 { return keepSnapshot(wordsAt(B), k, t); }

/** Snapshots at hand, before a reverse sweep. */
export function loopKept(B: i32): i32 { return atHand(wordsAt(B)); }

/** The step that the last of k snapshots belongs to. */
export function loopMark(B: i32, k: i32): i32 { return <i32>load<f64>(marks(wordsAt(B)) + bytes(k - 1)); }

/** What is carried is what it was at the last of k snapshots. */
export function loopRestore(b: i32, k: i32): void {
  const B = wordsAt(b);
  memory.copy(cells(B), saved(B) + <usize>(k - 1) * cellBytes(B), cellBytes(B));
}

/** To which step to go from step lo, with k snapshots at hand, for the turn of step hi − 1 to come. */
export function loopAhead(B: i32, k: i32, lo: i32, hi: i32): i32 {
  const free = snapshots(wordsAt(B)) - k;
  return free > 0 ? lo + advance(hi - lo, free) : hi - 1;
}

/** Another reverse sweep begins from the first snapshot. */
export function loopRewind(B: i32): void { if (snapshots(wordsAt(B)) > 1) store<f64>(marks(wordsAt(B)) + 8, -1); }
