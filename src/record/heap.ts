/** A recorded tape in ordinary arrays, swept in TypeScript (reference.ts). */
import { fail } from '../errors.ts';
import { listValue } from '../ops/list-kernels.ts';
import { opValue } from '../ops/single.ts';
import { OP } from '../ops/vocabulary.ts';
import { COPIES, Memory, NUMBERS, type Part, WORDS } from './memory.ts';
import { pull, push } from './reference.ts';

const { norm: NORM, logsumexp: LOGSUMEXP } = OP;

export class HeapMemory extends Memory {
  readonly value: Memory['value'];
  readonly #math: Memory | undefined;

  /** @param math another memory, whose math is to be used */
  constructor(math?: Memory) {
    super();
    this.#math = math;
    this.value = math ? math.value : opValue;
  }

  reserve(part: Part, length: number): void {
    let grown: Float64Array | Int32Array;
    try {
      grown = part === 'code' || part === 'lists' ? new Int32Array(length) : new Float64Array(length);
    } catch (cause) {
      fail('OutOfMemory', `no room for a tape of ${length} nodes: ${(cause as Error).message}`);
    }
    grown.set(this[part]);
    this[part] = grown as never;
  }

  list(op: number, k: number): number {
    const { scratch } = this;
    if (op !== NORM && op !== LOGSUMEXP) return listValue(op, k, scratch, 0, 1, k, 1, scratch); // these need no room
    if (!this.#math || op === NORM) return listValue(op, k, scratch, 0, 1, k, 1, scratch.subarray(2 * k));
    this.#math.take('scratch', scratch, k, COPIES * k);
    return this.#math.list(op, k);
  }

  pull(last: number, gated: boolean, kept: boolean): void {
    pull(this, last, gated, kept);
  }

  push(first: number, last: number, gated: boolean): void {
    push(this, first, last, gated);
  }

  dispose(): void {
    this.values = this.scratch = this.adjoints = this.kept = NUMBERS;
    this.code = this.lists = WORDS;
  }
}
