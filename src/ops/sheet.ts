/**
 * Values that are computed while they are written down (src/record) stand on a sheet, which knows how an op is applied
 * to them. The functions of the vocabulary ask for it here, and so need not know what a sheet is.
 */
export const SHEET: unique symbol = Symbol('wengert.sheet');

export interface Applying {
  /** One to three operands, some of them numbers. */
  apply(op: number, x: unknown, y?: unknown, w?: unknown): never;
  /** One list, or two of equal length. */
  reduce(op: number, x: object, y?: object): never;
}

/** The sheet of a value that is being recorded, or of a vector of such. */
export function sheetOf(x: unknown): Applying | undefined {
  return typeof x === 'object' && x !== null ? (x as { [SHEET]?: Applying })[SHEET] : undefined;
}

/** The sheet of the first element of a list that has one. */
export function sheetOfList(x: object): Applying | undefined {
  if (!Array.isArray(x)) return sheetOf(x);
  for (const element of x) {
    const sheet = sheetOf(element);
    if (sheet) return sheet;
  }
  return undefined;
}
