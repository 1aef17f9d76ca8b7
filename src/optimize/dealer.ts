/** Who puts the rows of each step in place: in lanes of a flat program, or along a named length of one with loops. */
import { fail } from '../errors.ts';
import type { FlatState } from '../program/flat.ts';
import { carries, sized } from '../program/lengths.ts';
import type { LoopState } from '../program/loops.ts';
import { checkNames, checkValue, placesOf } from '../program/marshal.ts';
import type { Inputs } from '../program/signature.ts';
import type { Start } from '../program/state.ts';
import { Batches } from './batches.ts';
import { type Options, whole } from './options.ts';

export interface Dealer {
  readonly start: Start;
  /** Rows in all, and rows a step. */
  readonly count: number;
  readonly rows: number;
  /** Does the next step begin an epoch? */
  readonly fresh: boolean;
  /** Puts rows in place; returns how many. */
  deal(): number;
}

/** Rows of a flat program made by over(). */
export function rowDealer(state: FlatState, data: unknown, options: Options<Inputs>, seed: number | false): Dealer {
  const start = state.startAt(options.start);
  const batches = new Batches(state.data, data, seed);
  const rows = whole('batch', options.batch, Math.min(state.rows || batches.count, batches.count));
  if (state.rows > 0 && rows > state.rows) fail('BadOption', `batch: the program is for ${state.rows} rows, got ${rows}`);
  const begin = (): void => {
    if (state.rows > 0) return;
    state.machine.reserve(rows);
    state.rows = rows;
  };
  return {
    start: { ...start, begin },
    count: batches.count,
    rows,
    get fresh() {
      return batches.fresh;
    },
    deal: () => batches.deal(state.machine.reserve(state.rows), rows),
  };
}

/** Rows along the first named length that counts the rows of data. */
export function lengthDealer(state: LoopState, data: unknown, options: Options<Inputs>, seed: number | false): Dealer {
  const inputs = state.inputs.filter((port) => port.data);
  checkNames('data', data, inputs);
  const name = inputs.map(({ shape }) => shape[0]).find((extent) => typeof extent === 'string');
  if (name === undefined)
    fail('BadOption', 'data: no data of this program has a named length first, along which rows could be dealt');
  const dealt = inputs.filter(({ shape }) => shape[0] === name);
  const odd = state.inputs.find((port) =>
    carries({ ...port, shape: dealt.includes(port) ? port.shape.slice(1) : port.shape }, name),
  );
  if (odd) fail('BadOption', `data: rows cannot be dealt along ${name}, for ${odd.name} is ${odd.shape.join(' × ')}`);
  for (const port of inputs) {
    if (Object.hasOwn(data, port.name) || (!dealt.includes(port) && state.binding.shapeOf(port.name))) continue;
    fail('MissingName', `data: the input '${port.name}' is missing`);
  }

  const start = state.startAt(options.start, data);
  const names = new Set(dealt.map((port) => port.name));
  const own = Object.fromEntries(Object.entries(data).filter(([of]) => names.has(of)));
  const others = Object.fromEntries(Object.entries(data).filter(([of]) => !names.has(of)));
  const columns = sized(
    dealt.map((port) => ({ ...port, shape: port.shape.slice(1) })),
    start.lengths,
  );
  const batches = new Batches(placesOf(columns, true), own, seed);
  for (const port of sized(
    inputs.filter(({ name }) => Object.hasOwn(others, name)),
    start.lengths,
  ))
    checkValue(`data: ${port.name}`, others[port.name], port.shape);
  const { fixedRows } = state;
  const rows = whole('batch', options.batch, Math.min(fixedRows ?? batches.count, batches.count));
  if (fixedRows !== undefined && rows > fixedRows) fail('BadOption', `batch: the program is for ${fixedRows} rows, got ${rows}`);
  const lengths = new Map(start.lengths);
  return {
    start: { ...start, begin: () => state.bindBeside(lengths.set(name, Math.min(rows, batches.count)), dealt, others) },
    count: batches.count,
    rows,
    get fresh() {
      return batches.fresh;
    },
    deal() {
      const n = batches.take(rows);
      state.resizeRows(lengths.set(name, n), dealt);
      const places = new Map(state.data.map((place) => [place.name, place.offset]));
      batches.write(state.machine.data, ({ name, size }) => ({ offset: places.get(name)!, stride: size }));
      state.machine.bound();
      return n;
    },
  };
}
