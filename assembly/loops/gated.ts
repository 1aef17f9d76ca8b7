// The careful reverse sweep, taken only when a gradient came out with a NaN (see ../gated.ts). No flags are needed here:
// what no open path reaches has the adjoint −0, and what one reaches never has, for a contribution of −0 is added as +0.
import { arity, isGate, partial } from '../rules';
import { MINUS_ZERO } from '../sum';
import { adjointAt, bytes, laneOf, valueAt, word } from './code';
import { hand } from './move';

/** Contributions lane by lane, before they are handed on. */
export const CHUNK = memory.data(8 * 1024, 16);

/** Exactly −0: the adjoint or the tangent of what is not reached. */
// @ts-ignore: decorator
@inline export function isUnreached(x: f64): bool { return reinterpret<i64>(x) == i64.MIN_VALUE; }

/** t · p, or −0 where t is not reached. */
export function through(t: f64, p: f64): f64 { return isUnreached(t) ? MINUS_ZERO : t * p + 0; }

/** The op's contributions to each active operand. */
export function pullGated(I: usize, op: u32, mask: u32, L: i32): void {
  for (let j: u32 = 0; j < 3; j++) {
    if (!((mask >>> j) & 1)) continue;
    const target = word(I, 2 + j);
    for (let l = 0; l < L; l++) store<f64>(CHUNK + bytes(l), share(I, op, j, bytes(l), load<f64>(adjointAt(word(I, 1)) + bytes(l))));
    hand(L, adjointAt(target), laneOf(target), CHUNK, 8);
  }
}

/** t · ∂op/∂operand j in the lane at byte l, or −0 where t is not reached or the gate is closed. */
export function share(I: usize, op: u32, j: u32, l: usize, t: f64): f64 {
  const n = arity(op), wa = word(I, 2), wb = n > 1 ? word(I, 3) : wa, wc = n > 2 ? word(I, 4) : wb;
  const p = partial((op << 2) | j, inLane(wa, l), inLane(wb, l), inLane(wc, l), load<f64>(valueAt(word(I, 1)) + l));
  return p == 0 && isGate(op) ? MINUS_ZERO : through(t, p);
}

/** An operand's value in the lane at byte l. */
// @ts-ignore: decorator
@inline function inLane(operand: u32, l: usize): f64 { return load<f64>(valueAt(operand) + (laneOf(operand) ? l : 0)); }
