/** A tape in the core, behind the interface `RowMachine`: every method is a check, a copy at most, and one crossing. */
import { fail } from '../../errors.ts';
import type { Tape } from '../../tape/layout.ts';
import type { Compression, RowMachine, RowReduce, Stepper, UpdateRule } from '../engine.ts';
import { type Block, F64, PROGRAM, PROGRAM_WORDS, placeRows, rowsLayout, tileBytes, writeBlock } from './block.ts';
import { type Core, type Exports, poison } from './core.ts';
import { Host, optimizer } from './host.ts';
import { JacobianRoom } from './jacobian.ts';

export class InterpreterMachine implements RowMachine {
  readonly tape: Tape;
  protected readonly host: Host;
  protected readonly core: Core;
  protected readonly wasm: Exports;
  protected readonly block: Block;
  /** Address of the program's block. */
  protected readonly P: number;

  // views are kept until memory grows, which leaves them with length 0 (asking for that is 4 ns, for the buffer 35)
  #point: Float64Array;
  #data: Float64Array;
  #adjoint: Float64Array;

  #values: Float64Array = new Float64Array(0);

  readonly #jacobian: JacobianRoom;
  #tangents = 0; // blocks taken when first needed
  #rows = 0;
  #rowTangents = 0;
  #capacity = 0;

  constructor(core: Core, tape: Tape) {
    this.tape = tape;
    this.host = new Host(core);
    this.core = core;
    this.wasm = core.exports;
    this.block = writeBlock(core, tape);
    this.P = this.block.program;
    this.#jacobian = new JacobianRoom(this.host, tape);
    this.#point = this.host.view(this.block.values, tape.p);
    this.#data = this.host.view(this.block.values + tape.rowStart * F64, tape.q);
    this.#adjoint = this.host.view(this.block.adjoints, tape.p);
    this.host.enter(() => this.wasm.start(this.P));
  }

  /** Where values and adjoints lie, in bytes from P. */
  protected get offsets(): { readonly values: number; readonly adjoints: number } {
    const { program, values, adjoints } = this.block;
    return { values: values - program, adjoints: adjoints - program };
  }

  get point(): Float64Array {
    if (this.#point.length === 0) this.#point = this.host.view(this.block.values, this.tape.p);
    return this.#point;
  }

  get data(): Float64Array {
    if (this.#data.length === 0) this.#data = this.host.view(this.block.values + this.tape.rowStart * F64, this.tape.q);
    return this.#data;
  }

  get adjoint(): Float64Array {
    if (this.#adjoint.length === 0) this.#adjoint = this.host.view(this.block.adjoints, this.tape.p);
    return this.#adjoint;
  }

  bound(): void {
    this.host.enter(() => this.wasm.bound(this.P));
  }

  // the hot path, these two: no closure, one crossing

  forward(): number {
    this.host.check();
    try {
      return this.wasm.evaluate(this.P);
    } catch (cause) {
      poison(this.core, cause);
    }
  }

  output(i: number): number {
    this.host.check();
    return this.host.view(this.block.values, this.tape.slots)[this.tape.outputs[i]!]!;
  }

  reverse(seeds?: Float64Array): void {
    this.host.check();
    if (seeds) this.host.view(this.block.seeds, this.tape.outputs.length).set(seeds);
    this.host.enter(() => this.wasm.adjoint(this.P, seeds ? this.block.seeds : 0));
  }

  gradient(): number {
    this.host.check();
    try {
      return this.wasm.gradient(this.P);
    } catch (cause) {
      poison(this.core, cause);
    }
  }

  tangent(direction: Float64Array): Float64Array {
    this.host.check();
    const { p, slots, outputs } = this.tape;
    const at = this.#needTangents();
    this.host.view(at, p).set(direction);
    this.host.enter(() => this.wasm.directional(this.P, at + slots * F64));
    return this.host.view(at + slots * F64, outputs.length).slice();
  }

  get directions(): number {
    return this.#jacobian.most;
  }

  jacobianColumns(out: Float64Array, compression?: Compression): void {
    this.host.check();
    this.#needTangents();
    const count = compression?.count ?? this.tape.p;
    const { tangents, colours, result } = this.#jacobian.prepare(count, true, compression);
    try {
      this.wasm.jacobianColumns(this.P, colours, count, this.#jacobian.lanes(count), tangents, result);
    } catch (cause) {
      poison(this.core, cause);
    }
    this.#jacobian.read(out, count * this.tape.outputs.length);
  }

  jacobianRows(out: Float64Array, compression?: Compression): void {
    this.host.check();
    const count = compression?.count ?? this.tape.outputs.length;
    const { colours, result } = this.#jacobian.prepare(count, false, compression);
    try {
      this.wasm.jacobianRows(this.P, colours, count, this.block.seeds, result);
    } catch (cause) {
      poison(this.core, cause);
    }
    this.#jacobian.read(out, count * this.tape.p);
  }

  outputCount(): number {
    return this.tape.outputs.length;
  }

  readOutputs(out: Float64Array): void {
    this.host.check();
    const { outputs, slots } = this.tape;
    if (this.#values.length === 0) this.#values = this.host.view(this.block.values, slots);
    const values = this.#values;
    for (let i = 0; i < outputs.length; i++) out[i] = values[outputs[i]!]!;
  }

  reserve(rows: number): Float64Array {
    this.host.check();
    if (rows > this.#capacity || !this.#rows) {
      const layout = rowsLayout(this.tape, rows);
      const taken = this.core.arena.take(layout.bytes);
      if (this.#rows) this.core.arena.give(this.#rows);
      this.#rows = taken;
      this.#capacity = rows;
      placeRows(this.#words(), taken, layout);
    }
    return this.host.view(this.#rows, this.#capacity * this.tape.q);
  }

  get rowOutputs(): Float64Array {
    this.host.check();
    return this.host.view(this.#rows ? this.#words()[PROGRAM.rowOutputs]! >>> 0 : 0, this.#capacity);
  }

  forwardRows(rows: number, reduce: RowReduce): number {
    this.checkRows(rows);
    return this.host.enter(() => this.wasm.rows(this.P, rows, reduce === 'mean', false));
  }

  gradientRows(rows: number, reduce: RowReduce): number {
    this.checkRows(rows);
    return this.host.enter(() => this.wasm.rows(this.P, rows, reduce === 'mean', true));
  }

  tangentRows(rows: number, reduce: RowReduce, direction: Float64Array): number {
    this.host.check();
    this.checkRows(rows);
    this.host.view(this.#needTangents(), this.tape.p).set(direction);
    const taken = this.core.arena.take(tileBytes(this.tape) + rows * F64);
    if (this.#rowTangents) this.core.arena.give(this.#rowTangents);
    this.#rowTangents = taken;
    this.#words()[PROGRAM.rowTangents] = taken;
    return this.host.enter(() => this.wasm.directionalRows(this.P, rows, reduce === 'mean', taken + tileBytes(this.tape)));
  }

  /** The steps of optimisers, for so many rows; 0: the plain program. */
  protected steppers(_rows: number): Pick<Exports, 'stepMomentum' | 'stepAdam'> {
    return this.wasm;
  }

  stepper(rule: UpdateRule): Stepper {
    const P = this.P;
    let n = 0;
    let isMean = false;
    const { step, dispose } = optimizer(this.host, this.tape.p, rule, {
      momentum: (first, rate, momentum) => this.steppers(n).stepMomentum(P, n, isMean, first, rate, momentum),
      // biome-ignore format: one call, one line
      adam: (first, second, rate, beta1, beta2, epsilon, c1, c2) => this.steppers(n).stepAdam(P, n, isMean, first, second, rate, beta1, beta2, epsilon, c1, c2),
    });
    return {
      step: (rate, rows, reduce) => {
        this.checkRows(rows);
        n = rows;
        isMean = reduce === 'mean';
        return step(rate);
      },
      dispose,
    };
  }

  values(): Float64Array {
    this.host.check();
    return this.host.view(this.block.values, this.tape.slots).slice();
  }

  countSteps(on: boolean): void {
    this.wasm.countSteps(on);
  }

  steps(): number {
    return this.wasm.stepCount();
  }

  dispose(): void {
    this.host.dispose([this.P, this.#tangents, this.#rows, this.#rowTangents, this.#jacobian.block]);
  }

  /** Tangents get room when they are first asked for: one per slot, and the results behind them. */
  #needTangents(): number {
    if (!this.#tangents) {
      this.#tangents = this.core.arena.take((this.tape.slots + this.tape.outputs.length) * F64);
      this.#words()[PROGRAM.tangents] = this.#tangents;
    }
    return this.#tangents;
  }

  #words(): Int32Array {
    return new Int32Array(this.wasm.memory.buffer, this.P, PROGRAM_WORDS);
  }

  /** The core would read on behind the reserved rows. */
  protected checkRows(rows: number): void {
    if (!(rows <= this.#capacity)) fail('WrongLength', `expected at most ${this.#capacity} rows, as reserved, got ${rows}`);
  }
}
