/**
 * Outputs against those of other tools: the same structure, and every number to 1e-9 of itself. Where a number is 0, or small
 * because large ones cancelled, 1e-9 of a millionth of the largest number in the output will do.
 */
import type { Answer } from './tool.ts';

export const TOLERANCE = 1e-9;
const FLOOR = 1e-6;

/** The numbers of a structure, with the way to each. */
function* leaves(x: Answer, path = ''): Generator<[path: string, leaf: Answer]> {
  if (typeof x !== 'object' || x === null) yield [path, x];
  else {
    yield [`${path}#`, Object.keys(x).length];
    for (const name of Object.keys(x).sort()) yield* leaves(x[name], `${path}/${name}`);
  }
}

/** What differs, a sentence each; at most ten. */
export function differences(found: Answer, expected: Answer): string[] {
  const all = [...leaves(expected)];
  const own = new Map(leaves(found));
  const largest = all.reduce((most, [path, x]) => (path.endsWith('#') ? most : Math.max(most, Math.abs(Number(x) || 0))), 0);
  const wrong = all.filter(([path, x]) => {
    const y = own.get(path);
    if (typeof x !== 'number' || typeof y !== 'number') return x !== y;
    return !(Math.abs(y - x) <= TOLERANCE * Math.max(Math.abs(x), FLOOR * largest));
  });
  const sentences = wrong.slice(0, 10).map(([path, x]) => `${path}: expected ${x}, found ${own.get(path)}`);
  return own.size === all.length ? sentences : [`expected ${all.length} leaves, found ${own.size}`, ...sentences];
}
