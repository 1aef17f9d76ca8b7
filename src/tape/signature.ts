/** Checks what a tape says of its inputs and outputs against its slots. */
import { fail } from '../errors.ts';
import type { Tape } from './layout.ts';

/** @throws BadTape */
export function checkSignature({ signature, p, q, outputs }: Tape): void {
  const { inputs, single } = signature;
  const params = total(inputs.filter((port) => !port.data).map((port) => port.shape));
  const data = total(inputs.filter((port) => port.data).map((port) => port.shape));
  const results = total(signature.outputs.map((port) => port.shape));
  if (params !== p) fail('BadTape', `the signature has ${params} differentiated inputs, the tape ${p}`);
  if (data !== q) fail('BadTape', `the signature has ${data} data inputs, the tape ${q}`);
  if (results !== outputs.length) fail('BadTape', `the signature has ${results} outputs, the tape ${outputs.length}`);
  if (single && signature.outputs.length !== 1) fail('BadTape', `a single output, but ${signature.outputs.length} are listed`);
  const names = new Set(inputs.map((port) => port.name));
  if (names.size !== inputs.length) fail('BadTape', 'two inputs have the same name');
}

/** Numbers in all shapes together. A product of extents beyond 2⁵³ is refused before it could round. */
function total(shapes: readonly (readonly number[])[]): number {
  let sum = 0;
  for (const shape of shapes) {
    if (shape.length > 2) fail('BadTape', `a shape of ${shape.length} dimensions; scalars, vectors and matrices have at most 2`);
    let size = 1;
    for (const extent of shape) {
      if (!Number.isInteger(extent) || extent < 0 || extent >= 2 ** 31) fail('BadTape', `an extent of ${extent}`);
      size *= extent;
    }
    sum += size;
  }
  return sum;
}
