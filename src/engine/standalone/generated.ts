/**
 * Standalone bodies of generated code. Of the core there is left what math straight-line code calls; of programs with loops also
 * the sweeps that run them, for what generated code leaves to the core: products, lists, a NaN, a check that failed.
 */
import type { Linked } from '../../link/code.ts';
import type { Tape } from '../../tape/layout.ts';
import { roundUp } from '../../wasm/arena.ts';
import { aloneModule } from '../compiled/alone.ts';
import { loopModule } from '../compiled/loops/index.ts';
import { paysAlone } from '../compiled/tier.ts';
import { F64 } from '../interpreter/block.ts';
import type { Body, Call, Stretch } from './body.ts';
import { loopBody } from './interpreted.ts';

const LINE = 64;

/** A flat tape of one row as code, its numbers from `base` on; undefined if it is too long to run well that way. */
export function generatedBody(tape: Tape, base: number): Body | undefined {
  if (!paysAlone(tape)) return undefined;
  const { p, q, rowStart, slots, constants } = tape;
  const values = roundUp(base, LINE);
  const adjoints = values + roundUp(slots * F64, LINE);
  const number = (at: number, length: number): Stretch => ({ at, length });
  const call = (name: string): Call => ({ module: 'program', name, arguments: [values] });
  const bound = q > 0 ? [call('bound')] : [];
  return {
    program: aloneModule(tape, { values: 0, adjoints: adjoints - values }),
    memory: [{ at: values + p * F64, bytes: new Uint8Array(constants.slice().buffer) }],
    end: adjoints + roundUp(p * F64, LINE),
    point: number(values, p),
    gradient: number(adjoints, p),
    data: number(values + rowStart * F64, q),
    outputs: Array.from(tape.outputs, (slot) => number(values + slot * F64, 1)),
    start: [call('start')],
    value: [...bound, call('evaluate')],
    gradientSweep: [...bound, call('gradient')],
    result: 'value',
  };
}

/** Linked code, and code generated from it, which is run first. */
export function generatedLoops(linked: Linked, base: number): Body {
  const body = loopBody(linked, base);
  const { bytes, room } = loopModule(linked);
  const at = roundUp(body.end, LINE);
  const first = (name: string, [otherwise]: readonly Call[]): Call => {
    const [code, doubles] = otherwise!.arguments as [number, number];
    return { module: 'loops', name, arguments: [code, doubles, at], otherwise: otherwise! };
  };
  return {
    ...body,
    loops: bytes,
    end: at + room,
    value: [first('forward', body.value)],
    gradientSweep: [first('gradient', body.gradientSweep)],
  };
}
