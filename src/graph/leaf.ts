/** Nodes that only programs with loops have, above all opcodes of the vocabulary. Their operands are numbers of side tables (loops.ts). */

/** From here on; the first of LEAF. */
export const FIRST_LOOP_OP = 200;

// biome-ignore format: one line a kind
export enum LEAF {
  /** the iteration number of scope a */
  index = 200,
  /** size a as a number */
  size,
  /** the number at access a */
  load,
  /** node a, once it is a whole number from 0 to size b − 1; c: its text */
  check,
  /** number b of what record a computes: a sum, a reduction, the end of what a scan carries */
  result,
  /** number b of what scan scope a carries, as an iteration finds it */
  carry,
}

/** For print. */
export const LEAF_NAMES: readonly string[] = ['index', 'length', 'element', 'checked index', 'result', 'carry'];
