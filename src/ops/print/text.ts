/**
 * The table read as text: every operation makes a term of a small hash-consed graph, so a subexpression that a rule
 * uses twice is one term, and is printed once. A dialect says how terms look in the language printed.
 */
import type { Algebra, ElementRow } from '../algebra.ts';
import { RULES } from '../rules.ts';
import { type OpName, VOCABULARY } from '../vocabulary.ts';

export interface Term {
  readonly id: number;
  readonly op: OpName | 'literal' | 'name';
  readonly text: string; // of a literal or a name
  readonly of: readonly Term[];
}

/** How one language writes a term, given its operands as text. */
export interface Dialect {
  literal(x: number): string;
  apply(op: OpName, of: readonly string[], terms: readonly Term[]): string;
  /** Declares a name for a shared term. */
  declare(name: string, text: string): string;
}

/** An algebra whose numbers are terms, and the four names a rule is written over. */
export function textAlgebra(): { k: Algebra<Term>; name(text: string): Term } {
  const terms = new Map<string, Term>();
  const term = (op: Term['op'], text: string, of: readonly Term[]): Term => {
    const key = `${op}|${text}|${of.map((t) => t.id).join()}`;
    let t = terms.get(key);
    if (t === undefined) {
      t = { id: terms.size, op, text, of };
      terms.set(key, t);
    }
    return t;
  };
  const k: Record<string, unknown> = { lit: (x: number) => term('literal', Object.is(x, -0) ? '-0' : String(x), []) };
  const algebra = k as unknown as Algebra<Term>;
  for (const op of VOCABULARY.slice(2) as OpName[]) {
    const value = (RULES[op] as ElementRow).value; // an op that is defined by simpler ones is printed as those
    k[op] = value ? (x: Term, y: Term, w: Term) => value(algebra, x, y, w) : (...of: Term[]) => term(op, '', of);
  }
  return { k: algebra, name: (text) => term('name', text, []) };
}

/** x, y, w and z of one row as terms: its value, and its partial for each operand. */
export function terms(op: OpName, row: ElementRow): { value: Term; partials: readonly Term[] } {
  const { k, name } = textAlgebra();
  const of = ['x', 'y', 'w'].slice(0, row.arity).map(name);
  const [x, y, w] = [of[0]!, of[1]!, of[2]!];
  const self = k as unknown as Record<string, (...of: Term[]) => Term>;
  return {
    value: row.value ? row.value(k, x, y, w) : self[op]!(...of),
    partials: row.partials(k, x, y, w, name('z')),
  };
}

export const isLiteral = (t: Term, x: number): boolean => t.op === 'literal' && Number(t.text) === x;

/** Which of x, y, w, z a term reads. */
export function reads(t: Term, seen = new Set<string>()): Set<string> {
  if (t.op === 'name') seen.add(t.text);
  for (const u of t.of) reads(u, seen);
  return seen;
}

/** Every op a term uses. */
export function opsOf(t: Term, seen = new Set<OpName>()): Set<OpName> {
  if (t.op !== 'literal' && t.op !== 'name') seen.add(t.op);
  for (const u of t.of) opsOf(u, seen);
  return seen;
}

/** The term as declarations of its shared parts (in order) and one final expression. */
export function emit(root: Term, dialect: Dialect): { declarations: string[]; result: string } {
  const uses = new Map<Term, number>();
  const count = (t: Term): void => {
    const n = (uses.get(t) ?? 0) + 1;
    uses.set(t, n);
    if (n === 1) for (const u of t.of) count(u);
  };
  count(root);
  const declarations: string[] = [];
  const done = new Map<Term, string>();
  const write = (t: Term): string => {
    const known = done.get(t);
    if (known !== undefined) return known;
    let text: string;
    if (t.op === 'name') text = t.text;
    else if (t.op === 'literal') text = dialect.literal(t.text === '-0' ? -0 : Number(t.text));
    else text = dialect.apply(t.op, t.of.map(write), t.of);
    if (t.of.length > 0 && uses.get(t)! > 1) {
      const name = `t${declarations.length}`;
      declarations.push(dialect.declare(name, text));
      text = name;
    }
    done.set(t, text);
    return text;
  };
  return { result: write(root), declarations };
}
