/** `Value`: a number that remembers how it was computed. Compatible with A. Karpathy's micrograd (2020). */
import { fail } from '../errors.ts';
import { SHEET } from '../ops/sheet.ts';
import { Operand } from '../record/operand.ts';
import { backward } from './backward.ts';
import { openSheet, type ValueSheet } from './sheet.ts';

/** What a leaf keeps: it outlives the sheets it is used on. */
interface Leaf {
  data: number;
  grad: number;
}

/**
 * A number with a gradient. Whatever is computed from it by methods (or by the functions of wengert's vocabulary)
 * remembers how, and {@link Value.backward} adds derivatives to the `grad` of everything behind it.
 *
 * A leaf (`new Value(x)`) can be changed through `data`: what was computed before keeps the number it was computed with.
 *
 * @example
 * import { Value } from 'wengert/micrograd';
 * const [a, b] = [new Value(-4), new Value(2)];
 * const c = a.mul(b).add(b.pow(3)).relu();
 * c.backward();
 * [c.data, a.grad, b.grad]; // [0, 0, 0]
 * a.data = 3;
 * const d = a.mul(b).add(b.pow(3));
 * d.backward();
 * [d.data, a.grad, b.grad]; // [14, 2, 15]
 */
export class Value extends Operand<Value> {
  /** Where its number lies: for a leaf the sheet it was last used on, until its data changes. @internal */
  home: ValueSheet | undefined;
  /** @internal */
  slot: number;
  /** @internal */
  readonly leaf: Leaf | undefined;

  /** A leaf. @throws WrongType */
  constructor(data: number);
  /** @internal */
  constructor(data: 0, home: ValueSheet, slot: number);
  constructor(data: number, home?: ValueSheet, slot = 0) {
    super();
    this.home = home;
    this.slot = slot;
    this.leaf = home ? undefined : { data: number(data), grad: 0 };
  }

  get [SHEET](): ValueSheet {
    return openSheet();
  }

  /** The number. */
  get data(): number {
    return this.leaf ? this.leaf.data : this.home!.values[this.slot]!;
  }

  set data(x: number) {
    if (this.leaf) {
      this.leaf.data = number(x);
      this.home = undefined;
    } else this.home!.values[this.slot] = number(x);
  }

  /** The derivative that backward() calls have added up; 0 before the first. */
  get grad(): number {
    return (this.leaf ? this.leaf.grad : this.home!.gradOf(this.slot)) + 0;
  }

  set grad(x: number) {
    if (this.leaf) this.leaf.grad = number(x);
    else this.home!.setGrad(this.slot, number(x));
  }

  /**
   * Sets this value's grad to 1 and adds its derivatives to the grad of everything it was computed from, by one sweep in
   * the core. As in micrograd, grads add up until they are set to 0, those of intermediate values too: calling this
   * twice on the same graph passes on what the first call left there.
   */
  backward(): void {
    backward(this);
  }

  /** `Value(data=1, grad=0)` */
  toString(): string {
    return `Value(data=${this.data}, grad=${this.grad})`;
  }
}

function number(x: number): number {
  return typeof x === 'number' ? x : fail('WrongType', `Value: expected a number, got ${x === null ? x : typeof x}`);
}
