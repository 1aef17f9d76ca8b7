// add, sub and mul over neighbours: most nodes of most graphs, so these loops are written out, two pairs a turn (one
// pair a turn through the general loop: 0.46 ns per node forward on the moons network, these 0.29). An operand is a row of neighbours or one number in a register.
import { ADD, SUB } from './rules';
import { dot, dotStrided, sum } from './sum';

/** o = a op b for op up to MUL; na, nb: the operand is a row of neighbours. */
export function arithmetic(op: u32, n: i32, o: usize, a: usize, na: bool, b: usize, nb: bool): void {
  const x = v128.load64_splat(a), y = v128.load64_splat(b);
  if (op == ADD) {
    if (na && nb) for (; n >= 4; n -= 4, o += 32, a += 32, b += 32) { v128.store(o, f64x2.add(v128.load(a), v128.load(b))); v128.store(o, f64x2.add(v128.load(a, 16), v128.load(b, 16)), 16); }
    else if (na) for (; n >= 4; n -= 4, o += 32, a += 32) { v128.store(o, f64x2.add(v128.load(a), y)); v128.store(o, f64x2.add(v128.load(a, 16), y), 16); }
    else if (nb) for (; n >= 4; n -= 4, o += 32, b += 32) { v128.store(o, f64x2.add(x, v128.load(b))); v128.store(o, f64x2.add(x, v128.load(b, 16)), 16); }
    for (; n > 0; n--, o += 8, a += <usize>na << 3, b += <usize>nb << 3) store<f64>(o, load<f64>(a) + load<f64>(b));
  } else if (op == SUB) {
    if (na && nb) for (; n >= 4; n -= 4, o += 32, a += 32, b += 32) { v128.store(o, f64x2.sub(v128.load(a), v128.load(b))); v128.store(o, f64x2.sub(v128.load(a, 16), v128.load(b, 16)), 16); }
    else if (na) for (; n >= 4; n -= 4, o += 32, a += 32) { v128.store(o, f64x2.sub(v128.load(a), y)); v128.store(o, f64x2.sub(v128.load(a, 16), y), 16); }
    else if (nb) for (; n >= 4; n -= 4, o += 32, b += 32) { v128.store(o, f64x2.sub(x, v128.load(b))); v128.store(o, f64x2.sub(x, v128.load(b, 16)), 16); }
    for (; n > 0; n--, o += 8, a += <usize>na << 3, b += <usize>nb << 3) store<f64>(o, load<f64>(a) - load<f64>(b));
  } else {
    if (na && nb) for (; n >= 4; n -= 4, o += 32, a += 32, b += 32) { v128.store(o, f64x2.mul(v128.load(a), v128.load(b))); v128.store(o, f64x2.mul(v128.load(a, 16), v128.load(b, 16)), 16); }
    else if (na || nb) {
      // one number times a row: which of the two is the row does not matter to a product
      const t = na ? y : x;
      let r = na ? a : b;
      for (; n >= 4; n -= 4, o += 32, r += 32) { v128.store(o, f64x2.mul(v128.load(r), t)); v128.store(o, f64x2.mul(v128.load(r, 16), t), 16); }
      const s = na ? load<f64>(b) : load<f64>(a);
      for (; n > 0; n--, o += 8, r += 8) store<f64>(o, load<f64>(r) * s);
      return;
    }
    for (; n > 0; n--, o += 8, a += <usize>na << 3, b += <usize>nb << 3) store<f64>(o, load<f64>(a) * load<f64>(b));
  }
}

/** Contributions of d to one operand of add or sub: g += d, or −d; `first`: g = d, nothing is there yet. */
export function pullSum(n: i32, d: usize, g: usize, minus: bool, first: bool): void {
  const flip = i64x2.splat(minus ? i64.MIN_VALUE : 0); // the sign bit
  for (; n >= 4; n -= 4, d += 32, g += 32) {
    let s = v128.xor(v128.load(d), flip), t = v128.xor(v128.load(d, 16), flip);
    if (!first) {
      s = f64x2.add(v128.load(g), s);
      t = f64x2.add(v128.load(g, 16), t);
    }
    v128.store(g, s);
    v128.store(g, t, 16);
  }
  for (; n > 0; n--, d += 8, g += 8) {
    const t = minus ? -load<f64>(d) : load<f64>(d);
    store<f64>(g, first ? t : load<f64>(g) + t);
  }
}

/** Contributions of d to both operands of add or sub, two rows that do not overlap, in one pass. */
export function pullSumBoth(n: i32, d: usize, g: usize, h: usize, minus: bool, firstG: bool, firstH: bool): void {
  if (firstG && firstH && !minus) { // the sums of a network: nothing else has reached either operand yet
    for (; n >= 4; n -= 4, d += 32, g += 32, h += 32) {
      const s = v128.load(d), t = v128.load(d, 16);
      v128.store(g, s); v128.store(g, t, 16);
      v128.store(h, s); v128.store(h, t, 16);
    }
  }
  if (n > 0) {
    pullSum(n, d, g, false, firstG);
    pullSum(n, d, h, minus, firstH);
  }
}

/** Contributions to one operand of mul, the other being a row (ny) or one number. */
export function pullProduct(n: i32, d: usize, y: usize, ny: bool, g: usize, first: bool): void {
  const one = v128.load64_splat(y);
  for (; n >= 4; n -= 4, d += 32, g += 32, y += <usize>ny << 5) {
    let s = f64x2.mul(v128.load(d), ny ? v128.load(y) : one), t = f64x2.mul(v128.load(d, 16), ny ? v128.load(y, 16) : one);
    if (!first) {
      s = f64x2.add(v128.load(g), s);
      t = f64x2.add(v128.load(g, 16), t);
    }
    v128.store(g, s);
    v128.store(g, t, 16);
  }
  for (; n > 0; n--, d += 8, g += 8, y += <usize>ny << 3) {
    const t = load<f64>(d) * load<f64>(y);
    store<f64>(g, first ? t : load<f64>(g) + t);
  }
}

/** Contributions of d to operand j of op (up to MUL), which is a row; y is the other operand. */
// @ts-ignore: decorator
@inline export function pullArithmetic(op: u32, j: u32, n: i32, d: usize, y: usize, ny: bool, g: usize, first: bool): void {
  if (op <= SUB) pullSum(n, d, g, op == SUB && j == 1, first);
  else pullProduct(n, d, y, ny, g, first);
}

/** Their sum over all nodes, for an operand that is one number. */
// @ts-ignore: decorator
@inline export function pullArithmeticShared(op: u32, j: u32, n: i32, d: usize, y: usize, ny: bool): f64 {
  if (op > SUB) return ny ? dot(n, d, y) : dotStrided(n, d, 8, y, 0);
  const s = sum(n, d);
  return op == SUB && j == 1 ? -s : s;
}
