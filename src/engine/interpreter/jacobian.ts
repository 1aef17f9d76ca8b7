/** Jacobians of a flat tape in the core: room for them beside the program, taken when first asked for, and what crosses. */
import type { Tape } from '../../tape/layout.ts';
import { roundUp } from '../../wasm/arena.ts';
import type { Compression } from '../engine.ts';
import { F64 } from './block.ts';
import type { Host } from './host.ts';

/**
 * Directions in a sweep, at most. On irregular graphs of 1,000 and 20,000 nodes a sweep along 16 takes 1.1 to 1.4 times what
 * one along 8 takes. Against a sweep for each column: networks 3.5 to 5 times, irregular graphs 10 to 13 times faster.
 */
const LANES = 16;
const MOST_BYTES = 2 ** 28; // for tangents; long tapes get fewer lanes

export class JacobianRoom {
  readonly #host: Host;
  readonly #tape: Tape;
  /** Directions in a sweep at most. */
  readonly most: number;
  // one block: tangents (slots × lanes, if wanted) │ colours │ result
  #block = 0;
  #tangents = 0; // bytes
  #colours = 0; // bytes
  #results = 0; // numbers
  #view: Float64Array = new Float64Array(0);

  constructor(host: Host, tape: Tape) {
    this.#host = host;
    this.#tape = tape;
    this.most = Math.max(2, Math.min(LANES, Math.floor(MOST_BYTES / F64 / Math.max(1, tape.slots))));
  }

  /** How many of so many directions go in one sweep: an even number, the sweeps being about equal. */
  lanes(count: number): number {
    const sweeps = Math.max(1, Math.ceil(count / this.most));
    return 2 * Math.max(1, Math.ceil(count / sweeps / 2));
  }

  /** The block, if there is one. */
  get block(): number {
    return this.#block;
  }

  /** Makes room, and writes the colours there. @returns their addresses, that of the colours 0 if there are none */
  prepare(count: number, columns: boolean, compression?: Compression): { tangents: number; colours: number; result: number } {
    const { p, slots, outputs } = this.#tape;
    const tangents = columns ? roundUp(slots * this.lanes(count) * F64, 64) : 0;
    const colours = roundUp((compression?.colours.length ?? 0) * 4, 64);
    const results = count * (columns ? outputs.length : p);
    if (!this.#block || tangents > this.#tangents || colours > this.#colours || results > this.#results) {
      const { arena } = this.#host.core;
      if (this.#block) arena.give(this.#block);
      this.#block = 0;
      this.#tangents = Math.max(tangents, this.#tangents);
      this.#colours = Math.max(colours, this.#colours);
      this.#results = Math.max(results, this.#results);
      this.#block = arena.take(this.#tangents + this.#colours + Math.max(64, this.#results * F64));
      this.#view = NOTHING;
    }
    const at = this.#block + this.#tangents;
    if (compression) new Int32Array(this.#host.wasm.memory.buffer, at, compression.colours.length).set(compression.colours);
    return { tangents: this.#block, colours: compression ? at : 0, result: at + this.#colours };
  }

  /** Copies what the core left. */
  read(out: Float64Array, length: number): void {
    if (this.#view.length < length) {
      this.#view = this.#host.view(this.#block + this.#tangents + this.#colours, this.#results);
    }
    const view = this.#view;
    if (length === view.length && length > SHORT) out.set(view);
    else if (length > SHORT) out.set(view.subarray(0, length));
    else for (let i = 0; i < length; i++) out[i] = view[i]!;
  }
}

const NOTHING = new Float64Array(0);
const SHORT = 48; // up to here a loop is quicker than set()
