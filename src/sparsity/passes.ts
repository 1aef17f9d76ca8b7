/** Through which operands a derivative can pass. */
import { OP } from '../ops/vocabulary.ts';

/** Ops with gates that are always closed: their partials are 0 everywhere. */
const CLOSED: ReadonlySet<number> = new Set([
  OP.sign, OP.floor, OP.ceil, OP.round, OP.trunc, OP.lt, OP.le, OP.gt, OP.ge, OP.eq, OP.ne, OP.stop,
]); // biome-ignore format: a list

/** May a result change with operand j, other than by a jump? */
export function passes(op: number, j: number): boolean {
  return !CLOSED.has(op) && !(op === OP.select && j === 0);
}
