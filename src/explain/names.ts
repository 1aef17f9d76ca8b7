import type { Signature } from '../tape/layout.ts';
import type { Model } from './model.ts';

/** Names of nodes: inputs (`w`, `x[2]`, `W[0][1]`), what `named` gave, and outputs that have one. */
export function namesOf(model: Model, signature: Signature): Map<number, string[]> {
  const names = new Map<number, string[]>();
  const add = (id: number, name: string): void => {
    const known = names.get(id);
    if (!known) names.set(id, [name]);
    else if (!known.includes(name)) known.push(name);
  };
  const next = { params: 0, data: 0 };
  for (const { name, shape, data } of signature.inputs) {
    const kind = data ? 'data' : 'params';
    for (const index of indices(shape)) add(model[kind][next[kind]++]!, name + index);
  }
  for (const [id, given] of model.graph.names) for (const name of given) add(id, name);
  if (signature.single) return names;
  let flat = 0;
  for (const { name, shape } of signature.outputs) for (const index of indices(shape)) add(model.outputs[flat++]!, name + index);
  return names;
}

/** '' for a scalar, '[0]', '[1]' … for a vector, '[0][0]', '[0][1]' … for a matrix. */
function* indices(shape: readonly number[]): Generator<string> {
  const [first, ...rest] = shape;
  if (first === undefined) yield '';
  else for (let i = 0; i < first; i++) for (const inner of indices(rest)) yield `[${i}]${inner}`;
}
