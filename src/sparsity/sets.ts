/**
 * Sets of parameters, as they are propagated through a program: what each number depends on. Equal unions are made once.
 *
 * A set of up to 32 parameters is kept as a sorted list, and equal lists are one set; most numbers of a sparse program have
 * such a set. A larger set is kept as the two it is the union of, so a sum over everything costs no more than a node does;
 * what is in it is found at the end, by bit sets of 32 parameters at a time over the unions, or by following one set.
 */

/** Elements of a set that is kept as a list. */
const FEW = 32;

const EMPTY = 0;

/** Rows of column numbers, ascending in each row. */
export interface Pattern {
  readonly rows: number;
  readonly cols: number;
  /** Row i has the columns `columns[starts[i]]` … `columns[starts[i + 1] − 1]`. */
  readonly starts: Int32Array;
  readonly columns: Int32Array;
}

export class Sets {
  readonly #p: number;
  // by set: a list (start, length ≥ 0), or a union (a, −1 − b)
  #a = new Int32Array(256);
  #b = new Int32Array(256);
  #size = 1; // the empty set
  #pool = new Int32Array(1024);
  #end = 0;
  readonly #singles: Int32Array;
  // lists that there are, by content
  readonly #lists = new Table();
  #listSets = new Int32Array(256);
  // unions that were asked for, as pairs, and what they are
  readonly #unions = new Table();
  #keys = new Int32Array(512);
  #results = new Int32Array(256);
  readonly #merged = new Int32Array(2 * FEW);

  // what is looked for, and what the tables ask: made once, for a closure for each look-up took as long as the look-up
  #left = 0;
  #right = 0;
  #length = 0;
  readonly #isAsked = (entry: number): boolean =>
    this.#keys[2 * entry] === this.#left && this.#keys[2 * entry + 1] === this.#right;
  readonly #hashOfUnion = (entry: number): number => hash(this.#keys[2 * entry]!, this.#keys[2 * entry + 1]!);
  readonly #isMerged = (entry: number): boolean => {
    const set = this.#listSets[entry]!;
    if (this.#b[set] !== this.#length) return false;
    for (let e = 0, at = this.#a[set]!; e < this.#length; e++, at++) if (this.#pool[at] !== this.#merged[e]) return false;
    return true;
  };
  readonly #hashOfSet = (entry: number): number => {
    const set = this.#listSets[entry]!;
    return hashOfList(this.#pool, this.#a[set]!, this.#b[set]!);
  };

  /** @param p how many parameters there are */
  constructor(p: number) {
    this.#p = p;
    this.#singles = new Int32Array(p);
  }

  /** The set of one parameter. */
  single(parameter: number): number {
    const known = this.#singles[parameter]!;
    if (known !== 0) return known;
    this.#merged[0] = parameter;
    const set = this.#list(1);
    this.#singles[parameter] = set;
    return set;
  }

  /** What is in either. O(1) amortised */
  union(x: number, y: number): number {
    if (x === y || y === EMPTY) return x;
    if (x === EMPTY) return y;
    const a = x < y ? x : y;
    const b = x < y ? y : x;
    this.#left = a;
    this.#right = b;
    const h = hash(a, b);
    const known = this.#unions.find(h, this.#isAsked);
    if (known >= 0) return this.#results[known]!;
    const set = this.#join(a, b);
    const entry = this.#unions.size;
    this.#keys = roomFor(this.#keys, 2 * entry + 2);
    this.#results = roomFor(this.#results, entry + 1);
    this.#keys[2 * entry] = a;
    this.#keys[2 * entry + 1] = b;
    this.#results[entry] = set;
    this.#unions.add(h, this.#hashOfUnion);
    return set;
  }

  /** The columns of rows that depend on these sets. O(result + unions · min(large rows, parameters / 32)) */
  pattern(sets: ArrayLike<number>): Pattern {
    const rows: Int32Array[] = [];
    const large = new Set<number>();
    for (let i = 0; i < sets.length; i++) if (this.#b[sets[i]!]! < 0) large.add(sets[i]!);
    const found = large.size * 32 < this.#p ? this.#followed(large) : this.#swept(large);
    const starts = new Int32Array(sets.length + 1);
    for (let i = 0; i < sets.length; i++) {
      const row = found.get(sets[i]!) ?? this.#elements(sets[i]!);
      rows.push(row);
      starts[i + 1] = starts[i]! + row.length;
    }
    const columns = new Int32Array(starts[sets.length]!);
    rows.forEach((row, i) => {
      columns.set(row, starts[i]!);
    });
    return { rows: sets.length, cols: this.#p, starts, columns };
  }

  #elements(set: number): Int32Array {
    return this.#pool.subarray(this.#a[set]!, this.#a[set]! + this.#b[set]!);
  }

  /** The union of two sets that differ. */
  #join(a: number, b: number): number {
    const [n, k] = [this.#b[a]!, this.#b[b]!];
    if (n < 0 || k < 0) {
      // what is a part of the other already
      if (n < 0 && (this.#a[a] === b || -1 - n === b)) return a;
      if (k < 0 && (this.#a[b] === a || -1 - k === a)) return b;
      return this.#append(a, -1 - b);
    }
    const length = this.#merge(a, b);
    return length <= FEW ? this.#list(length) : this.#append(a, -1 - b);
  }

  /** Both lists in one, ascending, in #merged; returns how many numbers that are. */
  #merge(a: number, b: number): number {
    const pool = this.#pool;
    const merged = this.#merged;
    let [i, j] = [this.#a[a]!, this.#a[b]!];
    const [endI, endJ] = [i + this.#b[a]!, j + this.#b[b]!];
    let length = 0;
    while (i < endI && j < endJ) {
      const [x, y] = [pool[i]!, pool[j]!];
      if (x <= y) i++;
      if (y <= x) j++;
      merged[length++] = x < y ? x : y;
    }
    while (i < endI) merged[length++] = pool[i++]!;
    while (j < endJ) merged[length++] = pool[j++]!;
    return length;
  }

  /** The set of the first `length` numbers of #merged. */
  #list(length: number): number {
    this.#length = length;
    const h = hashOfList(this.#merged, 0, length);
    const known = this.#lists.find(h, this.#isMerged);
    if (known >= 0) return this.#listSets[known]!;
    this.#pool = roomFor(this.#pool, this.#end + length);
    for (let e = 0; e < length; e++) this.#pool[this.#end + e] = this.#merged[e]!;
    const set = this.#append(this.#end, length);
    this.#end += length;
    const entry = this.#lists.size;
    this.#listSets = roomFor(this.#listSets, entry + 1);
    this.#listSets[entry] = set;
    this.#lists.add(h, this.#hashOfSet);
    return set;
  }

  #append(a: number, b: number): number {
    const set = this.#size++;
    this.#a = roomFor(this.#a, set + 1);
    this.#b = roomFor(this.#b, set + 1);
    this.#a[set] = a;
    this.#b[set] = b;
    return set;
  }

  /** Large sets one by one: unions come after what they are of, so one pass downward finds all lists in it. */
  #followed(large: ReadonlySet<number>): Map<number, Int32Array> {
    const found = new Map<number, Int32Array>();
    const isIn = new Uint8Array(this.#p);
    for (const top of large) {
      const marked = new Uint8Array(top + 1);
      marked[top] = 1;
      isIn.fill(0);
      for (let set = top; set > 0; set--) {
        if (!marked[set]) continue;
        const b = this.#b[set]!;
        if (b < 0) marked[this.#a[set]!] = marked[-1 - b] = 1;
        else for (const parameter of this.#elements(set)) isIn[parameter] = 1;
      }
      found.set(top, placesOf(isIn));
    }
    return found;
  }

  /** All of them at once, by bit sets of 32 parameters. */
  #swept(large: ReadonlySet<number>): Map<number, Int32Array> {
    const found = new Map<number, number[]>([...large].map((set) => [set, []]));
    const bits = new Int32Array(this.#size);
    for (let first = 0; first < this.#p && large.size > 0; first += 32) {
      for (let set = 1; set < this.#size; set++) {
        const b = this.#b[set]!;
        let word = 0;
        if (b < 0) word = bits[this.#a[set]!]! | bits[-1 - b]!;
        else
          for (let e = this.#a[set]!, end = e + b; e < end; e++) {
            const bit = this.#pool[e]! - first;
            if (bit >= 0 && bit < 32) word |= 1 << bit;
          }
        bits[set] = word;
      }
      for (const [set, row] of found) for (let bit = 0; bit < 32; bit++) if ((bits[set]! >>> bit) & 1) row.push(first + bit);
    }
    return new Map([...found].map(([set, row]) => [set, Int32Array.from(row)]));
  }
}

function placesOf(isIn: Uint8Array): Int32Array {
  const places = new Int32Array(isIn.reduce((n, x) => n + x, 0));
  let at = 0;
  isIn.forEach((x, place) => {
    if (x) places[at++] = place;
  });
  return places;
}

/** Entries 0, 1, 2 … by hash; what they stand for is the owner's. Open addressing, half full at most. */
class Table {
  size = 0;
  #slots = new Int32Array(1024); // entry + 1

  find(h: number, isSame: (entry: number) => boolean): number {
    const mask = this.#slots.length - 1;
    for (let at = h & mask, slot: number; (slot = this.#slots[at]!) !== 0; at = (at + 1) & mask)
      if (isSame(slot - 1)) return slot - 1;
    return -1;
  }

  /** The next entry; @param hashOf for when all are put into a larger table. */
  add(h: number, hashOf: (entry: number) => number): void {
    if (2 * this.size >= this.#slots.length) {
      this.#slots = new Int32Array(2 * this.#slots.length);
      for (let entry = 0; entry < this.size; entry++) this.#put(hashOf(entry), entry);
    }
    this.#put(h, this.size++);
  }

  #put(h: number, entry: number): void {
    const mask = this.#slots.length - 1;
    let at = h & mask;
    while (this.#slots[at] !== 0) at = (at + 1) & mask;
    this.#slots[at] = entry + 1;
  }
}

/** Two numbers mixed (Murmur3's finaliser). */
function hash(a: number, b: number): number {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b + 0x7f4a7c15, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h ^= h >>> 13;
  return h >>> 0;
}

function hashOfList(from: Int32Array, at: number, n: number): number {
  let h = n;
  for (let e = at; e < at + n; e++) h = hash(h, from[e]!);
  return h;
}

function roomFor(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  if (length <= array.length) return array;
  const larger = new Int32Array(Math.max(length, 2 * array.length));
  larger.set(array);
  return larger;
}
