/**
 * What of a program with loops is written, and in which order: tables of fields, which serve both directions. A code is
 * given what is to be written, or nothing when reading, and returns what was written or read.
 */
import type * as L from './layout.ts';

/** Where whole numbers, texts and numbers go to, or come from. */
export interface Stream {
  readonly writes: boolean;
  int(x?: number): number;
  text(x?: string): string;
  number(x?: number): number;
  /** The length of a list. */
  count(x?: number): number;
  /** Called with what cannot be read. */
  refuse(fault: string): never;
}

type Code<T> = (s: Stream, x?: T) => T;
type Fields<T> = { readonly [K in keyof T]-?: Code<T[K]> };
/** The members of a union whose property G can be K. */
type Variant<T, G extends keyof T, K> = T extends unknown ? (K extends T[G] ? Omit<T, G> : never) : never;

const int: Code<number> = (s, x) => s.int(x);
const text: Code<string> = (s, x) => s.text(x);
const number: Code<number> = (s, x) => s.number(x);

/** One of a few, by its place among them. */
function word<T>(s: Stream, words: readonly T[], x?: T): T {
  const at = s.int(s.writes ? words.indexOf(x as T) : undefined);
  return at in words ? words[at]! : s.refuse(`${at} where 0 to ${words.length - 1} was expected`);
}

const flag: Code<boolean> = (s, x) => word(s, [false, true], x);

function list<T>(item: Code<T>): Code<readonly T[]> {
  return (s, x) => Array.from({ length: s.count(x?.length) }, (_, i) => item(s, x?.[i]));
}

function record<T extends object>(fields: Fields<T>): Code<T> {
  return (s, x) => {
    const result: Partial<T> = {};
    for (const key in fields) {
      const field = fields[key](s, x?.[key]);
      if (field !== undefined) result[key] = field;
    }
    return result as T;
  };
}

/** One of several records, told apart by a property. */
function tagged<T extends object, G extends keyof T>(
  tag: G,
  variants: { readonly [K in T[G] & string]: Fields<Variant<T, G, K>> },
): Code<T> {
  const names = Object.keys(variants) as (T[G] & string)[];
  const codes = names.map((name) => record(variants[name] as unknown as Fields<object>));
  return (s, x) => {
    const name = word(s, names, x?.[tag] as T[G] & string);
    return { [tag]: name, ...codes[names.indexOf(name)]!(s, x) } as T;
  };
}

/** One of two records, told apart by a property that only the second has. */
function either<A extends object, B extends object>(key: keyof B & string, first: Fields<A>, second: Fields<B>): Code<A | B> {
  const [a, b] = [record(first), record(second)];
  return (s, x) => (flag(s, x && key in x) ? b(s, x as B) : a(s, x as A));
}

const extent: Code<L.Extent> = (s, x) => (flag(s, typeof x === 'string') ? s.text(x as string) : s.int(x as number));

const affine = record<L.Affine>({
  base: int,
  terms: list(record({ body: int, by: int })),
  picks: list(record({ value: int, by: int })),
});
const access = record<L.Access>({
  array: int,
  at: affine,
  checks: list(record({ at: affine, extent: int, what: text })),
});
const view = record<L.View>({ from: access, by: int });
const view2 = record<L.View2>({ from: access, rowBy: int, colBy: int });
const second: Code<L.View | undefined> = (s, x) => (flag(s, x !== undefined) ? view(s, x) : undefined);

const sums = list(record<L.Sum>({ value: int, out: int }));
const stacks = list(either('view', { value: int, into: int }, { view, n: int, into: int }) as Code<L.Stack>);
const carries = list(
  tagged<L.Carry, 'kind'>('kind', {
    number: { init: int, in: int, next: int, out: int },
    array: { n: int, init: view, in: int, next: view, out: int },
  }),
);

const instruction = tagged<L.Instruction, 'kind'>('kind', {
  constant: { out: int, value: number },
  size: { out: int, size: int },
  index: { out: int },
  op: { op: int, out: int, args: list(int) },
  load: { out: int, from: access },
  check: { out: int, a: int, extent: int, what: text },
  store: { a: int, into: access },
  copy: { n: int, from: view, into: view },
  reduce: { op: int, out: int, n: int, a: view, b: second },
  contract: { array: int, m: int, n: int, k: int, a: view2, b: view2 },
  scatter: { array: int, n: int, from: view, at: view },
  region: { body: int, sums, stacks },
  scan: { body: int, sums, stacks, carries },
});

/** The whole tape. */
export const program = record<L.LoopTape>({
  inputs: list(record<L.LoopPort>({ name: text, shape: list(extent), data: flag })),
  outputs: list(record({ name: text, shape: list(int), from: either('array', { value: int }, { array: int }) })),
  single: flag,
  lengths: list(text),
  sizes: list(
    tagged<L.Size, 'op'>('op', {
      const: { value: int },
      length: { length: int },
      add: { a: int, b: int },
      sub: { a: int, b: int },
      mul: { a: int, b: int },
    }),
  ),
  blocks: list(
    tagged<L.Block, 'kind'>('kind', {
      param: { body: int, size: int },
      data: { body: int, size: int },
      local: { body: int, size: int },
    }),
  ),
  bodies: list(record<L.Body>({ parent: int, count: int, code: list(instruction) })),
  values: int,
  names: list((s, x) => [s.int(x?.[0]), s.text(x?.[1])] as const),
});
