// Jacobians, each in one crossing. Columns (or rows) of one colour are added up: without colours every one is for itself.
import { directionPlaces, pushForward, tangentsOf } from './directions';
import { adjoint, evaluate, live, MIXED, PARAMETER } from './sweep';
import { tangent, tangentPlaces } from './tangent';
import { adjoints, at, flags, output, outputCount, parameters, tangents, values } from './tape';

// @ts-ignore: decorator
@inline function colour(colours: usize, i: i32): i32 { return colours ? load<i32>(colours + (<usize>i << 2)) : i; }

/** result (outputs × count, row by row): Σ of the columns of each colour, `lanes` of them in a sweep; their tangents lie in `block`. */
export function jacobianColumns(P: usize, colours: usize, count: i32, lanes: i32, block: usize, result: usize): void {
  const p = parameters(P), m = outputCount(P), bytes = <usize>count << 3, width = <usize>lanes << 3;
  evaluate(P);
  for (let first = 0; first < count; first += lanes) {
    const used = min<i32>(lanes, count - first);
    directionPlaces(block, lanes);
    for (let i = 0; i < m; i++) memory.fill(tangentsOf(output(P, i)), 0, width); // no sweep writes those that no parameter reaches
    memory.fill(block, 0, <usize>p * width);
    if (!colours) for (let c = first; c < first + used; c++) store<f64>(tangentsOf(c) + (<usize>(c - first) << 3), 1);
    else for (let j = 0; j < p; j++) {
      const c = colour(colours, j) - first;
      if (<u32>c < <u32>used) store<f64>(tangentsOf(j) + (<usize>c << 3), 1);
    }
    pushForward(P, PARAMETER);
    pushForward(P, MIXED);
    let nan: u32 = 0; // a bit for each direction
    for (let i = 0, o = result + (<usize>first << 3); i < m; i++, o += bytes) {
      const t = tangentsOf(output(P, i));
      for (let l = 0; l < used; l++) {
        const x = load<f64>(t + (<usize>l << 3)) + 0;
        store<f64>(o + (<usize>l << 3), x);
        if (x != x) nan |= 1 << l;
      }
    }
    for (let l = 0; l < used; l++) if ((nan >>> l) & 1) gatedColumn(P, colours, first + l, result + (<usize>(first + l) << 3), bytes);
  }
}

/** One direction once more, with gates. */
function gatedColumn(P: usize, colours: usize, c: i32, result: usize, bytes: usize): void {
  const T = tangents(P);
  for (let j = 0, p = parameters(P); j < p; j++) store<f64>(at(T, j), f64(colour(colours, j) == c));
  live(P, true);
  tangentPlaces(P, 1, values(P), T, 8, true);
  tangent(P, PARAMETER);
  tangent(P, MIXED);
  for (let i = 0, m = outputCount(P); i < m; i++, result += bytes) {
    const s = output(P, i);
    store<f64>(result, load<u8>(flags(P) + s) ? load<f64>(at(T, s)) + 0 : 0);
  }
}

/** result (count × parameters): Σ of the rows of each colour; `seeds` is room for a number for each output. */
export function jacobianRows(P: usize, colours: usize, count: i32, seeds: usize, result: usize): void {
  const m = outputCount(P), bytes = <usize>parameters(P) << 3;
  evaluate(P);
  for (let c = 0; c < count; c++, result += bytes) {
    for (let i = 0; i < m; i++) store<f64>(seeds + (<usize>i << 3), f64(colour(colours, i) == c));
    adjoint(P, seeds);
    memory.copy(result, adjoints(P), bytes);
  }
}
