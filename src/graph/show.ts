/** How things appear in sentences. */
import { fail } from '../errors.ts';

/** What `console.log` asks in Node, Deno and Bun. */
export const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

/** A value in an error message: short, and never by running its own code. */
export function show(x: unknown): string {
  if (typeof x === 'number' || x === undefined || x === null || typeof x === 'boolean') return String(x);
  if (typeof x === 'string') return `the text '${x.length > 20 ? `${x.slice(0, 20)}…` : x}'`;
  if (typeof x !== 'object') return `a ${typeof x}`;
  if (Array.isArray(x)) return `an array of ${x.length}`;
  if (ArrayBuffer.isView(x) && 'length' in x) return `a ${x.constructor.name} of ${x.length}`;
  const kind = x.constructor?.name;
  return kind && kind !== 'Object' ? `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}` : 'an object';
}

/** Whoever writes `x + y` or `if (x > 0)` learns what to write instead. */
export function noNumber(what: string, instead: string): never {
  return fail(
    'WrongType',
    `${what} has no value while a program is being described, so JavaScript's operators cannot use it; write ${instead}`,
  );
}
