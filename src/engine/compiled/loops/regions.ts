/**
 * Loops as loops: for each body a function that runs it for its iterations, or tile after tile, forward, in reverse, or both.
 *
 *     sweep(C, M, W, frame and iteration of each body around …, lanes) ─► 1 if a check failed
 *
 * What is not written here is done by the core, an instruction at a time: products and lists.
 */
import { DO } from '../../../link/code.ts';
import { I, TYPE } from '../../../wasm/encode/instructions.ts';
import { type Fn, ModuleWriter, type Signature } from '../../../wasm/encode/module.ts';
import { emitCopy, emitCopyBack, isPlainCopy } from './copy.ts';
import { leave } from './nodes.ts';
import type { Piece, Plan } from './plan.ts';
import type { Body, Code, Instruction } from './read.ts';
import { C, M, type Scope, W } from './scope.ts';
import { emitSegment } from './segment.ts';
import { add, fromSnapshots, keepSnapshot } from './snapshots.ts';
import { BLOCK, clearNumbers, endBlock, storeTotal } from './sums.ts';
import { Trace } from './trace.ts';

const { i32 } = TYPE;
const F64 = 8;

/** Of a scan that keeps snapshots also some of its steps: forward as far as what is carried, or one of them in reverse. */
export type Mode = 'forward' | 'reverse' | 'both' | 'steps' | 'step';

/** Segments of more instructions get a function of their own, and so does everything in functions that have become long. */
const LONG_PIECE = 150;
const LONG_FUNCTION = 600;

const RUN: Signature = { params: [i32, i32, i32], results: [i32] };
const PULL: Signature = { params: [i32, i32, i32], results: [] };
const OPEN: Signature = { params: [i32, i32, i32, i32], results: [] };
const AT: Signature = { params: [i32, i32, i32], results: [] };

export class Regions {
  readonly module: ModuleWriter;
  /** The most totals of a segment. */
  totals = 0;
  readonly #code: Code;
  readonly #plan: Plan;
  readonly #constants: ReadonlyMap<number, number>;
  readonly #sweeps = new Map<string, Fn>();
  readonly #lengths = new Map<Fn, number>(); // instructions
  readonly #usesCore = new Map<Body, boolean>();

  constructor(code: Code, plan: Plan, isRelaxed: boolean) {
    this.module = new ModuleWriter(isRelaxed);
    this.#code = code;
    this.#plan = plan;
    this.#constants = new Map(code.linked.constants);
  }

  /** Does the core have a part in it? Then it has to know where the bodies are. */
  usesCore(body: Body): boolean {
    let uses = this.#usesCore.get(body);
    if (uses === undefined) {
      uses = this.#plan.pieces.get(body)!.some(({ isSegment, instructions: [it], deferred }) => {
        if (isSegment) return [...deferred].some((load) => this.#code.place(this.#code.word(load, 2)).picks.length > 0);
        return this.#isCores(body, it!) || (it!.body !== undefined && this.usesCore(it!.body));
      });
      this.#usesCore.set(body, uses);
    }
    return uses;
  }

  #isCores(body: Body, it: Instruction): boolean {
    if (it.kind === DO.region) return false;
    return it.kind !== DO.copy || !isPlainCopy(this.#code, it, body.width > 1);
  }

  /** Values of pieces from … to, in instructions of the body. */
  forward(scope: Scope, pieces: readonly Piece[], to: number, keeps: boolean): void {
    for (const piece of pieces) {
      const it = piece.instructions[0]!;
      if (it.index >= to) return;
      if (piece.isSegment) this.#segment(scope, piece, (trace) => trace.forward(to, keeps));
      else if (this.#isCores(piece.body, it)) {
        this.#coreArguments(scope, it);
        scope.fn.callImport('loopRun', RUN);
        this.#end(scope.fn, it);
      } else if (it.kind === DO.copy) emitCopy(scope, it);
      else this.#call(scope, it, 'forward');
    }
  }

  /** Adjoints of pieces, the last one first. */
  reverse(scope: Scope, pieces: readonly Piece[]): void {
    for (const piece of pieces.slice().reverse()) {
      const it = piece.instructions[0]!;
      if (piece.isSegment) this.#segment(scope, piece, (trace) => trace.reverse(false));
      else if (it.kind === DO.region && !it.body!.isActive) continue;
      else if (this.#isCores(piece.body, it)) {
        this.#coreArguments(scope, it);
        scope.fn.callImport('loopPull', PULL);
      } else if (it.kind === DO.copy) emitCopyBack(scope, it);
      else this.#call(scope, it, 'reverse');
    }
  }

  /** A loop whose adjoints are known before it runs. */
  both(scope: Scope, it: Instruction): void {
    this.#call(scope, it, 'both');
  }

  #coreArguments({ fn, body, lanes }: Scope, it: Instruction): void {
    fn.i32(body.at);
    fn.i32(it.index);
    if (lanes >= 0) fn.get(lanes);
    else fn.i32(1);
  }

  #segment(scope: Scope, piece: Piece, run: (trace: Trace) => void): void {
    const length = (this.#lengths.get(scope.fn) ?? 0) + piece.instructions.length;
    if (piece.instructions.length <= LONG_PIECE && length <= LONG_FUNCTION) {
      this.#lengths.set(scope.fn, length);
      this.#trace(scope, piece, run);
      return;
    }
    const fn = this.module.fn({ params: new Array<TYPE>(3 + scope.passed().length).fill(i32), results: [i32] });
    this.#trace(scope.inside(fn, piece.body), piece, run);
    fn.i32(0);
    this.#arguments(scope);
    scope.fn.call(fn);
    leave(scope.fn);
  }

  #trace(scope: Scope, piece: Piece, run: (trace: Trace) => void): void {
    const trace = new Trace(scope, this.#plan, piece, this.#constants);
    run(trace);
    this.totals = Math.max(this.totals, emitSegment(scope, trace));
  }

  #arguments(scope: Scope): void {
    for (const local of [C, M, W, ...scope.passed()]) scope.fn.get(local);
  }

  #call(scope: Scope, it: Instruction, mode: Mode): void {
    const sweep = this.#sweep(scope, it.body!, mode);
    this.#arguments(scope);
    scope.fn.call(sweep);
    this.#end(scope.fn, it);
  }

  /** After a call that leaves 1 if a check failed. */
  #end(fn: Fn, it: Instruction): void {
    if (this.#code.mayFail(it)) leave(fn);
    else fn.op(I.drop);
  }

  #sweep(around: Scope, body: Body, mode: Mode): Fn {
    const key = `${body.at} ${mode}`;
    let fn = this.#sweeps.get(key);
    if (!fn) {
      const passed = 3 + around.passed().length;
      const isPart = mode === 'steps' || mode === 'step';
      fn = this.module.fn({ params: new Array<TYPE>(passed + (isPart ? 2 : 0)).fill(i32), results: [i32] });
      this.#sweeps.set(key, fn);
      const scope = around.inside(fn, body);
      if (body.width === 1) scope.lanes = -1;
      if (isPart) this.#steps(scope, body, mode, passed);
      else if (mode === 'reverse' && body.snapshots > 0) this.#fromSnapshots(around.inside(fn, body), body);
      else this.#write(scope, body, mode);
      fn.i32(0);
    }
    return fn;
  }

  #write(scope: Scope, body: Body, mode: Mode): void {
    const { fn } = scope;
    const { n, tile, stride } = body;
    const keeps = mode === 'forward' && body.snapshots > 0 && body.isActive;
    const [next, kept] = [fn.local(i32), fn.local(i32)]; // the step before which to take a snapshot, and how many there are
    const isDown = body.isScan && mode === 'reverse';
    const sums = mode === 'reverse' ? [] : body.list.slice(body.list.length - body.sums);
    const [frame, iteration] = [fn.local(i32), fn.local(i32)];
    const outer = scope.lanes; // lanes around
    const root = body.base === 0 ? M : scope.frames.get(body.base)!;
    scope.frames.set(body.register, frame);
    scope.iterations.set(body.register, iteration);
    if (tile > 1) scope.lanes = fn.local(i32);
    if (n > 0) {
      for (const sum of sums) clearNumbers(fn, this.#code.word(sum, 3) * F64, tile > 1 ? 1 : 8 * body.width);
      fn.get(root);
      fn.i32((body.frame + (isDown ? (n - 1) * stride : 0)) * F64);
      fn.op(I.i32Add);
      fn.set(frame);
      fn.i32(isDown ? n - 1 : 0);
      fn.set(iteration);
      if (this.usesCore(body)) this.#open(scope, body);
      if (keeps) {
        fn.i32(0);
        fn.set(next);
        fn.i32(0);
        fn.set(kept);
      }
      fn.open(I.loop);
      if (tile > 1) this.#lanes(scope, body);
      if (this.usesCore(body)) this.#at(scope, body);
      if (n > BLOCK && tile === 1) for (const sum of sums) endBlock(scope, body, sum);
      if (keeps) keepSnapshot(fn, body, iteration, next, kept);
      this.#iteration(scope, body, mode);
      if (stride > 0) {
        fn.get(frame);
        fn.i32((isDown ? -stride : stride) * F64);
        fn.op(I.i32Add);
        fn.set(frame);
      }
      fn.get(iteration);
      fn.i32(isDown ? -1 : tile);
      fn.op(I.i32Add);
      fn.tee(iteration);
      fn.i32(isDown ? 0 : n);
      fn.op(isDown ? I.i32GeS : I.i32LtS);
      fn.branch(I.brIf, 0);
      fn.op(I.end);
    }
    for (const sum of sums) storeTotal(scope, body, sum, outer);
  }

  /** Steps of a scan from the one in a parameter on: up to that in the next one, or only that in reverse. */
  #steps(scope: Scope, body: Body, mode: Mode, from: number): void {
    const { fn } = scope;
    const frame = fn.local(i32);
    fn.get(body.base === 0 ? M : scope.frames.get(body.base)!);
    fn.i32(body.frame * F64);
    fn.op(I.i32Add);
    fn.set(frame);
    scope.frames.set(body.register, frame);
    scope.iterations.set(body.register, from);
    if (this.usesCore(body)) this.#open(scope, body);
    fn.open(I.loop);
    if (this.usesCore(body)) this.#at(scope, body);
    this.#iteration(scope, body, mode === 'step' ? 'reverse' : mode);
    add(fn, from, 1);
    fn.get(from);
    fn.get(from + 1);
    fn.op(I.i32LtS);
    fn.branch(I.brIf, 0);
    fn.op(I.end);
  }

  #fromSnapshots(scope: Scope, body: Body): void {
    fromSnapshots(scope.fn, body, (mode, from, to) => {
      const sweep = this.#sweep(scope, body, mode);
      this.#arguments(scope);
      scope.fn.get(from);
      scope.fn.get(to);
      scope.fn.call(sweep);
      scope.fn.op(I.drop); // what was checked before fits again
    });
  }

  #iteration(scope: Scope, body: Body, mode: Mode): void {
    const pieces = this.#plan.pieces.get(body)!;
    const all = body.list.length;
    if (mode === 'forward') return this.forward(scope, pieces, all, body.stride > 0);
    if (mode === 'steps') return this.forward(scope, pieces, body.carried, false);
    const runs = mode === 'both' ? all : body.stride === 0 ? body.main : 0; // instructions to be computed first
    const last = pieces.at(-1);
    const isOne = runs > 0 && last?.isSegment === true;
    const before = isOne ? pieces.slice(0, -1) : pieces;
    if (runs > 0) this.forward(scope, before, runs, true);
    if (this.#readsAdjoints(body)) clearNumbers(scope.fn, (this.#code.linked.adjoints + body.adjoint) * F64, body.clear);
    if (isOne)
      this.#segment(scope, last, (trace) => {
        trace.forward(runs, false);
        trace.reverse(true);
      });
    this.reverse(scope, before);
  }

  /** Are adjoints of a body read in memory? Those that are reached from the only piece are in locals, but for arrays. */
  #readsAdjoints(body: Body): boolean {
    const isOwn = (it: Instruction): boolean => this.#code.place(this.#code.word(it, 2)).register === body.register;
    return this.#plan.pieces.get(body)!.length > 1 || body.list.some((it) => it.kind === DO.store && isOwn(it));
  }

  /** Lanes of the tile at hand. */
  #lanes({ fn, iterations, lanes }: Scope, { register, n, tile }: Body): void {
    if (n % tile === 0 || n < tile) fn.i32(Math.min(n, tile));
    else {
      // min(tile, n − iteration)
      fn.i32(tile);
      fn.i32(n);
      fn.get(iterations.get(register)!);
      fn.op(I.i32Sub);
      fn.tee(lanes);
      fn.get(lanes);
      fn.i32(tile);
      fn.op(I.i32GtS);
      fn.op(I.select);
    }
    fn.set(lanes);
  }

  #open({ fn, frames }: Scope, { register, adjoint, width }: Body): void {
    fn.i32(register);
    fn.get(frames.get(register)!);
    fn.get(M);
    fn.i32((this.#code.linked.adjoints + adjoint) * F64);
    fn.op(I.i32Add);
    fn.i32(width > 1 ? F64 : 0);
    fn.callImport('loopOpen', OPEN);
  }

  #at({ fn, frames, iterations }: Scope, { register }: Body): void {
    fn.i32(register);
    fn.get(frames.get(register)!);
    fn.get(iterations.get(register)!);
    fn.callImport('loopAt', AT);
  }
}
