/**
 * A recorded tape: nodes one after another, in the order in which the code that ran computed them.
 *
 *     slot   0          p          p + q
 *            │ parameters │ data   │ nodes and the constants between them …
 *     values │ one f64 per slot
 *     code   │ NODE_WORDS words per slot:
 *
 *              word 0  bits 0–7 opcode, 16–18 active operands (bit j: operand j depends on parameters), 24 any of them
 *              word 1  a: slot of the first operand;                 ops over lists: place in `lists`
 *              word 2  b: slot of the second;
 *                         three operands: place in `lists` of the other two;   ops over lists: elements per list
 *
 *     lists  │ slots; the second list of dot follows the first
 *
 * A strip of layout.ts with the leaves left where they arise. assembly/record.ts and reference.ts sweep it.
 */
export const NODE_WORDS = 3;

/** Opcode of parameters and data; constants have 1. */
export const INPUT = 0;
export const CONSTANT = 1;

/** The bit of word 0 that says: it depends on parameters. */
export const ACTIVE = 1 << 24;
