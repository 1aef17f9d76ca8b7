/** A graph evaluated in the order of creation, node by node from the op table: what every layout has to agree with. */
import type { ElementRow, ListRow } from '../../src/ops/algebra.ts';
import { numbers } from '../../src/ops/numbers.ts';
import { RULES } from '../../src/ops/rules.ts';
import { OP, type OpName, VOCABULARY } from '../../src/ops/vocabulary.ts';
import { LISTS, type Nodes } from '../../src/tape/nodes.ts';

function operandsOf(nodes: Nodes, i: number): number[] {
  const op = nodes.op[i]!;
  const [a, b, c] = [nodes.a[i]!, nodes.b[i]!, nodes.c[i]!];
  if (LISTS[op]) return [...nodes.lists.subarray(a, a + LISTS[op]! * b)];
  return [a, b, c].slice(0, (RULES[VOCABULARY[op] as OpName] as ElementRow).arity);
}

function lists(nodes: Nodes, i: number, x: number[]): [number[], number[]] {
  return nodes.op[i] === OP.dot ? [x.slice(0, nodes.b[i]), x.slice(nodes.b[i])] : [x, []];
}

/** Value of every node; `inputs` by node. */
export function values(nodes: Nodes, inputs: ReadonlyMap<number, number>): Float64Array {
  const v = new Float64Array(nodes.size);
  for (let i = 0; i < nodes.size; i++) {
    const op = nodes.op[i]!;
    const name = VOCABULARY[op] as OpName;
    if (op === OP.input) v[i] = inputs.get(i) ?? 0;
    else if (op === OP.constant) v[i] = nodes.constantValues[nodes.a[i]!]!;
    else {
      const x = operandsOf(nodes, i).map((o) => v[o]!);
      v[i] = LISTS[op]
        ? (RULES[name] as ListRow).of(...lists(nodes, i, x))
        : (numbers[name as 'clamp'] as (...x: number[]) => number)(...x);
    }
  }
  return v;
}

/** Adjoint of every node for these seeds, gates tracked, and the same sweep with absolute values: the scale of rounding. */
export function adjoints(
  nodes: Nodes,
  v: Float64Array,
  seeds: ReadonlyMap<number, number>,
): { g: Float64Array; scale: Float64Array } {
  const g = new Float64Array(nodes.size);
  const scale = new Float64Array(nodes.size);
  const reached = new Uint8Array(nodes.size);
  for (const [i, d] of seeds) {
    g[i]! += d;
    scale[i]! += Math.abs(d);
    reached[i] = 1;
  }
  for (let i = nodes.size - 1; i >= 0; i--) {
    const op = nodes.op[i]!;
    if (op <= OP.constant || !reached[i]) continue;
    const row = RULES[VOCABULARY[op] as OpName];
    const operands = operandsOf(nodes, i);
    const x = operands.map((o) => v[o]!);
    const partials =
      row.arity === 'list'
        ? row.partialsOf(...lists(nodes, i, x), v[i]!).flat()
        : row.partials(numbers, x[0]!, x[1]!, x[2]!, v[i]!);
    operands.forEach((o, j) => {
      if (row.gate && partials[j] === 0) return;
      g[o]! += g[i]! * partials[j]!;
      scale[o]! += scale[i]! * Math.abs(partials[j]!);
      reached[o] = 1;
    });
  }
  return { g, scale };
}
