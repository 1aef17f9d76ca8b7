/** Sizes: whole numbers that may depend on named lengths, as polynomials in one normal form, so that equal sizes have equal keys. */

const JOIN = '\u0000'; // between the names of a product

/**
 * A polynomial with whole coefficients over the names of lengths: `2·n + m·n − 1`.
 *
 * Lengths are never negative; that is what {@link isNatural} and {@link isNegative} know of them.
 */
export class Size {
  /** The number, if it depends on no length. Nearly all do not, and take no maps and no text. */
  readonly constant: number | undefined;
  #terms: ReadonlyMap<string, number> | undefined;
  #key: string | undefined;

  private constructor(constant: number | undefined, terms: ReadonlyMap<string, number> | undefined) {
    this.constant = constant;
    this.#terms = terms;
  }

  static of(n: number): Size {
    return new Size(n, undefined);
  }

  static length(name: string): Size {
    return new Size(undefined, new Map([[name, 1]]));
  }

  /** Coefficient by product of names, '' for the constant; none is 0. */
  get terms(): ReadonlyMap<string, number> {
    return (this.#terms ??= new Map(this.constant === 0 ? [] : [['', this.constant!]]));
  }

  get key(): string {
    return (this.#key ??= [...this.terms].map(([names, by]) => `${by}${names && JOIN}${names}`).join(`${JOIN}${JOIN}`));
  }

  /** Of a number or the name of a length. */
  static from(extent: number | string): Size {
    return typeof extent === 'number' ? Size.of(extent) : Size.length(extent);
  }

  equals(other: Size): boolean {
    return this.constant === undefined ? this.key === other.key : this.constant === other.constant;
  }

  plus(other: Size): Size {
    if (other.constant === 0) return this;
    if (this.constant !== undefined && other.constant !== undefined) return Size.of(this.constant + other.constant);
    const terms = new Map(this.terms);
    for (const [names, by] of other.terms) terms.set(names, (terms.get(names) ?? 0) + by);
    return normal(terms);
  }

  minus(other: Size): Size {
    return this.plus(other.times(MINUS_ONE));
  }

  times(other: Size): Size {
    if (other.constant === 1) return this;
    if (this.constant !== undefined && other.constant !== undefined) return Size.of(this.constant * other.constant);
    const terms = new Map<string, number>();
    for (const [x, by] of this.terms) {
      for (const [y, times] of other.terms) {
        const names = [...namesOf(x), ...namesOf(y)].sort().join(JOIN);
        terms.set(names, (terms.get(names) ?? 0) + by * times);
      }
    }
    return normal(terms);
  }

  /** Surely ≥ 0. */
  get isNatural(): boolean {
    if (this.constant !== undefined) return this.constant >= 0;
    for (const by of this.terms.values()) if (by < 0) return false;
    return true;
  }

  /** Surely < 0. */
  get isNegative(): boolean {
    if (this.constant !== undefined) return this.constant < 0;
    for (const by of this.terms.values()) if (by > 0) return false;
    return this.terms.has('');
  }

  /** The names of the lengths in it. */
  get lengths(): string[] {
    return [...new Set([...this.terms.keys()].flatMap(namesOf))];
  }

  /** Its terms: coefficient and the names multiplied. */
  get products(): { readonly by: number; readonly names: readonly string[] }[] {
    return [...this.terms].map(([names, by]) => ({ by, names: namesOf(names) }));
  }

  toString(): string {
    const parts = this.products.map(({ by, names }) => {
      const product = names.join('·');
      const size = Math.abs(by);
      return { minus: by < 0, text: product === '' ? `${size}` : size === 1 ? product : `${size}·${product}` };
    });
    parts.sort((x, y) => Number(x.minus) - Number(y.minus));
    return parts.map(({ minus, text }, i) => (i === 0 ? (minus ? '−' : '') : minus ? ' − ' : ' + ') + text).join('') || '0';
  }

  static readonly normal = (terms: Map<string, number>): Size => {
    for (const [names, by] of terms) if (by === 0) terms.delete(names);
    if (terms.size === 0) return Size.of(0);
    if (terms.size === 1 && terms.has('')) return Size.of(terms.get('')!);
    return new Size(
      undefined,
      new Map([...terms].sort(([x], [y]) => (x === y ? 0 : x === '' ? 1 : y === '' ? -1 : x < y ? -1 : 1))),
    );
  };
}

const normal = Size.normal;
export const ZERO: Size = Size.of(0);
export const ONE: Size = Size.of(1);
const MINUS_ONE: Size = Size.of(-1);

function namesOf(product: string): string[] {
  return product === '' ? [] : product.split(JOIN);
}
