/** Numbers that become −0, the adjoint that nothing has reached yet: few of them by stores, more by the core. */
import { I, TYPE, V } from '../../wasm/encode/instructions.ts';
import type { Fn, Signature } from '../../wasm/encode/module.ts';

const RANGE: Signature = { params: [TYPE.i32, TYPE.i32], results: [] };
/** Sixteen stores take as long as a call. */
const FEW = 32;

/** n numbers, the first of them `offset` bytes from the address in local `base`. */
export function clear(fn: Fn, base: number, offset: number, n: number): void {
  if (n > FEW) {
    fn.get(base);
    fn.i32(offset);
    fn.op(I.i32Add);
    fn.i32(n);
    fn.callImport('clear', RANGE);
    return;
  }
  for (let i = 0; i + 1 < n; i += 2) {
    fn.get(base);
    fn.f64x2(-0);
    fn.vectorMemory(V.store, offset + 8 * i);
  }
  if (n % 2 === 1) {
    fn.get(base);
    fn.f64(-0);
    fn.memory(I.f64Store, offset + 8 * (n - 1));
  }
}
