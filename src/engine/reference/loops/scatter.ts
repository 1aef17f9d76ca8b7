/** Numbers added at places that are computed: elements ascending, of each all lanes. The adjoint of one is a load. */
import { adjointIn, type Frames, laneOf, valueIn } from './frames.ts';

/** @param from where the numbers begin, values or tangents; C, whose numbers begin at `into`, is `nothing` where none is added */
function scatter(m: Frames, at: number, from: number, into: number, nothing: number): void {
  const { code, v, lanes } = m;
  const [count, n, by, atBy, intoBy] = [code[at + 1]!, code[at + 2]!, code[at + 4]!, code[at + 6]!, code[at + 8]!];
  const [lf, la, lc] = [laneOf(m, code[at + 3]!), laneOf(m, code[at + 5]!), laneOf(m, code[at + 7]!)];
  const places = valueIn(m, code[at + 5]!);
  for (let l = 0; l < lanes; l++) {
    for (let i = 0; i < count; i++) v[into + l * lc + i * intoBy] = nothing;
    for (let e = 0; e < n; e++) {
      const i = v[places + l * la + e * atBy]!;
      if (isPlace(i, count)) v[into + l * lc + i * intoBy]! += v[from + l * lf + e * by]!;
    }
  }
}

function isPlace(i: number, count: number): boolean {
  return i >= 0 && i < count && Number.isInteger(i);
}

export function forwardScatter(m: Frames, at: number): void {
  scatter(m, at, valueIn(m, m.code[at + 3]!), valueIn(m, m.code[at + 7]!), 0);
}

export function tangentOfScatter(m: Frames, at: number): void {
  scatter(m, at, adjointIn(m, m.code[at + 3]!), adjointIn(m, m.code[at + 7]!), -0);
}

/** Every number gets the adjoint of the place it was added at. */
export function reverseScatter(m: Frames, at: number): void {
  const { code, v, lanes } = m;
  const [count, n, by, atBy, intoBy] = [code[at + 1]!, code[at + 2]!, code[at + 4]!, code[at + 6]!, code[at + 8]!];
  const [lf, la, lc] = [laneOf(m, code[at + 3]!), laneOf(m, code[at + 5]!), laneOf(m, code[at + 7]!)];
  const [g, places, d] = [adjointIn(m, code[at + 3]!), valueIn(m, code[at + 5]!), adjointIn(m, code[at + 7]!)];
  for (let e = 0; e < n; e++)
    for (let l = 0; l < lanes; l++) {
      const i = v[places + l * la + e * atBy]!;
      if (isPlace(i, count)) v[g + l * lf + e * by]! += v[d + l * lc + i * intoBy]!;
    }
}
