/** Data on its way to the machine: checked first, then copied, so that a refused call changes nothing. */
import { fail } from '../errors.ts';
import { show } from '../graph/show.ts';
import {
  checkAttached,
  checkNumbers,
  checkValue,
  copyNumbers,
  copyValue,
  isList,
  isNested,
  type Place,
  type Values,
} from './marshal.ts';
import type { FlatState } from './flat.ts';

/** Checks the data of `places` in `given` and returns what copies it. */
export type Feed = (state: FlatState, given: Values, places: readonly Place[]) => () => void;

/** One row: a plain program. */
export const oneRow: Feed = ({ machine }, given, places) => {
  for (const { name, shape } of places) checkValue(name, given[name], shape);
  return () => {
    const row = machine.data;
    for (const { name, shape, offset } of places) copyValue(given[name], shape, row, offset);
  };
};

/**
 * Many rows, their number taken from the data, or `fixed`. In memory a row holds all data inputs, one after another:
 * each is spread out with a stride of q.
 */
export function manyRows(fixed: number | undefined): Feed {
  return (state, given, places) => {
    const { data, machine, tape } = state;
    const counts = places.map((place) => countRows(place, given[place.name]));
    const rows = fixed ?? (places.length < data.length && state.rows > 0 ? state.rows : (counts[0] ?? 0));
    places.forEach(({ name }, i) => {
      if (counts[i] === rows) return;
      const whose = rows === fixed ? 'over() asked for' : rows === state.rows ? 'the data bound before has' : 'other data has';
      fail('WrongLength', `${name}: expected ${rows} rows, as ${whose}, got ${counts[i]}`);
    });
    if (rows === 0 && places.length > 0) fail('WrongLength', `${places[0]!.name}: expected at least one row`);
    return () => {
      const target = machine.reserve(rows);
      for (const place of places) spread(place, given[place.name], rows, target, tape.q);
      state.rows = rows;
    };
  };
}

/** How many rows the value for a data input holds, every element checked. */
function countRows({ name, shape, size }: Place, value: unknown): number {
  if (!isList(value)) fail('WrongType', `${name}: expected an array of rows, got ${show(value)}`);
  checkAttached(name, value);
  const rows = typeof value[0] === 'object' || size === 0 ? value.length : value.length / size;
  if (!Number.isSafeInteger(rows)) {
    const wanted = `rows of ${size} numbers (${['rows', ...shape].join(' × ')})`;
    fail('WrongLength', `${name}: expected ${wanted}, got ${String(value.length)}`);
  }
  if (isNested(value, [rows, ...shape])) checkValue(name, value, [rows, ...shape]);
  else checkNumbers(name, value);
  return rows;
}

function spread({ shape, size, offset }: Place, value: unknown, rows: number, target: Float64Array, q: number): void {
  const list = value as ArrayLike<number>;
  if (isNested(list, [rows, ...shape])) for (let r = 0; r < rows; r++) copyValue(list[r], shape, target, r * q + offset);
  else if (size === q) copyNumbers(list, 0, rows * q, target, 0);
  else for (let r = 0; r < rows; r++) copyNumbers(list, r * size, size, target, r * q + offset);
}
