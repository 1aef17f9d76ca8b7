/** Sizes: whole numbers that may depend on named lengths, as polynomials in one normal form, so that equal sizes have equal keys. */

const JOIN = '\u0000'; // between the names of a product

/**
 * A polynomial with whole coefficients over the names of lengths: `2·n + m·n − 1`.
 *
 * Lengths are never negative; that is what {@link isNatural} and {@link isNegative} know of them.
 */
export class Size {
  /** Coefficient by product of names, '' for the constant; none is 0. */
  readonly terms: ReadonlyMap<string, number>;
  readonly key: string;

  private constructor(terms: ReadonlyMap<string, number>) {
    this.terms = terms;
    this.key = [...terms].map(([names, by]) => `${by}${names && JOIN}${names}`).join(`${JOIN}${JOIN}`);
  }

  static of(n: number): Size {
    return new Size(new Map(n === 0 ? [] : [['', n]]));
  }

  static length(name: string): Size {
    return new Size(new Map([[name, 1]]));
  }

  /** Of a number or the name of a length. */
  static from(extent: number | string): Size {
    return typeof extent === 'number' ? Size.of(extent) : Size.length(extent);
  }

  /** The number, if it depends on no length. */
  get constant(): number | undefined {
    if (this.terms.size === 0) return 0;
    return this.terms.size === 1 ? this.terms.get('') : undefined;
  }

  equals(other: Size): boolean {
    return this.key === other.key;
  }

  plus(other: Size): Size {
    if (other.terms.size === 0) return this;
    const terms = new Map(this.terms);
    for (const [names, by] of other.terms) terms.set(names, (terms.get(names) ?? 0) + by);
    return normal(terms);
  }

  minus(other: Size): Size {
    return this.plus(other.times(MINUS_ONE));
  }

  times(other: Size): Size {
    if (other.constant === 1) return this;
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
    for (const by of this.terms.values()) if (by < 0) return false;
    return true;
  }

  /** Surely < 0. */
  get isNegative(): boolean {
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
    return new Size(new Map([...terms].sort(([x], [y]) => (x === y ? 0 : x === '' ? 1 : y === '' ? -1 : x < y ? -1 : 1))));
  };
}

const normal = Size.normal;
export const ZERO: Size = Size.of(0);
export const ONE: Size = Size.of(1);
const MINUS_ONE: Size = Size.of(-1);

function namesOf(product: string): string[] {
  return product === '' ? [] : product.split(JOIN);
}
