/** Scopes are loops; main is 0. What a node depends on is a set of scopes, and the innermost of them is where it is computed. */

/** Interned sets of scope numbers; 0 is the empty set. Unions are looked up, so a node costs one of them and no memory but its number. */
export class ScopeSets {
  readonly #members: number[][] = [[]];
  readonly #byKey = new Map<string, number>([['', 0]]);
  readonly #unions = new Map<number, number>();

  of(members: readonly number[]): number {
    const sorted = [...new Set(members)].filter((scope) => scope !== 0).sort((x, y) => x - y);
    const key = sorted.join(' ');
    let set = this.#byKey.get(key);
    if (set === undefined) {
      set = this.#members.push(sorted) - 1;
      this.#byKey.set(key, set);
    }
    return set;
  }

  union(x: number, y: number): number {
    if (x === y || y === 0) return x;
    if (x === 0) return y;
    const key = x < y ? x * 2 ** 26 + y : y * 2 ** 26 + x;
    let set = this.#unions.get(key);
    if (set === undefined) {
      set = this.of([...this.#members[x]!, ...this.#members[y]!]);
      this.#unions.set(key, set);
    }
    return set;
  }

  without(set: number, scope: number): number {
    const members = this.#members[set]!;
    return members.includes(scope) ? this.of(members.filter((one) => one !== scope)) : set;
  }

  /** The innermost: scopes are numbered as they open, so those around one have smaller numbers. 0: main. */
  innermost(set: number): number {
    return set === 0 ? 0 : this.#members[set]!.at(-1)!;
  }

  members(set: number): readonly number[] {
    return this.#members[set]!;
  }
}
