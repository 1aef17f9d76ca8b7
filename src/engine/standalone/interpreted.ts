/** Standalone bodies that the core's own sweeps run, over a program embedded as data: they serve every program. */
import type { Linked } from '../../link/code.ts';
import type { Tape } from '../../tape/layout.ts';
import { roundUp } from '../../wasm/arena.ts';
import type { RowReduce } from '../engine.ts';
import { F64, placeRows, PROGRAM_WORDS, rowsLayout, writeBlock } from '../interpreter/block.ts';
import { prepared } from '../interpreter/loop-block.ts';
import type { Body, Call, Stretch } from './body.ts';

const LINE = 64;

/** Rows of data whose outputs become one number. */
export interface Rows {
  readonly count: number;
  readonly reduce: RowReduce;
}

const call = (name: string, ...args: number[]): Call => ({ module: 'core', name, arguments: args });

/** A flat tape in a block from `base` on. What depends on data alone is computed anew in each sweep: nobody has to be told that data were written. */
export function flatBody(tape: Tape, base: number, rows?: Rows): Body {
  const { p, q, rowStart } = tape;
  const at = roundUp(base, LINE);
  const room = new Image(at);
  const { program, values, adjoints } = writeBlock(room, tape);
  const number = (address: number, length: number): Stretch => ({ at: address, length });
  const common = { point: number(values, p), gradient: number(adjoints, p), start: [call('start', program)] };
  if (!rows) {
    const bound = q > 0 ? [call('bound', program)] : [];
    return {
      ...common,
      memory: room.memory(),
      end: room.end,
      data: number(values + rowStart * F64, q),
      outputs: Array.from(tape.outputs, (slot) => number(values + slot * F64, 1)),
      value: [...bound, call('evaluate', program)],
      gradientSweep: [...bound, call('gradient', program)],
      result: 'value',
    };
  }
  const layout = rowsLayout(tape, rows.count);
  const taken = room.end;
  placeRows(new Int32Array(room.exports.memory.buffer, program, PROGRAM_WORDS), taken, layout);
  const isMean = Number(rows.reduce === 'mean');
  return {
    ...common,
    memory: room.memory(),
    end: taken + layout.bytes,
    data: number(taken + layout.data, rows.count * q),
    outputs: [], // the value is all there is: it lies nowhere
    value: [call('rows', program, rows.count, isMean, 0)],
    gradientSweep: [call('rows', program, rows.count, isMean, 1)],
    result: 'value',
  };
}

/** Linked code and its doubles, from `base` on. */
export function loopBody(linked: Linked, base: number): Body {
  const { words } = prepared(linked);
  const code = roundUp(base, LINE);
  const doubles = code + roundUp(words.byteLength, LINE);
  const number = (offset: number, length: number): Stretch => ({ at: doubles + offset * F64, length });
  const outputs = linked.outputs.filter(({ count }) => count > 0).map(({ offset, count }) => number(offset, count));
  const constants = linked.constants.map(([offset, value]) => ({
    at: doubles + offset * F64,
    bytes: bytesOf(Float64Array.of(value)),
  }));
  return {
    memory: [{ at: code, bytes: bytesOf(words) }, ...constants],
    end: doubles + roundUp((linked.size + 2) * F64, LINE),
    point: number(0, linked.p),
    gradient: number(linked.adjoints, linked.p),
    data: number(linked.data, linked.q),
    outputs,
    start: [],
    value: [call('loopForward', code, doubles)],
    gradientSweep: [call('loopGradient', code, doubles, linked.p)],
    result: { first: outputs[0]?.at },
  };
}

/** A picture of memory with one block in it. */
class Image {
  readonly exports = { memory: { buffer: new ArrayBuffer(0) } };
  readonly arena = {
    take: (bytes: number): number => {
      this.end = this.#at + roundUp(bytes, LINE);
      this.exports.memory.buffer = new ArrayBuffer(this.end);
      return this.#at;
    },
  };
  readonly #at: number;
  end: number;

  constructor(at: number) {
    this.#at = this.end = at;
  }

  memory(): Body['memory'] {
    return [{ at: this.#at, bytes: new Uint8Array(this.exports.memory.buffer, this.#at) }];
  }
}

function bytesOf(array: Int32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
