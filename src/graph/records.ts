/** What stands beside the nodes of a graph with loops: one object for everything that was written, whatever the data. */
import type { Affine } from './affine.ts';
import type { Size } from './size.ts';

/** A loop while it is traced, and afterwards. */
export interface Scope {
  readonly id: number;
  readonly count: Size;
  /** Whether its function is being traced. */
  open: boolean;
  /** Its index was used as a number, which it is not: a loop of known length is then written out. */
  coerced: boolean;
}

/** A block of numbers. */
export interface Block {
  readonly id: number;
  readonly size: Size;
  /** The scopes it depends on, and so the body it belongs to. */
  readonly set: number;
  /** In sentences. */
  readonly name: string;
  /** Of an input of fixed size: the node of each element, −1 where none was asked for. Of `cells`: the nodes stored in it. */
  ids?: Int32Array | undefined;
  /** Who fills it: a record, or nobody (inputs, and what a scan finds). */
  readonly maker: Maker | undefined;
  /** Which input; −1: none. */
  readonly input: number;
}

/** An index that has to lie in 0 … extent − 1. */
export interface Check {
  readonly at: Affine;
  readonly extent: Size;
  readonly what: string;
}

/** A place in a block. */
export interface Spot {
  readonly block: Block;
  readonly at: Affine;
  readonly checks: readonly Check[];
}

/** One element; the same element is one access, whichever way it was found. */
export interface Access extends Spot {
  readonly id: number;
  readonly checks: Check[];
}

/** n elements, `by` apart. */
export interface View extends Spot {
  readonly by: Size;
  readonly n: Size;
}

/** rows × cols elements. */
export interface View2 extends Spot {
  readonly rowBy: Size;
  readonly colBy: Size;
  readonly rows: Size;
  readonly cols: Size;
}

interface Written {
  readonly id: number;
  readonly set: number;
  /** How many nodes there were before it: its place among them. */
  readonly at: number;
}

/** A loop that was traced. */
export interface Region extends Written {
  readonly kind: 'region';
  readonly scope: Scope;
  readonly scan: boolean;
  readonly sums: { readonly value: number; readonly out: number }[];
  readonly stacks: Stack[];
  readonly carries: readonly Carry[];
}

/** What the iterations leave behind: a number or n numbers each. */
export interface Stack {
  readonly into: Block;
  readonly value: number | View;
}

/** What goes from one iteration to the next. `in` and `out` of a number are nodes. */
export type Carry =
  | { readonly kind: 'number'; readonly init: number; readonly in: number; next: number; out: number }
  | { readonly kind: 'array'; readonly init: View; readonly in: Block; next: View; out: Block };

/** An op over the elements of a view; dot: of two. */
export interface Reduce extends Written {
  readonly kind: 'reduce';
  readonly op: number;
  readonly a: View;
  readonly b: View | undefined;
}

/** block = a · b */
export interface Contract extends Written {
  readonly kind: 'contract';
  readonly a: View2;
  readonly b: View2;
  readonly into: Block;
}

/** Numbers added up at places in a block that are computed: block = 0, block[places[e]] += from[e]. All of them are indices. */
export interface Scatter extends Written {
  readonly kind: 'scatter';
  readonly from: View;
  readonly places: View;
  readonly into: Block;
}

/** Nodes that become elements. */
export interface Cells extends Written {
  readonly kind: 'cells';
  readonly nodes: Int32Array;
  readonly into: Block;
}

/** Elements without gaps. */
export interface Copy extends Written {
  readonly kind: 'copy';
  readonly from: View;
  readonly into: Block;
}

/** Numbers and views one after the other. */
export interface Join extends Written {
  readonly kind: 'join';
  readonly parts: readonly (number | View)[];
  readonly into: Block;
}

export type Maker = Region | Reduce | Contract | Scatter | Cells | Copy | Join;
