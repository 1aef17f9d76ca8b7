/**
 * A module as it is written: functions, what they import, what it exports.
 *
 * An imported function is known by its name from its first use on. As functions that are defined come after those that
 * are imported, calls of them are written down as places, and filled in at the end, when all imports are known.
 */
import { Bytes } from './bytes.ts';
import { I, TYPE, V } from './instructions.ts';

export interface Signature {
  readonly params: readonly TYPE[];
  readonly results: readonly TYPE[];
}

/** Bytes of the number of a function that is not known yet. */
const PADDED = 5;

/** The body of a function: locals and instructions. */
export class Fn {
  code: Bytes = new Bytes();
  readonly signature: Signature;
  /** Calls of functions of this module: where their number is to be written, and which function. */
  readonly calls: { at: number; readonly to: Fn }[] = [];
  readonly #module: ModuleWriter;
  readonly #locals: TYPE[] = [];
  readonly #free = new Map<TYPE, number[]>();
  /** The last local.set, and where it is. */
  readonly #set = { local: -1, code: this.code, at: 0, end: -1 };

  constructor(module: ModuleWriter, signature: Signature) {
    this.#module = module;
    this.signature = signature;
  }

  /** May the module use relaxed SIMD? */
  get isRelaxed(): boolean {
    return this.#module.isRelaxed;
  }

  /** A fresh local, or one that was given back. */
  local(type: TYPE): number {
    return this.#free.get(type)?.pop() ?? this.fresh(type);
  }

  /** A local that nothing written so far uses, so that it can be alive all along. */
  fresh(type: TYPE): number {
    return this.signature.params.length + this.#locals.push(type) - 1;
  }

  /** The local may serve for something else. */
  release(type: TYPE, local: number): void {
    const free = this.#free.get(type);
    if (free) free.push(local);
    else this.#free.set(type, [local]);
  }

  get locals(): readonly TYPE[] {
    return this.#locals;
  }

  /** What `write` writes, which goes where the caller puts it. It must not call functions of this module. */
  aside(write: () => void): Uint8Array {
    const { code } = this;
    this.code = new Bytes();
    write();
    const written = this.code.view();
    this.code = code;
    return written;
  }

  /** Puts what `write` writes before everything. It must not call functions of this module. */
  prepend(write: () => void): void {
    const { code } = this;
    const first = this.aside(write).slice();
    this.code = new Bytes();
    this.code.append(first);
    this.code.append(code.view());
    for (const call of this.calls) call.at += first.length;
  }

  /** An instruction without immediates. */
  op(op: I): void {
    this.code.byte(op);
  }
  /** An instruction on vectors without immediates. */
  vector(op: V): void {
    this.code.byte(0xfd);
    this.code.unsigned(op);
  }
  get(local: number): void {
    const { code } = this;
    // what was set a moment ago stays on the stack as well
    const last = this.#set;
    if (local === last.local && code === last.code && code.size === last.end) {
      code.change(last.at, I.tee);
      last.end = -1;
    } else {
      code.byte(I.get);
      code.unsigned(local);
    }
  }
  set(local: number): void {
    const { code } = this;
    const last = this.#set;
    last.code = code;
    last.at = code.size;
    code.byte(I.set);
    code.unsigned(local);
    last.local = local;
    last.end = code.size;
  }
  tee(local: number): void {
    this.code.byte(I.tee);
    this.code.unsigned(local);
  }
  i32(x: number): void {
    this.code.byte(I.i32Const);
    this.code.signed(x);
  }
  f64(x: number): void {
    this.code.byte(I.f64Const);
    this.code.f64(x);
  }
  /** A pair, both lanes x. */
  f64x2(x: number): void {
    this.vector(V.const);
    this.code.f64(x);
    this.code.f64(x);
  }
  /** i32Load, f64Load, i32Store or f64Store at the address on the stack plus `offset` bytes. */
  memory(op: I.i32Load | I.f64Load | I.i32Store | I.f64Store, offset: number): void {
    this.code.byte(op);
    this.code.byte(op === I.i32Load || op === I.i32Store ? 2 : 3); // log2 of the alignment
    this.code.unsigned(offset);
  }
  /** A load or store of a vector or of one lane. */
  vectorMemory(op: V, offset: number, lane?: number): void {
    this.vector(op);
    this.code.byte(3);
    this.code.unsigned(offset);
    if (lane !== undefined) this.code.byte(lane);
  }
  /** A vector of bytes of two, by their numbers: 0 to 15 of the first, 16 to 31 of the second. */
  shuffle(bytes: readonly number[]): void {
    this.vector(V.shuffle);
    for (const byte of bytes) this.code.byte(byte);
  }
  /** f64Extract or f64Replace. */
  lane(op: V.f64Extract | V.f64Replace, lane: number): void {
    this.vector(op);
    this.code.byte(lane);
  }
  /** block, loop or if, which leaves nothing or one number. */
  open(op: I.block | I.loop | I.if, type: TYPE = TYPE.none): void {
    this.code.byte(op);
    this.code.byte(type);
  }
  /** br or brIf to the depth-th block around. */
  branch(op: I.br | I.brIf, depth: number): void {
    this.code.byte(op);
    this.code.unsigned(depth);
  }
  /** Calls an imported function. */
  callImport(name: string, signature: Signature): void {
    this.code.byte(I.call);
    this.code.unsigned(this.#module.importFunction(name, signature));
  }
  /** Calls a function of this module. */
  call(to: Fn): void {
    this.code.byte(I.call);
    this.calls.push({ at: this.code.size, to });
    for (let i = 1; i < PADDED; i++) this.code.byte(0x80);
    this.code.byte(0);
  }
}

/** Everything imported comes from one module of this name. */
export const CORE = 'core';

export class ModuleWriter {
  readonly isRelaxed: boolean;
  readonly #imports: { readonly name: string; readonly type: number }[] = [];
  readonly #importOf = new Map<string, number>();
  readonly #types: Signature[] = [];
  readonly #typeOf = new Map<string, number>();
  readonly #functions: Fn[] = [];
  readonly #exports: { readonly name: string; readonly fn: Fn }[] = [];

  /** @param isRelaxed it will run where there is relaxed SIMD, and may use it */
  constructor(isRelaxed = false) {
    this.isRelaxed = isRelaxed;
  }

  /** Names of the functions imported so far. */
  get imports(): readonly string[] {
    return this.#imports.map(({ name }) => name);
  }

  /** The number of an imported function. */
  importFunction(name: string, signature: Signature): number {
    let index = this.#importOf.get(name);
    if (index === undefined) {
      index = this.#imports.push({ name, type: this.#type(signature) }) - 1;
      this.#importOf.set(name, index);
    }
    return index;
  }

  /** A function to be filled; with a name it is exported. */
  fn(signature: Signature, exported?: string): Fn {
    const fn = new Fn(this, signature);
    this.#functions.push(fn);
    if (exported !== undefined) this.#exports.push({ name: exported, fn });
    return fn;
  }

  /** The module. It imports its memory, too. */
  bytes(): Uint8Array<ArrayBuffer> {
    const out = new Bytes();
    for (const byte of [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) out.byte(byte);
    const typesOf = this.#functions.map(({ signature }) => this.#type(signature)); // before the types are written
    section(out, 1, this.#types, (to, { params, results }) => {
      to.byte(0x60);
      types(to, params);
      types(to, results);
    });
    section(out, 2, [undefined, ...this.#imports], (to, given) => {
      to.name(CORE);
      to.name(given?.name ?? 'memory');
      to.byte(given ? 0 : 2);
      to.unsigned(given?.type ?? 0); // a memory: no maximum
      if (!given) to.unsigned(1); // at least one page
    });
    section(out, 3, typesOf, (to, type) => to.unsigned(type));
    const first = this.#imports.length;
    section(out, 7, this.#exports, (to, { name, fn }) => {
      to.name(name);
      to.byte(0);
      to.unsigned(first + this.#functions.indexOf(fn));
    });
    const numbers = new Map(this.#functions.map((fn, i) => [fn, first + i]));
    section(out, 10, this.#functions, (to, fn) => {
      const code = fn.code.view();
      for (const { at, to: callee } of fn.calls) {
        let rest = numbers.get(callee)!;
        for (let i = 0; i < PADDED; i++, rest >>>= 7) code[at + i] = (rest & 127) | (i < PADDED - 1 ? 128 : 0);
      }
      const body = new Bytes();
      const runs = runsOf(fn.locals);
      body.unsigned(runs.length);
      for (const { type, count } of runs) {
        body.unsigned(count);
        body.byte(type);
      }
      body.append(code);
      body.byte(I.end);
      to.block(body);
    });
    return out.view().slice();
  }

  #type(signature: Signature): number {
    const key = `${signature.params} ${signature.results}`;
    let type = this.#typeOf.get(key);
    if (type === undefined) {
      type = this.#types.push(signature) - 1;
      this.#typeOf.set(key, type);
    }
    return type;
  }
}

function section<T>(out: Bytes, id: number, items: readonly T[], write: (to: Bytes, item: T) => void): void {
  const body = new Bytes();
  body.unsigned(items.length);
  for (const item of items) write(body, item);
  out.byte(id);
  out.block(body);
}

function types(to: Bytes, list: readonly TYPE[]): void {
  to.unsigned(list.length);
  for (const type of list) to.byte(type);
}

/** Locals of one type beside each other are declared together. */
function runsOf(locals: readonly TYPE[]): { type: TYPE; count: number }[] {
  const runs: { type: TYPE; count: number }[] = [];
  for (const type of locals) {
    const last = runs.at(-1);
    if (last?.type === type) last.count++;
    else runs.push({ type, count: 1 });
  }
  return runs;
}
