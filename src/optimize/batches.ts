/** Rows of data, dealt out in batches: indices are shuffled, and rows copied to where the machine reads them. */
import { fail } from '../errors.ts';
import { show } from '../graph/show.ts';
import { checkNames, checkValue, copyNumbers, copyValue, isList, isNested, type Place } from '../program/marshal.ts';
import { Random } from './random.ts';

interface Column extends Place {
  /** All rows, where and in whatever type the user keeps them. */
  readonly values: ArrayLike<unknown>;
  readonly nested: boolean;
}

export class Batches {
  /** Rows in all. */
  readonly count: number;
  readonly #columns: readonly Column[];
  readonly #width: number; // numbers in a row
  readonly #order: Uint32Array;
  readonly #random: Random | undefined;
  #first = 0; // the rows chosen are those from here to #next
  #next: number;

  /**
   * @param places the data inputs
   * @param data values by name for all rows, flat or nested
   * @param seed of the shuffle; false keeps the order
   * @throws UnknownName, MissingName, WrongType, WrongLength, DetachedBuffer, BadOption
   */
  constructor(places: readonly Place[], data: unknown, seed: number | false) {
    checkNames('data', data, places);
    this.#columns = places.map((place) => column(place, data[place.name]));
    const counts = this.#columns.map(rowsIn);
    this.count = counts[0] ?? 0;
    const odd = counts.findIndex((count) => count !== this.count);
    if (odd > 0) fail('WrongLength', `data: ${places[odd]!.name} has ${counts[odd]} rows, ${places[0]!.name} has ${this.count}`);
    if (this.count === 0) fail('WrongLength', 'data: expected at least one row');
    this.#width = places.reduce((sum, place) => sum + place.size, 0);
    this.#order = Uint32Array.from({ length: this.count }, (_, i) => i);
    this.#random = seed === false ? undefined : new Random(seed);
    this.#next = this.count; // an epoch begins with its shuffle
  }

  /** Does the next batch begin an epoch? */
  get fresh(): boolean {
    return this.#next === this.count;
  }

  /** Copies the next `batch` rows, or what is left of the epoch, into `view` (rows × width); returns how many. */
  deal(view: Float64Array, batch: number): number {
    const rows = this.take(batch);
    this.write(view, ({ offset }) => ({ offset, stride: this.#width }));
    return rows;
  }

  /** Chooses the next `batch` rows, or what is left of the epoch; returns how many. */
  take(batch: number): number {
    if (this.fresh) {
      this.#random?.shuffle(this.#order);
      this.#next = 0;
    }
    this.#first = this.#next;
    this.#next = Math.min(this.#first + batch, this.count);
    return this.#next - this.#first;
  }

  /** Copies the chosen rows: those of an input begin at `offset` and are `stride` apart. */
  write(view: Float64Array, where: (place: Place) => { readonly offset: number; readonly stride: number }): void {
    for (const place of this.#columns) {
      const { values, nested, shape, size } = place;
      const { offset, stride } = where(place);
      for (let r = this.#first, at = offset; r < this.#next; r++, at += stride) {
        const row = this.#order[r]!;
        if (nested) copyValue(values[row], shape, view, at);
        else copyNumbers(values as ArrayLike<number>, row * size, size, view, at);
      }
    }
  }
}

function column(place: Place, values: unknown): Column {
  const { name, shape, size } = place;
  if (values === undefined) fail('MissingName', `data: the input '${name}' is missing`);
  if (!isList(values)) fail('WrongType', `data: ${name}: expected an array of rows, got ${show(values)}`);
  const rows = typeof values[0] === 'object' || size === 0 ? values.length : values.length / size;
  if (!Number.isSafeInteger(rows)) fail('WrongLength', `data: ${name}: expected rows of ${size}, got ${values.length} numbers`);
  const stacked = [rows, ...shape];
  checkValue(`data: ${name}`, values, stacked);
  return { ...place, values, nested: isNested(values, stacked) };
}

function rowsIn({ values, nested, size }: Column): number {
  return nested || size === 0 ? values.length : values.length / size;
}
