/** Handles on what `record` records: numbers, vectors and matrices that have their values already. */
import { fail } from '../errors.ts';
import { INSPECT, show } from '../graph/show.ts';
import { SHEET } from '../ops/sheet.ts';
import { OP } from '../ops/vocabulary.ts';
import { ACTIVE, INPUT, NODE_WORDS } from './layout.ts';
import { NUMBERS, WORDS } from './memory.ts';
import { Operand } from './operand.ts';
import { type Items, Sheet, type Slots } from './sheet.ts';

/** The sheet of one call of a recorded function. */
export class RecordSheet extends Sheet<Recorded> {
  #ended = false;

  /** @param p differentiated inputs, in the first slots; q data inputs follow */
  start(p: number, q: number): Float64Array {
    this.refresh();
    while (this.capacity < p + q) this.grow();
    for (let i = 0; i < p; i++) this.code[NODE_WORDS * i] = INPUT | ACTIVE;
    for (let i = p; i < p + q; i++) this.code[NODE_WORDS * i] = INPUT;
    this.size = p + q;
    return this.values;
  }

  made(slot: number): Recorded {
    return new Recorded(this, slot);
  }

  own(x: Recorded): number {
    return x.slot;
  }

  slotOf(x: Recorded, op: number): number {
    if (!(x instanceof Recorded)) this.wrong(x, op);
    return x[SHEET] === this ? x.slot : this.foreign(x, op);
  }

  /** The call is over: its handles have neither values nor results any more. */
  end(): void {
    this.#ended = true;
    this.values = NUMBERS;
    this.code = WORDS;
    this.size = this.capacity = 0;
  }

  override grow(): void {
    if (this.#ended) ended();
    super.grow();
  }
}

function ended(): never {
  return fail('ForeignNode', 'this value belongs to a call of a recorded function that has ended; keep its .value instead');
}

/**
 * One number in a function given to {@link record}. It has its `value` as soon as it is computed, so code may depend on
 * it; its methods are the vocabulary, and every function of the same name does the same.
 *
 * @example
 * import { record, scalar } from 'wengert';
 * const f = record({ x: scalar }, ({ x }) => (x.value > 0 ? x.square() : x.neg()));
 * f.gradient({ x: -3 }); // { value: 3, gradient: { x: -1 } }
 */
export class Recorded extends Operand<Recorded> {
  readonly [SHEET]: RecordSheet;
  /** @internal */
  readonly slot: number;

  /** @internal */
  constructor(sheet: RecordSheet, slot: number) {
    super();
    this[SHEET] = sheet;
    this.slot = slot;
  }

  /** The number itself. @throws ForeignNode once the call that computed it has ended */
  get value(): number {
    return this[SHEET].values[this.slot] ?? ended();
  }

  /** `Recorded(1.5)` */
  toString(): string {
    return `Recorded(${this[SHEET].values[this.slot] ?? 'ended'})`;
  }
}

/**
 * Several numbers in a row: an input `vector(n)`, a row or column of a matrix, or what `map` made of one.
 *
 * @example
 * import { record, vector } from 'wengert';
 * const f = record({ x: vector('n') }, ({ x }) => x.map((xi) => xi.square()).sum());
 * f.gradient({ x: [1, 2, 3] }); // { value: 14, gradient: { x: Float64Array [2, 4, 6] } }
 */
export class RecordedVector implements Iterable<Recorded>, Slots<Recorded> {
  /** @internal */
  readonly [SHEET]: RecordSheet;
  /** @internal */
  readonly slots: Int32Array;

  /** @internal */
  constructor(sheet: RecordSheet, slots: Int32Array) {
    this[SHEET] = sheet;
    this.slots = slots;
  }

  /** @internal */
  get sheet(): RecordSheet {
    return this[SHEET];
  }

  get length(): number {
    return this.slots.length;
  }

  /** The numbers themselves, as a copy. @throws ForeignNode once the call that computed them has ended */
  get value(): Float64Array {
    const { values } = this[SHEET];
    return Float64Array.from(this.slots, (slot) => values[slot] ?? ended());
  }

  /** Element i, from 0. @throws OutOfRange outside 0 … length − 1 */
  at(i: number): Recorded {
    return new Recorded(this[SHEET], this.slots[inside(i, this.length, 'index')]!);
  }

  *[Symbol.iterator](): IterableIterator<Recorded> {
    for (const slot of this.slots) yield new Recorded(this[SHEET], slot);
  }

  /** Elements from `start` up to, not including, `end`, as a view; negative places count from the end, as in arrays. O(1). */
  slice(start?: number, end?: number): RecordedVector {
    return new RecordedVector(this[SHEET], this.slots.subarray(start, end));
  }

  /** The vector of f(element, its place). O(n). */
  map(f: (element: Recorded, i: number) => Recorded | number): RecordedVector {
    const sheet = this[SHEET];
    return new RecordedVector(
      sheet,
      this.slots.map((slot, i) => sheet.slot(f(new Recorded(sheet, slot), i), OP.input)),
    );
  }

  /** x₁ + x₂ + …; 0 if empty. One node. */
  sum(): Recorded {
    return this[SHEET].reduce(OP.sum, this);
  }
  /** sum / length; NaN if empty. One node. */
  mean(): Recorded {
    return this[SHEET].reduce(OP.mean, this);
  }
  /** x₁ · x₂ · …; 1 if empty. One node. */
  prod(): Recorded {
    return this[SHEET].reduce(OP.prod, this);
  }
  /** The smallest; ∞ if empty; k that tie share the derivative. One node. */
  min(): Recorded {
    return this[SHEET].reduce(OP.minOf, this);
  }
  /** The largest; −∞ if empty; k that tie share the derivative. One node. */
  max(): Recorded {
    return this[SHEET].reduce(OP.maxOf, this);
  }
  /** √(x₁² + x₂² + …) without overflow; derivative 0 at the origin. One node. */
  norm(): Recorded {
    return this[SHEET].reduce(OP.norm, this);
  }
  /** log(eˣ¹ + eˣ² + …) without overflow; −∞ if empty. One node. */
  logsumexp(): Recorded {
    return this[SHEET].reduce(OP.logsumexp, this);
  }
  /** x₁y₁ + x₂y₂ + …; one node. @throws WrongLength unless both have the same length */
  dot(y: Items<Recorded>): Recorded {
    return this[SHEET].reduce(OP.dot, this, y);
  }

  toString(): string {
    return `RecordedVector(${this.length})`;
  }
  /** @throws WrongType */
  valueOf(): never {
    return noNumber(this, 'x.at(i) or x.map(…)');
  }
  [Symbol.toPrimitive](hint: string): string {
    return hint === 'string' ? this.toString() : this.valueOf();
  }
  [INSPECT](): string {
    return this.toString();
  }
}

/**
 * Rows and columns of numbers: an input `matrix(m, n)`. Iterating gives its rows.
 *
 * @example
 * import { matrix, record, vector } from 'wengert';
 * const f = record({ W: matrix(2, 3), x: vector(3) }, ({ W, x }) => [W.row(0).dot(x), W.row(1).dot(x)]);
 * f.value({ W: [[1, 2, 3], [4, 5, 6]], x: [1, 0, 1] }); // [4, 10]
 */
export class RecordedMatrix implements Iterable<RecordedVector> {
  /** @internal */
  readonly [SHEET]: RecordSheet;
  /** @internal */
  readonly slots: Int32Array;
  readonly rows: number;
  readonly cols: number;

  /** @internal */
  constructor(sheet: RecordSheet, slots: Int32Array, rows: number, cols: number) {
    this[SHEET] = sheet;
    this.slots = slots;
    this.rows = rows;
    this.cols = cols;
  }

  /** The element in row i and column j, from 0. @throws OutOfRange outside */
  at(i: number, j: number): Recorded {
    return new Recorded(this[SHEET], this.slots[inside(i, this.rows, 'row') * this.cols + inside(j, this.cols, 'column')]!);
  }

  /** Row i, a view. O(1). @throws OutOfRange outside 0 … rows − 1 */
  row(i: number): RecordedVector {
    const start = inside(i, this.rows, 'row') * this.cols;
    return new RecordedVector(this[SHEET], this.slots.subarray(start, start + this.cols));
  }

  /** Column j. O(rows). @throws OutOfRange outside 0 … cols − 1 */
  col(j: number): RecordedVector {
    const first = inside(j, this.cols, 'column');
    return new RecordedVector(
      this[SHEET],
      Int32Array.from({ length: this.rows }, (_, i) => this.slots[i * this.cols + first]!),
    );
  }

  *[Symbol.iterator](): IterableIterator<RecordedVector> {
    for (let i = 0; i < this.rows; i++) yield this.row(i);
  }

  toString(): string {
    return `RecordedMatrix(${this.rows} × ${this.cols})`;
  }
  /** @throws WrongType */
  valueOf(): never {
    return noNumber(this, 'X.at(i, j), X.row(i) or X.col(j)');
  }
  [Symbol.toPrimitive](hint: string): string {
    return hint === 'string' ? this.toString() : this.valueOf();
  }
  [INSPECT](): string {
    return this.toString();
  }
}

function noNumber(x: object, instead: string): never {
  return fail('WrongType', `${x}: JavaScript's operators cannot use it; write ${instead}`);
}

function inside(i: number, length: number, what: string): number {
  if (Number.isInteger(i) && i >= 0 && i < length) return i;
  return fail('OutOfRange', `at: ${what} ${show(i)} is not a whole number from 0 to ${length - 1}`);
}
