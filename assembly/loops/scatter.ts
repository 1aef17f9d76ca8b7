// Numbers added at places that are computed: elements ascending, of each all lanes. What is no place in C is left out, so no
// tape can write anywhere else. The adjoint of one is a load.
import { MINUS_ZERO } from '../sum';
import { bytes, laneAt, placeAt, toAdjoint, word } from './code';
import { add, fill } from './move';

/** Is a number an index into `count` elements? */
// @ts-ignore: decorator
@inline function isPlace(x: f64, count: i32): bool { return x >= 0 && x < <f64>count && floor<f64>(x) == x; }

/** C = nothing, then C[at] += from; values, or with `isTangent` tangents. */
export function scatter(I: usize, L: i32, isTangent: bool): void {
  const count = word(I, 1), n = word(I, 2), wf = word(I, 3), wa = word(I, 5), wc = word(I, 7);
  const by = bytes(word(I, 4)), atBy = bytes(word(I, 6)), intoBy = bytes(word(I, 8));
  let from = placeAt(wf), at = placeAt(wa), into = placeAt(wc);
  if (isTangent) { from += toAdjoint(wf); into += toAdjoint(wc); }
  for (let l = 0; l < L; l++, from += laneAt(wf), at += laneAt(wa), into += laneAt(wc)) {
    fill(count, into, intoBy, isTangent ? MINUS_ZERO : 0);
    for (let e = 0, x = from, p = at; e < n; e++, x += by, p += atBy) {
      const i = load<f64>(p);
      if (isPlace(i, count)) add(into + <usize>(<i32>i) * intoBy, load<f64>(x));
    }
  }
}

/** Every number gets the adjoint of the place it was added at. */
export function pullScatter(I: usize, L: i32): void {
  const count = word(I, 1), n = word(I, 2), wf = word(I, 3), wa = word(I, 5), wc = word(I, 7);
  const by = bytes(word(I, 4)), atBy = bytes(word(I, 6)), intoBy = bytes(word(I, 8));
  const g = placeAt(wf) + toAdjoint(wf), at = placeAt(wa), d = placeAt(wc) + toAdjoint(wc);
  for (let e = 0; e < n; e++)
    for (let l: usize = 0; l < <usize>L; l++) {
      const i = load<f64>(at + l * laneAt(wa) + <usize>e * atBy);
      if (isPlace(i, count)) add(g + l * laneAt(wf) + <usize>e * by, load<f64>(d + l * laneAt(wc) + <usize>(<i32>i) * intoBy));
    }
}
