/** `toWasm`: from the state of a program to a standalone module. */
import {
  type Description,
  flatBody,
  generatedBody,
  generatedLoops,
  type PlacedPort,
  standalone,
} from '../engine/standalone/index.ts';
import { fail } from '../errors.ts';
import { show } from '../graph/show.ts';
import { link } from '../link/index.ts';
import { sized } from './lengths.ts';
import { placesOf, type Place } from './marshal.ts';
import type { FlatState } from './flat.ts';
import type { LoopState } from './loops.ts';
import { sizeOf } from './signature.ts';

/** Options of {@link Program.toWasm}. */
export interface WasmOptions {
  /** Named lengths, which are numbers in a module. Default: those in force, as the arrays bound or given last made them. */
  readonly lengths?: Readonly<Record<string, number>>;
  /** Whether data that is bound goes into the module. Default true; data that is not in it is NaN until the host writes it. */
  readonly data?: boolean;
}

const ROWS_MISSING = 'toWasm: how many rows there are is not known yet; bind data, or give their number to over';

/** @throws BadOption, UnknownName, DataMissing, OutOfMemory */
export function flatModule(state: FlatState, unbound: ReadonlySet<string>, options: WasmOptions): Uint8Array<ArrayBuffer> {
  checkWasmOptions(options, []);
  const { tape, rows, reduce, machine, isOverRows } = state;
  if (isOverRows && rows === 0) fail('DataMissing', ROWS_MISSING);
  const description: Description = {
    ...ports(state.parameters, state.data),
    outputs: stacked(isOverRows ? tape.signature.outputs.slice(0, 1) : tape.signature.outputs),
    ...(isOverRows && { rows }),
    lengths: {},
    checks: [],
  };
  const numbers = isOverRows ? () => machine.reserve(rows).slice(0, rows * tape.q) : () => machine.data.slice();
  const data = boundData(numbers, state.data, unbound, options, Math.max(1, rows));
  const body = (base: number) =>
    isOverRows ? flatBody(tape, base, { count: rows, reduce }) : (generatedBody(tape, base) ?? flatBody(tape, base));
  return standalone(body, description, data);
}

/** The same of a program with loops, linked for the lengths asked for. @throws OutOfRange, and as above */
export function loopModule(state: LoopState, unbound: ReadonlySet<string>, options: WasmOptions): Uint8Array<ArrayBuffer> {
  const { tape, machine } = state;
  const inForce = state.binding.lengths;
  checkWasmOptions(options, state.lengths);
  const lengths = new Map<string, number>();
  for (const name of tape.lengths) {
    const isRows = !state.lengths.includes(name);
    const n = options.lengths?.[name] ?? inForce?.get(name) ?? (isRows ? state.fixedRows : undefined);
    if (n === undefined)
      fail(
        'DataMissing',
        isRows
          ? ROWS_MISSING
          : `toWasm: the length ${name} is not known yet; bind data, or give it as in { lengths: { ${name}: 100 } }`,
      );
    lengths.set(name, n);
  }
  const linked = link(tape, [...lengths.values()]);
  const sizes = linked.sizes;
  const inputs = sized(tape.inputs, lengths);
  const dataPlaces = placesOf(inputs, true);
  const outputs = state.isOverRows ? tape.outputs.slice(0, 1) : tape.outputs;
  const description: Description = {
    ...ports(placesOf(inputs, false), dataPlaces),
    outputs: stacked(outputs.map(({ name, shape }) => ({ name, shape: shape.map((size) => sizes[size]!) }))),
    lengths: Object.fromEntries([...lengths].filter(([name]) => state.lengths.includes(name))),
    checks: linked.checks.map(({ what, extent }) => ({ what, extent })),
  };
  const isInForce = inForce !== undefined && tape.lengths.every((name) => inForce.get(name) === lengths.get(name));
  const data = isInForce ? boundData(() => machine.data.slice(), dataPlaces, unbound, options) : undefined;
  return standalone((base) => generatedLoops(linked, base), description, data);
}

/** @throws BadOption, UnknownName */
function checkWasmOptions(options: WasmOptions, names: readonly string[]): void {
  if (options.data !== undefined && typeof options.data !== 'boolean')
    fail('BadOption', `toWasm: data is true or false, not ${show(options.data)}`);
  for (const [name, n] of Object.entries(options.lengths ?? {})) {
    if (!names.includes(name))
      fail(
        'UnknownName',
        `toWasm: there is no length '${name}' here, ${names.length > 0 ? `only ${names.join(', ')}` : 'and none at all'}`,
      );
    if (!(Number.isSafeInteger(n) && n >= 0))
      fail('BadOption', `toWasm: the length ${name} is a whole number ≥ 0, not ${show(n)}`);
  }
}

function ports(parameters: readonly Place[], data: readonly Place[]): Pick<Description, 'version' | 'inputs' | 'data'> {
  const placed = ({ name, shape, offset }: Place): PlacedPort => ({ name, shape, offset });
  return { version: 1, inputs: parameters.map(placed), data: data.map(placed) };
}

/** Outputs one behind the other. */
function stacked(outputs: readonly { readonly name: string; readonly shape: readonly number[] }[]): PlacedPort[] {
  let offset = 0;
  return outputs.map(({ name, shape }) => {
    const port = { name, shape, offset };
    offset += sizeOf(shape);
    return port;
  });
}

/** Data that is bound, and NaN for what is not; undefined if there is none that is to go along. */
function boundData(
  numbers: () => Float64Array,
  places: readonly Place[],
  unbound: ReadonlySet<string>,
  { data = true }: WasmOptions,
  rows = 1,
): Float64Array | undefined {
  if (!data || places.every(({ name }) => unbound.has(name))) return undefined;
  const all = numbers();
  const width = all.length / rows;
  for (const { name, offset, size } of places)
    if (unbound.has(name))
      for (let row = 0; row < rows; row++) all.fill(Number.NaN, row * width + offset, row * width + offset + size);
  return all;
}
