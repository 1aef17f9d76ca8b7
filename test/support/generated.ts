/** A flat tape in the core's memory, swept by the core and by generated code side by side. */
import { writeBlock } from '../../src/engine/interpreter/block.ts';
import { core } from '../../src/engine/interpreter/core.ts';
import { importsOf } from '../../src/engine/compiled/code.ts';
import type { Offsets } from '../../src/engine/compiled/ledger.ts';
import type { Tape } from '../../src/tape/layout.ts';

export interface Sweeps {
  readonly point: Float64Array;
  readonly data: Float64Array;
  bound(): void;
  /** Value, gradient, and all outputs. */
  byCore(): number[];
  generated(): number[];
  /** The value alone, by `evaluate`. */
  value(): number;
  /** The generated gradient, nothing around it. */
  readonly gradient: () => number;
  readonly coreGradient: () => number;
  dispose(): void;
}

export function sweeps(tape: Tape, write: (tape: Tape, offsets: Offsets) => Uint8Array<ArrayBuffer>): Sweeps {
  const c = core();
  const { exports } = c;
  const block = writeBlock(c, tape);
  const P = block.program;
  exports.start(P);
  const module = new WebAssembly.Module(write(tape, { values: block.values - P, adjoints: block.adjoints - P }));
  const functions = new WebAssembly.Instance(module, { core: importsOf(c) }).exports;
  const { gradient, evaluate } = functions as { [name: string]: (P: number) => number };
  const view = (at: number, n: number): Float64Array => new Float64Array(exports.memory.buffer, at, n);
  const outputs = (): number[] => [...tape.outputs].map((slot) => view(block.values, tape.slots)[slot]!);
  const spoil = (): void => {
    // whatever the sweep before left may not matter
    view(block.adjoints, tape.slots).fill(1e300);
    for (const s of [1, 3])
      for (let r = tape.segments[s]!; r < tape.segments[s + 1]!; r++) {
        const [count, out] = [tape.records[r * 12 + 1]!, tape.records[r * 12 + 2]!];
        view(block.values, tape.slots).fill(-1e300, out, out + count);
      }
  };
  return {
    point: view(block.values, tape.p),
    data: view(block.values + tape.rowStart * 8, tape.q),
    bound: () => exports.bound(P),
    byCore() {
      spoil();
      return [exports.gradient(P), ...view(block.adjoints, tape.p), ...outputs()];
    },
    generated() {
      spoil();
      return [gradient!(P), ...view(block.adjoints, tape.p), ...outputs()];
    },
    value() {
      spoil();
      return evaluate!(P);
    },
    gradient: () => gradient!(P),
    coreGradient: () => exports.gradient(P),
    dispose: () => c.arena.give(P),
  };
}
