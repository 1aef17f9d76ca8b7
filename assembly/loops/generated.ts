// For generated code (src/engine/compiled/loops): what it leaves to the core, an instruction at a time. It sets the registers
// of the bodies around such an instruction, as the sweeps here do.
import { enter, registerOf, setFrame, setRegister, wordsAt } from './code';
import { forward } from './forward';
import { reverse } from './reverse';
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
