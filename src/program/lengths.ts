/** Named lengths: taken from the arrays of a call, which have to agree with each other and with the data bound before. */
import { fail } from '../errors.ts';
import { show } from '../graph/show.ts';
import type { Port } from '../tape/layout.ts';
import type { Extent, LoopPort } from '../tape/loops/layout.ts';
import { checkAttached, isList } from './marshal.ts';

/** A length, and the array it was taken from. */
interface Found {
  readonly n: number;
  /** `X`, or `X[0]` for what the first row says. */
  readonly whose: string;
  /** What a message adds: which was bound before, … */
  readonly since: string;
}

/** Numbers in a row whose shape is to be found. */
interface Flat {
  readonly port: LoopPort;
  readonly total: number;
}

/** The lengths of one call, gathered array by array; asked for when all arrays were seen. */
export class Lengths {
  readonly #found = new Map<string, Found>();
  readonly #flat: Flat[] = [];
  readonly #rows: string | undefined;

  /** @param rows the length that counts the rows of a program over rows: what is wrong with it is said in these words */
  constructor(rows?: string) {
    this.#rows = rows;
  }

  /** What is known without an array. */
  set(name: string, n: number, whose: string, since = ''): void {
    this.#note(name, n, whose, since);
  }

  /** Data of this shape was bound before. */
  bound(port: LoopPort, shape: readonly number[]): void {
    port.shape.forEach((extent, axis) => {
      if (typeof extent === 'string') this.#note(extent, shape[axis]!, port.name, ', which was bound before');
    });
  }

  /** A value that is given now: flat, or nested at any level. @throws WrongType, WrongLength, DetachedBuffer, LengthConflict */
  given(port: LoopPort, value: unknown): void {
    this.#measure(port, value, 0, port.name);
  }

  /**
   * The length of a name; undefined if no array told it.
   *
   * @throws WrongLength for a flat array that leaves more than one length open, LengthConflict
   */
  finish(): Map<string, number> {
    for (let left = this.#flat.length + 1; this.#flat.length > 0 && this.#flat.length < left; ) {
      left = this.#flat.length;
      for (const flat of this.#flat.splice(0)) if (!this.#solve(flat, this.#found)) this.#flat.push(flat);
    }
    const open = this.#flat[0];
    if (open) {
      const { name, shape } = open.port;
      const unknown = [...new Set(shape.filter((extent) => typeof extent === 'string' && !this.#found.has(extent)))];
      const what = `${name}: ${open.total} numbers leave ${unknown.join(' and ')} of ${shape.join(' × ')} open`;
      fail('WrongLength', `${what}; give it in rows, as an array of arrays`);
    }
    return new Map([...this.#found].map(([name, { n }]) => [name, n]));
  }

  #measure(port: LoopPort, value: unknown, axis: number, path: string): void {
    const shape = port.shape.slice(axis);
    const extent = shape[0];
    if (extent === undefined) return; // a number; its type is checked with its value
    if (!isList(value)) fail('WrongType', `${path}: expected an array of ${described(shape)}, got ${show(value)}`);
    checkAttached(path, value);
    const { length } = value;
    if (!(Number.isSafeInteger(length) && length >= 0))
      fail('WrongLength', `${path}: expected ${described(shape)}, got ${String(length)}`);
    if (shape.length > 1 && (typeof value[0] !== 'object' || length === 0)) {
      if (length === 0 && typeof extent === 'string') this.#note(extent, 0, path, '');
      const flat = { port: { ...port, shape }, total: length };
      if (!this.#solve(flat, new Map())) this.#flat.push(flat);
      return;
    }
    if (typeof extent === 'string') this.#note(extent, length, path, '');
    if (shape.length > 1) this.#measure(port, value[0], axis + 1, `${path}[0]`);
  }

  /** Finds the one length that a flat array leaves open, given others; false if that cannot be done yet. */
  #solve({ port: { name, shape }, total }: Flat, known: ReadonlyMap<string, Found>): boolean {
    let product = 1;
    const open: string[] = [];
    for (const extent of shape) {
      if (typeof extent === 'number') product *= extent;
      else if (known.has(extent)) product *= known.get(extent)!.n;
      else open.push(extent);
    }
    const wanted = open[0];
    if (wanted === undefined) return true; // whether the total is right is checked with the value
    if (product === 0 || open.some((extent) => extent !== wanted)) return false;
    const n = Math.round((total / product) ** (1 / open.length));
    if (product * n ** open.length !== total) fail('WrongLength', `${name}: expected ${described(shape)}, got ${total}`);
    this.#note(wanted, n, name, '');
    return true;
  }

  #note(name: string, n: number, whose: string, since: string): void {
    if (n === 0 && name === this.#rows) fail('WrongLength', `${whose}: expected at least one row`);
    const known = this.#found.get(name);
    if (!known) this.#found.set(name, { n, whose, since });
    else if (known.n !== n) {
      const [first, second] = known.since ? [{ n, whose, since }, known] : [known, { n, whose, since }];
      if (name !== this.#rows)
        fail('LengthConflict', `${name} is ${first.n} in ${first.whose} and ${second.n} in ${second.whose}${second.since}`);
      fail('WrongLength', `${first.whose}: got ${first.n} rows; ${second.whose}${second.since || ' has'} ${second.n}`);
    }
  }
}

/** Ports with numbers for shapes. */
export function sized(ports: readonly LoopPort[], lengths: ReadonlyMap<string, number>): Port[] {
  return ports.map((port) => ({ ...port, shape: port.shape.map((n) => (typeof n === 'number' ? n : lengths.get(n)!)) }));
}

/** Does it carry this length? */
export function carries(port: LoopPort, length: string): boolean {
  return port.shape.includes(length);
}

/** `n × 3 numbers` */
function described(shape: readonly Extent[]): string {
  return `${shape.join(' × ')} numbers`;
}
