// Values: the instructions of a body one after another, each over the L lanes in use. With one lane the commonest ops are
// done here, without a call: a scan of small steps is nothing else.
import { ADD, arity, MUL, SQUARE, SUB, value } from '../rules';
import { run } from '../run';
import { bodyRegister, bytes, CHECK, CONTRACT, COPY, hasWidePick, INDEX, iteration, laneAt, laneOf, list, LOAD, ONCE, OPERATION, pickOf, placeAt, REDUCE, REGION, SCATTER, STORE, tileOf, valueOf, word, wordsAt } from './code';
import { move } from './move';
import { product } from './product';
import { reduce } from './reduce';
import { FORWARD, region } from './region';
import { scatter } from './scatter';
import { accumulate, sumsOf } from './totals';

/** Of the check that failed last: its number, and the index. */
export let faultCheck: i32 = -1;
export let faultValue: f64 = 0;

/** Runs instructions `from` to `to` of body B; false if a check failed, at which it stops. */
export function forward(B: usize, from: i32, to: i32, lanes: i32): bool {
  for (let q = list(B) + (<usize>from << 2), end = list(B) + (<usize>to << 2); q < end; q += 4) {
    const I = wordsAt(load<i32>(q)), h = load<u32>(I), op = (h >>> 8) & 255, L = h & ONCE ? 1 : lanes;
    switch (h & 255) {
      case OPERATION: {
        const o = valueOf(word(I, 1)), a = valueOf(word(I, 2));
        if (L == 1) {
          const x = load<f64>(a);
          switch (op) {
            case ADD: store<f64>(o, x + load<f64>(valueOf(word(I, 3)))); break;
            case SUB: store<f64>(o, x - load<f64>(valueOf(word(I, 3)))); break;
            case MUL: store<f64>(o, x * load<f64>(valueOf(word(I, 3)))); break;
            case SQUARE: store<f64>(o, x * x); break;
            default: {
              const n = arity(op), y = n > 1 ? load<f64>(valueOf(word(I, 3))) : x;
              store<f64>(o, value(op, x, y, n > 2 ? load<f64>(valueOf(word(I, 4))) : y));
            }
          }
        } else {
          const n = arity(op), wb = n > 1 ? word(I, 3) : word(I, 2), wc = n > 2 ? word(I, 4) : wb;
          run(op, L, o, a, laneOf(word(I, 2)), valueOf(wb), laneOf(wb), valueOf(wc), laneOf(wc));
        }
        break;
      }
      case LOAD: {
        const o = valueOf(word(I, 1)), from = word(I, 2), a = placeAt(from);
        if (L == 1) store<f64>(o, load<f64>(a));
        else loadLanes(L, o, from, a);
        break;
      }
      case STORE: {
        const a = valueOf(word(I, 1)), into = word(I, 2), o = placeAt(into);
        if (L == 1) store<f64>(o, load<f64>(a));
        else move(L, o, laneAt(into), a, laneOf(word(I, 1)));
        break;
      }
      case CHECK: if (!check(I, L)) return false; break;
      case INDEX: {
        const by = tileOf(B) > 1 ? 1 : 0; // only where the lanes are iterations of this very loop
        for (let l = 0, o = valueOf(word(I, 1)), t = iteration(bodyRegister(B)); l < L; l++, o += 8, t += by) store<f64>(o, <f64>t);
        break;
      }
      case COPY: copy(I, L, placeAt(word(I, 4)), placeAt(word(I, 2))); break;
      case REDUCE:
        if (!reduce(I, op, L)) {
          faultCheck = -1;
          faultValue = <f64>op;
          return false;
        }
        break;
      case CONTRACT: product(I, L); break;
      case SCATTER: scatter(I, L, false); break;
      case REGION: if (!region(wordsAt(word(I, 1)), L, FORWARD)) return false; break;
      default: accumulate(B, L, sumsOf(I), valueOf(word(I, 1)), laneOf(word(I, 1)));
    }
  }
  return true;
}

/** The numbers of an access into the lanes of o; a is the place of lane 0 (of a value, or of a tangent). */
export function loadLanes(L: i32, o: usize, from: i32, a: usize): void {
  if (hasWidePick(from)) for (let l = 0; l < L; l++, o += 8) store<f64>(o, load<f64>(a + pickOf(from, l)));
  else move(L, o, 8, a, laneAt(from));
}

/** Element by element, in each all lanes; o and a are the places of the first. */
export function copy(I: usize, L: i32, o: usize, a: usize): void {
  const n = word(I, 1), sa = bytes(word(I, 3)), so = bytes(word(I, 5));
  if (L == 1) move(n, o, so, a, sa);
  else for (let e = 0; e < n; e++, o += so, a += sa) move(L, o, laneAt(word(I, 4)), a, laneAt(word(I, 2)));
}

function check(I: usize, L: i32): bool {
  const extent = <f64>word(I, 3), lane = laneOf(word(I, 2));
  for (let l = 0, o = valueOf(word(I, 1)), a = valueOf(word(I, 2)); l < L; l++, o += 8, a += lane) {
    const x = load<f64>(a), fits = x >= 0 && x < extent && floor<f64>(x) == x;
    store<f64>(o, fits ? x : 0);
    if (!fits) {
      faultCheck = word(I, 4);
      faultValue = x;
      return false;
    }
  }
  return true;
}
