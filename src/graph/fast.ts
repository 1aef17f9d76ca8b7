/**
 * `fastMath`: a graph of equal value but for rounding, where all numbers are finite. Identities that hold for real numbers and not
 * for floating-point ones, one a line; what the exact rewrites (rewrite.ts, fold.ts) leave because of −0, ∞ and NaN, and because
 * (a + b) + c is not a + (b + c).
 *
 * The one that pays most is about sums. A loop that adds term after term is a chain, and each addition waits for the one before:
 *
 *     (((t₀ + t₁) + t₂) + t₃) + …          1,000 terms, 4 cycles each
 *     Σ (t₀, t₁, t₂, t₃, …)                eight sums side by side, in the loop that computes the terms
 *
 * Finite numbers stay finite as far as constants tell: none is made that is infinite, or too small to have all its digits.
 * Products of many factors keep their order: those of every eighth may overflow where the product of all is 1.
 */
import { FIRST_LIST_OP, OP } from '../ops/vocabulary.ts';
import { Graph } from './graph.ts';

/** Sums of so many terms become lists; shorter ones, as in the layers of a network, run in lanes as they are, or in straight code. */
const LONG = 200;
/** Whole powers up to this are multiplied out. */
const MOST_POWER = 16;

export interface Fast {
  readonly graph: Graph;
  readonly params: Int32Array;
  readonly data: Int32Array;
  readonly outputs: Int32Array;
}

/** The same function, rewritten. Of a graph without loops. No recursion along the graph; O(nodes + terms) */
export function fast(graph: Graph, params: Int32Array, data: Int32Array, outputs: Int32Array): Fast {
  const rewriting = new Rewriting(graph, outputs);
  const of = (ids: Int32Array): Int32Array => ids.map((id) => rewriting.to[id]!);
  return { graph: rewriting.graph, params: of(params), data: of(data), outputs: of(outputs) };
}

class Rewriting {
  readonly graph = new Graph();
  /** New node of each node; −1 for what is part of a longer sum, or not needed. */
  readonly to: Int32Array;
  readonly #from: Graph;
  readonly #uses: Int32Array;
  /** How often a node is divided by. */
  readonly #divides: Int32Array;
  /** Sums and differences that only another one reads. */
  readonly #isPart: Uint8Array;
  /** Terms of each sum. */
  readonly #size: Int32Array;

  constructor(from: Graph, outputs: Int32Array) {
    this.#from = from;
    this.to = new Int32Array(from.size).fill(-1);
    this.#uses = new Int32Array(from.size);
    this.#divides = new Int32Array(from.size);
    this.#isPart = new Uint8Array(from.size);
    this.#size = new Int32Array(from.size);
    this.#count(outputs);
    for (let id = 0; id < from.size; id++) {
      const op = from.op[id]!;
      if (isSum(op)) this.#size[id] = this.#termsOf(from.a[id]!) + (op === OP.neg ? 0 : this.#termsOf(from.b[id]!));
      if (op !== OP.input && (this.#uses[id] === 0 || this.#isPart[id])) continue;
      this.to[id] = this.#node(id, op);
      for (const name of from.names.get(id) ?? []) this.graph.name(this.to[id]!, name);
    }
  }

  #count(outputs: Int32Array): void {
    const { op, b, names } = this.#from;
    for (const id of outputs) this.#uses[id]! += 2; // an output is no part of anything
    for (let id = this.#from.size - 1; id >= 0; id--) {
      if (this.#uses[id] === 0) continue;
      if (op[id] === OP.div) this.#divides[b[id]!]!++;
      for (let j = this.#from.operands(id) - 1; j >= 0; j--) {
        const operand = this.#from.operand(id, j);
        this.#uses[operand]!++;
        this.#isPart[operand] = Number(isSum(op[id]!) && isSum(op[operand]!) && this.#uses[operand] === 1 && !names.has(operand));
      }
    }
  }

  #termsOf(id: number): number {
    return this.#isPart[id] ? this.#size[id]! : 1;
  }

  #node(id: number, op: number): number {
    const { graph } = this;
    const from = this.#from;
    if (op === OP.input) return graph.input();
    if (op === OP.constant) return graph.constant(from.constantOf(id));
    if (isSum(op)) return this.#sum(id);
    if (op >= FIRST_LIST_OP) {
      const k = from.b[id]!;
      const all = Int32Array.from({ length: from.operands(id) }, (_, j) => this.to[from.operand(id, j)]!);
      return all.length > k ? graph.list(op, all.subarray(0, k), all.subarray(k)) : graph.list(op, all);
    }
    const a = this.to[from.a[id]!]!;
    const n = from.operands(id);
    const b = n > 1 ? this.to[from.b[id]!]! : 0;
    switch (op) {
      case OP.mul:
        return this.#product(a, b, this.#uses[from.a[id]!] === 1 && this.#uses[from.b[id]!] === 1);
      case OP.div:
        if (graph.isConstant(b)) {
          const c = graph.constantOf(b);
          if (isNormal(c) && isNormal(1 / c)) return this.#product(a, graph.constant(1 / c), false); // x/c = x·(1/c)
          break;
        }
        if (this.#divides[from.b[id]!]! > 1) return graph.node(OP.mul, a, graph.node(OP.reciprocal, b)); // x/z, y/z = x·(1/z), y·(1/z)
        break;
      case OP.log:
        if (graph.op[a] === OP.exp) return graph.a[a]!; // log eˣ = x
        break;
      case OP.sqrt:
        if (graph.op[a] === OP.square) return graph.node(OP.abs, graph.a[a]!); // √x² = |x|
        break;
      case OP.pow:
        if (graph.isConstant(b)) return this.#power(a, b);
    }
    return graph.node(op, a, b, n > 2 ? this.to[from.c[id]!]! : 0);
  }

  /** A sum, all that it consists of at once. */
  #sum(root: number): number {
    return this.#size[root]! >= LONG ? this.#listed(root) : this.#merged(root);
  }

  /** Of few terms: those that are multiples of the same are one. Where none are, all stays as it was written: copies of it remain copies. */
  #merged(root: number): number {
    const { graph } = this;
    const from = this.#from;
    const factors = new Map<number, number>(); // of each term
    const parts: number[] = [];
    let constant = 0;
    let constants = 0;
    let all = 0;
    const open: [id: number, sign: number][] = [[root, 1]];
    for (let next = open.pop(); next; next = open.pop()) {
      const [id, sign] = next;
      const op = from.op[id]!;
      if (id === root || this.#isPart[id]) {
        parts.push(id);
        if (op === OP.neg) open.push([from.a[id]!, -sign]);
        else open.push([from.b[id]!, op === OP.sub ? -sign : sign], [from.a[id]!, sign]); // a is looked at first
        continue;
      }
      const [term, factor] = this.#multiple(this.to[id]!);
      all++;
      if (graph.isConstant(term)) {
        constant += sign * factor * graph.constantOf(term);
        constants++;
      } else factors.set(term, (factors.get(term) ?? 0) + sign * factor); // a·x + b·x = (a + b)·x
    }
    const isSimple = factors.size + constants === all && (constants === 0 || (constants === 1 && constant !== 0));
    if (isSimple && parts.every((id) => from.op[id] !== OP.neg)) return this.#asWritten(parts);
    if (![constant, ...factors.values()].every(Number.isFinite)) return this.#asWritten(parts); // c + d may be more than x + c ever is
    const terms = [...factors].filter(([, factor]) => factor !== 0);
    // what is added first, so that nothing begins as a negation
    terms.sort(([, f], [, g]) => Number(f < 0) - Number(g < 0));
    let sum = -1;
    for (const [term, factor] of terms) {
      if (sum < 0) sum = this.#times(term, factor);
      else sum = graph.node(factor < 0 ? OP.sub : OP.add, sum, this.#times(term, Math.abs(factor)));
    }
    if (sum < 0) return graph.constant(constant);
    if (graph.op[sum] === OP.neg && constant !== 0) return graph.node(OP.sub, graph.constant(constant), graph.a[sum]!); // −x + c = c − x
    return constant === 0 ? sum : graph.node(OP.add, sum, graph.constant(constant)); // (x + c) + d = x + (c + d)
  }

  /** The same additions and subtractions. @param parts of a sum, the last one of all first */
  #asWritten(parts: readonly number[]): number {
    const { a, b, op } = this.#from;
    const made = new Map<number, number>();
    const of = (id: number): number => made.get(id) ?? this.to[id]!;
    for (const id of [...parts].sort((x, y) => x - y))
      made.set(id, this.graph.node(op[id]!, of(a[id]!), op[id] === OP.neg ? 0 : of(b[id]!)));
    return of(parts[0]!);
  }

  /** Of many terms: those along the longest way down, as a list. */
  #listed(root: number): number {
    const { graph } = this;
    const from = this.#from;
    const found: [id: number, sign: number][] = []; // the last one first
    let sign = 1;
    for (let id = root; ; ) {
      if (id !== root && !this.#isPart[id]) {
        found.push([id, sign]);
        break;
      }
      if (from.op[id] === OP.neg) {
        sign = -sign;
        id = from.a[id]!;
        continue;
      }
      const [a, b] = [from.a[id]!, from.b[id]!];
      const [first, second] = [sign, from.op[id] === OP.sub ? -sign : sign];
      const [long, other] = [this.#termsOf(a), this.#termsOf(b)];
      if (long === other) {
        found.push([b, second], [a, first]); // the end of the way: two terms like the others
        break;
      }
      found.push(long > other ? [b, second] : [a, first]);
      [id, sign] = long > other ? [a, first] : [b, second];
    }
    const terms = found.reverse().map(([id, sign]) => this.#times(this.#isPart[id] ? this.#sum(id) : this.to[id]!, sign));
    return graph.list(OP.sum, terms);
  }

  /** A node as a multiple of another. */
  #multiple(id: number): [term: number, factor: number] {
    const { graph } = this;
    if (graph.op[id] === OP.neg) return [graph.a[id]!, -1];
    if (graph.op[id] !== OP.mul) return [id, 1];
    const [a, b] = [graph.a[id]!, graph.b[id]!];
    return graph.isConstant(b) ? [a, graph.constantOf(b)] : [id, 1];
  }

  #times(id: number, factor: number): number {
    const { graph } = this;
    if (factor === 1) return id;
    return factor === -1 ? graph.node(OP.neg, id) : graph.node(OP.mul, id, graph.constant(factor));
  }

  /** @param isOwn nobody else reads the operands */
  #product(x: number, y: number, isOwn: boolean): number {
    const { graph } = this;
    const [a, b] = graph.isConstant(x) ? [y, x] : [x, y]; // c·x = x·c
    if (graph.isConstant(b)) {
      const [term, factor] = this.#multiple(a);
      const c = factor * graph.constantOf(b);
      if (isNormal(c)) return graph.node(OP.mul, term, graph.constant(c)); // (x·c)·d = x·(c·d), (−x)·c = x·(−c)
      return graph.node(OP.mul, a, b);
    }
    if (a === b) return graph.node(OP.square, a); // x·x = x²
    if (isOwn && graph.op[a] === OP.exp && graph.op[b] === OP.exp)
      return graph.node(OP.exp, graph.node(OP.add, graph.a[a]!, graph.a[b]!)); // eˣ·eʸ = eˣ⁺ʸ
    return graph.node(OP.mul, a, b);
  }

  #power(x: number, exponent: number): number {
    const { graph } = this;
    const e = graph.constantOf(exponent);
    if (e === 0.5) return graph.node(OP.sqrt, x); // x^½ = √x
    const n = Math.abs(e);
    if (!Number.isInteger(n) || n > MOST_POWER || n === 0) return graph.node(OP.pow, x, exponent);
    let result = -1; // x³ = x·x², by squaring
    for (let square = x, rest = n; ; square = graph.node(OP.square, square)) {
      if (rest % 2 === 1) result = result < 0 ? square : graph.node(OP.mul, result, square);
      rest = Math.floor(rest / 2);
      if (rest === 0) break;
    }
    return e < 0 ? graph.node(OP.reciprocal, result) : result;
  }
}

/** A number with all its digits: a factor that neither makes 0 nor ∞ of what is neither, nor loses what x·c or x/c keep. */
function isNormal(x: number): boolean {
  return Math.abs(x) >= 2 ** -1022 && Number.isFinite(x);
}

function isSum(op: number): boolean {
  return op === OP.add || op === OP.sub || op === OP.neg;
}
