/**
 * JSON from bytes, and back. An array of numbers, or of equally long arrays of them and so on, becomes one Float64Array with a
 * shape: nothing is kept per number but its 8 bytes, and the text is never a string.
 */

/** Numbers with a shape, row by row. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

export type Json = null | boolean | number | string | Numbers | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

export const isNumbers = (x: unknown): x is Numbers => (x as Numbers | null)?.values instanceof Float64Array;

/** Elements of an array that are numbers, or have one shape: they lie on the reader's stack. */
class Span {
  readonly size: number;

  constructor(readonly shape: readonly number[]) {
    this.size = shape.reduce((n, extent) => n * extent, 1);
  }

  isLike({ shape }: Span): boolean {
    return shape.length === this.shape.length && shape.every((extent, i) => extent === this.shape[i]);
  }
}

const NUMBER = new Span([]);

/** @throws SyntaxError, a sentence that says where and what was expected */
export function parse(bytes: Buffer): Json {
  return new Reader(bytes).document();
}

const DEEPEST = 256;
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`)); // the exact powers of ten
const EXACT = 2 ** 53;
const [QUOTE, COMMA, MINUS, PLUS, POINT, ZERO, NINE, COLON, E, OPEN, BACKSLASH, CLOSE, BEGIN, END] = Array.from('",-+.09:e[\\]{}', (c) => c.charCodeAt(0)) as [
  number, number, number, number, number, number, number, number, number, number, number, number, number, number,
]; // biome-ignore format: a table
const WORDS: readonly (readonly [text: string, value: Json])[] = [['true', true], ['false', false], ['null', null]]; // biome-ignore format: a table

const isDigit = (c: number | undefined): boolean => c !== undefined && c >= ZERO && c <= NINE;

class Reader {
  readonly #bytes: Buffer;
  #at = 0;
  #depth = 0;
  /** The numbers of the arrays that are open, as a stack: rows of a matrix lie one after the other already. */
  #stack = new Float64Array(1024);
  #height = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  document(): Json {
    const value = this.#value();
    this.#space();
    if (this.#at < this.#bytes.length) this.#expected('the end of the line');
    return value;
  }

  #value(): Json {
    this.#space();
    const c = this.#bytes[this.#at];
    if (c === OPEN) {
      const found = this.#array();
      return found instanceof Span ? this.#taken(found) : found;
    }
    if (c === BEGIN) return this.#object();
    if (c === QUOTE) return this.#string();
    if (c === MINUS || isDigit(c)) return this.#number();
    for (const [text, value] of WORDS) {
      if (this.#bytes.toString('latin1', this.#at, this.#at + text.length) !== text) continue;
      this.#at += text.length;
      return value;
    }
    return this.#expected('a value');
  }

  #object(): JsonObject {
    const object: Record<string, Json> = Object.create(null);
    this.#enter();
    if (!this.#skip(END)) {
      do {
        this.#space();
        if (this.#bytes[this.#at] !== QUOTE) this.#expected('a name in quotes');
        const name = this.#string();
        if (!this.#skip(COLON)) this.#expected('a colon');
        object[name] = this.#value();
      } while (this.#skip(COMMA));
      if (!this.#skip(END)) this.#expected(', or }');
    }
    this.#depth--;
    return object;
  }

  #array(): Span | Json[] {
    const from = this.#height;
    let count = 0;
    let common = NUMBER;
    let list: Json[] | undefined;
    this.#enter();
    if (!this.#skip(CLOSE)) {
      do {
        this.#space();
        const c = this.#bytes[this.#at];
        let found: Span | Json[] | undefined;
        if (c === MINUS || isDigit(c)) {
          this.#push(this.#number());
          found = NUMBER;
        } else if (c === OPEN) found = this.#array();
        if (count === 0 && found instanceof Span) common = found;
        if (list || !(found instanceof Span && found.isLike(common))) {
          list ??= this.#spread(count, common, from);
          list.push(found instanceof Span ? this.#taken(found) : (found ?? this.#value()));
        }
        count++;
      } while (this.#skip(COMMA));
      if (!this.#skip(CLOSE)) this.#expected(', or ]');
    }
    this.#depth--;
    return list ?? new Span([count, ...common.shape]);
  }

  /** The first `count` elements of an array one by one after all, since another is of another kind. What lies above them moves down. */
  #spread(count: number, { shape, size }: Span, from: number): Json[] {
    const elements = Array.from({ length: count }, (_, i): Json => {
      const values = this.#stack.slice(from + i * size, from + (i + 1) * size);
      return shape.length === 0 ? values[0]! : { shape, values };
    });
    this.#stack.copyWithin(from, from + count * size, this.#height);
    this.#height -= count * size;
    return elements;
  }

  /** What lies on top of the stack. */
  #taken({ shape, size }: Span): Json {
    this.#height -= size;
    const values = this.#stack.slice(this.#height, this.#height + size);
    return shape.length === 0 ? values[0]! : { shape, values };
  }

  #push(x: number): void {
    if (this.#height === this.#stack.length) {
      const larger = new Float64Array(2 * this.#height);
      larger.set(this.#stack);
      this.#stack = larger;
    }
    this.#stack[this.#height++] = x;
  }

  /** Exact by one multiplication or division where digits and power of ten are exact; by JavaScript's own reading where not. */
  #number(): number {
    const bytes = this.#bytes;
    const from = this.#at;
    let at = from;
    let mantissa = 0;
    let exponent = 0;
    const isNegative = bytes[at] === MINUS;
    if (isNegative) at++;
    const whole = at;
    for (let c = bytes[at]!; c >= ZERO && c <= NINE; c = bytes[++at]!) mantissa = mantissa * 10 + (c - ZERO);
    let digits = at - whole;
    if (digits > 1 && bytes[whole] === ZERO) digits = 0;
    if (digits > 0 && bytes[at] === POINT) {
      const fraction = ++at;
      for (let c = bytes[at]!; c >= ZERO && c <= NINE; c = bytes[++at]!) mantissa = mantissa * 10 + (c - ZERO);
      exponent = fraction - at;
      digits = at - fraction;
    }
    if (digits > 0 && (bytes[at]! | 32) === E) {
      at++;
      const sign = bytes[at] === MINUS ? -1 : 1;
      if (bytes[at] === MINUS || bytes[at] === PLUS) at++;
      const first = at;
      let power = 0;
      for (let c = bytes[at]!; c >= ZERO && c <= NINE; c = bytes[++at]!) power = power * 10 + (c - ZERO);
      exponent += sign * power;
      digits = at - first;
    }
    this.#at = at;
    if (digits === 0) this.#expected('a digit');
    if (mantissa > EXACT || exponent > 22 || exponent < -22) return Number(bytes.toString('latin1', from, at));
    const size = exponent < 0 ? mantissa / POWERS[-exponent]! : mantissa * POWERS[exponent]!;
    return isNegative ? -size : size;
  }

  #string(): string {
    const bytes = this.#bytes;
    const from = this.#at;
    let at = from + 1;
    let isPlain = true;
    for (; bytes[at] !== QUOTE; at++) {
      const c = bytes[at];
      if (c === undefined) {
        this.#at = at;
        this.#expected('a closing quote');
      }
      if (c === BACKSLASH) at++;
      if (c === BACKSLASH || c! < 32) isPlain = false;
    }
    this.#at = at + 1;
    if (isPlain) return bytes.toString('utf8', from + 1, at);
    try {
      return JSON.parse(bytes.toString('utf8', from, at + 1));
    } catch {
      this.#at = from;
      return this.#expected('a string without control characters and unknown escapes');
    }
  }

  #enter(): void {
    this.#at++;
    if (++this.#depth > DEEPEST)
      throw new SyntaxError(`more than ${DEEPEST} arrays and objects inside each other, at byte ${this.#at}`);
  }

  #space(): void {
    for (let c = this.#bytes[this.#at]; c === 32 || c === 9 || c === 13 || c === 10; c = this.#bytes[this.#at]) this.#at++;
  }

  #skip(c: number): boolean {
    this.#space();
    if (this.#bytes[this.#at] !== c) return false;
    this.#at++;
    return true;
  }

  #expected(what: string): never {
    const found = this.#bytes.toString('utf8', this.#at, this.#at + 12);
    throw new SyntaxError(`expected ${what} at byte ${this.#at}, found ${found ? JSON.stringify(found) : 'the end'}`);
  }
}
