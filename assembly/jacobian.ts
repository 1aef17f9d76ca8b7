// Jacobians, each in one crossing. Columns (or rows) of one colour are added up: without colours every one is for itself.
import { directionPlaces, pushForward, tangentsOf } from './directions';
import { adjoint, evaluate, MIXED, PARAMETER, push } from './sweep';
import { adjoints, at, output, outputCount, parameters, tangents } from './tape';

// @ts-ignore: decorator
@inline function colour(colours: usize, i: i32): i32 { return colours ? load<i32>(colours + (<usize>i << 2)) : i; }

// Up to here directions go one by one: a single one runs over neighbouring nodes in pairs, many run over themselves.
const FEW: i32 = 3;

/** result (outputs × count, row by row): Σ of the columns of each colour, `lanes` of them in a sweep; their tangents lie in `block`. */
export function jacobianColumns(P: usize, colours: usize, count: i32, lanes: i32, block: usize, result: usize): void {
  const p = parameters(P), m = outputCount(P), bytes = <usize>count << 3, width = <usize>lanes << 3;
  evaluate(P);
  if (count <= FEW) {
    for (let c = 0; c < count; c++, result += 8) if (column(P, colours, c, result, bytes, false)) column(P, colours, c, result, bytes, true);
    return;
  }
  for (let first = 0; first < count; first += lanes) {
    const used = min<i32>(lanes, count - first);
    directionPlaces(block, lanes);
    for (let i = 0; i < m; i++) memory.fill(tangentsOf(output(P, i)), 0, width); // no sweep writes those that no parameter reaches
    memory.fill(block, 0, <usize>p * width);
    for (let j = colours ? 0 : first, end = colours ? p : first + used; j < end; j++) {
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
    for (let l = 0; l < used; l++) if ((nan >>> l) & 1) column(P, colours, first + l, result + (<usize>(first + l) << 3), bytes, true);
  }
}

/** One direction; true if there is a NaN: then it goes once more, with gates. */
function column(P: usize, colours: usize, c: i32, result: usize, bytes: usize, gated: bool): bool {
  const T = tangents(P);
  for (let j = 0, p = parameters(P); j < p; j++) store<f64>(at(T, j), f64(colour(colours, j) == c));
  return push(P, gated, result, bytes);
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
