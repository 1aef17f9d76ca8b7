/** From an index, as written, to a place: affine where it is one, else a gather that is checked when the program runs. */
import { fail } from '../errors.ts';
import { OP } from '../ops/vocabulary.ts';
import { type Affine, constantAffine, indexAffine, isFixed, pickAffine, plus, times } from './affine.ts';
import { Expr, idIn } from './expression.ts';
import type { Graph } from './graph.ts';
import { LEAF } from './leaf.ts';
import type { Check } from './records.ts';
import { show } from './show.ts';
import { Size, ZERO } from './size.ts';

/** A number of iterations or elements, or a place: plain, or an expression of lengths (a place: of loop indices, too). */
export type Count = number | Expr;

/** A place along one dimension, with what has to be checked about it. */
export interface Index {
  readonly at: Affine;
  readonly checks: readonly Check[];
}

export const FIRST: Index = { at: constantAffine(ZERO), checks: [] };

const DEEPEST = 64; // expressions deeper than this are no affine ones

/** A node as an affine expression of loop indices and lengths, if it is one. */
export function affineOf(graph: Graph, node: number, depth = 0): Affine | undefined {
  if (depth > DEEPEST) return undefined;
  const op = graph.op[node]!;
  if (op === OP.constant) {
    const value = graph.constantOf(node);
    return Number.isSafeInteger(value) ? constantAffine(Size.of(value)) : undefined;
  }
  if (op === LEAF.size) return constantAffine(graph.loops.sizes[graph.a[node]!]!);
  if (op === LEAF.index) return indexAffine(graph.a[node]!);
  if (op === OP.neg) {
    const x = affineOf(graph, graph.a[node]!, depth + 1);
    return x && times(x, Size.of(-1));
  }
  if (op !== OP.add && op !== OP.sub && op !== OP.mul) return undefined;
  const x = affineOf(graph, graph.a[node]!, depth + 1);
  const y = x && affineOf(graph, graph.b[node]!, depth + 1);
  if (!x || !y) return undefined;
  if (op !== OP.mul) return plus(x, y, Size.of(op === OP.add ? 1 : -1));
  return isFixed(x) ? times(y, x.base) : isFixed(y) ? times(x, y.base) : undefined;
}

/** The size that an expression is, if it depends on nothing but lengths. */
export function sizeOf(graph: Graph, x: Count, word: string): Size | undefined {
  const at = affineOf(graph, idIn(graph, x, word));
  return at && isFixed(at) ? at.base : undefined;
}

/** How often a loop runs. @throws NotConstant, WrongType */
export function countOf(graph: Graph, n: Count, word: string): Size {
  if (typeof n === 'number' && Number.isSafeInteger(n) && n >= 0) return Size.of(n);
  if (!(n instanceof Expr))
    fail('WrongType', `${word}: expected how often to run, a whole number ≥ 0 or a length, got ${show(n)}`);
  const size = sizeOf(graph, n, word);
  if (!size) fail('NotConstant', `${word}: how often a loop runs can depend on lengths only, not on ${n}`);
  if (size.isNegative) fail('OutOfRange', `${word}: ${size} iterations`);
  return size;
}

/**
 * Index i of a dimension of `extent` elements.
 *
 * @param what names the dimension in sentences: 'x.at: index'
 * @throws OutOfRange where it surely lies outside; whatever else is out of range is found when the program runs
 */
export function indexOf(graph: Graph, i: Count, extent: Size, what: string): Index {
  const node = idIn(graph, i, what);
  const at = affineOf(graph, node);
  if (!at)
    return graph.isConstant(node) ? outside(show(graph.constantOf(node)), extent, what) : gathered(graph, node, extent, what);
  const text = isFixed(at) ? `${at.base}` : affineText(graph, at);
  return { at, checks: inRange(graph, at, extent, what, text) ? [] : [{ at, extent, what: `${what} ${text}` }] };
}

/** Whether an affine index surely lies in 0 … extent − 1. @throws OutOfRange if it surely does not */
function inRange(graph: Graph, at: Affine, extent: Size, what: string, text: string): boolean {
  let low: Size | undefined = at.base;
  let high: Size | undefined = at.base;
  let runs = true; // whether all loops that it moves with surely run, unless a length is 0
  for (const [scope, by] of at.terms) {
    const last = graph.loops.scopes[scope]!.count.minus(Size.of(1));
    if ((last.constant ?? 0) < 0) runs = false;
    if (by.isNatural) high = high?.plus(last.times(by));
    else if (by.times(Size.of(-1)).isNatural) low = low?.plus(last.times(by));
    else low = high = undefined;
  }
  if (runs && low?.isNegative) outside(text, extent, what, low);
  if (runs && high?.minus(extent).isNatural) outside(text, extent, what, high);
  return (low?.isNatural ?? false) && (high?.minus(extent).isNegative ?? false);
}

function outside(text: string, extent: Size, what: string, reaches?: Size): never {
  const last = extent.minus(Size.of(1));
  const more = reaches && `${reaches}` !== text ? `, which reaches ${reaches},` : '';
  return fail('OutOfRange', `${what} ${text}${more} is not a whole number from 0 to ${last}`);
}

function gathered(graph: Graph, node: number, extent: Size, what: string): Index {
  const { loops } = graph;
  const check = graph.leaf(LEAF.check, node, loops.size(extent), loops.text(what), loops.setOf(node));
  return { at: pickAffine(check), checks: [] };
}

/** As written, nearly: `2·i − n + 1`, the loops being i, j, k … from the outermost of those around. */
export function affineText(graph: Graph, { base, terms }: Affine): string {
  const around = graph.loops.scopes.filter((scope) => scope.open);
  const parts = terms.map(([scope, by]) => {
    const depth = around.findIndex((one) => one.id === scope);
    const name = depth > 0 && depth < 9 ? 'ijklpqrst'[depth - 1]! : 'i';
    return by.constant === 1 ? name : by.constant === -1 ? `−${name}` : by.terms.size > 1 ? `(${by})·${name}` : `${by}·${name}`;
  });
  const moving = parts.join(' + ').replaceAll('+ −', '− ');
  if (base.terms.size === 0) return moving;
  return `${moving} + ${base}`.replace('+ −', '− ');
}
