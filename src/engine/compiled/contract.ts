/**
 * Contraction, for `fastMath`: a product and the addition that it is made for are one instruction with one rounding,
 *
 *     x·y + z ─► relaxed_madd(x, y, z)       z − x·y ─► relaxed_nmadd(x, y, z)
 *
 * in lanes, where the runtime has relaxed SIMD; there is no such instruction for single numbers. Only where the addition has to
 * wait for the product: in s + x·y with s a long sum, the product is there before s is, and the chain of additions gets longer,
 * 4 cycles each and not 3 (the moons network 1.14 × as long if all its products are contracted).
 */
import { OP } from '../../ops/vocabulary.ts';
import { TYPE, V } from '../../wasm/encode/instructions.ts';
import { ModuleWriter } from '../../wasm/encode/module.ts';
import { arityOf, type Ssa } from './ssa.ts';

/** Which operand of a sum or a difference is the product that becomes part of it: 1 for a, 2 for b, 0 for none. O(nodes) */
export function contracted(k: Ssa, uses: Int32Array): Uint8Array {
  const which = new Uint8Array(k.size);
  const depth = new Int32Array(k.size); // ops on the longest way here
  for (let id = 0; id < k.size; id++) {
    const op = k.op[id]!;
    const arity = arityOf(op);
    if (arity === 0) continue;
    const [a, b] = [k.a[id]!, k.b[id]!];
    depth[id] = 1 + Math.max(depth[a]!, arity > 1 ? depth[b]! : 0, arity > 2 ? depth[k.c[id]!]! : 0);
    if (op !== OP.add && op !== OP.sub) continue;
    if (isOwnProduct(k, uses, b) && depth[b]! >= depth[a]!) which[id] = 2;
    else if (op === OP.add && isOwnProduct(k, uses, a) && depth[a]! >= depth[b]!) which[id] = 1;
  }
  return which;
}

/** A product in lanes that only one other node, or one effect, reads. */
export function isOwnProduct(k: Ssa, uses: Int32Array, id: number): boolean {
  return k.op[id] === OP.mul && uses[id] === 1 && k.wide[id] === 1;
}

let isKnown: boolean | undefined;

/** Does this runtime have relaxed SIMD? (Node from 22 on.) */
export function hasRelaxed(): boolean {
  return (isKnown ??= WebAssembly.validate(probe()));
}

/** A module that is valid where there is relaxed SIMD. */
function probe(): Uint8Array<ArrayBuffer> {
  const module = new ModuleWriter();
  const { v128 } = TYPE;
  const fn = module.fn({ params: [v128, v128, v128], results: [v128] });
  for (const operand of [0, 1, 2]) fn.get(operand);
  fn.vector(V.f64RelaxedMadd);
  return module.bytes();
}
