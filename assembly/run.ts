// One op over many elements: the inner loops under groups (neighbouring nodes) and lanes (neighbouring rows) alike.
// Operands come as address and stride in bytes, 8 for neighbours or 0 for one number that all share.
import { arithmetic, pullArithmetic, pullArithmeticShared } from './arithmetic';
import { EXP, MUL, partial, partialPair, RELU, SIGMOID, SQUARE, TANH, value, valuePair } from './rules';
import { MINUS_ZERO, sum } from './sum';

const BLOCK: i32 = 1024;
const CHUNK = memory.data(8 * 1024, 16); // contributions to a shared operand, before they are summed

/** Node i: store at o + 8i the value of op at its operands. */
export function run(op: u32, n: i32, o: usize, a: usize, sa: usize, b: usize, sb: usize, c: usize, sc: usize): void {
  if (op <= MUL) return arithmetic(op, n, o, a, sa != 0, b, sb != 0);
  if (op == SQUARE) return arithmetic(MUL, n, o, a, sa != 0, a, sa != 0);
  const zero = f64x2.splat(0);
  if (op == RELU && sa) for (; n > 1; n -= 2, o += 16, a += 16) v128.store(o, f64x2.max(v128.load(a), zero));
  for (; n > 1; n -= 2, o += 16, a += sa << 1, b += sb << 1, c += sc << 1) v128.store(o, valuePair(op, pair(a, sa), pair(b, sb), pair(c, sc)));
  if (n) store<f64>(o, value(op, load<f64>(a), load<f64>(b), load<f64>(c)));
}

/** Two neighbours, or a shared number twice. */
// @ts-ignore: decorator
@inline function pair(a: usize, sa: usize): v128 { return sa ? v128.load(a) : v128.load64_splat(a); }

/** Adds d · ∂op/∂operand j of node i to the number at g + 8i; `first`: nothing is there yet. */
export function pull(op: u32, j: u32, n: i32, o: usize, d: usize, a: usize, sa: usize, b: usize, sb: usize, c: usize, sc: usize, g: usize, first: bool): void {
  if (op <= MUL) return pullArithmetic(op, j, n, d, j ? a : b, (j ? sa : sb) != 0, g, first);
  if (first) clear(g, n);
  const key = (op << 2) | j;
  // those that every network is full of, without a call per pair
  if (op == SQUARE && sa)
    for (; n > 1; n -= 2, d += 16, g += 16, a += 16, o += 16) {
      const x = v128.load(a);
      v128.store(g, f64x2.add(v128.load(g), f64x2.mul(v128.load(d), f64x2.add(x, x))));
    }
  else if (op == RELU && sa)
    for (; n > 1; n -= 2, d += 16, g += 16, a += 16, o += 16) {
      const x = v128.load(a), zero = f64x2.splat(0), open = v128.and(f64x2.gt(x, zero), f64x2.splat(1)); // 0 or 1
      v128.store(g, f64x2.add(v128.load(g), f64x2.mul(v128.load(d), v128.bitselect(open, x, f64x2.eq(x, x)))));
    }
  else if ((op == EXP || op == TANH || op == SIGMOID) && sa) // from the result alone
    for (; n > 1; n -= 2, d += 16, g += 16, a += 16, o += 16) {
      const z = v128.load(o), one = f64x2.splat(1);
      const p = op == EXP ? z : op == TANH ? f64x2.sub(one, f64x2.mul(z, z)) : f64x2.mul(z, f64x2.sub(one, z));
      v128.store(g, f64x2.add(v128.load(g), f64x2.mul(v128.load(d), p)));
    }
  for (; n > 1; n -= 2, o += 16, d += 16, g += 16, a += sa << 1, b += sb << 1, c += sc << 1)
    v128.store(g, f64x2.add(v128.load(g), f64x2.mul(v128.load(d), partialPair(key, pair(a, sa), pair(b, sb), pair(c, sc), v128.load(o)))));
  if (n) store<f64>(g, load<f64>(g) + load<f64>(d) * partial(key, load<f64>(a), load<f64>(b), load<f64>(c), load<f64>(o)));
}

/** The same for an operand that all nodes share: its contributions are summed in the one order, and added once. */
export function pullShared(op: u32, j: u32, n: i32, o: usize, d: usize, a: usize, sa: usize, b: usize, sb: usize, c: usize, sc: usize, g: usize): void {
  let total: f64;
  if (op <= MUL) total = pullArithmeticShared(op, j, n, d, j ? a : b, (j ? sa : sb) != 0);
  else {
    total = MINUS_ZERO;
    for (let i = 0; i < n; i += BLOCK) {
      const m = min<i32>(n - i, BLOCK), k = <usize>i, e = k << 3;
      pull(op, j, m, o + e, d + e, a + k * sa, sa, b + k * sb, sb, c + k * sc, sc, CHUNK, true);
      total += sum(m, CHUNK);
    }
  }
  store<f64>(g, load<f64>(g) + total);
}

/** Fills n numbers with −0, the identity of addition. */
export function clear(g: usize, n: i32): void {
  const zero = f64x2.splat(MINUS_ZERO);
  for (; n >= 8; n -= 8, g += 64) {
    v128.store(g, zero); v128.store(g, zero, 16); v128.store(g, zero, 32); v128.store(g, zero, 48);
  }
  for (; n > 0; n--, g += 8) store<f64>(g, MINUS_ZERO);
}

/** g[i] += x · a[i], n contiguous numbers. */
export function axpy(n: i32, x: f64, a: usize, g: usize): void {
  const t = f64x2.splat(x);
  for (; n >= 4; n -= 4, a += 32, g += 32) {
    v128.store(g, f64x2.add(v128.load(g), f64x2.mul(t, v128.load(a))));
    v128.store(g, f64x2.add(v128.load(g, 16), f64x2.mul(t, v128.load(a, 16))), 16);
  }
  for (; n > 0; n--, a += 8, g += 8) store<f64>(g, load<f64>(g) + x * load<f64>(a));
}
