/** What a node is exactly equal to, to the bit (all NaNs being one), whatever its operands will be: one identity a line. */
import { OP } from '../../ops/vocabulary.ts';
import { NODE, type Ssa } from './ssa.ts';

/** The node that `op` of these operands is equal to, or −1. */
export function rewrite(k: Ssa, op: number, a: number, b: number, c: number): number {
  if (op !== OP.select && !isSpecial(k.op[a]!) && !isSpecial(k.op[b]!)) return -1; // most are nothing else
  switch (op) {
    case OP.add:
      if (k.isLiteral(b, -0)) return a; // x + (−0) = x; x + 0 is not: it makes −0 to 0
      if (k.isLiteral(a, -0)) return b; // (−0) + x = x
      if (isNeg(k, b)) return k.node(OP.sub, a, k.a[b]!); // x + (−y) = x − y
      if (isNeg(k, a)) return k.node(OP.sub, b, k.a[a]!); // (−x) + y = y − x
      break;
    case OP.sub:
      if (k.isLiteral(b, 0)) return a; // x − 0 = x
      if (k.isLiteral(a, -0)) return k.node(OP.neg, b); // (−0) − x = −x; 0 − x is not: it makes 0 to 0
      if (isNeg(k, b)) return k.node(OP.add, a, k.a[b]!); // x − (−y) = x + y
      break;
    case OP.mul:
      if (k.isLiteral(b, 1)) return a; // x·1 = x
      if (k.isLiteral(a, 1)) return b; // 1·x = x
      if (k.isLiteral(b, -1)) return k.node(OP.neg, a); // x·(−1) = −x
      if (k.isLiteral(a, -1)) return k.node(OP.neg, b); // (−1)·x = −x
      if (isNeg(k, a) && isNeg(k, b)) return k.node(OP.mul, k.a[a]!, k.a[b]!); // (−x)·(−y) = x·y
      if (isNeg(k, b)) return k.node(OP.neg, k.node(OP.mul, a, k.a[b]!)); // x·(−y) = −(x·y)
      if (isNeg(k, a)) return k.node(OP.neg, k.node(OP.mul, k.a[a]!, b)); // (−x)·y = −(x·y)
      break;
    case OP.div:
      if (k.isLiteral(b, 1)) return a; // x/1 = x
      if (k.isLiteral(b, -1)) return k.node(OP.neg, a); // x/(−1) = −x
      break;
    case OP.neg:
      if (isNeg(k, a)) return k.a[a]!; // −(−x) = x
      break;
    case OP.abs:
      if (isNeg(k, a)) return k.node(OP.abs, k.a[a]!); // |−x| = |x|
      if (k.op[a] === OP.abs) return a; // ||x|| = |x|
      break;
    case OP.select: {
      if (b === c) return b; // select(c, x, x) = x
      const condition = k.literalOf(a);
      if (condition !== undefined) return condition !== 0 ? b : c; // select(1, x, y) = x, select(0, x, y) = y
      break;
    }
  }
  return folded(k, op, a, b);
}

/** All identities but those of select are about operands like these. */
function isSpecial(op: number): boolean {
  return op === NODE.literal || op === OP.neg || op === OP.abs;
}

function isNeg(k: Ssa, id: number): boolean {
  return k.op[id] === OP.neg;
}

/** The ops that IEEE 754 rounds correctly, of literals: computed now. */
function folded(k: Ssa, op: number, a: number, b: number): number {
  const x = k.literalOf(a);
  if (x === undefined) return -1;
  switch (op) {
    case OP.neg:
      return k.literal(-x);
    case OP.abs:
      return k.literal(Math.abs(x));
    case OP.sqrt:
      return k.literal(Math.sqrt(x));
  }
  const y = k.literalOf(b);
  if (y === undefined) return -1;
  switch (op) {
    case OP.add:
      return k.literal(x + y);
    case OP.sub:
      return k.literal(x - y);
    case OP.mul:
      return k.literal(x * y);
    case OP.div:
      return k.literal(x / y);
    case OP.eq:
      return k.literal(Number(x === y));
    case OP.lt:
      return k.literal(Number(x < y));
    case OP.gt:
      return k.literal(Number(x > y));
    case OP.le:
      return k.literal(Number(x <= y));
    case OP.ge:
      return k.literal(Number(x >= y));
    case OP.ne:
      return k.literal(Number(x !== y));
  }

  return -1;
}
