// What the outside calls: whole sweeps of a program with loops, each in one crossing. Addresses are of the code's words and of
// its memory. A sweep returns 1 if a check failed, which `faultOf…` tells more about; the program can be run again.
import { clear } from '../run';
import { settle } from '../sweep';
import { adamStep, momentumStep } from '../optimize';
import { ADJOINTS, ALL, bytes, CLEARS, enter, FUSED, hasNaN, head, M, MAIN, OUTPUT, ownCount, PRE, SETTLES, word, wordsAt, list } from './code';
import { faultCheck, faultValue, forward } from './forward';
import { FUSED_SWEEP, region } from './region';
import { reverse, setGated } from './reverse';
import { tangents } from './tangent';

/** Number of the check that failed; −1: the smallest or largest of nothing. */
export function loopFault(): i32 { return faultCheck; }
/** The index that failed. */
export function loopFaultValue(): f64 { return faultValue; }

// @ts-ignore: decorator
@inline function main(): usize { return wordsAt(head(MAIN)); }
// @ts-ignore: decorator
@inline function adjoints(): usize { return M + bytes(head(ADJOINTS)); }

/** All values. */
export function loopForward(code: usize, memory: usize): i32 {
  enter(code, memory);
  return forward(main(), 0, head(ALL), 1) ? 0 : 1;
}

/** Adjoints of the values at hand. They have been cleared and seeded: all of them for a gated sweep. Returns 1 if a parameter's is NaN. */
export function loopReverse(code: usize, memory: usize, p: i32, gated: bool): i32 {
  enter(code, memory);
  setGated(gated);
  reverse(main(), 0, head(ALL), 1);
  setGated(false);
  return settle(p, adjoints()) ? 1 : 0;
}

/** Values and adjoints of the p parameters, for a seed of 1 at the first output. */
export function loopGradient(code: usize, memory: usize, p: i32): i32 {
  enter(code, memory);
  const B = main(), pre = head(PRE), fused = head(FUSED), all = head(ALL);
  if (!forward(B, 0, pre, 1)) return 1;
  const R = wordsAt(head(CLEARS));
  for (let r = R + 4, end = r + (<usize>word(R, 0) << 3); r < end; r += 8) clear(adjoints() + bytes(word(r, 0)), word(r, 1));
  seed();
  reverse(B, fused, all, 1);
  for (let i = pre; i < fused; i++) if (!region(wordsAt(word(wordsAt(word(list(B), i)), 1)), 1, FUSED_SWEEP)) return 1;
  if (!forward(B, fused, all, 1)) return 1;
  reverse(B, 0, pre, 1);
  if (loopSettle()) {
    clear(adjoints(), ownCount(B));
    seed();
    loopReverse(code, memory, p, true);
  }
  return 0;
}

/** The parameters' adjoints of a gradient are handed out: +0 is added where no product did that. True if one of all is NaN. */
export function loopSettle(): bool {
  let nan = hasNaN;
  const R = wordsAt(head(SETTLES));
  for (let r = R + 4, end = r + (<usize>word(R, 0) << 3); r < end; r += 8) nan = settle(word(r, 1), adjoints() + bytes(word(r, 0))) || nan;
  return nan;
}

/** The first output's adjoint becomes 1, if it has one. */
function seed(): void {
  if (head(OUTPUT) < head(ADJOINTS)) store<f64>(adjoints() + bytes(head(OUTPUT)), 1);
}

/** Values and tangents along the direction already in the parameters' places, all others being −0. */
export function loopTangent(code: usize, memory: usize, gated: bool): i32 {
  enter(code, memory);
  setGated(gated);
  const done = tangents(main(), 1);
  setGated(false);
  return done ? 0 : 1;
}

/** Gradient and momentum update, as stepMomentum. */
export function loopMomentum(code: usize, memory: usize, p: i32, velocity: usize, rate: f64, momentum: f64): i32 {
  if (loopGradient(code, memory, p)) return 1;
  momentumStep(p, memory, adjoints(), velocity, rate, momentum);
  return 0;
}

/** Gradient and Adam update, as stepAdam. */
export function loopAdam(code: usize, memory: usize, p: i32, m: usize, v: usize, rate: f64, beta1: f64, beta2: f64, epsilon: f64, c1: f64, c2: f64): i32 {
  if (loopGradient(code, memory, p)) return 1;
  adamStep(p, memory, adjoints(), m, v, rate, beta1, beta2, epsilon, c1, c2);
  return 0;
}
