/**
 * The side tables of a graph: scopes, sizes, blocks, accesses, and what was written about them (records.ts). Programs
 * without loops leave them empty, but for one block an input.
 */
import { fail } from '../errors.ts';
import { type Affine, keyOf } from './affine.ts';
import type { Graph } from './graph.ts';
import type { Access, Block, Check, Maker, Scope } from './records.ts';
import { ScopeSets } from './scopes.ts';
import { ONE, type Size } from './size.ts';

export class Loops {
  readonly sets: ScopeSets = new ScopeSets();
  readonly scopes: Scope[] = [{ id: 0, count: ONE, open: true, coerced: false }];
  readonly blocks: Block[] = [];
  readonly accesses: Access[] = [];
  readonly sizes: Size[] = [];
  readonly texts: string[] = [];
  readonly records: Maker[] = [];
  /** Loops whose functions are being traced. */
  depth = 0;
  /** Node of each reduction over memory, by what it reduces. */
  readonly reductions: Map<string, number> = new Map();
  /** Nodes that only programs with loops have. */
  leaves = 0;
  /** How many inputs there are. */
  inputs = 0;
  /** Results handed out, so that each is a node of its own. */
  results = 0;
  /** The set of scopes of each node; shorter than the graph where all further nodes depend on none. */
  #setOf: Int32Array = new Int32Array(0);
  readonly #byKey = new Map<string, number>();

  /** The scopes that a node depends on. */
  setOf(node: number): number {
    return node < this.#setOf.length ? this.#setOf[node]! : 0;
  }

  setSet(node: number, set: number): void {
    if (node >= this.#setOf.length) {
      const larger = new Int32Array(Math.max(1024, 2 * node));
      larger.set(this.#setOf);
      this.#setOf = larger;
    }
    this.#setOf[node] = set;
  }

  /** @throws OutsideLoop if one of the scopes is closed */
  require(set: number, word: string): number {
    if (set === 0) return 0;
    const { open, count } = this.scopes[this.sets.innermost(set)]!;
    if (open) return set;
    return fail(
      'OutsideLoop',
      `${word}: an operand was made in a loop (of ${count} iterations) that is over; a loop's index and what depends on it cannot be used outside its loop`,
    );
  }

  open(count: Size): Scope {
    const scope: Scope = { id: this.scopes.length, count, open: true, coerced: false };
    this.scopes.push(scope);
    this.depth++;
    return scope;
  }

  close(scope: Scope): void {
    scope.open = false;
    this.depth--;
  }

  /** A node was used as the number it has not got yet. */
  coerce(node: number): void {
    for (const scope of this.sets.members(this.setOf(node))) this.scopes[scope]!.coerced = true;
  }

  size(size: Size): number {
    return this.#intern(`size ${size.key}`, this.sizes, () => size);
  }

  text(text: string): number {
    return this.#intern(`text ${text}`, this.texts, () => text);
  }

  /**
   * The access to an element. Another way to it adds its checks, unless they move with loops that the element does not:
   * with those it is an access of its own.
   */
  access(block: Block, at: Affine, checks: readonly Check[]): Access {
    const isOwn = (check: Check): boolean => check.at.terms.every(([scope]) => at.terms.some(([own]) => own === scope));
    const others = checks.filter((check) => !isOwn(check)).map((check) => `${keyOf(check.at)}<${check.extent.key}`);
    const key = `${block.id} ${keyOf(at)} ${others.join(' ')}`;
    const id = this.#intern(key, this.accesses, (id) => ({ id, block, at, checks: [] }));
    const access = this.accesses[id]!;
    for (const check of checks) {
      const known = access.checks.some((one) => one.extent.equals(check.extent) && keyOf(one.at) === keyOf(check.at));
      if (!known) access.checks.push(check);
    }
    return access;
  }

  block(given: Omit<Block, 'id'>): Block {
    const block: Block = { id: this.blocks.length, ...given };
    this.blocks.push(block);
    return block;
  }

  /** Enters a record, complete but for its number. */
  write<T extends Maker>(given: Omit<T, 'id'>): T {
    const record = { id: this.records.length, ...given } as T;
    this.records.push(record);
    return record;
  }

  #intern<T>(key: string, list: T[], make: (id: number) => T): number {
    let id = this.#byKey.get(key);
    if (id === undefined) {
      id = list.length;
      list.push(make(id));
      this.#byKey.set(key, id);
    }
    return id;
  }
}

let current: Graph | undefined;

/** Calls `f`, which describes what `graph` is to compute: `map(5, …)` and its kin find the graph by this. */
export function tracing<T>(graph: Graph, f: () => T): T {
  const before = current;
  current = graph;
  try {
    return f();
  } finally {
    current = before;
  }
}

/** The graph being described; undefined outside of any description. */
export function currentGraph(): Graph | undefined {
  return current;
}
