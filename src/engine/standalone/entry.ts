/**
 * The module around a body: exports that a host of any kind can use, with fixed arguments for the sweeps. It imports the sweeps
 * and the memory; the linker puts them inside.
 *
 *     memory                       all buffers lie in it, as little-endian doubles
 *     value() → f64                from what is in `point` and `data`
 *     valueAndGradient() → f64     and leaves the gradient in `gradient`; only where there is one output
 *     point, pointLength           where the differentiated inputs lie: address in bytes, number of doubles; i32 constants
 *     gradient                     as many doubles as `point`
 *     data, dataLength             inputs that are not differentiated
 *     output, outputLength         all outputs of the last sweep; only where there are several
 *     fault() → i32                only of programs with loops: 0; or why the last sweep returned NaN: a computed index left its
 *                                  array (k > 0: check k − 1 of the description), or the smallest of nothing was asked for (−1)
 *     faultIndex() → f64           the index in question
 *
 * Inputs that nobody has written are NaN: to forget one does not go unnoticed. A sweep that ends in a fault leaves NaN in `gradient`.
 */
import { KIND, MAGIC, SECTION, Writer } from '../../wasm/link/bytes.ts';
import type { Body, Call, Stretch } from './body.ts';

/** The global that says what went wrong. */
const FAULT = 0;

const I32 = 0x7f;
const F64 = 0x7c;
const PAGE = 65536;

// instructions
const [LOOP, IF, ELSE, END, BR_IF, CALL, SELECT] = [0x03, 0x04, 0x05, 0x0b, 0x0d, 0x10, 0x1b];
const [GET, SET, TEE, GLOBAL_GET, GLOBAL_SET] = [0x20, 0x21, 0x22, 0x23, 0x24];
const [I32_LOAD, F64_LOAD, I32_CONST, F64_CONST] = [0x28, 0x2b, 0x41, 0x44];
const [I32_LT_U, I32_GE_S, I32_ADD] = [0x49, 0x4e, 0x6a];
const EMPTY = 0x40;
const COPY = [0xfc, 10, 0, 0];
const FILL = [0xfc, 11, 0];

type Type = readonly [parameters: readonly number[], results: readonly number[]];

/** Signatures of what is called, by name, and those of the code of loops. */
const TYPES: Readonly<Record<string, Type>> = {
  start: [[I32], []],
  bound: [[I32], []],
  evaluate: [[I32], [F64]],
  gradient: [[I32], [F64]],
  rows: [[I32, I32, I32, I32], [F64]],
  'loops forward': [[I32, I32, I32], [I32]],
  'loops gradient': [[I32, I32, I32], [I32]],
  loopForward: [[I32, I32], [I32]],
  loopGradient: [[I32, I32, I32], [I32]],
  loopFault: [[], [I32]],
  loopFaultValue: [[], [F64]],
};

/** What a module has in it beside a body. */
export interface Options {
  /** All outputs are copied side by side. */
  readonly hasSeveralOutputs: boolean;
  /** Numbers for the data; without: NaN. */
  readonly data?: Float64Array;
}

/** Writes that module. */
export function entryModule(body: Body, options: Options): Uint8Array {
  return new EntryWriter(body, options).write();
}

interface Function {
  readonly type: Type;
  readonly locals: number;
  readonly code: Uint8Array;
}

class EntryWriter {
  readonly #body: Body;
  readonly #options: Options;
  readonly #types: Type[] = [];
  readonly #imports: { readonly module: string; readonly name: string; readonly type: number }[] = [];
  readonly #functions: Function[] = [];
  readonly #exports: { readonly name: string; readonly kind: KIND; readonly index: number }[] = [];
  readonly #constants: number[] = []; // the globals behind FAULT
  readonly #memory: { at: number; bytes: Uint8Array }[];
  #end: number;

  constructor(body: Body, options: Options) {
    this.#body = body;
    this.#options = options;
    this.#memory = [...body.memory];
    this.#end = body.end;
  }

  write(): Uint8Array {
    const { point, gradient, data, value, gradientSweep, start, result } = this.#body;
    const { hasSeveralOutputs } = this.#options;
    for (const one of [...start, ...value, ...gradientSweep])
      for (let call: Call | undefined = one; call; call = call.otherwise) this.#import(call.module, call.name);
    if (result !== 'value') for (const name of ['loopFault', 'loopFaultValue']) this.#import('core', name);

    if (this.#options.data) this.#memory.push({ at: data.at, bytes: new Uint8Array(this.#options.data.slice().buffer) });
    const output = hasSeveralOutputs ? this.#reserveOutput() : undefined;
    this.#exports.push({ name: 'memory', kind: KIND.memory, index: 0 });
    this.#function('value', [[], [F64]], 3, this.#sweep(value, output));
    if (!hasSeveralOutputs) this.#function('valueAndGradient', [[], [F64]], 3, this.#sweep(gradientSweep, undefined));
    this.#constant('point', point.at);
    this.#constant('pointLength', point.length);
    if (!hasSeveralOutputs) this.#constant('gradient', gradient.at);
    this.#constant('data', data.at);
    this.#constant('dataLength', data.length);
    if (output) {
      this.#constant('output', output.at);
      this.#constant('outputLength', output.length);
    }
    if (result !== 'value') {
      this.#function('fault', [[], [I32]], 0, new Writer().byte(GLOBAL_GET).u32(FAULT).byte(END));
      this.#function('faultIndex', [[], [F64]], 0, new Writer().byte(CALL).u32(this.#import('core', 'loopFaultValue')).byte(END));
    }
    const startIndex = this.#function(undefined, [[], []], 0, this.#start());
    return this.#module(startIndex);
  }

  #start(): Writer {
    const code = new Writer();
    const { point, data, start } = this.#body;
    for (const stretch of this.#options.data ? [point] : [point, data]) if (stretch.length > 0) fillNaN(code, stretch);
    for (const one of start) this.#call(code, one);
    return code.byte(END);
  }

  /** The value; outputs side by side, if that is wanted. */
  #sweep(calls: readonly Call[], output: Stretch | undefined): Writer {
    const { gradient, result } = this.#body;
    const code = new Writer();
    for (const one of calls) this.#call(code, one);
    if (result === 'value') {
      if (output) this.#gather(code, output);
      return code.byte(END);
    }
    code.byte(IF).byte(F64);
    this.#fault(code);
    if (gradient.length > 0) fillNaN(code, gradient);
    code.byte(F64_CONST).raw(NAN).byte(ELSE);
    code.byte(I32_CONST).s32(0).byte(GLOBAL_SET).u32(FAULT);
    if (output) this.#gather(code, output);
    if (result.first === undefined) code.byte(F64_CONST).raw(NAN);
    else
      code
        .byte(I32_CONST)
        .s32(result.first | 0)
        .byte(F64_LOAD)
        .u32(3)
        .u32(0);
    return code.byte(END).byte(END);
  }

  /** The global becomes the number of the check and 1; or −1 where that is −1 already. */
  #fault(code: Writer): void {
    code.byte(CALL).u32(this.#import('core', 'loopFault')).byte(TEE).u32(0);
    code.byte(I32_CONST).s32(1).byte(I32_ADD);
    code.byte(I32_CONST).s32(-1);
    code.byte(GET).u32(0).byte(I32_CONST).s32(0).byte(I32_GE_S);
    code.byte(SELECT).byte(GLOBAL_SET).u32(FAULT);
  }

  /** A table of where outputs lie and how many bytes they are, and room for all of them. */
  #reserveOutput(): Stretch {
    const runs: { at: number; length: number }[] = [];
    for (const { at, length } of this.#body.outputs) {
      const last = runs.at(-1);
      if (last && last.at + 8 * last.length === at) last.length += length;
      else runs.push({ at, length });
    }
    const table = new Int32Array(runs.flatMap(({ at, length }) => [at, 8 * length]));
    const length = runs.reduce((sum, run) => sum + run.length, 0);
    const at = this.#end;
    const tableAt = at + 8 * length;
    this.#memory.push({ at: tableAt, bytes: new Uint8Array(table.buffer) });
    this.#end = tableAt + table.byteLength;
    return { at, length };
  }

  /** Goes through that table: local 0 is where, 1 the place in the table, 2 the bytes. */
  #gather(code: Writer, output: Stretch): void {
    const table = output.at + 8 * output.length;
    if (output.length === 0) return;
    code
      .byte(I32_CONST)
      .s32(output.at | 0)
      .byte(SET)
      .u32(0);
    code
      .byte(I32_CONST)
      .s32(table | 0)
      .byte(SET)
      .u32(1);
    code.byte(LOOP).byte(EMPTY);
    code.byte(GET).u32(0);
    code.byte(GET).u32(1).byte(I32_LOAD).u32(2).u32(0);
    code.byte(GET).u32(1).byte(I32_LOAD).u32(2).u32(4).byte(TEE).u32(2);
    code.raw(COPY);
    code.byte(GET).u32(0).byte(GET).u32(2).byte(I32_ADD).byte(SET).u32(0);
    code.byte(GET).u32(1).byte(I32_CONST).s32(8).byte(I32_ADD).byte(TEE).u32(1);
    code
      .byte(I32_CONST)
      .s32(this.#end | 0)
      .byte(I32_LT_U)
      .byte(BR_IF)
      .u32(0);
    code.byte(END);
  }

  #call(code: Writer, { module, name, arguments: args, otherwise }: Call): void {
    for (const one of args) code.byte(I32_CONST).s32(one | 0);
    code.byte(CALL).u32(this.#import(module, name));
    if (!otherwise) return;
    code.byte(IF).byte(I32);
    this.#call(code, otherwise);
    code.byte(ELSE).byte(I32_CONST).s32(0).byte(END);
  }

  #import(module: string, name: string): number {
    const known = this.#imports.findIndex((one) => one.module === module && one.name === name);
    return known >= 0
      ? known
      : this.#imports.push({ module, name, type: this.#type((TYPES[`${module} ${name}`] ?? TYPES[name])!) }) - 1;
  }

  #type(type: Type): number {
    const known = this.#types.findIndex((one) => String(one[0]) === String(type[0]) && String(one[1]) === String(type[1]));
    return known >= 0 ? known : this.#types.push(type) - 1;
  }

  #function(name: string | undefined, type: Type, locals: number, code: Writer): number {
    this.#type(type);
    const index = this.#imports.length + this.#functions.push({ type, locals, code: code.bytes() }) - 1;
    if (name !== undefined) this.#exports.push({ name, kind: KIND.function, index });
    return index;
  }

  #constant(name: string, value: number): void {
    this.#exports.push({ name, kind: KIND.global, index: this.#constants.push(value) });
  }

  #module(start: number): Uint8Array {
    const out = new Writer().raw(MAGIC);
    const pages = Math.ceil(this.#end / PAGE);
    out.section(SECTION.type, this.#types, (to, [from, into]) =>
      to.byte(0x60).sized(Uint8Array.from(from)).sized(Uint8Array.from(into)),
    );
    out.section(SECTION.import, [undefined, ...this.#imports], (to, one) => {
      if (one) to.name(one.module).name(one.name).byte(KIND.function).u32(one.type);
      else to.name('core').name('memory').byte(KIND.memory).byte(0).u32(pages);
    });
    out.section(SECTION.function, this.#functions, (to, { type }) => to.u32(this.#type(type)));
    out.section(SECTION.global, [undefined, ...this.#constants], (to, value) =>
      to
        .byte(I32)
        .byte(value === undefined ? 1 : 0)
        .byte(I32_CONST)
        .s32((value ?? 0) | 0)
        .byte(END),
    );
    out.section(SECTION.export, this.#exports, (to, { name, kind, index }) => to.name(name).byte(kind).u32(index));
    out.byte(SECTION.start).sized(new Writer().u32(start).bytes());
    out.section(SECTION.code, this.#functions, (to, { locals, code }) => {
      const body = new Writer().u32(locals > 0 ? 1 : 0);
      if (locals > 0) body.u32(locals).byte(I32);
      to.sized(body.raw(code).bytes());
    });
    out.section(SECTION.data, this.#memory.flatMap(withoutZeros), (to, { at, bytes }) =>
      to
        .byte(0)
        .byte(I32_CONST)
        .s32(at | 0)
        .byte(END)
        .sized(bytes),
    );
    return out.bytes();
  }
}

const NAN = new Uint8Array(Float64Array.of(Number.NaN).buffer);

/** Eight bytes 255 are a NaN. */
function fillNaN(code: Writer, { at, length }: Stretch): void {
  code
    .byte(I32_CONST)
    .s32(at | 0)
    .byte(I32_CONST)
    .s32(-1)
    .byte(I32_CONST)
    .s32((8 * length) | 0)
    .raw(FILL);
}

const GAP = 16; // fewer zeros cost less than one more segment
const MOST_SEGMENTS = 10_000; // V8 takes 100,000

/** What is not 0 of some bytes, as segments. */
function withoutZeros({ at, bytes }: { at: number; bytes: Uint8Array }): { at: number; bytes: Uint8Array }[] {
  const segments: { at: number; bytes: Uint8Array }[] = [];
  let from = 0;
  while (segments.length < MOST_SEGMENTS) {
    while (from < bytes.length && bytes[from] === 0) from++;
    if (from === bytes.length) return segments;
    let to = from + 1;
    for (let i = to; i < bytes.length && i - to < GAP; i++) if (bytes[i] !== 0) to = i + 1;
    segments.push({ at: at + from, bytes: bytes.subarray(from, to) });
    from = to;
  }
  if (from < bytes.length) segments.push({ at: at + from, bytes: bytes.subarray(from) });
  return segments;
}
