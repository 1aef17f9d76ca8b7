/** A program with loops in the core, behind the interface `LoopMachine`: one block of memory serves all lengths. */
import { fail } from '../../errors.ts';
import type { Linked } from '../../link/code.ts';
import type { LoopTape } from '../../tape/loops/layout.ts';
import { ARG_MIN } from '../../tape/loops/layout.ts';
import { eachRow } from '../colours.ts';
import type { Compression, Hot, LoopMachine, Stepper, UpdateRule } from '../engine.ts';
import { F64 } from './block.ts';
import { type Core, type Exports, poison } from './core.ts';
import { Host, optimizer } from './host.ts';
import { type Loaded, prepared, roomAt, write } from './loop-block.ts';

/** Linked codes that are remembered. */
const REMEMBERED = 4;

/**
 * Generated sweeps of linked code (src/engine/compiled/loops). They are given the addresses of the code, of its memory, and of
 * room of their own; after a 1 the interpreter has to do the call.
 */
export interface LoopSweeps {
  readonly room: number; // bytes
  forward(code: number, memory: number, room: number): number;
  gradient(code: number, memory: number, room: number): number;
  /** The value, its gradient computed, too; NaN where `gradient` returns 1. The room's address is in the block. */
  run(code: number): number;
}

interface Known {
  readonly lengths: readonly number[];
  readonly linked: Linked;
  sweeps?: LoopSweeps | undefined;
}

export class InterpreterLoopMachine implements LoopMachine {
  readonly tape: LoopTape;
  readonly directions = 1;
  readonly #host: Host;
  readonly #wasm: Exports;
  readonly #link: (lengths: readonly number[]) => Linked;
  readonly #known: Known[] = []; // the one in force first
  #loaded: Loaded | undefined;
  #block = 0;
  #capacity = 0;
  #sweeps: LoopSweeps | undefined;
  #room = 0;
  #roomBytes = 0;
  /** Generated code was the last to run: it leaves no more than outputs and adjoints. */
  #isPartial = false;

  // views are kept until memory grows, which leaves them with length 0, or other lengths come into force
  #point: Float64Array = NOTHING;
  #data: Float64Array = NOTHING;
  #adjoint: Float64Array = NOTHING;
  #value: Float64Array = NOTHING; // the first output

  #isCounting = false;
  #steps = 0;
  /** Once code is there; renewed after memory grew or other lengths came into force. */
  hot: Hot | undefined;

  /** @param link the code for lengths in the order of tape.lengths */
  constructor(core: Core, tape: LoopTape, link: (lengths: readonly number[]) => Linked) {
    this.tape = tape;
    this.#host = new Host(core);
    this.#wasm = core.exports;
    this.#link = link;
    if (tape.lengths.length === 0) this.resize([]);
  }

  get linked(): Linked | undefined {
    return this.#loaded?.linked;
  }

  resize(lengths: readonly number[]): void {
    this.#host.check();
    const place = this.#known.findIndex((one) => one.lengths.every((length, i) => length === lengths[i]));
    if (place === 0 && this.#loaded) return;
    const next: Known = place >= 0 ? this.#known[place]! : { lengths: [...lengths], linked: this.#link(lengths) };
    const form = prepared(next.linked);
    if (form.bytes > this.#capacity) {
      const { arena } = this.#host.core;
      this.#loaded = undefined; // should there be no room
      if (this.#block) arena.give(this.#block);
      this.#block = this.#capacity = 0;
      this.#block = arena.take(form.bytes);
      this.#capacity = form.bytes;
      // elements that a program reads but never wrote are 0, not what another program left there; data are always given
      new Uint8Array(this.#wasm.memory.buffer, this.#block, form.bytes - 8 * (form.linked.size - form.linked.data)).fill(0);
    }
    if (place >= 0) this.#known.splice(place, 1);
    this.#known.unshift(next);
    this.#known.length = Math.min(this.#known.length, REMEMBERED);
    this.#loaded = write(this.#wasm.memory, this.#block, form);
    this.#sweeps = undefined;
    if (next.sweeps) this.adopt(next.sweeps);
    this.#point = this.#data = this.#adjoint = this.#value = NOTHING;
    this.#heat();
  }

  /** Takes generated code for the lengths in force; it is remembered with them. The results have the same bits. @throws OutOfMemory */
  adopt(sweeps: LoopSweeps): void {
    this.#force();
    if (sweeps.room > this.#roomBytes) {
      const { arena } = this.#host.core;
      if (this.#room) arena.give(this.#room);
      this.#room = this.#roomBytes = 0;
      this.#room = arena.take(sweeps.room);
      this.#roomBytes = sweeps.room;
    }
    this.#known[0]!.sweeps = this.#sweeps = sweeps;
    this.#heat();
  }

  #heat(): void {
    const { code, linked, outputs } = this.#force();
    const sweeps = this.#sweeps;
    if (!sweeps || this.#isCounting || linked.p === 0 || outputs === 0) this.hot = undefined;
    else {
      new Int32Array(this.#wasm.memory.buffer, code + roomAt(linked), 1)[0] = this.#room;
      const { core } = this.#host;
      this.hot = { point: this.point, adjoint: this.adjoint, run: sweeps.run, P: code, core, isCertain: false };
    }
  }

  /** Is there generated code for the lengths in force? */
  get isCompiled(): boolean {
    return this.#sweeps !== undefined;
  }

  get point(): Float64Array {
    if (this.#point.length === 0) {
      const { memory, linked } = this.#force();
      this.#point = this.#host.view(memory, linked.p);
    }
    return this.#point;
  }

  get data(): Float64Array {
    if (this.#data.length === 0) {
      const { memory, linked } = this.#force();
      this.#data = this.#host.view(memory + linked.data * F64, linked.q);
    }
    return this.#data;
  }

  get adjoint(): Float64Array {
    if (this.#adjoint.length === 0) {
      const { memory, linked } = this.#force();
      this.#adjoint = this.#host.view(memory + linked.adjoints * F64, linked.p);
    }
    return this.#adjoint;
  }

  bound(): void {
    this.#force(); // nothing is computed before a sweep
  }

  // the hot path, these two: no closure, one crossing

  forward(): number {
    const loaded = this.#force();
    this.#count(loaded.linked.steps.forward);
    let fault: number;
    try {
      if (this.#sweeps?.forward(loaded.code, loaded.memory, this.#room) === 0) {
        this.#isPartial = true;
        return this.#first(loaded);
      }
      fault = this.#wasm.loopForward(loaded.code, loaded.memory);
    } catch (cause) {
      poison(this.#host.core, cause);
    }
    if (fault) this.#fault(loaded);
    this.#isPartial = false;
    return this.#first(loaded);
  }

  gradient(): number {
    const loaded = this.#force();
    if (this.hot?.point.length === 0) this.#heat();
    this.#count(loaded.linked.steps.gradient);
    let fault: number;
    try {
      if (this.#sweeps?.gradient(loaded.code, loaded.memory, this.#room) === 0) {
        this.#isPartial = true;
        return this.#first(loaded);
      }
      fault = this.#wasm.loopGradient(loaded.code, loaded.memory, loaded.linked.p);
    } catch (cause) {
      poison(this.#host.core, cause);
    }
    if (fault) this.#fault(loaded);
    this.#isPartial = false;
    return this.#first(loaded);
  }

  reverse(seeds?: Float64Array): void {
    const loaded = this.#force();
    const { code, memory, linked } = loaded;
    this.#count(linked.steps.gradient - linked.steps.forward);
    if ((this.#isPartial || this.hot) && this.#host.enter(() => this.#wasm.loopForward(code, memory))) this.#fault(loaded);
    this.#isPartial = false;
    this.#host.enter(() => {
      this.#seed(loaded, seeds);
      if (!this.#wasm.loopReverse(code, memory, linked.p, false)) return;
      this.#seed(loaded, seeds);
      this.#wasm.loopReverse(code, memory, linked.p, true);
    });
  }

  /** Clears adjoints and sets those of the outputs. Several outputs may be one value: seeds add up. A seed of 0 opens no path. */
  #seed({ memory, linked, clear }: Loaded, seeds?: Float64Array): void {
    const adjoints = this.#host.view(memory + linked.adjoints * F64, clear);
    adjoints.fill(-0);
    let i = 0;
    for (const output of linked.outputs)
      for (let e = 0; e < output.count; e++, i++) {
        const d = seeds ? seeds[i]! : i === 0 ? 1 : 0;
        if (d !== 0 && !output.data) adjoints[output.offset + e]! += d;
      }
  }

  outputCount(): number {
    return this.#force().outputs;
  }

  output(i: number): number {
    const loaded = this.#force();
    for (const { offset, count } of loaded.linked.outputs) {
      if (i < count) return this.#host.view(loaded.memory + (offset + i) * F64, 1)[0]!;
      i -= count;
    }
    return Number.NaN;
  }

  readOutput(k: number): Float64Array {
    const { memory, linked } = this.#force();
    const { offset, count } = linked.outputs[k]!;
    return this.#host.view(memory + offset * F64, count).slice();
  }

  tangent(direction: Float64Array): Float64Array {
    const loaded = this.#force();
    const { code, memory, linked, clear, outputs } = loaded;
    const result = new Float64Array(outputs);
    this.#count(linked.steps.forward);
    for (const isGated of [false, true]) {
      const tangents = this.#host.view(memory + linked.adjoints * F64, clear);
      tangents.fill(-0);
      for (let i = 0; i < linked.p; i++) tangents[i] = isGated && direction[i] === 0 ? -0 : direction[i]!;
      if (this.#host.enter(() => this.#wasm.loopTangent(code, memory, isGated))) this.#fault(loaded);
      let i = 0;
      for (const { offset, count, data } of linked.outputs)
        for (let e = 0; e < count; e++) result[i++] = data ? 0 : tangents[offset + e]! + 0;
      if (!result.some(Number.isNaN)) break;
    }
    return result;
  }

  jacobianColumns(out: Float64Array, compression?: Compression): void {
    const { linked, outputs } = this.#force();
    const count = compression?.count ?? linked.p;
    if (count === 0) this.forward();
    eachRow(linked.p, compression, (direction, c) => {
      const tangents = this.tangent(direction);
      for (let i = 0; i < outputs; i++) out[i * count + c] = tangents[i]!;
    });
  }

  jacobianRows(out: Float64Array, compression?: Compression): void {
    const { linked, outputs } = this.#force();
    this.forward();
    eachRow(outputs, compression, (seeds, c) => {
      this.reverse(seeds);
      out.set(this.adjoint, c * linked.p);
    });
  }

  readOutputs(out: Float64Array): void {
    const { memory, linked } = this.#force();
    let i = 0;
    for (const { offset, count } of linked.outputs) {
      out.set(this.#host.view(memory + offset * F64, count), i);
      i += count;
    }
  }

  stepper(rule: UpdateRule): Stepper {
    const { p } = this.#force().linked;
    const wasm = this.#wasm;
    let loaded: Loaded; // as it is at each step
    const { step, dispose } = optimizer(this.#host, p, rule, {
      // biome-ignore format: one call, one line
      momentum: (first, rate, momentum) => {
        if (!this.#compiledGradient(loaded)) return wasm.loopMomentum(loaded.code, loaded.memory, p, first, rate, momentum);
        wasm.momentumStep(p, loaded.memory, loaded.memory + loaded.linked.adjoints * F64, first, rate, momentum);
        return 0;
      },
      // biome-ignore format: one call, one line
      adam: (first, second, rate, beta1, beta2, epsilon, c1, c2) => {
        if (!this.#compiledGradient(loaded)) return wasm.loopAdam(loaded.code, loaded.memory, p, first, second, rate, beta1, beta2, epsilon, c1, c2);
        wasm.adamStep(p, loaded.memory, loaded.memory + loaded.linked.adjoints * F64, first, second, rate, beta1, beta2, epsilon, c1, c2);
        return 0;
      },
    });
    return {
      step: (rate) => {
        loaded = this.#force();
        const now = loaded.linked.p;
        if (now !== p) fail('WrongLength', `this stepper moves ${p} parameters, and now there are ${now}`);
        this.#count(loaded.linked.steps.gradient);
        if (step(rate)) this.#fault(loaded);
        return this.#first(loaded);
      },
      dispose,
    };
  }

  countSteps(on: boolean): void {
    this.#isCounting = on;
    this.#steps = 0;
    if (this.#loaded) this.#heat();
  }

  steps(): number {
    return this.#steps;
  }

  dispose(): void {
    this.#host.dispose([this.#block, this.#room]);
    this.#known.length = 0;
  }

  #count(elements: number): void {
    if (this.#isCounting) this.#steps += elements;
  }

  /** Value and gradient by generated code; false if the interpreter has to do it. */
  #compiledGradient({ code, memory }: Loaded): boolean {
    return (this.#isPartial = this.#sweeps?.gradient(code, memory, this.#room) === 0);
  }

  /** What is loaded. */
  #force(): Loaded {
    this.#host.check();
    return this.#loaded ?? fail('DataMissing', `the lengths ${this.tape.lengths.join(', ')} are not known yet`);
  }

  #first({ linked, memory, outputs }: Loaded): number {
    if (outputs === 0) return Number.NaN;
    if (this.#value.length === 0) {
      const { offset } = linked.outputs.find(({ count }) => count > 0)!;
      this.#value = this.#host.view(memory + offset * F64, 1);
    }
    return this.#value[0]!;
  }

  /** Says what the core found. */
  #fault({ linked }: Loaded): never {
    const check = this.#wasm.loopFault();
    const value = this.#wasm.loopFaultValue();
    if (check < 0) fail('OutOfRange', `${value === ARG_MIN ? 'argMin' : 'argMax'}: there is no element in an empty list`);
    const { what, extent } = linked.checks[check]!;
    fail('OutOfRange', `${what}: ${value} is no index into ${extent} ${extent === 1 ? 'element' : 'elements'}`);
  }
}

const NOTHING = new Float64Array(0);
