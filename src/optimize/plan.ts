/** From a program and options to a plan: every option checked, every default filled in, before the program is touched. */
import type { UpdateRule } from '../engine/engine.ts';
import { fail } from '../errors.ts';
import { show } from '../graph/show.ts';
import { FlatState } from '../program/flat.ts';
import { LoopState } from '../program/loops.ts';
import type { Runnable } from '../program/runnable.ts';
import { RowsProgram } from '../program/rows.ts';
import type { Inputs } from '../program/signature.ts';
import { STATE } from '../program/state.ts';
import { type Dealer, lengthDealer, rowDealer } from './dealer.ts';
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
  const rate = schedule(options.rate, byDefault);
  const common = { state, rule, rate, tolerance, progress, signal, history };
  if (options.start === undefined) fail('BadOption', 'start: the point to start from is missing');
  if (data === undefined) {
    for (const name of ['batch', 'epochs', 'seed'] as const)
      if (options[name] !== undefined) fail('BadOption', `${name}: has a meaning only together with data`);
    const start = state.startAt(options.start);
    return { ...common, start, steps: whole('steps', options.steps, STEPS), dealer: undefined };
  }
  if (tolerance > 0) fail('BadOption', 'tolerance: not together with data, for the gradient of a batch never settles');
  const seed = seedOf(options.seed);
  let dealer: Dealer;
  if (state instanceof LoopState) dealer = lengthDealer(state, data, options, seed);
  else if (program instanceof RowsProgram && state instanceof FlatState) dealer = rowDealer(state, data, options, seed);
  else
    fail(
      'BadOption',
      'data: a plain program has its data bound; rows of it are taken by one made by over(), or by named lengths',
    );
  return { ...common, start: dealer.start, steps: stepsOf(options, Math.ceil(dealer.count / dealer.rows)), dealer };
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
