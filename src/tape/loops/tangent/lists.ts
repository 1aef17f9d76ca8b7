/** Tangents of ops over lists and of matrix products. */
import { OP } from '../../../ops/vocabulary.ts';
import type { Instruction, View } from '../layout.ts';
import type { Code } from './draft.ts';

type Reduce = Extract<Instruction, { kind: 'reduce' }>;
type Contract = Extract<Instruction, { kind: 'contract' }>;

/** The tangent of an op over a list that has tangents. */
export function reduceTangent(code: Code, { op, n, a, b, out }: Reduce): number {
  const { draft } = code;
  const place = ({ from, by }: View): View => ({ from: draft.place(from), by });
  const x = place(a);
  const t = op === OP.dot && !draft.activity.arrays[a.from.array] ? x : draft.tangentView(a);
  const zero = (): number => draft.constant(0);
  /** Σ weight · tangent */
  const weighted = (weight: (inner: Code, x: number) => number): number =>
    code.sums(n, (inner) => [inner.op(OP.mul, weight(inner, inner.element(x)), inner.element(t))])[0]!;
  switch (op) {
    case OP.sum:
    case OP.mean:
      return code.reduce(op, n, t);
    case OP.dot: {
      const isActive = ({ from }: View): boolean => draft.activity.arrays[from.array] === 1;
      const terms = isActive(a) ? [code.reduce(OP.dot, n, t, place(b!))] : [];
      if (isActive(b!)) terms.push(code.reduce(OP.dot, n, x, draft.tangentView(b!)));
      return code.total(terms);
    }
    case OP.prod: // the product so far and its tangent go along
      return code.scan(n, [draft.constant(1), zero()], (inner, [product, tangent]) => {
        const [xi, ti] = [inner.element(x), inner.element(t)];
        const next = inner.op(OP.add, inner.op(OP.mul, tangent!, xi), inner.op(OP.mul, product!, ti));
        return [inner.op(OP.mul, product!, xi), next];
      })[1]!;
    case OP.minOf:
    case OP.maxOf: {
      // the mean of those that tie
      const [sum, count] = code.sums(n, (inner) => {
        const is = inner.op(OP.eq, inner.element(x), out);
        return [inner.op(OP.select, is, inner.element(t), zero()), is];
      });
      return code.op(OP.div, sum!, count!);
    }
    case OP.norm: {
      const slope = code.op(OP.div, weighted((_, xi) => xi), out); // biome-ignore format: one line
      return code.op(OP.select, code.op(OP.eq, out, zero()), zero(), slope);
    }
    default: // logsumexp
      return weighted((inner, xi) => inner.op(OP.expDifference, xi, out));
  }
}

/** Writes the tangents of a product: Ȧ·B + A·Ḃ. */
export function contractTangent(code: Code, it: Contract): void {
  const { draft, body } = code;
  const into = draft.tangentOf(it.array)!;
  const { m, n, k } = it;
  const [a, b] = [it.a, it.b].map((view) => ({ ...view, from: draft.place(view.from) })) as [Contract['a'], Contract['b']];
  const [ta, tb] = [draft.tangentView2(it.a), draft.tangentView2(it.b)];
  const product = (array: number, a: Contract['a'], b: Contract['b']): void => {
    code.list.push({ kind: 'contract', array, m, n, k, a, b });
  };
  if (!ta || !tb) return product(into, ta ?? a, tb ?? b);
  const { size } = draft.blocks[into]!;
  const [left, right] = [0, 1].map(() => draft.blocks.push({ kind: 'local', body, size }) - 1) as [number, number];
  product(left, ta, b);
  product(right, a, tb);
  const all = (array: number): View => ({ from: { array, at: { base: draft.nothing, terms: [], picks: [] }, checks: [] }, by: draft.one }); // biome-ignore format: one line
  code.stack(draft.size({ op: 'mul', a: m, b: n }), into, (inner) =>
    inner.op(OP.add, inner.element(all(left)), inner.element(all(right))),
  );
}
