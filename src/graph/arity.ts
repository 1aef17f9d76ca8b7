import { RULES } from '../ops/rules.ts';
import { VOCABULARY } from '../ops/vocabulary.ts';

/** Operands of an op by opcode: 1 to 3, and 0 for the leaves and for ops over lists, whose nodes say it themselves. */
export const ARITY = Uint8Array.from(VOCABULARY, (word) =>
  word === 'input' || word === 'constant' ? 0 : Number(RULES[word].arity) || 0,
);
