/**
 * Whatever is written with the encoder is a valid module: functions of random instructions that fit, and code of random programs.
 * Standalone modules are validated where they are run (test/program/standalone.test.ts).
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aloneModule } from '../../src/engine/compiled/alone.ts';
import { flatModule } from '../../src/engine/compiled/flat.ts';
import { loopModule } from '../../src/engine/compiled/loops/module.ts';
import { cut, LIMITS, nodesOf } from '../../src/engine/compiled/pieces.ts';
import { hasRows } from '../../src/engine/compiled/rows.ts';
import { paysAlone } from '../../src/engine/compiled/tier.ts';
import { core } from '../../src/engine/interpreter/core.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { interpreter } from '../../src/engine/interpreter/index.ts';
import { InterpreterMachine } from '../../src/engine/interpreter/machine.ts';
import type { Expr } from '../../src/graph/expression.ts';
import { dot, logsumexp, max, mean, min, norm, prod, sum } from '../../src/graph/vocabulary.ts';
import { link } from '../../src/link/index.ts';
import { KIND, RECORD_WORDS } from '../../src/tape/layout.ts';
import { tangentLoops } from '../../src/tape/loops/tangent/index.ts';
import { I, TYPE, V } from '../../src/wasm/encode/instructions.ts';
import { type Fn, ModuleWriter, type Signature } from '../../src/wasm/encode/module.ts';
import { machine } from '../conformance/machine.ts';
import { expressions, random, randomFunction } from '../support/random-graph.ts';
import { randomCase } from '../support/random-loops.ts';

const { i32, f64, v128 } = TYPE;
const TYPES = [i32, f64, v128] as const;
type Kind = (typeof TYPES)[number];

const BINARY: Readonly<Record<Kind, readonly number[]>> = {
  [i32]: [I.i32Add, I.i32Sub, I.i32Mul, I.i32And, I.i32Or, I.i32Xor, I.i32Shl, I.i32ShrS, I.i32ShrU, I.i32LtS, I.i32GeU, I.i32Ne],
  [f64]: [I.f64Add, I.f64Sub, I.f64Mul, I.f64Div, I.f64Min, I.f64Max, I.f64Copysign],
  [v128]: [V.f64Add, V.f64Sub, V.f64Mul, V.f64Div, V.f64Min, V.f64Max, V.f64Eq, V.f64Le, V.and, V.or, V.xor, V.andNot],
};
const UNARY_F64 = [I.f64Abs, I.f64Neg, I.f64Ceil, I.f64Floor, I.f64Trunc, I.f64Nearest, I.f64Sqrt];
const UNARY_V128 = [V.f64Abs, V.f64Neg, V.f64Ceil, V.f64Floor, V.f64Trunc, V.f64Nearest, V.f64Sqrt, V.not];
const NUMBERS = [0, -0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, -8193, 2 ** 20, 2 ** 31 - 1, -(2 ** 31)];
const OFFSETS = [0, 1, 8, 127, 128, 16_383, 16_384, 2 ** 21, 2 ** 31, 2 ** 32 - 1];

/** Writes random functions that respect types. */
class Writer {
  readonly module = new ModuleWriter();
  readonly #next: () => number;
  readonly #known: { fn: Fn; signature: Signature }[] = [];
  #fuel = 0;

  constructor(seed: number) {
    this.#next = random(seed);
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#next() * list.length)]!;
  }

  function(exported: string | undefined): void {
    const params = Array.from({ length: Math.floor(4 * this.#next()) }, () => this.#pick(TYPES));
    const result = this.#pick([i32, f64] as const);
    const signature = { params, results: [result] };
    const fn = this.module.fn(signature, exported);
    const locals = new Map<Kind, number[]>(TYPES.map((type) => [type, params.flatMap((p, i) => (p === type ? i : []))]));
    for (let i = Math.floor(200 * this.#next() ** 4); i >= 0; i--) {
      const type = this.#pick(TYPES);
      locals.get(type)!.push(fn.local(type));
    }
    this.#fuel = 10 + Math.floor(300 * this.#next());
    while (this.#fuel > 0) this.#statement(fn, locals, 0);
    this.#value(fn, locals, result);
    if (this.#next() < 0.3) {
      fn.prepend(() => {
        fn.i32(this.#pick(NUMBERS));
        fn.op(I.drop);
      });
    }
    this.#known.push({ fn, signature });
  }

  #statement(fn: Fn, locals: ReadonlyMap<Kind, number[]>, depth: number): void {
    this.#fuel--;
    const type = this.#pick(TYPES);
    const mine = locals.get(type)!;
    switch (Math.floor(6 * this.#next())) {
      case 0:
        if (mine.length === 0) break;
        this.#value(fn, locals, type);
        fn.set(this.#pick(mine));
        break;
      case 1:
        this.#value(fn, locals, i32);
        this.#value(fn, locals, type);
        if (type === v128) fn.vectorMemory(V.store, this.#pick(OFFSETS));
        else fn.memory(type === i32 ? I.i32Store : I.f64Store, this.#pick(OFFSETS));
        break;
      case 2:
        if (depth > 4) break;
        fn.open(this.#pick([I.block, I.loop] as const));
        this.#statement(fn, locals, depth + 1);
        this.#value(fn, locals, i32);
        fn.branch(I.brIf, Math.floor(this.#next() * (depth + 1)));
        fn.op(I.end);
        break;
      case 3:
        if (depth > 4) break;
        this.#value(fn, locals, i32);
        fn.open(I.if);
        this.#statement(fn, locals, depth + 1);
        if (this.#next() < 0.5) {
          fn.op(I.else);
          this.#statement(fn, locals, depth + 1);
        }
        fn.op(I.end);
        break;
      case 4: {
        const known = this.#known.length > 0 ? this.#pick(this.#known) : undefined;
        if (!known) break;
        for (const param of known.signature.params) this.#value(fn, locals, param as Kind);
        fn.call(known.fn);
        fn.op(I.drop);
        break;
      }
      default:
        this.#value(fn, locals, i32);
        fn.vectorMemory(V.load64Zero, this.#pick(OFFSETS));
        fn.op(I.drop);
    }
  }

  #value(fn: Fn, locals: ReadonlyMap<Kind, number[]>, type: Kind): void {
    this.#fuel--;
    const mine = locals.get(type)!;
    const choice = this.#fuel < 0 ? 0 : Math.floor(8 * this.#next());
    if (choice <= 1 || (choice === 2 && mine.length === 0)) {
      if (type === i32) fn.i32(this.#pick(NUMBERS));
      else if (type === f64) fn.f64(this.#pick(NUMBERS));
      else fn.f64x2(this.#pick(NUMBERS));
    } else if (choice === 2) fn.get(this.#pick(mine));
    else if (choice === 3) {
      this.#value(fn, locals, i32);
      if (type === v128) fn.vectorMemory(V.load, this.#pick(OFFSETS));
      else fn.memory(type === i32 ? I.i32Load : I.f64Load, this.#pick(OFFSETS));
    } else if (choice === 4) {
      this.#value(fn, locals, type === i32 ? f64 : type);
      if (type === i32) {
        fn.f64(0);
        fn.op(this.#pick([I.f64Eq, I.f64Lt, I.f64Ge]));
      } else if (type === f64) fn.op(this.#pick(UNARY_F64));
      else fn.vector(this.#pick(UNARY_V128));
    } else if (choice === 5) {
      if (type === f64) {
        this.#value(fn, locals, v128);
        fn.lane(V.f64Extract, this.#pick([0, 1]));
      } else if (type === v128) {
        this.#value(fn, locals, v128);
        this.#value(fn, locals, f64);
        fn.lane(V.f64Replace, this.#pick([0, 1]));
      } else {
        this.#value(fn, locals, v128);
        fn.vector(this.#pick([V.anyTrue, V.i64AllTrue]));
      }
    } else if (choice === 6 && type !== i32) {
      const signature = { params: [type], results: [type] };
      this.#value(fn, locals, type);
      fn.callImport(`import ${type} ${this.#pick(['a', 'é', 'a name of a hundred characters '.repeat(4)])}`, signature);
    } else {
      this.#value(fn, locals, type);
      this.#value(fn, locals, type);
      if (type === v128 && this.#next() < 0.3) fn.shuffle(Array.from({ length: 16 }, () => Math.floor(32 * this.#next())));
      else if (type === v128) fn.vector(this.#pick(BINARY[v128]));
      else fn.op(this.#pick(BINARY[type]));
    }
  }
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const isValid = (bytes: Uint8Array<ArrayBuffer>): void => expect(WebAssembly.validate(bytes)).toBe(true);

test('functions of random instructions', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 40 }), (seed, functions) => {
      const writer = new Writer(seed);
      for (let i = 0; i < functions; i++) writer.function(i % 3 === 0 ? `f${i}` : undefined);
      isValid(writer.module.bytes());
    }),
    { numRuns: 300 },
  );
});

/** Where a program lies. */
class At extends InterpreterMachine {
  readonly at = this.offsets;
}

const engine: Engine = { ...interpreter, load: (tape) => new At(core(), tape) };

/** How the parts of a program become one number. */
const JOINED: readonly ((parts: readonly Expr[]) => Expr)[] = [
  (parts) => parts.reduce((sum, part) => sum.add(part)),
  sum,
  mean,
  norm,
  logsumexp,
  prod,
  (parts) => max(parts).add(min(parts)),
  (parts) => dot(parts, parts.toReversed()),
  (parts) => norm(Array.from({ length: 100 }, (_, i) => parts[(i * i) % parts.length]!)), // longer than what is unrolled
  (parts) => parts.reduce((leaking, part) => leaking.mul(0.5).add(part)),
];

/** Enough to meet everything there is. */
const EXAMPLES = [
  { seed: 1, length: 20, copies: 3, data: 2, joined: 0, chained: false },
  { seed: 2, length: 150, copies: 20, data: 0, joined: 2, chained: false },
  { seed: 3, length: 150, copies: 20, data: 0, joined: 8, chained: false },
  { seed: 4, length: 5, copies: 400, data: 0, joined: 0, chained: true },
  { seed: 5, length: 12, copies: 200, data: 0, joined: 4, chained: false },
  { seed: 6, length: 12, copies: 200, data: 0, joined: 9, chained: false },
];

test('random programs: short and long, with rows, gates, and ops over lists', () => {
  const met = { whole: 0, lanes: 0, straight: 0, repeat: 0, core: 0, rows: 0, lists: 0 };
  const cases = fc.record({
    seed: seeds,
    length: fc.integer({ min: 1, max: 400 }),
    copies: fc.integer({ min: 1, max: 20 }),
    data: fc.integer({ min: 0, max: 3 }),
    joined: fc.nat(JOINED.length - 1),
    chained: fc.boolean(), // each part goes on from the one before
  });
  fc.assert(
    fc.property(cases, ({ seed, length, copies, data, joined, chained }) => {
      const f = randomFunction(seed, length);
      const mine = f.p - data; // parameters of a part; its other inputs are data
      const whole = (x: readonly Expr[], d: readonly Expr[]): Expr => {
        const parts: Expr[] = [];
        for (let k = 0; k < copies; k++) {
          const inputs = [...d.slice(k * data, (k + 1) * data), ...x.slice(k * mine, (k + 1) * mine)];
          if (chained && k > 0) inputs[f.p - 1] = parts[k - 1]!;
          parts.push(expressions(f, inputs));
        }
        return JOINED[joined]!(parts);
      };
      const all = machine(engine, mine * copies, whole, data * copies);
      const { tape, at } = all as unknown as At;
      isValid(flatModule(tape, at));
      if (paysAlone(tape)) isValid(aloneModule(tape, at)); // its gated sweep is code, too
      all.dispose();

      if (nodesOf(tape) <= LIMITS.straight) met.whole++;
      else for (const { kind } of cut(tape)) met[kind]++;
      if (hasRows(tape)) met.rows++;
      for (let r = 0; r < tape.records.length; r += RECORD_WORDS) if (((tape.records[r]! >> 8) & 255) === KIND.list) met.lists++;
    }),
    { numRuns: 100, examples: EXAMPLES.map((example) => [example]) },
  );
  for (const [what, times] of Object.entries(met)) expect(times, what).toBeGreaterThan(0);
});

test('random programs with loops, and their tangents', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const { tape, lengths } = randomCase({ seed, awkward: seed % 2 === 0 }, 3000);
      isValid(loopModule(link(tape, lengths)).bytes);
      if (tape.outputs.length === 1 && tape.outputs[0]!.shape.length === 0)
        isValid(loopModule(link(tangentLoops(tape), lengths)).bytes);
    }),
    { numRuns: 100 },
  );
});
