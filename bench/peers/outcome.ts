/** What came of a cell. */
export interface Outcome {
  /** Nanoseconds of value and gradient. Absent where the contestant does not apply, or does not run. */
  readonly time?: number;
  readonly failure?: string;
}

/** The larger of the distances of value and gradient, each relative to its largest entry; the value comes first. */
export function distance(found: readonly number[], right: ArrayLike<number>): number {
  if (found.length !== right.length) return Infinity;
  let [most, off] = [0, 0];
  for (let i = 1; i < found.length; i++) {
    const difference = Math.abs(found[i]! - right[i]!);
    if (Number.isNaN(difference)) return Infinity;
    off = Math.max(off, difference);
    most = Math.max(most, Math.abs(right[i]!));
  }
  const value = Math.abs(found[0]! - right[0]!) / Math.abs(right[0]!);
  return Number.isNaN(value) ? Infinity : Math.max(value, off / most);
}

const FAILURES: readonly (readonly [RegExp, string])[] = [
  [/call stack/i, 'stack overflow'],
  [/^wrong|^too long/, ''],
  [
    /too many locals|local count|too large|size .* exceeds|exceeds maximum|maximum function size|invalid array length|string length/i,
    'too large',
  ],
  [/out of memory|allocation|heap|grow|memory access/i, 'out of memory'],
  [/unreachable/i, 'traps'],
];

/** A few words for a cell. */
export function shortly(failure: string): string {
  const known = FAILURES.find(([pattern]) => pattern.test(failure));
  return known ? known[1] || failure : 'fails';
}
