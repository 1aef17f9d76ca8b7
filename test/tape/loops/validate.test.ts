/** What is no sound program with loops is refused, each fault by its own sentence. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WengertError } from '../../../src/errors.ts';
import { OP } from '../../../src/ops/vocabulary.ts';
import type { Instruction, LoopTape, Size } from '../../../src/tape/loops/layout.ts';
import { validateLoops } from '../../../src/tape/loops/validate.ts';
import { type Loop, loopTape } from '../../support/loop-tapes.ts';
import { randomLoops } from '../../support/random-loops.ts';
import { everything, randomProgram, regression } from './programs.ts';
import { findFault } from './scoping.ts';

/** A deep copy that can be changed. */
type Open<T> = T extends object ? { -readonly [K in keyof T]: Open<T[K]> } : T;
const open = (tape: LoopTape): Open<LoopTape> => structuredClone(tape) as Open<LoopTape>;

function changed(tape: LoopTape, change: (tape: Open<LoopTape>) => void): LoopTape {
  const copy = open(tape);
  change(copy);
  return copy as LoopTape;
}

type Of<K extends Instruction['kind']> = Open<Extract<Instruction, { kind: K }>>;

/** Body 1 of the regression: 0 dot, 1 load y, 2 sub, 3 square. */
function regressionWith<K extends Instruction['kind']>(i: number, change: (it: Of<K>, tape: Open<LoopTape>) => void): LoopTape {
  return changed(regression(), (tape) => change(tape.bodies[1]!.code[i] as Of<K>, tape));
}

/** The first instruction of a kind in the tape that has everything. */
function everythingWith<K extends Instruction['kind']>(kind: K, change: (it: Of<K>, tape: Open<LoopTape>) => void): LoopTape {
  return changed(everything(), (tape) => {
    const it = tape.bodies.flatMap(({ code }) => code).find((one) => one.kind === kind);
    change(it as Of<K>, tape);
  });
}

function expectRefused(tape: LoopTape, message: RegExp): void {
  expect(() => validateLoops(tape)).toThrow(message);
  expect(() => validateLoops(tape)).toThrow(/\[BadTape\]$/);
}

it('sound programs pass', () => {
  for (const tape of [regression(), everything()]) expect(() => validateLoops(tape)).not.toThrow();
  fc.assert(fc.property(fc.nat(), (seed) => validateLoops(randomProgram(seed).tape)));
  fc.assert(fc.property(fc.nat(), (seed) => validateLoops(randomLoops({ seed }))));
});

describe('of the tables', () => {
  const size = (at: number, given: unknown): LoopTape =>
    changed(regression(), (tape) => {
      tape.sizes[at] = given as Open<Size>;
    });
  it.each<[string, LoopTape, RegExp]>([
    ['a size that refers to itself', size(0, { op: 'add', a: 0, b: 0 }), /size 0 is made of 0 and 0, which must come before it/],
    ['a size that refers ahead', size(1, { op: 'mul', a: 0, b: 2 }), /size 1 is made of 0 and 2/],
    ['a size that refers below', size(1, { op: 'sub', a: -1, b: 0 }), /size 1 is made of -1 and 0/],
    ['a constant that is not whole', size(1, { op: 'const', value: 0.5 }), /size 1 is 0.5/],
    ['a constant beyond 2⁵²', size(1, { op: 'const', value: 2 ** 53 }), /size 1 is 9007199254740992/],
    ['a length that is not there', size(2, { op: 'length', length: 1 }), /size 2 is length 1 of 1/],
    ['a length that no input has', { ...regression(), lengths: ['n', 'm'] }, /no input has the length m/],
    ['a length that is not listed', { ...regression(), lengths: ['m'] }, /no input has the length m/],
    ['two lengths of one name', { ...regression(), lengths: ['n', 'n'] }, /two lengths have the same name/],
    ['an input with a length of its own', changed(regression(), (t) => t.inputs[2]!.shape.fill('k')), /an input has the length k, which is not listed/],
    ['two inputs of one name', changed(regression(), (t) => (t.inputs[2]!.name = 'w')), /two inputs have the same name/],
    ['a name without an end', changed(regression(), (t) => (t.inputs[2]!.name = 'y'.repeat(1e5))), /a name of 100000 characters/],
    ['an input of four dimensions', changed(regression(), (t) => (t.inputs[0]!.shape = [1, 1, 1, 3])), /input w has 4 dimensions/],
    ['an input of negative extent', changed(regression(), (t) => (t.inputs[0]!.shape = [-3])), /input w has an extent of -3/],
    ['an array smaller than its input', changed(regression(), (t) => (t.inputs[0]!.shape = [4])), /array 0 has another size than input w/],
    ['an array of another length', changed(regression(), (t) => (t.blocks[2]!.size = t.blocks[0]!.size)), /array 2 has another size than input y/],
    ['an input whose array is another kind', changed(regression(), (t) => (t.inputs[0]!.data = true)), /array 0 is not that of input w/],
    ['an input in a loop', changed(regression(), (t) => (t.blocks[0]!.body = 1)), /array 0 is not that of input w/],
    ['an input that is local', changed(regression(), (t) => (t.blocks[0]!.kind = 'local')), /array 0 is local, but there are 3 inputs/],
    ['arrays of inputs that are not there', changed(regression(), (t) => t.blocks.push(t.blocks[0]!)), /array 3 is param, but there are 3 inputs/],
    ['fewer arrays than inputs', changed(regression(), (t) => t.blocks.pop()), /2 arrays for 3 inputs/],
    ['an array of a size that is not there', changed(regression(), (t) => (t.blocks[0]!.size = 99)), /array 0 has size 99 of \d/],
    ['an array of a body that is not there', changed(regression(), (t) => (t.blocks[0]!.body = 2)), /array 0 belongs to body 2 of 2/],
    ['no bodies', { ...regression(), bodies: [], blocks: [], inputs: [], lengths: [], sizes: [] }, /a tape without bodies/],
    ['a main that runs often', changed(regression(), (t) => (t.bodies[0]!.count = t.bodies[1]!.count)), /body 0 runs once/],
    ['a count that is not there', changed(regression(), (t) => (t.bodies[1]!.count = -1)), /body 1 has the count size -1 of/],
    ['several single outputs', changed(regression(), (t) => t.outputs.push(t.outputs[0]!)), /a single output, but 2 are listed/],
    ['an output of three dimensions', changed(regression(), (t) => (t.outputs[0]!.shape = [0, 0, 0])), /output 0 has 3 dimensions/],
    ['an output of a size that is not there', changed(everything(), (t) => (t.outputs[1]!.shape[0] = 99)), /output all has size 99 of/],
    ['a value with a shape', changed(regression(), (t) => (t.outputs[0]!.shape = [0])), /output 0 is one value, but has a shape/],
    ['a name of no value', { ...regression(), names: [[5, 'x']] }, /a name: value 5 of 5/],
    ['more values than there are', { ...regression(), values: 6 }, /the tape says it has 6 values, but defines 5/],
    ['more values than memory', { ...regression(), values: 2 ** 40 }, /but defines 5/],
  ])('%s', (_, tape, message) => expectRefused(tape, message)); // biome-ignore format: rows
});

describe('of values', () => {
  it.each<[string, LoopTape, RegExp]>([
    ['one that is not there', regressionWith<'op'>(3, (it) => (it.args[0] = 5)), /body 1, instruction 3 \(op\): value 5 of 5/],
    ['one below 0', regressionWith<'op'>(3, (it) => (it.args[0] = -1)), /value -1 of 5/],
    ['one that is no number', regressionWith<'op'>(3, (it) => (it.args[0] = 0.5)), /value 0.5 of 5/],
    ['one used before it is defined', regressionWith<'op'>(2, (it) => (it.args[0] = 3)), /body 1, instruction 2 \(op\): v3 is not defined before/],
    ['one that is its own operand', regressionWith<'op'>(3, (it) => (it.args[0] = it.out)), /instruction 3 \(op\): v3 is not defined before/],
    ['one defined twice', regressionWith<'op'>(3, (it) => (it.out = 2)), /instruction 3 \(op\): v2 is defined a second time/],
    ['one used outside its loop', changed(regression(), (t) => (t.outputs[0]!.from = { value: 3 })), /output 0: v3 belongs to body 1, which is not around/],
    ['one summed before it is defined', changed(regression(), (t) => ((t.bodies[0]!.code[0] as Of<'region'>).sums[0]!.value = 4)), /body 0, instruction 0 \(region\), at the end of body 1: v4 is not defined before/],
    ['one carried out of nowhere', everythingWith('scan', (it) => ((it.carries[0] as { next: number }).next = 15)), /v15 belongs to body 1, which is not around/],
    ['a carry that an instruction defines', everythingWith('scan', (it) => (it.carries[0]!.in = 16)), /v16 is defined a second time/],
    ['one checked to be used as an index that is not', everythingWith('check', (it, t) => ((t.bodies[1]!.code[2] as Of<'load'>).from.at.picks[0]!.value = it.a)), /v2 is used as an index, but is not checked/],
  ])('%s', (_, tape, message) => expectRefused(tape, message)); // biome-ignore format: rows
});

describe('of arrays', () => {
  const stored = (write: (main: Loop, array: number) => void): LoopTape => {
    const t = loopTape();
    t.param('x');
    const array = t.main.local(2);
    write(t.main, array);
    return t.tape(t.main.constant(0));
  };
  it.each<[string, LoopTape, RegExp]>([
    ['one that is not there', regressionWith<'load'>(1, (it) => (it.from.array = 3)), /body 1, instruction 1 \(load\): array 3 of 3/],
    ['one read before it is filled', stored((main, array) => main.load(array)), /body 0, instruction 0 \(load\): array 1 is not filled before/],
    ['one read and then filled', stored((main, array) => { main.store(main.constant(1), array, 0); main.load(array); main.store(0, array, 1); }), /writes array 1, which is read before/],
    ['an input that is written', stored((main) => main.store(main.constant(1), 0, 0)), /writes array 0, which is not local to body 0/],
    ['one of another body', stored((main, array) => void main.region(2, (i) => { i.store(main.constant(1), array, 0); return {}; })), /body 1, instruction 0 \(store\): writes array 1, which is not local to body 1/],
    ['one read outside its loop', stored((main) => { let inner = 0; main.region(2, (i) => { inner = i.list(i.index()); return {}; }); main.load(inner); }), /array 2 belongs to body 1, which is not around/],
    ['one stored at a computed place', stored((main, array) => main.store(main.constant(1), array, 0, [main.check(main.constant(1), 2), 1])), /\(store\): has a computed index where none may be/],
    ['one copied to a computed place', stored((main, array) => main.copy(1, main.view(0), main.view(array, 1, 0, [main.check(main.constant(1), 2), 1]))), /\(copy\): has a computed index/],
    ['one stacked twice', everythingWith('region', (it) => it.stacks.push(it.stacks[0]!)), /writes array 6 a second time/],
    ['one contracted and stacked', everythingWith('contract', (it, t) => ((t.bodies[0]!.code.find(({ kind }) => kind === 'region') as Of<'region'>).stacks[0]!.into = it.array)), /array 4, which is read before|writes array 4 a second time/],
    ['one stored in and contracted', stored((main, array) => { main.store(main.constant(1), array, 0); const c = main.contract(1, 1, 1, main.view2(0, 0, 0), main.view2(0, 0, 0)); (main.code.at(-1) as { array: number }).array = array; void c; }), /\(contract\): writes array 1 a second time/],
    ['one carried that a store fills', everythingWith('scan', (it, t) => { const c = it.carries[1]!; (t.bodies[it.body]!.code.find(({ kind }) => kind === 'store') as Of<'store'>).into.array = c.in; }), /writes array \d+ a second time|which is read before/],
    ['an output that nobody fills', changed(stored(() => {}), (t) => { t.outputs[0] = { name: 'a', shape: [0], from: { array: 1 } }; }), /output a: array 1 is not filled before/],
    ['an output that is not there', changed(everything(), (t) => (t.outputs[1]!.from = { array: 99 })), /output all: array 99 of/],
    ['an output of a loop', changed(everything(), (t) => (t.outputs[1]!.from = { array: 5 })), /output all: array 5 belongs to body 1/],
  ])('%s', (_, tape, message) => expectRefused(tape, message)); // biome-ignore format: rows

  it('nobody has to fill one that never has elements', () => {
    const t = loopTape();
    t.param('x');
    const nothing = t.main.list();
    validateLoops(
      t.tape({ sum: { value: t.main.reduce('sum', 0, t.main.view(nothing)) }, nothing: { array: nothing, shape: [0] } }),
    );
  });
});

describe('of places', () => {
  it.each<[string, LoopTape, RegExp]>([
    ['a size that is not there', regressionWith<'load'>(1, (it) => (it.from.at.base = 99)), /instruction 1 \(load\): size 99 of/],
    ['a factor that is not there', regressionWith<'load'>(1, (it) => (it.from.at.terms[0]!.by = -1)), /size -1 of/],
    ['a loop that is not around', changed(everything(), (t) => ((t.bodies[1]!.code[0] as Of<'load'>).from.at.terms[0]!.body = 2)), /an index follows body 2, which is no loop around/],
    ['a loop that does not exist', regressionWith<'load'>(1, (it) => (it.from.at.terms[0]!.body = 7)), /an index follows body 7/],
    ['main as a loop', regressionWith<'load'>(1, (it) => (it.from.at.terms[0]!.body = 0)), /an index follows body 0/],
    ['a check of a size that is not there', everythingWith('region', (_, t) => { for (const it of t.bodies[1]!.code) if (it.kind === 'reduce') it.a.from.checks[0]!.extent = 99; }), /size 99 of/],
    ['a check of a computed index', everythingWith('region', (_, t) => { for (const it of t.bodies[1]!.code) if (it.kind === 'reduce') it.a.from.checks[0]!.at.picks.push({ value: 3, by: 0 }); }), /has a computed index where none may be/],
    ['a view of a step that is not there', regressionWith<'reduce'>(0, (it) => (it.a.by = 99)), /size 99 of/],
    ['a list of a length that is not there', regressionWith<'reduce'>(0, (it) => (it.n = 99)), /size 99 of/],
    ['a matrix of rows that are not there', everythingWith('contract', (it) => (it.m = 99)), /\(contract\): size 99 of/],
    ['a matrix of a step that is not there', everythingWith('contract', (it) => (it.b.colBy = 99)), /\(contract\): size 99 of/],
    ['a check below a size that is not there', everythingWith('check', (it) => (it.extent = 99)), /\(check\): size 99 of/],
    ['a copy of a length that is not there', everythingWith('copy', (it) => (it.n = 99)), /\(copy\): size 99 of/],
    ['a copy with a step that is not there', everythingWith('copy', (it) => (it.into.by = 99)), /\(copy\): size 99 of/],
    ['a number that is not there', everythingWith('size', (it) => (it.size = 99)), /\(size\): size 99 of/],
    ['a stack of a length that is not there', everythingWith('region', (it) => ((it.stacks[0] as { n: number }).n = 99)), /size 99 of/],
    ['a carry of a length that is not there', everythingWith('scan', (it) => ((it.carries[1] as { n: number }).n = 99)), /size 99 of/],
  ])('%s', (_, tape, message) => expectRefused(tape, message)); // biome-ignore format: rows
});

describe('of ops', () => {
  const op = (code: number): LoopTape => regressionWith<'op'>(3, (it) => (it.op = code));
  const list = (code: number): LoopTape => regressionWith<'reduce'>(0, (it) => (it.op = code));
  it.each<[string, LoopTape, RegExp]>([
    ['input', op(OP.input), /instruction 3 \(op\): input is no op of numbers/],
    ['constant', op(OP.constant), /constant is no op of numbers/],
    ['an op of lists', op(OP.sum), /sum is no op of numbers/],
    ['an op that does not exist', op(200), /op 200 is no op of numbers/],
    ['an op below 0', op(-1), /op -1 is no op of numbers/],
    ['too few operands', op(OP.mul), /mul takes 2 operands, not 1/],
    ['too many operands', regressionWith<'op'>(2, (it) => (it.op = OP.sin)), /sin takes 1 operands, not 2/],
    ['an op of numbers over a list', list(OP.add), /add is no op of lists/],
    ['an op over lists that does not exist', list(249), /op 249 is no op of lists/],
    ['one over lists that is not whole', list(OP.sum + 0.5), /is no op of lists/],
    ['two lists to sum', list(OP.sum), /sum of two lists/],
    ['one list to multiply', regressionWith<'reduce'>(0, (it) => delete (it as { b?: unknown }).b), /dot of one list/],
    ['a constant in a loop', regressionWith<'op'>(3, (_, t) => { t.bodies[1]!.code[3] = { kind: 'constant', out: 3, value: 1 }; }), /\(constant\): stands outside of body 0/],
    ['a size in a loop', regressionWith<'op'>(3, (_, t) => { t.bodies[1]!.code[3] = { kind: 'size', out: 3, size: 0 }; }), /\(size\): stands outside of body 0/],
    ['the index of main', everythingWith('constant', (it, t) => { t.bodies[0]!.code[0] = { kind: 'index', out: it.out }; }), /body 0, instruction 0 \(index\): body 0 is no loop/],
  ])('%s', (_, tape, message) => expectRefused(tape, message)); // biome-ignore format: rows
});

describe('of bodies', () => {
  const nested = (depth: number): LoopTape => {
    const t = loopTape();
    t.param('x');
    const write = (around: Loop, left: number): void => {
      if (left === 0) return;
      around.region(2, (i) => {
        write(i, left - 1);
        return {};
      });
    };
    write(t.main, depth);
    return t.tape(t.main.constant(0));
  };
  const run = (body: number): LoopTape => changed(regression(), (t) => ((t.bodies[0]!.code[0] as Of<'region'>).body = body));
  it.each<[string, LoopTape, RegExp]>([
    ['one that is not there', run(2), /body 0, instruction 0 \(region\): body 2 of 2/],
    ['main in itself', run(0), /body 0 is run a second time/],
    ['one that is run twice', changed(regression(), (t) => t.bodies[0]!.code.push({ kind: 'region', body: 1, sums: [], stacks: [] })), /instruction 1 \(region\): body 1 is run a second time/],
    ['one that is run by itself', changed(regression(), (t) => t.bodies[1]!.code.push({ kind: 'region', body: 1, sums: [], stacks: [] })), /body 1 is run a second time/],
    ['one that is never run', changed(regression(), (t) => t.bodies.push({ parent: 0, count: 0, code: [] })), /body 2 is run by no instruction/],
    ['one with another parent', changed(everything(), (t) => (t.bodies[2]!.parent = 0)), /body 2 says that it lies in body 0/],
    ['main with a parent', changed(regression(), (t) => (t.bodies[0]!.parent = 1)), /body 0 says that it lies in body 1/],
    ['loops in loops 201 deep', nested(201), /loops lie in loops more than 200 deep/],
  ])('%s', (_, tape, message) => expectRefused(tape, message)); // biome-ignore format: rows
  it('200 deep is deep enough', () => {
    expect(() => validateLoops(nested(200))).not.toThrow();
  });
});

/** Places of all numbers in a tape. */
function numbersIn(node: object, found: [object: object, key: string][] = []): [object: object, key: string][] {
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === 'number') found.push([node, key]);
    else if (typeof value === 'object' && value !== null) numbersIn(value, found);
  }
  return found;
}

it('a program that was changed anywhere is refused, or everything in it is used where it exists', () => {
  let accepted = 0;
  let refused = 0;
  fc.assert(
    fc.property(
      fc.nat(),
      fc.constantFrom('number', 'number', 'number', 'swap', 'move', 'drop'),
      fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
      (seed, kind, [p, q, r, s]) => {
        const tape = open(randomProgram(seed).tape);
        const of = (at: number): { code: object[] } => tape.bodies[at % tape.bodies.length]!;
        const [from, to] = [of(p!).code, of(q!).code];
        if (kind === 'number') {
          const places = numbersIn([tape.bodies, tape.blocks, tape.outputs, tape.sizes]);
          const [object, key] = places[p! % places.length]!;
          const record = object as Record<string, number>;
          record[key] = q! % 3 === 0 ? record[key]! + (r! % 5) - 2 : (r! % (tape.values + 1)) - 1;
        } else if (kind === 'swap' && from.length > 1) {
          const [i, j] = [r! % from.length, s! % from.length];
          [from[i], from[j]] = [from[j]!, from[i]!];
        } else if (kind === 'move' && from.length > 0) to.splice(r! % (to.length + 1), 0, from.splice(s! % from.length, 1)[0]!);
        else if (kind === 'drop' && from.length > 0) from.splice(r! % from.length, 1);
        try {
          validateLoops(tape as LoopTape);
        } catch (error) {
          expect((error as WengertError).code).toBe('BadTape');
          refused++;
          return;
        }
        accepted++;
        expect(findFault(tape as LoopTape)).toBe(undefined);
      },
    ),
    { numRuns: 5000 },
  );
  expect(accepted).toBeGreaterThan(500); // another operand, another size …
  expect(refused).toBeGreaterThan(500);
});
