/**
 * The same program over many rows of data: what depends on data goes into the body of a new loop over the rows, what
 * depends on parameters alone stays in main and runs once.
 */
import { fail } from '../../errors.ts';
import { OP } from '../../ops/vocabulary.ts';
import { type Gathered, gatheredViews } from './gathered.ts';
import type { Access, Block, Body, Instruction, LoopTape, Size, SizeId } from './layout.ts';
import { operandsOf, placesIn, resultsOf, rewritten } from './parts.ts';

export interface OverRows {
  /** Its first output is the sum or mean, its second the output of every row. */
  readonly tape: LoopTape;
  /** The name of the length that counts the rows: the leading dimension of all data. */
  readonly rows: string;
}

/**
 * The sum or mean of a program's output over rows of data.
 *
 * @throws SeveralOutputs unless the program has one output, a number. O(what was written)
 * @example
 * const f = compile({ w: vector('n'), x: data(vector('n')) }, ({ w, x }) => sum(w.length, (i) => w.at(i).mul(x.at(i))));
 * const tape = fromBytes(f.toBytes());
 * if (isLoopTape(tape)) console.log(overRows(tape, 'sum').tape.inputs[1]!.shape); // ['rows', 'n']
 */
export function overRows(tape: LoopTape, reduce: 'sum' | 'mean'): OverRows {
  const [output] = tape.outputs;
  if (!output || tape.outputs.length > 1 || output.shape.length > 0)
    fail('SeveralOutputs', 'over: the program has to have exactly one output, a number');
  const rowsName = free('rows', tape.lengths);
  const draft: Draft = { sizes: [...tape.sizes], blocks: [...tape.blocks], bodies: [...tape.bodies], values: tape.values };
  const rows = sizeOf(draft, { op: 'length', length: tape.lengths.length });
  const one = sizeOf(draft, { op: 'const', value: 1 });
  const nothing = sizeOf(draft, { op: 'const', value: 0 });
  const multiply = (a: SizeId, b: SizeId): SizeId => sizeOf(draft, { op: 'mul', a, b });

  const moved = dependOnData(tape);
  const main = tape.bodies[0]!;
  const row = draft.bodies.length;
  const code: Instruction[] = []; // of a row
  draft.bodies.push({ parent: 0, count: rows, code });

  // Data become an array of rows, what is filled anew in each row belongs to the loop.
  tape.blocks.forEach(({ kind, size }, i) => {
    if (kind === 'data') draft.blocks[i] = { kind, body: 0, size: multiply(rows, size) };
  });
  const shift = (from: Access): Access => {
    const { kind, size } = tape.blocks[from.array]!;
    if (kind !== 'data') return from;
    return { ...from, at: { ...from.at, terms: [{ body: row, by: size }, ...from.at.terms] } };
  };
  const views = gatheredViews(draft, { one, nothing }, shift, checksIn(tape.bodies, [...moved]), multiply);
  for (const it of moved) {
    for (const array of resultsOf(it).arrays) draft.blocks[array] = { ...draft.blocks[array]!, body: row };
    moveInto(draft, views, it, row, code);
  }

  let value: number;
  if ('value' in output.from) value = output.from.value;
  else {
    value = draft.values++;
    const from = shift({ array: output.from.array, at: { base: nothing, terms: [], picks: [] }, checks: [] });
    code.push({ kind: 'load', out: value, from });
  }
  const sum = draft.values++;
  const values = draft.blocks.push({ kind: 'local', body: 0, size: rows }) - 1;
  const rest: Instruction[] = main.code.filter((it) => !moved.has(it));
  rest.push({ kind: 'region', body: row, sums: [{ value, out: sum }], stacks: [{ value, into: values }] });
  let result = sum;
  if (reduce === 'mean') {
    const [count, mean] = [draft.values++, draft.values++];
    rest.push({ kind: 'size', out: count, size: rows }, { kind: 'op', op: OP.div, out: mean, args: [sum, count] });
    result = mean;
  }
  draft.bodies[0] = { ...main, code: rest };
  for (const it of code) if (isLoop(it)) draft.bodies[it.body] = { ...draft.bodies[it.body]!, parent: row };
  return {
    rows: rowsName,
    tape: {
      ...tape,
      ...draft,
      inputs: tape.inputs.map((port) => (port.data ? { ...port, shape: [rowsName, ...port.shape] } : port)),
      outputs: [
        { ...output, from: { value: result } },
        { name: free('rows', [output.name]), shape: [rows], from: { array: values } },
      ],
      single: false,
      lengths: [...tape.lengths, rowsName],
    },
  };
}

/** A tape that is being written. */
export interface Draft {
  readonly sizes: Size[];
  readonly blocks: Block[];
  readonly bodies: Body[];
  values: number;
}

/** Writes an instruction, and what it runs, with its places in the arrays of rows. */
function moveInto(draft: Draft, views: Gathered, it: Instruction, body: number, code: Instruction[]): void {
  if (!isLoop(it)) {
    code.push(rewritten(it, views(body, code, body, code)));
    return;
  }
  const inner: Instruction[] = [];
  for (const each of draft.bodies[it.body]!.code) moveInto(draft, views, each, it.body, inner);
  code.push(rewritten(it, views(body, code, it.body, inner)));
  draft.bodies[it.body] = { ...draft.bodies[it.body]!, code: inner };
}

/** The instructions of main that have to be run for every row, in their order. */
function dependOnData({ bodies, blocks, values: count }: LoopTape): Set<Instruction> {
  const values = new Uint8Array(count);
  const arrays = Uint8Array.from(blocks, ({ kind }) => Number(kind === 'data'));
  const depends = (it: Instruction): boolean =>
    operandsOf(it).some((value) => values[value]) ||
    placesIn(it).some(({ array, at }) => arrays[array] || at.picks.some(({ value }) => values[value])) ||
    (isLoop(it) && bodies[it.body]!.code.some(depends));
  for (const it of bodies[0]!.code) {
    if (!depends(it)) continue;
    const results = resultsOf(it);
    for (const value of results.values) values[value] = 1;
    for (const array of results.arrays) arrays[array] = 1; // with all that was stored in it before
  }
  return new Set(bodies[0]!.code.filter((it) => depends(it) || resultsOf(it).arrays.some((array) => arrays[array])));
}

/** Results of all checks in these instructions and in what they run. */
function checksIn(bodies: readonly Body[], code: readonly Instruction[], found = new Set<number>()): Set<number> {
  for (const it of code) {
    if (it.kind === 'check') found.add(it.out);
    else if (isLoop(it)) checksIn(bodies, bodies[it.body]!.code, found);
  }
  return found;
}

function isLoop(it: Instruction): it is Extract<Instruction, { kind: 'region' | 'scan' }> {
  return it.kind === 'region' || it.kind === 'scan';
}

function sizeOf({ sizes }: Draft, size: Size): SizeId {
  const key = JSON.stringify(size);
  const known = sizes.findIndex((other) => JSON.stringify(other) === key);
  return known >= 0 ? known : sizes.push(size) - 1;
}

function free(name: string, taken: readonly string[]): string {
  let result = name;
  for (let i = 2; taken.includes(result); i++) result = `${name}${i}`;
  return result;
}
