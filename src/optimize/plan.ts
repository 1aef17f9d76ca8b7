/** From a program and options to a plan: every option checked, every default filled in, before the program is touched. */
import type { UpdateRule } from '../engine/engine.ts';
import { fail } from '../errors.ts';
import { show } from '../graph/show.ts';
import { checkValue } from '../program/marshal.ts';
import type { Runnable } from '../program/runnable.ts';
import { RowsProgram } from '../program/rows.ts';
import type { Inputs } from '../program/signature.ts';
import { STATE, type State } from '../program/state.ts';
import { Batches } from './batches.ts';
import type { Plan } from './descent.ts';
import { type Options, schedule, size, whole } from './options.ts';

const STEPS = 1000;

/** @throws BadOption, and what wrong data or a wrong start throws */
export function planOf<S extends Inputs>(program: Runnable<S>, options: Options<S>, rule: UpdateRule, byDefault: number): Plan {
  const state = program[STATE];
  const { progress, signal, history, data } = options;
  if (progress !== undefined && typeof progress !== 'function')
    fail('BadOption', `progress: expected a function, got ${show(progress)}`);
  if (signal !== undefined && typeof signal?.aborted !== 'boolean')
    fail('BadOption', `signal: expected an AbortSignal, got ${show(signal)}`);
  const tolerance = size('tolerance', options.tolerance, 0);
  const common = {
    state,
    rule,
    rate: schedule(options.rate, byDefault),
    tolerance,
    progress,
    signal,
    history,
    start: startOf(state, options.start),
  };
  if (data === undefined) {
    for (const name of ['batch', 'epochs', 'seed'] as const)
      if (options[name] !== undefined) fail('BadOption', `${name}: has a meaning only together with data`);
    return { ...common, steps: whole('steps', options.steps, STEPS), rows: state.rows, batches: undefined };
  }
  if (!(program instanceof RowsProgram))
    fail('BadOption', 'data: a plain program has its data bound; only one made by over() takes rows of it');
  if (tolerance > 0) fail('BadOption', 'tolerance: not together with data, for the gradient of a batch never settles');
  const batches = new Batches(state.data, data, seedOf(options.seed));
  const rows = whole('batch', options.batch, Math.min(state.rows || batches.count, batches.count));
  if (state.rows > 0 && rows > state.rows) fail('BadOption', `batch: the program is for ${state.rows} rows, got ${rows}`);
  return { ...common, steps: stepsOf(options, Math.ceil(batches.count / rows)), rows, batches };
}

/** Steps and epochs, whichever are fewer. */
function stepsOf({ steps, epochs }: Options<Inputs>, perEpoch: number): number {
  const most = whole('steps', steps, Number.POSITIVE_INFINITY);
  const passes = whole('epochs', epochs, steps === undefined ? 1 : Number.POSITIVE_INFINITY);
  return Math.min(most, passes * perEpoch);
}

function seedOf(seed: unknown): number | false {
  if (seed === undefined || seed === true) return 0;
  if (seed === false || typeof seed === 'number') return seed;
  return fail('BadOption', `seed: expected a whole number ≥ 0 or false, got ${show(seed)}`);
}

/** A flat copy of the start. */
function startOf(state: State, start: unknown): Float64Array {
  if (start === undefined) fail('BadOption', 'start: the point to start from is missing');
  if (!Array.isArray(start) && !ArrayBuffer.isView(start)) return state.flat('start', start);
  checkValue('start', start, [state.tape.p]);
  return Float64Array.from(start as ArrayLike<number>);
}
