/** The table of sizes of a tape: every size once, made of earlier ones. */
import type { Size as Polynomial } from '../../graph/size.ts';
import type { Size, SizeId } from './layout.ts';

export class Sizes {
  readonly table: Size[] = [];
  readonly lengths: string[] = [];
  readonly #byKey = new Map<string, SizeId>();
  readonly #known = new Map<string, SizeId>();

  /** Declares the name of a length. */
  length(name: string): void {
    if (!this.lengths.includes(name)) this.lengths.push(name);
  }

  of(size: Polynomial): SizeId {
    const known = this.#known.get(size.key);
    if (known !== undefined) return known;
    let sum: SizeId | undefined;
    for (const { by, names } of size.products) {
      let product: SizeId | undefined;
      for (const name of names) {
        const factor = this.#add({ op: 'length', length: this.lengths.indexOf(name) });
        product = product === undefined ? factor : this.#add({ op: 'mul', a: product, b: factor });
      }
      const minus = sum !== undefined && by < 0;
      const times = minus ? -by : by;
      if (product === undefined) product = this.#add({ op: 'const', value: times });
      else if (times !== 1) product = this.#add({ op: 'mul', a: this.#add({ op: 'const', value: times }), b: product });
      sum = sum === undefined ? product : this.#add({ op: minus ? 'sub' : 'add', a: sum, b: product });
    }
    const id = sum ?? this.#add({ op: 'const', value: 0 });
    this.#known.set(size.key, id);
    return id;
  }

  #add(size: Size): SizeId {
    const key = Object.values(size).join();
    let id = this.#byKey.get(key);
    if (id === undefined) {
      id = this.table.push(size) - 1;
      this.#byKey.set(key, id);
    }
    return id;
  }
}
