/** All 256 bytes, those of group '0' first, then '1', then '2', each group ascending: the order in which core.bytes.ts numbers them. */
export function inGroups(groups: string): number[] {
  const order: number[] = [];
  for (const group of '012') for (let byte = 0; byte < 256; byte++) if (groups[byte] === group) order.push(byte);
  return order;
}

/** Where the text begins in the memory of assembly/unpack.ts; the bytes in that order lie below. */
export const START = 256;
