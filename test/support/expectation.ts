/**
 * What a comment beside an example promises, and whether a value keeps it.
 *
 *     2                       exactly 2; a whole number is meant exactly
 *     0.1353   −4.5e-7        to the digits shown
 *     ≈ 3   0.333…            likewise
 *     { value: 2, b: [1, 2] } by structure; Float64Array(2) [1, 2] and [1, 2] are the same promise; … stands for any more
 *     'text' true null NaN    as in JavaScript
 *
 * Prose may follow after a comma, semicolon, colon, full stop, dash or bracket: `6, a die`.
 */
export type Expectation =
  | { readonly kind: 'number'; readonly value: number; readonly slack: number }
  | { readonly kind: 'same'; readonly value: string | boolean | null | undefined }
  | { readonly kind: 'array'; readonly items: readonly Expectation[]; readonly open: boolean }
  | { readonly kind: 'object'; readonly fields: readonly (readonly [string, Expectation])[]; readonly open: boolean };

const NUMBER = /^(≈\s*)?([-−+]?)(?:(Infinity|∞|NaN)|(\d[\d_]*)?(\.\d+)?(e[-+]?\d+)?)(…)?/;
const WORDS: Readonly<Record<string, boolean | null | undefined>> = { true: true, false: false, null: null, undefined };

/** Reads values from the front of a text. */
class Reader {
  constructor(public rest: string) {}

  /** Takes what `pattern` matches at the front, blanks before it skipped. */
  take(pattern: RegExp): RegExpExecArray | null {
    const found = pattern.exec((this.rest = this.rest.trimStart()));
    if (found?.index !== 0 || found[0] === '') return null;
    this.rest = this.rest.slice(found[0].length);
    return found;
  }

  value(): Expectation | null {
    this.take(/^\w+Array(\(\d+\))?(?=\s*\[)/);
    if (this.take(/^\[/)) return this.array();
    if (this.take(/^\{/)) return this.object();
    const text = this.take(/^'([^']*)'|^"([^"]*)"|^`([^`]*)`/);
    if (text) return { kind: 'same', value: text[1] ?? text[2] ?? text[3]! };
    const word = this.take(/^(true|false|null|undefined)\b/);
    return word ? { kind: 'same', value: WORDS[word[0]] } : this.number();
  }

  private number(): Expectation | null {
    const found = this.take(NUMBER);
    if (!found) return null;
    const [, about, sign, word, whole, fraction, exponent, more] = found;
    const negative = sign === '-' || sign === '−';
    if (word) return { kind: 'number', value: word === 'NaN' ? Number.NaN : negative ? -Infinity : Infinity, slack: 0 };
    if (!whole && !fraction) return null;
    const scale = `e${exponent?.slice(1) ?? 0}`;
    const value = Number(`${(whole ?? '0').replaceAll('_', '')}${fraction ?? ''}${scale}`);
    const inexact = about || fraction || more || exponent;
    const unit = 10 ** ((exponent ? Number(exponent.slice(1)) : 0) - (fraction ? fraction.length - 1 : 0));
    return { kind: 'number', value: negative ? -value : value, slack: inexact ? (more ? 1 : 0.5) * unit * (1 + 1e-9) : 0 };
  }

  private array(): Expectation | null {
    const items: Expectation[] = [];
    for (;;) {
      const open = this.take(/^(…|\.\.\.)/) !== null;
      if (this.take(/^,?\s*\]/)) return { kind: 'array', items, open };
      if (open || (items.length > 0 && !this.take(/^,/))) return null;
      if (this.take(/^(…|\.\.\.)\s*\]/)) return { kind: 'array', items, open: true };
      const item = this.value();
      if (!item) return null;
      items.push(item);
    }
  }

  private object(): Expectation | null {
    const fields: [string, Expectation][] = [];
    for (;;) {
      if (this.take(/^,?\s*\}/)) return { kind: 'object', fields, open: false };
      if (this.take(/^,?\s*(…|\.\.\.)\s*\}/)) return { kind: 'object', fields, open: true };
      if (fields.length > 0 && !this.take(/^,/)) return null;
      const key = this.take(/^(?:([\p{L}_$][\p{L}\d_$]*)|'([^']*)'|"([^"]*)")\s*:/u);
      const field = key && this.value();
      if (!field) return null;
      fields.push([key[1] ?? key[2] ?? key[3]!, field]);
    }
  }
}

/** The promise a comment makes, or null where it is only prose. */
export function expectation(comment: string): Expectation | null {
  const reader = new Reader(comment.replace(/^=>?\s*|^→\s*/, ''));
  const value = reader.value();
  return value && /^\s*($|[,;:.(—–])/.test(reader.rest) ? value : null;
}

/** What is wrong with `actual`, or undefined when it keeps the promise. */
export function mismatch(actual: unknown, expected: Expectation, path = 'it'): string | undefined {
  switch (expected.kind) {
    case 'number': {
      if (typeof actual === 'number' && close(actual, expected.value, expected.slack)) return undefined;
      return `${path} is ${String(actual)}, not ${expected.value}`;
    }
    case 'same':
      return actual === expected.value ? undefined : `${path} is ${String(actual)}, not ${String(expected.value)}`;
    case 'array': {
      if (!Array.isArray(actual) && !ArrayBuffer.isView(actual)) return `${path} is ${String(actual)}, not an array`;
      const items = Array.from(actual as ArrayLike<unknown>);
      const { length } = expected.items;
      if (expected.open ? items.length < length : items.length !== length)
        return `${path} has ${items.length} items, not ${length}`;
      return expected.items.map((item, i) => mismatch(items[i], item, `${path}[${i}]`)).find(Boolean);
    }
    case 'object': {
      if (typeof actual !== 'object' || actual === null) return `${path} is ${String(actual)}, not an object`;
      const fields = actual as Readonly<Record<string, unknown>>;
      const surplus = Object.keys(fields).filter((key) => !expected.fields.some(([name]) => name === key));
      if (surplus.length > 0 && !expected.open) return `${path} also has ${surplus.join(', ')}`;
      return expected.fields.map(([name, field]) => mismatch(fields[name], field, `${path}.${name}`)).find(Boolean);
    }
  }
}

function close(actual: number, value: number, slack: number): boolean {
  return Object.is(actual, value) || actual === value || Math.abs(actual - value) <= slack;
}

/** Compares what was printed with what a comment says was printed: blanks do not count, numbers to the digits shown. */
export function printedMismatch(printed: string, comment: string): string | undefined {
  const pieces = (text: string) =>
    text
      .replaceAll('−', '-')
      .replace(/\s+/g, '')
      .split(/(?<![\w.])(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)/);
  const [actual, promised] = [pieces(printed), pieces(comment)];
  const same = (piece: string, i: number) => {
    if (piece === actual[i] || i % 2 === 0) return piece === actual[i];
    const number = expectation(piece);
    return number !== null && mismatch(Number(actual[i]), number) === undefined;
  };
  return actual.length === promised.length && promised.every(same) ? undefined : `it printed:\n${printed}\nnot:\n${comment}`;
}
