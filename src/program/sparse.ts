/** Sparse Jacobians: which entries there are, which sweeps give them, and where each entry is found in what they give. */
import type { Compression, Machine } from '../engine/engine.ts';
import { colourColumns, fullest, transposed } from '../sparsity/colouring.ts';
import type { Pattern } from '../sparsity/sets.ts';
import { checkRows, finiteOutputs } from './finite.ts';
import { byColumns, costOf, type JacobianOptions } from './jacobian.ts';
import type { State } from './state.ts';

/** The sweeps of one mode. */
interface Plan {
  readonly columns: boolean;
  readonly compression: Compression;
  /** By entry: its place in what the sweeps give. */
  readonly from: Int32Array;
  readonly compressed: Float64Array;
}

/** The pattern of a program at some lengths, and the plans made for it. */
export class Sparsity {
  readonly key: object;
  readonly pattern: Pattern;
  readonly #across: Pattern;
  #columns: Plan | undefined;
  #rows: Plan | undefined;

  constructor(key: object, pattern: Pattern) {
    this.key = key;
    this.pattern = pattern;
    this.#across = transposed(pattern);
  }

  /** Which sweeps to make: those that take less time, or of the mode asked for. */
  plan(state: State, mode?: JacobianOptions['mode']): Plan {
    if (mode) return mode === 'forward' ? this.#byColumns() : this.#byRows();
    // the better bound goes first: where an input is in many outputs, to colour those takes long and gains nothing
    const bounds = { columns: fullest(this.pattern), rows: fullest(this.#across) };
    const isColumns = byColumns(state, bounds.columns, bounds.rows);
    const first = isColumns ? this.#byColumns() : this.#byRows();
    const cost = costOf(state, first.compression.count, isColumns);
    if (cost <= costOf(state, isColumns ? bounds.rows : bounds.columns, !isColumns)) return first;
    const second = isColumns ? this.#byRows() : this.#byColumns();
    return cost <= costOf(state, second.compression.count, !isColumns) ? first : second;
  }

  #byColumns(): Plan {
    this.#columns ??= planOf(this.pattern, true, colourColumns(this.pattern, this.#across));
    return this.#columns;
  }

  #byRows(): Plan {
    this.#rows ??= planOf(this.pattern, false, colourColumns(this.#across, this.pattern));
    return this.#rows;
  }
}

function planOf({ rows, cols, starts, columns: of }: Pattern, columns: boolean, compression: Compression): Plan {
  const { count, colours } = compression;
  const from = new Int32Array(of.length);
  for (let i = 0; i < rows; i++)
    for (let e = starts[i]!; e < starts[i + 1]!; e++)
      from[e] = columns ? i * count + colours[of[e]!]! : colours[i]! * cols + of[e]!;
  return { columns, compression, from, compressed: new Float64Array(count * (columns ? rows : cols)) };
}

const known = new WeakMap<Machine, Sparsity>();

/** The pattern for the lengths and data in force: found once, and again where it may have changed. */
export function sparsityOf(state: State): Sparsity {
  const key = state.patternKey();
  const before = known.get(state.machine);
  if (before?.key === key) return before;
  const sparsity = new Sparsity(key, state.pattern());
  known.set(state.machine, sparsity);
  return sparsity;
}

/** The entries of the Jacobian at the point at hand, to `out`. @throws StepLimit, NonFinite */
export function sparseJacobianAt(state: State, out: Float64Array, options: JacobianOptions = {}): void {
  const sparsity = sparsityOf(state);
  const { columns, compression, from, compressed } = sparsity.plan(state, options.mode);
  state.limitJacobian(compression.count, columns, options);
  if (columns) state.machine.jacobianColumns(compressed, compression);
  else state.machine.jacobianRows(compressed, compression);
  for (let e = 0; e < from.length; e++) out[e] = compressed[from[e]!]!;
  if (!state.checked) return;
  finiteOutputs(state);
  const { starts } = sparsity.pattern;
  checkRows(state, out, 1, (entry) => starts.findIndex((start, i) => start <= entry && entry < starts[i + 1]!));
}
