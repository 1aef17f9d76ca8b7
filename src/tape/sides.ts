/**
 * All elements of a list lie on one side of rowStart (layout.ts). Where a list mixes the two, as in
 * sum([w·x, b]) with data x, its shared elements get copies among the row slots: nodes add(b, −0), which is b to the bit
 * and passes its derivative on unchanged.
 */
import { OP } from '../ops/vocabulary.ts';
import { type Inputs, MARK, type Marks } from './live.ts';
import { ARITY, LISTS, type Nodes } from './nodes.ts';
import { push, taken, words } from './words.ts';

export interface Sided extends Marks {
  readonly nodes: Nodes;
  readonly inputs: Inputs;
  readonly outputs: Int32Array;
}

/** The same graph if no list is mixed (one pass over the lists), else one with copies in it. O(n) */
export function separateSides(given: Sided): Sided {
  return hasMixedList(given.nodes, given.mark) ? withCopies(given) : given;
}

function isMixed(lists: Int32Array, mark: Uint8Array, from: number, k: number): boolean {
  let some = 0;
  let every = MARK.data as number;
  for (let j = from; j < from + k; j++) {
    some |= mark[lists[j]!]! & MARK.data;
    every &= mark[lists[j]!]!;
  }
  return some !== 0 && every === 0;
}

function hasMixedList({ size, op, a, b, lists }: Nodes, mark: Uint8Array): boolean {
  for (let i = 0; i < size; i++) {
    if (!LISTS[op[i]!] || !(mark[i]! & MARK.live) || !(mark[i]! & MARK.data)) continue;
    for (let l = 0; l < LISTS[op[i]!]!; l++) if (isMixed(lists, mark, a[i]! + l * b[i]!, b[i]!)) return true;
  }
  return false;
}

function withCopies({ nodes, mark, uses, inputs, outputs }: Sided): Sided {
  const { size, op, a, b, c, constantValues } = nodes;
  const out = {
    op: words(size),
    a: words(size),
    b: words(size),
    c: words(size),
    mark: words(size),
    lists: words(nodes.lists.length || 1),
  };
  const node = (o: number, x: number, y: number, z: number, m: number): number => {
    push(out.op, o);
    push(out.a, x);
    push(out.b, y);
    push(out.c, z);
    push(out.mark, m);
    return out.op.size - 1;
  };
  const minusZero = node(OP.constant, constantValues.length, 0, 0, MARK.leaf | MARK.live);
  const moved = new Int32Array(size); // old node ─► new
  const copies = new Int32Array(size); // old shared node ─► its copy, or 0
  const copy = (x: number): number => {
    if (!copies[x]) copies[x] = node(OP.add, moved[x]!, minusZero, 0, (mark[x]! & MARK.parameter) | MARK.data | MARK.live);
    return copies[x]!;
  };
  for (let i = 0; i < size; i++) {
    const o = op[i]!;
    const k = b[i]!;
    if (LISTS[o]) {
      const elements: number[] = [];
      for (let l = 0; l < LISTS[o]!; l++) {
        const from = a[i]! + l * k;
        const mixed = (mark[i]! & MARK.live) !== 0 && isMixed(nodes.lists, mark, from, k);
        for (let j = from; j < from + k; j++) {
          const x = nodes.lists[j]!;
          elements.push(mixed && !(mark[x]! & MARK.data) ? copy(x) : moved[x]!);
        }
      }
      moved[i] = node(o, out.lists.size, k, 0, mark[i]!);
      for (const x of elements) push(out.lists, x);
    } else if (ARITY[o]) {
      moved[i] = node(o, moved[a[i]!]!, ARITY[o]! > 1 ? moved[k]! : 0, ARITY[o]! > 2 ? moved[c[i]!]! : 0, mark[i]!);
    } else moved[i] = node(o, a[i]!, k, c[i]!, mark[i]!);
  }
  const renamed = new Map<number, readonly string[]>();
  for (const [x, names] of nodes.names) renamed.set(moved[x]!, names);
  const constants = new Float64Array(constantValues.length + 1);
  constants.set(constantValues);
  constants[constantValues.length] = -0;
  const graph: Nodes = {
    size: out.op.size,
    op: Uint8Array.from(taken(out.op)),
    a: taken(out.a),
    b: taken(out.b),
    c: taken(out.c),
    lists: taken(out.lists),
    constantValues: constants,
    names: renamed,
  };
  const move = (x: number): number => moved[x]!;
  const usesMoved = new Uint16Array(graph.size);
  moved.forEach((to, x) => {
    usesMoved[to] = uses[x]!;
  });
  return {
    nodes: graph,
    mark: Uint8Array.from(taken(out.mark)),
    uses: usesMoved,
    inputs: { params: inputs.params.map(move), data: inputs.data.map(move) },
    outputs: outputs.map(move),
  };
}
