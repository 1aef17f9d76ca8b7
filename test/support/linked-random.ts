/** Random linked programs: loops in loops in lanes and out of them, kept and not, with every instruction. Smooth nearly everywhere. */
import type { OpName } from '../../src/ops/vocabulary.ts';
import { type Assembled, assemble, type Block, type Body, mainBody, type Place, place, type Value } from './linked.ts';

export interface RandomProgram {
  readonly program: Assembled;
  readonly params: number[];
  readonly data: number[];
}

const UNARY: readonly OpName[] = ['sin', 'tanh', 'square', 'neg', 'sigmoid', 'atan', 'relu'];
const BINARY: readonly OpName[] = ['add', 'sub', 'mul', 'max', 'min', 'hypot', 'add', 'mul'];
const LISTS: readonly OpName[] = ['sum', 'mean', 'prod', 'dot', 'minOf', 'maxOf', 'norm', 'logsumexp'];
const WHOLE = 5; // extents of computed indices

const EXACT_UNARY: readonly OpName[] = ['square', 'neg', 'abs', 'relu'];
const EXACT_BINARY: readonly OpName[] = ['add', 'sub', 'mul', 'max', 'min', 'add', 'mul'];
const EXACT_LISTS = LISTS.filter((name) => name !== 'logsumexp');

/**
 * @param next uniform in [0, 1)
 * @param isExact only ops that are rounded correctly, so that all engines have to give the same bits
 */
export function randomProgram(next: () => number, isExact = false): RandomProgram {
  const [unary, binary, lists] = isExact ? [EXACT_UNARY, EXACT_BINARY, EXACT_LISTS] : [UNARY, BINARY, LISTS];
  const int = (n: number): number => Math.floor(next() * n);
  const one = <T>(list: readonly T[]): T => list[int(list.length)]!;
  const maybe = (p: number): boolean => next() < p;

  const main = mainBody();
  const w = main.array(9, 'param');
  const x = main.array(40, 'data');
  const indices = main.array(16, 'data');
  const half = main.value(0.5);
  const unit = main.value(1);
  /** Keeps numbers small. */
  const squash = (body: Body, value: Value): Value =>
    isExact ? body.op('div', value, body.op('add', body.op('abs', value), unit)) : body.op('tanh', value);

  /** A place that no iteration of the loops around leads out of its array, with `room` for elements after it. */
  const somewhere = (body: Body, array: Block, room = 1): Place => {
    const terms: [Body, number][] = [];
    let left = array.size - room;
    for (let loop: Body | undefined = body; loop?.parent && array.owner !== loop; loop = loop.parent) {
      const by = 1 + int(2);
      const far = Math.max(loop.loop.n - 1, 0) * by;
      if (far > left || maybe(0.3)) continue;
      left -= far;
      terms.push([loop, by]);
    }
    return place(array, int(left + 1), terms);
  };
  /** A value that a computed index leads to. */
  const gathered = (body: Body): Value => {
    const i = body.check(body.load(somewhere(body, indices)), WHOLE);
    return body.load(place(maybe(0.6) ? w : x, int(w.size - WHOLE), [], [[i, 1]]));
  };
  const anArray = (body: Body, known: Value[], arrays: Block[]): Block => {
    const array = body.array(2 + int(3));
    const kind = int(3);
    if (kind === 0) body.copy(array.size, somewhere(body, maybe(0.6) ? w : x, array.size), 1, place(array, array.size - 1), -1);
    else if (kind === 1 && arrays.length > 0) {
      const b = one(arrays);
      const k = b.size;
      body.contract(
        array.size,
        1,
        k,
        somewhere(body, maybe(0.7) ? w : x, array.size + k - 1),
        1,
        1,
        place(b),
        1,
        1,
        place(array),
        1,
        1,
      );
    } else for (let e = 0; e < array.size; e++) body.store(one(known), place(array, e));
    return array;
  };

  const fill = (body: Body, known: Value[], arrays: Block[], depth: number): Value => {
    known = [...known];
    arrays = [...arrays];
    for (let count = 2 + int(3); count > 0; count--) known.push(body.load(somewhere(body, maybe(0.6) ? w : x)));
    if (body.parent && maybe(0.5)) known.push(body.op('mul', body.index(), half));
    for (let count = 3 + int(5); count > 0; count--) {
      const kind = int(8);
      if (kind < 2) known.push(body.op(one(binary), one(known), one(known)));
      else if (kind === 2) known.push(body.op(one(unary), one(known)));
      else if (kind === 3) known.push(gathered(body));
      else if (kind === 4) arrays.push(anArray(body, known, arrays));
      else if (kind === 5) {
        const a = arrays.length && maybe(0.7) ? one(arrays) : w;
        const k = Math.min(a.size, 1 + int(4));
        const b = maybe(0.5) ? w : x;
        known.push(squash(body, body.reduce(one(lists), k, somewhere(body, a, k), 1, somewhere(body, b, k), 1)));
      } else if (depth > 0) known.push(maybe(0.6) ? aMap(body, known, arrays, depth) : aScan(body, known, arrays, depth));
    }
    known.push(squash(body, body.op('add', known.at(-1)!, one(known))));
    return known.at(-1)!;
  };

  const mustKeep = (body: Body): boolean => body.loop.kept === true;

  const aMap = (body: Body, known: Value[], arrays: Block[], depth: number): Value => {
    const n = one([0, 1, 2, 3, 5, 9, 17]);
    const tile = !body.laned && maybe(0.6) ? 8 : 1;
    const stack = n > 0 ? body.array(n) : undefined;
    let out: Value | undefined;
    body.region({ n, tile, kept: mustKeep(body) || maybe(0.4) }, (inner) => {
      const value = fill(inner, known, arrays, depth - 1);
      inner.part = 2;
      if (stack) inner.store(maybe(0.8) ? value : one(known), place(stack, 0, [[inner, 1]]));
      out = inner.sum(maybe(0.8) ? value : one(known));
    });
    if (!stack) return out!;
    const list = body.reduce(one(lists), n, place(stack), 1);
    return body.op('add', squash(body, out!), squash(body, list));
  };

  const aScan = (body: Body, known: Value[], arrays: Block[], depth: number): Value => {
    const n = one([0, 1, 2, 3, 5, 12]);
    const cells = body.array(2, 'cells');
    body.store(one(known), place(cells, 0), true);
    body.copy(1, somewhere(body, w), 1, place(cells, 1), 1, true);
    const kept = mustKeep(body) || maybe(0.4);
    let out: Value | undefined;
    body.region({ n, scan: true, kept, cells, snapshots: kept ? 0 : 1 + int(4) }, (inner) => {
      const carried = [inner.load(place(cells, 0)), inner.load(place(cells, 1))];
      const value = fill(inner, [...known, ...carried], arrays, depth - 1);
      const next = squash(inner, inner.op('add', value, carried[1]!));
      inner.part = 1;
      inner.store(next, place(cells, 0), true);
      inner.store(maybe(0.7) ? carried[0]! : one(known), place(cells, 1), true);
      inner.part = 2;
      out = inner.sum(value);
    });
    const last = body.op('mul', body.load(place(cells, 0)), body.load(place(cells, 1)));
    return body.op('add', last, squash(body, out!));
  };

  const values = [fill(main, [half], [], 3), fill(main, [half], [], 2)];
  const program = assemble(main, [values[0]!, w, values[1]!, x], { firsts: maybe(0.8), once: maybe(0.6) });
  const params = Array.from({ length: w.size }, () => 2 * next() - 1);
  const data = [
    ...Array.from({ length: x.size }, () => 2 * next() - 1),
    ...Array.from({ length: indices.size }, () => int(WHOLE)),
  ];
  return { program, params, data };
}
