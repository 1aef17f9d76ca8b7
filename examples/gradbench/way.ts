/**
 * Loops in JavaScript whose steps are programs, for particle and saddle: how many steps there are depends on values. What a
 * program returns is the point from which the next one goes on, and behind it results that say whether to go there.
 */
import type { Program } from 'wengert';

export type StepProgram = Pick<Program, 'evaluateValues'>;

export class Way {
  /** Points that were left, and how many steps led to the next; for derivatives in reverse, where that is wanted. */
  readonly left: { readonly point: Float64Array; readonly steps: number }[] = [];
  readonly #isKept: boolean;
  #here: Stop;
  #next: Stop;

  /** @param results numbers behind a point */
  constructor(start: readonly number[], results: number, { isKept = false } = {}) {
    this.#here = stop(start.length, results);
    this.#next = stop(start.length, results);
    this.#here.point.set(start);
    this.#isKept = isKept;
  }

  /** A view until the next step. */
  get point(): Float64Array {
    return this.#here.point;
  }

  /** Looks where a program leads; returns its results, a view. */
  look(program: StepProgram): Float64Array {
    program.evaluateValues(this.#here.point, this.#next.all);
    return this.#next.results;
  }

  /** Goes there. */
  go(steps: number): void {
    if (this.#isKept) this.left.push({ point: this.#here.point.slice(), steps });
    const here = this.#here;
    this.#here = this.#next;
    this.#next = here;
  }
}

interface Stop {
  readonly all: Float64Array;
  readonly point: Float64Array;
  readonly results: Float64Array;
}

function stop(size: number, results: number): Stop {
  const all = new Float64Array(size + results);
  return { all, point: all.subarray(0, size), results: all.subarray(size) };
}
