/** The words of linked code, as code.ts describes them. */
import type { Instruction, LoopTape, View } from '../tape/loops/layout.ts';
import type { Active } from './active.ts';
import { BODY, DO, HEAD, type Linked, ONCE } from './code.ts';
import type { First } from './first.ts';
import { type Frames, registerOf } from './frames.ts';
import type { Order } from './fuse.ts';
import type { Lanes } from './lanes.ts';
import type { Merged } from './merge.ts';
import type { Loop, Nest } from './nest.ts';
import { Places } from './places.ts';
import { scratchOf } from './scratch.ts';
import { stepsOf } from './steps.ts';
import type { Uniform } from './uniform.ts';
import { type Whole, without } from './whole.ts';

export interface Parts {
  readonly nest: Nest;
  readonly active: Active;
  readonly order: Order;
  readonly lanes: Lanes;
  readonly uniform: Uniform;
  readonly merged: Merged;
  readonly first: First;
  readonly frames: Frames;
  readonly whole: Whole;
}

export function emit(parts: Parts): Linked {
  const { nest, frames, order, whole } = parts;
  const { tape, sizes } = nest;
  const emitter = new Emitter(parts);
  emitter.body(0);
  const { code } = emitter;
  const outputs = outputsOf(tape, parts);
  const size = frames.size + scratchOf(parts);
  /** Ranges of main's adjoints, without these arrays. */
  const ranges = (n: number, arrays: ReadonlySet<number>): number => {
    const list = without(
      n,
      [...arrays].map((array) => [frames.array[array]!, sizes[tape.blocks[array]!.size]!]),
    );
    return code.push(list.length / 2, ...list) - list.length - 1;
  };
  const head: Record<number, number> = {
    [HEAD.main]: bodyAt(0),
    [HEAD.pre]: emitter.pre,
    [HEAD.fused]: emitter.fused,
    [HEAD.all]: code[bodyAt(0) + BODY.all]!,
    [HEAD.data]: frames.data,
    [HEAD.adjoints]: frames.adjoints,
    [HEAD.clear]: frames.mirror,
    [HEAD.scratch]: frames.size,
    [HEAD.size]: size,
    [HEAD.output]: outputs[0]?.offset ?? 0,
    [HEAD.clears]: ranges(frames.mirror, whole.stored),
    [HEAD.settles]: ranges(frames.p, whole.settled),
  };
  for (const [word, value] of Object.entries(head)) code[Number(word)] = value;
  const { p, q, data, adjoints } = frames;
  const steps = stepsOf(nest, frames, parts.merged, order.bodies);
  return {
    code: Int32Array.from(code),
    p,
    q,
    data,
    adjoints,
    size,
    sizes,
    constants: emitter.constants,
    outputs,
    checks: emitter.checks,
    steps,
  };
}

/** Where the words of a body lie. */
function bodyAt(body: number): number {
  return HEAD.words + body * BODY.words;
}

function outputsOf(tape: LoopTape, { nest, frames }: Parts): Linked['outputs'] {
  return tape.outputs.map(({ from, shape }) => {
    const count = shape.reduce((product, id) => product * nest.sizes[id]!, 1);
    if ('value' in from) {
      const word = frames.operand[from.value]!;
      const data = word >>> 24 === 1;
      return { offset: (word & 0xffffff) + (data ? frames.data : 0), count: 1, data };
    }
    const data = tape.blocks[from.array]!.kind === 'data';
    return { offset: frames.array[from.array]! + (data ? frames.data : 0), count, data };
  });
}

class Emitter {
  readonly code: number[];
  readonly constants: [number, number][] = [];
  readonly checks: { what: string; extent: number }[] = [];
  pre = 0;
  fused = 0;
  readonly #parts: Parts;
  readonly #places: Places;
  #once = 0; // ONCE in bodies that are the same in all lanes

  constructor(parts: Parts) {
    const { nest, frames, lanes, uniform } = parts;
    this.#parts = parts;
    this.code = new Array(bodyAt(nest.tape.bodies.length)).fill(0);
    this.#places = new Places(this.code, nest, frames, lanes, uniform);
  }

  /** Emits a body, and those in it. */
  body(body: number): void {
    const { nest, frames, lanes, order } = this.#parts;
    const { code } = this;
    const run = nest.runs[body];
    const frame = frames.bodies[body]!;
    const list: number[] = [];
    const around = this.#once;
    this.#once = this.#parts.uniform.bodies[body]! * ONCE;
    if (run?.kind === 'scan') this.#fromCells(body, run, list, body, 'in');
    const written = body === 0 ? order.code : nest.tape.bodies[body]!.code;
    written.forEach((it, i) => {
      if (body === 0 && i === order.pre) this.pre = list.length;
      if (body === 0 && i === order.fused) this.fused = list.length;
      this.#instruction(it, body, list);
    });
    if (body === 0 && order.pre === written.length) this.pre = list.length;
    if (body === 0 && order.fused === written.length) this.fused = list.length;
    const main = list.length;
    if (run?.kind === 'scan') this.#intoCells(body, run, list, body, 'next');
    const carried = list.length;
    if (run) this.#results(body, run, list);
    this.#once = around;
    const words: Record<number, number> = {
      [BODY.register]: registerOf(nest, body),
      [BODY.n]: nest.count[body]!,
      [BODY.tile]: lanes.tile[body]!,
      [BODY.width]: lanes.width[body]!,
      [BODY.base]: frame.base,
      [BODY.frame]: frame.frame,
      [BODY.stride]: frame.stride,
      [BODY.adjoint]: frame.adjoint,
      [BODY.clear]: frame.clear,
      [BODY.list]: code.length,
      [BODY.main]: main,
      [BODY.carried]: carried,
      [BODY.all]: list.length,
      [BODY.scan]: Number(run?.kind === 'scan'),
      [BODY.cells]: frame.cells,
      [BODY.cellCount]: frame.cellCount,
      [BODY.saved]: frame.saved,
      [BODY.snapshots]: frame.snapshots,
      [BODY.marks]: frame.marks,
      [BODY.sums]: run?.sums.length ?? 0,
      [BODY.own]: frame.own,
    };
    for (const [word, value] of Object.entries(words)) code[bodyAt(body) + Number(word)] = value;
    for (const at of list) code.push(at);
  }

  #emit(list: number[], ...words: number[]): void {
    list.push(this.code.length);
    words[0]! |= this.#once;
    this.code.push(...words);
  }

  #instruction(it: Instruction, body: number, list: number[]): void {
    const { nest, frames, active, first } = this.#parts;
    const { operand } = frames;
    const size = (id: number): number => nest.sizes[id]!;
    const { uniform, lanes } = this.#parts;
    const once = (out: number): number => uniform.values[out]! * ONCE;
    const onceInto = (array: number): number => Number(lanes.width[body]! > 1 && uniform.width[array] === 1) * ONCE;
    switch (it.kind) {
      case 'constant':
        this.constants.push([operand[it.out]! & 0xffffff, it.value]);
        return;
      case 'size':
        this.constants.push([operand[it.out]! & 0xffffff, size(it.size)]);
        return;
      case 'index':
        return this.#emit(list, DO.index | once(it.out), operand[it.out]!);
      case 'op': {
        const args = it.args.map((arg) => operand[arg]!);
        let mask = (first.bits.get(it) ?? 0) << 3;
        it.args.forEach((arg, j) => {
          if (active.values[it.out]) mask |= active.values[arg]! << j;
        });
        while (args.length < 3) args.push(args[args.length - 1]!);
        return this.#emit(list, word0(DO.op, it.op, mask) | once(it.out), operand[it.out]!, ...args);
      }
      case 'load': {
        if (nest.inputs.aliases.has(it.out)) return; // read where it lies
        const [place] = this.#places.of(it.from, body);
        return this.#emit(list, word0(DO.load, 0, active.arrays[it.from.array]!) | once(it.out), operand[it.out]!, place);
      }
      case 'check':
        this.checks.push({ what: it.what, extent: size(it.extent) });
        return this.#emit(
          list,
          DO.check | once(it.out),
          operand[it.out]!,
          operand[it.a]!,
          size(it.extent),
          this.checks.length - 1,
        );
      case 'store': {
        const [place] = this.#places.of(it.into, body);
        return this.#emit(
          list,
          word0(DO.store, 0, active.values[it.a]! | (active.arrays[it.into.array]! << 1)) | onceInto(it.into.array),
          operand[it.a]!,
          place,
          0,
        );
      }
      case 'copy': {
        if (this.#parts.merged.copies.has(it)) return;
        const [into, step] = this.#view(it.into, body);
        return this.#copy(
          list,
          size(it.n),
          it.from,
          body,
          into,
          step,
          active.arrays[it.into.from.array]!,
          0,
          onceInto(it.into.from.array),
        );
      }
      case 'reduce': {
        const [a, aBy] = this.#view(it.a, body);
        const kept = frames.lists.get(it) ?? 0;
        const [b, bBy] = it.b ? this.#view(it.b, body) : [a, aBy];
        const has = active.values[it.out]!;
        const mask = (has & active.arrays[it.a.from.array]!) | (it.b ? (has & active.arrays[it.b.from.array]!) << 1 : 0);
        return this.#emit(list, word0(DO.reduce, it.op, mask) | once(it.out), operand[it.out]!, size(it.n), a, aBy, b, bBy, kept);
      }
      case 'contract': {
        const [a, ea] = this.#places.of(it.a.from, body);
        const [b, eb] = this.#places.of(it.b.from, body);
        const width = uniform.width[it.array]!;
        const c = this.#places.place(registerOf(nest, body), frames.array[it.array]!, Number(width > 1), new Map(), []);
        const whole = this.#parts.whole.bits.get(it) ?? 0;
        const mask = active.arrays[it.a.from.array]! | (active.arrays[it.b.from.array]! << 1) | ((whole & 3) << 3);
        const strides = [size(it.a.rowBy) * ea, size(it.a.colBy) * ea, b, size(it.b.rowBy) * eb, size(it.b.colBy) * eb];
        return this.#emit(
          list,
          word0(DO.contract, whole >> 2, mask) | onceInto(it.array),
          size(it.m),
          size(it.n),
          size(it.k),
          a,
          ...strides,
          c,
          size(it.n) * width,
          width,
        );
      }
      case 'scatter': {
        const width = uniform.width[it.array]!;
        const into = this.#places.place(registerOf(nest, body), frames.array[it.array]!, Number(width > 1), new Map(), []);
        const m = size(nest.tape.blocks[it.array]!.size);
        const [from, at] = [this.#view(it.from, body), this.#view(it.at, body)];
        const mask = active.arrays[it.from.from.array]!;
        return this.#emit(list, word0(DO.scatter, 0, mask) | onceInto(it.array), m, size(it.n), ...from, ...at, into, width);
      }
      case 'region':
        this.body(it.body);
        return this.#emit(list, word0(DO.region, 0, this.#returns(it)) | (uniform.bodies[it.body]! * ONCE), bodyAt(it.body));
      case 'scan':
        this.body(it.body);
        this.#intoCells(it.body, it, list, body, 'init');
        this.#emit(list, word0(DO.region, 0, this.#returns(it)), bodyAt(it.body));
        this.#fromCells(it.body, it, list, body, 'out');
    }
  }

  /** Does any result of a loop have an adjoint? */
  #returns(it: Loop): number {
    const { values, arrays } = this.#parts.active;
    const carries = it.kind === 'scan' ? it.carries : [];
    const any =
      it.sums.some(({ out }) => values[out]) ||
      it.stacks.some(({ into }) => arrays[into]) ||
      carries.some((carry) => (carry.kind === 'number' ? values[carry.out] : arrays[carry.out]));
    return Number(any);
  }

  #view({ from, by }: View, body: number): [place: number, step: number] {
    const [place, element] = this.#places.of(from, body);
    return [place, this.#parts.nest.sizes[by]! * element];
  }

  #copy(
    list: number[],
    n: number,
    from: View,
    body: number,
    into: number,
    step: number,
    has: number,
    move: number,
    once = 0,
  ): void {
    const [place, by] = this.#view(from, body);
    this.#emit(
      list,
      word0(DO.copy, 0, this.#parts.active.arrays[from.from.array]! | (has << 1)) | once,
      n,
      place,
      by,
      into,
      step,
      move,
    );
  }

  /** What is carried goes into the cells: first of all from around the loop, then from each iteration … */
  #intoCells(body: number, run: Extract<Loop, { kind: 'scan' }>, list: number[], where: number, from: 'init' | 'next'): void {
    const { nest, frames, active, lanes } = this.#parts;
    run.carries.forEach((carry, i) => {
      const cell = this.#places.fixed(frames.bodies[body]!.carries[i]!, body);
      if (carry.kind === 'array') this.#copy(list, nest.sizes[carry.n]!, carry[from], where, cell, lanes.width[body]!, 1, 1);
      else this.#emit(list, word0(DO.store, 0, active.values[carry[from]]! | 2), frames.operand[carry[from]]!, cell, 1);
    });
  }

  /** … and out of them, into each iteration, and in the end to what is around. */
  #fromCells(body: number, run: Extract<Loop, { kind: 'scan' }>, list: number[], where: number, to: 'in' | 'out'): void {
    const { nest, frames, active, lanes } = this.#parts;
    run.carries.forEach((carry, i) => {
      const cell = this.#places.fixed(frames.bodies[body]!.carries[i]!, body);
      const width = lanes.width[body]!;
      if (carry.kind === 'number') {
        this.#emit(list, word0(DO.load, 0, active.values[carry.in]!), frames.operand[carry[to]]!, cell);
        return;
      }
      const array = this.#places.place(registerOf(nest, where), frames.array[carry[to]]!, Number(width > 1), new Map(), []);
      this.#emit(list, word0(DO.copy, 0, active.arrays[carry.in]! * 3), nest.sizes[carry.n]!, cell, width, array, width, 0);
    });
  }

  /** Stacks and sums. */
  #results(body: number, run: Loop, list: number[]): void {
    const { nest, frames, active, lanes, uniform } = this.#parts;
    const { parent } = nest.tape.bodies[body]!;
    for (const stack of run.stacks) {
      const n = 'view' in stack ? nest.sizes[stack.n]! : 1;
      const element = uniform.width[stack.into]!;
      const register = registerOf(nest, parent);
      const lane = lanes.tile[body]! > 1 ? n : Number(lanes.width[body]! > 1);
      const place = this.#places.place(register, frames.array[stack.into]!, lane, new Map([[body, n * element]]), []);
      if ('view' in stack) this.#copy(list, n, stack.view, body, place, element, active.arrays[stack.into]!, 0);
      else
        this.#emit(
          list,
          word0(DO.store, 0, active.values[stack.value]! | (active.arrays[stack.into]! << 1)),
          frames.operand[stack.value]!,
          place,
          0,
        );
    }
    run.sums.forEach(({ value, out }, i) => {
      const mask = active.values[value]! & active.values[out]!;
      this.#emit(list, word0(DO.sum, 0, mask), frames.operand[value]!, frames.operand[out]!, frames.bodies[body]!.sums[i]!);
    });
  }
}

function word0(kind: DO, op: number, mask: number): number {
  return kind | (op << 8) | (mask << 16);
}
