/**
 * A flat tape as a module that needs nothing of the core but its math: what depends on constants alone (`start`) and on data
 * alone (`bound`), the sweeps of flat.ts, and where a NaN leads, the gated sweep as straight-line code of its own.
 */
import { TYPE } from '../../wasm/encode/instructions.ts';
import { type Fn, ModuleWriter } from '../../wasm/encode/module.ts';
import { SEGMENT, type Tape } from '../../tape/layout.ts';
import { adjointStores, CALL, emitAll, emitSweeps, type Offsets, sweepOf } from './flat.ts';
import { GatedSweep } from './gated-sweep.ts';

const F64 = 8;

/** Exports start(P), bound(P), evaluate(P) and gradient(P), P being the address of the block. */
export function aloneModule(tape: Tape, offsets: Offsets): Uint8Array<ArrayBuffer> {
  const module = new ModuleWriter();
  segment(module, 'start', SEGMENT.constant, tape, offsets);
  segment(module, 'bound', SEGMENT.data, tape, offsets);
  const [value, gradient] = [module.fn(CALL, 'evaluate'), module.fn(CALL, 'gradient')];
  emitSweeps(value, gradient, tape, offsets, isSameGated(tape, offsets) ? 'nowhere' : gated(module, tape, offsets));
  return module.bytes();
}

/** Values of one segment, each into its slot. */
function segment(module: ModuleWriter, name: string, which: SEGMENT, tape: Tape, offsets: Offsets): void {
  const fn = module.fn({ params: [TYPE.i32], results: [] }, name);
  const sweep = sweepOf(tape, offsets);
  sweep.forward([which]);
  const stores = Array.from(sweep.value.keys())
    .filter((slot) => sweep.value[slot]! >= 0 && isComputed(tape, which, slot))
    .map((slot) => ({ node: sweep.value[slot]!, offset: offsets.values + slot * F64 }));
  emitAll(fn, sweep.k, stores, []);
}

/** Is a slot the result of a record of this segment, and not an operand? */
function isComputed({ p, q, rowStart, constants }: Tape, which: SEGMENT, slot: number): boolean {
  return which === SEGMENT.constant ? slot >= p + constants.length : slot >= rowStart + q;
}

/** Whether the gated sweep computes what the plain one does, node by node: then a NaN is as honest in either. */
function isSameGated(tape: Tape, offsets: Offsets): boolean {
  const sweep = sweepOf(tape, offsets);
  sweep.forward();
  sweep.reverse();
  const careful = new GatedSweep(sweep);
  careful.reverse();
  return sweep.adjoint.subarray(0, tape.p).every((node, i) => node === careful.adjoint[i]);
}

function gated(module: ModuleWriter, tape: Tape, offsets: Offsets): Fn {
  const fn = module.fn(CALL);
  const sweep = sweepOf(tape, offsets);
  sweep.forward();
  const careful = new GatedSweep(sweep);
  careful.reverse();
  const result = sweep.valueOf(tape.outputs[0]!);
  const stores = adjointStores(careful.adjoint.subarray(0, tape.p), sweep.k, offsets);
  emitAll(fn, sweep.k, stores, [result]).number(result);
  return fn;
}
