/** The sweeps over rows, tile by tile; results as ARCHITECTURE.md, "One order", says. Beside the sweeps of one point. */
import { fail } from '../../errors.ts';
import { sum } from '../../ops/sums.ts';
import { SEGMENT } from '../../tape/layout.ts';
import { tileRows } from '../../tape/tile.ts';
import type { RowReduce } from '../engine.ts';
import { forward } from './forward.ts';
import { reverseGated } from './gated.ts';
import { type Places, placeOf, places } from './places.ts';
import { reverse } from './reverse.ts';
import { forwardTile, loadRows, reverseTile } from './rows.ts';
import { type Counter, elementsBySegment, finish, liveParameters } from './sweeps.ts';
import { tangents } from './tangent.ts';

export interface Batch {
  reserve(rows: number): Float64Array;
  outputs(): Float64Array;
  forward(rows: number, reduce: RowReduce): number;
  gradient(rows: number, reduce: RowReduce): number;
  tangent(rows: number, reduce: RowReduce, direction: Float64Array): number;
}

/** @param m the sweeps of one point: parameters, and what depends on them alone, are computed there */
export function batch(m: Places, counter: Counter): Batch {
  const { tape } = m;
  const { p, q, slots, rowStart } = tape;
  const out = tape.outputs[0] ?? fail('NoOutput', 'this program has no output to sum over rows');
  const lanes = tileRows(tape);
  const tile = places(tape, lanes);
  const elements = elementsBySegment(tape);
  const adjoint = m.g.subarray(0, p);
  let data = new Float64Array(0);
  let outputs = new Float64Array(0);

  const check = (rows: number): void => {
    if (!(rows <= outputs.length)) fail('WrongLength', `rows: ${rows} are more than the ${outputs.length} reserved`);
  };
  const count = (elements: number): void => {
    if (counter.isOn) counter.steps += elements;
  };
  /** What all rows share, computed once and copied beside the tile. */
  const share = (): void => {
    forward(m, SEGMENT.parameter);
    tile.v.set(m.v.subarray(0, rowStart));
  };
  const forwardOf = (first: number, c: number): void => {
    count(c * (elements[SEGMENT.data]! + elements[SEGMENT.mixed]!));
    loadRows(tile, data, first, c);
    forwardTile(tile, SEGMENT.data, c);
    forwardTile(tile, SEGMENT.mixed, c);
    for (let row = 0; row < c; row++) outputs[first + row] = tile.v[placeOf(tile, out) + (out < rowStart ? 0 : row)]!;
  };
  const total = (list: Float64Array, rows: number, reduce: RowReduce): number => {
    const s = sum(rows, list, 0, 1) + 0;
    return reduce === 'mean' ? s / rows : s;
  };

  const gradient = (rows: number, reduce: RowReduce): number => {
    check(rows);
    const d = reduce === 'mean' ? 1 / rows : 1;
    count(2 * (p + elements[SEGMENT.parameter]!) + rows * elements[SEGMENT.mixed]!);
    share();
    tile.g.fill(-0, 0, rowStart);
    for (let first = 0; first < rows; first += lanes) {
      const c = Math.min(lanes, rows - first);
      forwardOf(first, c);
      tile.g.fill(-0, rowStart);
      const z = placeOf(tile, out);
      if (out >= rowStart) tile.g.fill(d, z, z + c);
      else tile.g[z]! += d * c; // an output that no data reaches
      reverseTile(tile, SEGMENT.mixed, c);
    }
    m.g.set(tile.g.subarray(0, rowStart));
    reverse(m, SEGMENT.parameter);
    if (finish(adjoint)) gated(m, data, rows, d, out);
    return total(outputs, rows, reduce);
  };

  return {
    reserve(rows) {
      if (rows !== outputs.length) {
        data = new Float64Array(rows * q);
        outputs = new Float64Array(rows);
      }
      return data;
    },
    outputs: () => outputs,
    forward(rows, reduce) {
      check(rows);
      count(p + elements[SEGMENT.parameter]!);
      share();
      for (let first = 0; first < rows; first += lanes) forwardOf(first, Math.min(lanes, rows - first));
      return total(outputs, rows, reduce);
    },
    gradient,
    tangent(rows, reduce, direction) {
      check(rows);
      count(elements[SEGMENT.parameter]!);
      share();
      const t = new Float64Array(tile.g.length);
      const result = new Float64Array(rows);
      for (const isGated of [false, true]) {
        const step = isGated ? 1 : lanes; // flags are per slot: one row at a time
        for (let first = 0; first < rows; first += step) {
          const c = Math.min(step, rows - first);
          const live = isGated ? liveParameters(direction, p, slots) : undefined;
          forwardOf(first, c);
          t.set(direction.subarray(0, p));
          tangents(tile, t, SEGMENT.parameter, 1, live);
          tangents(tile, t, SEGMENT.mixed, c, live);
          const isDead = live !== undefined && !live[out];
          for (let row = 0; row < c; row++)
            result[first + row] = isDead ? 0 : t[placeOf(tile, out) + (out < rowStart ? 0 : row)]!;
        }
        if (!Number.isNaN(total(result, rows, 'sum'))) break;
      }
      return total(result, rows, reduce);
    },
  };
}

/** One row at a time with gates, in places of its own; the adjoints of the parameters end up in m. */
function gated(m: Places, data: Float64Array, rows: number, d: number, out: number): void {
  const { tape } = m;
  const { p, q, slots, rowStart } = tape;
  const single: Places = { ...m, v: m.v.slice(), g: new Float64Array(m.g.length).fill(-0) };
  const reached = new Uint8Array(slots);
  for (let row = 0; row < rows; row++) {
    single.v.set(data.subarray(row * q, (row + 1) * q), rowStart);
    forward(single, SEGMENT.data);
    forward(single, SEGMENT.mixed);
    single.g.fill(-0, rowStart);
    reached.fill(0, rowStart);
    single.g[out]! += d;
    reached[out] = 1;
    reverseGated(single, SEGMENT.mixed, reached);
  }
  reverseGated(single, SEGMENT.parameter, reached);
  m.g.set(single.g.subarray(0, p));
  finish(m.g.subarray(0, p));
}
