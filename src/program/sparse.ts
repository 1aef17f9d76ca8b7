/** Sparse Jacobians: which entries there are, which sweeps give them, and where each entry is found in what they give. */
import type { Compression, Machine } from '../engine/engine.ts';
import { colourColumns, transposed } from '../sparsity/colouring.ts';
import type { Pattern } from '../sparsity/sets.ts';
import { checkRows, finiteOutputs } from './finite.ts';
import { byColumns, type JacobianOptions } from './jacobian.ts';
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
  #byColumns: Plan | undefined;
  #byRows: Plan | undefined;
  #colours: { readonly columns: Compression; readonly rows: Compression } | undefined;

  constructor(key: object, pattern: Pattern) {
    this.key = key;
    this.pattern = pattern;
    this.#across = transposed(pattern);
  }

  /** Which sweeps to make: those that take less time, or of the mode asked for. */
  plan(state: State, mode?: JacobianOptions['mode']): Plan {
    this.#colours ??= {
      columns: colourColumns(this.pattern, this.#across),
      rows: colourColumns(this.#across, this.pattern),
    };
    const { columns, rows } = this.#colours;
    if (byColumns(state, columns.count, rows.count, mode)) return (this.#byColumns ??= planOf(this.pattern, true, columns));
    return (this.#byRows ??= planOf(this.pattern, false, rows));
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
