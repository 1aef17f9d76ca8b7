// What the outside calls: whole sweeps over a loaded program, each in one crossing.
import { forward } from './forward';
import { reverseGated } from './gated';
import { adjointOf, forwardTile, laneCount, placeOf, reverseTile, tilePlaces } from './lanes';
import { reverse } from './reverse';
import { clear } from './run';
import { tick } from './steps';
import { sum } from './sum';
import { tangent, tangentPlaces } from './tangent';
import { adjoints, at, clears, clearsEnd, dataInputs, flags, output, outputCount, parameters, rowClears, rowClearsEnd, rowData, rowOutputs, rowStart, rowTangents, rowValues, slots, tangents, tileRows, values } from './tape';

const CONSTANT: usize = 0, DATA: usize = 2;
export const PARAMETER: usize = 1, MIXED: usize = 3;

/** Once, after loading: what depends on constants alone. */
export function start(P: usize): void { forward(P, CONSTANT); }

/** Data was written: what depends on data alone. */
export function bound(P: usize): void { forward(P, DATA); }

/** Values; returns the first output. */
export function evaluate(P: usize): f64 {
  tick(parameters(P));
  forward(P, PARAMETER);
  forward(P, MIXED);
  return outputCount(P) ? load<f64>(at(values(P), output(P, 0))) : NaN;
}

/** Values and adjoints for one output of seed 1. */
export function gradient(P: usize): f64 {
  const z = evaluate(P);
  adjoint(P, 0);
  return z;
}

/** Makes −0 of what a reverse sweep adds to without storing to it first. */
export function clearAdjoints(P: usize): void {
  for (let r = clears(P), end = clearsEnd(P); r < end; r += 8) clear(at(adjoints(P), load<i32>(r)), load<i32>(r, 4));
}

/** Adjoints of the values at hand; seeds (one number per output) or 0 for 1 at the first. */
export function adjoint(P: usize, seeds: usize): void {
  clearAdjoints(P);
  if (seeds) seed(P, seeds, 0);
  else store<f64>(at(adjoints(P), output(P, 0)), 1);
  reverse(P, MIXED);
  reverse(P, PARAMETER);
  if (!finish(P)) return;
  clear(adjoints(P), slots(P));
  memory.fill(flags(P), 0, slots(P));
  seed(P, seeds, flags(P));
  reverseGated(P, MIXED);
  reverseGated(P, PARAMETER);
  finish(P);
}

/** Several outputs may be one node: seeds add up. A seed of 0 opens no path. */
function seed(P: usize, seeds: usize, F: usize): void {
  for (let i = 0, m = outputCount(P); i < m; i++) {
    const s = output(P, i), g = at(adjoints(P), s), d = seeds ? load<f64>(seeds + (<usize>i << 3)) : i == 0 ? 1 : 0;
    store<f64>(g, load<f64>(g) + d);
    if (F && d != 0) store<u8>(F + s, 1);
  }
}

/** Makes −0 to 0 in the parameters' adjoints; true if there is a NaN among them. */
function finish(P: usize): bool {
  tick(parameters(P));
  return settle(parameters(P), adjoints(P));
}

/** Makes −0 to 0 in n adjoints from g on; true if there is a NaN among them. */
export function settle(n: i32, g: usize): bool {
  const zero = f64x2.splat(0);
  let ordered = i64x2.splat(-1);
  for (const e = at(g, n & ~1); g < e; g += 16) {
    const d = f64x2.add(v128.load(g), zero);
    v128.store(g, d);
    ordered = v128.and(ordered, f64x2.eq(d, d));
  }
  let nan = !v128.all_true<i64>(ordered);
  if (n & 1) {
    const d = load<f64>(g) + 0;
    store<f64>(g, d);
    nan = nan || d != d;
  }
  return nan;
}

/** Tangents of all outputs at `result` (slots that no parameter reaches keep the 0 they were given at loading), along the direction already in the parameters' tangent slots. */
export function directional(P: usize, result: usize): void {
  evaluate(P);
  const m = outputCount(P);
  for (let pass = 0; pass < 2; pass++) {
    live(P, pass == 1);
    tangentPlaces(P, 1, values(P), tangents(P), 8, pass == 1);
    tangent(P, PARAMETER);
    tangent(P, MIXED);
    let nan = false;
    for (let i = 0; i < m; i++) {
      const s = output(P, i), dead = pass == 1 && !load<u8>(flags(P) + s);
      const t = dead ? 0 : load<f64>(at(tangents(P), s)) + 0;
      store<f64>(result + (<usize>i << 3), t);
      nan = nan || t != t;
    }
    if (!nan) return;
  }
}

/** Parameters are where live paths start: those with a direction other than 0. */
export function live(P: usize, gated: bool): void {
  if (!gated) return;
  memory.fill(flags(P), 0, slots(P));
  for (let i = 0, n = parameters(P); i < n; i++) store<u8>(flags(P) + i, u8(load<f64>(at(tangents(P), i)) != 0));
}

/** Moves the data of rows first … first + c − 1 into the lanes of the data slots. */
function loadRows(P: usize, first: i32, c: i32): void {
  const q = dataInputs(P), S = rowStart(P), bytes = <usize>q << 3;
  for (let i = 0; i < q; i++) {
    let a = rowData(P) + <usize>first * bytes + (<usize>i << 3), o = placeOf(S + i);
    for (let l = 0; l < c; l++, a += bytes, o += 8) store<f64>(o, load<f64>(a));
  }
}

/** Keeps the first output of each row of the tile. */
function keepOutputs(P: usize, first: i32, c: i32): void {
  const z = output(P, 0), a = placeOf(z), step: usize = z < rowStart(P) ? 0 : 8;
  for (let l = 0; l < c; l++) store<f64>(rowOutputs(P) + (<usize>(first + l) << 3), load<f64>(a + <usize>l * step));
}

/** Sum or mean of the first output over rows; their gradient too if wanted. */
export function rows(P: usize, n: i32, mean: bool, wanted: bool): f64 {
  const L = tileRows(P), lanes = laneCount(P, n), S = rowStart(P), d: f64 = mean ? 1 / <f64>n : 1;
  tick(parameters(P));
  forward(P, PARAMETER);
  if (wanted) clear(adjoints(P), S);
  for (let first = 0; first < n; first += L) {
    const c = min<i32>(L, n - first);
    tilePlaces(P, c, lanes);
    loadRows(P, first, c);
    forwardTile(P, DATA);
    forwardTile(P, MIXED);
    keepOutputs(P, first, c);
    if (!wanted) continue;
    for (let r = rowClears(P), end = rowClearsEnd(P); r < end; r += 8) clear(adjointOf(load<i32>(r)), load<i32>(r, 4) * lanes);
    const z = output(P, 0), g = adjointOf(z);
    if (z >= S) for (let l = 0; l < c; l++) store<f64>(g + (<usize>l << 3), d);
    else store<f64>(g, load<f64>(g) + d * <f64>c); // an output that no data reaches
    reverseTile(P, MIXED);
  }
  if (wanted) {
    reverse(P, PARAMETER);
    if (finish(P)) rowsGated(P, n, d);
  }
  const total = sum(n, rowOutputs(P)) + 0;
  return mean ? total / <f64>n : total;
}

/** One row at a time through the plain slots, with gates. */
function rowsGated(P: usize, n: i32, d: f64): void {
  const S = rowStart(P), m = slots(P) - S, z = output(P, 0), data = at(values(P), S), bytes = <usize>dataInputs(P) << 3;
  const kept = rowValues(P); // the tile's values are done with: room for the plain program's data
  memory.copy(kept, data, bytes);
  clear(adjoints(P), S);
  memory.fill(flags(P), 0, S);
  for (let r = 0; r < n; r++) {
    memory.copy(data, rowData(P) + <usize>r * bytes, bytes);
    forward(P, DATA);
    forward(P, MIXED);
    clear(at(adjoints(P), S), m);
    memory.fill(flags(P) + S, 0, m);
    store<f64>(at(adjoints(P), z), load<f64>(at(adjoints(P), z)) + d);
    store<u8>(flags(P) + z, 1);
    reverseGated(P, MIXED);
  }
  reverseGated(P, PARAMETER);
  finish(P);
  memory.copy(data, kept, bytes);
  forward(P, DATA);
}

/** Directional derivative of the sum or mean over rows; `result` holds one tangent per row afterwards. */
export function directionalRows(P: usize, n: i32, mean: bool, result: usize): f64 {
  const L = tileRows(P), lanes = laneCount(P, n), S = rowStart(P), width = <usize>lanes << 3, z = output(P, 0), step: usize = z < S ? 0 : 8;
  forward(P, PARAMETER);
  let total: f64 = NaN;
  for (let pass = 0; pass < 2 && total != total; pass++) {
    const shift = <usize>S * width;
    for (let first = 0; first < n; first += L) {
      const c = min<i32>(L, n - first);
      // flags are per slot, so the gated pass takes rows one at a time
      for (let l = 0; l < c; l += pass ? 1 : c) {
        const m = pass ? 1 : c;
        tilePlaces(P, m, lanes);
        loadRows(P, first + l, m);
        forwardTile(P, DATA);
        forwardTile(P, MIXED);
        keepOutputs(P, first + l, m);
        live(P, pass == 1);
        tangentPlaces(P, m, rowValues(P) - shift, rowTangents(P) - shift, width, pass == 1);
        tangent(P, PARAMETER);
        tangent(P, MIXED);
        const dead = pass == 1 && !load<u8>(flags(P) + z);
        const a = z < S ? at(tangents(P), z) : rowTangents(P) + <usize>(z - S) * width;
        for (let k = 0; k < m; k++) store<f64>(result + (<usize>(first + l + k) << 3), dead ? 0 : load<f64>(a + <usize>k * step));
      }
    }
    total = sum(n, result) + 0;
  }
  return mean ? total / <f64>n : total;
}
