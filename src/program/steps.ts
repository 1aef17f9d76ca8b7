/** Steps a sweep takes, known before it runs (ARCHITECTURE, "Steps"), and the limit on them. */
import { fail } from '../errors.ts';
import { elementsBySegment } from '../engine/reference/sweeps.ts';
import { show } from '../graph/show.ts';
import { SEGMENT, type Tape } from '../tape/layout.ts';

export type Sweep = 'value' | 'gradient' | 'tangent';

/** Steps of a flat tape, given a sweep: of one row (rows = 0), or over so many. A tangent sweep takes the values first. */
export function stepsOf(tape: Tape): (sweep: Sweep, rows: number) => number {
  const elements = elementsBySegment(tape);
  const shared = tape.p + elements[SEGMENT.parameter]!;
  const [data, mixed] = [elements[SEGMENT.data]!, elements[SEGMENT.mixed]!];
  return (sweep, rows) => {
    const forward = shared + (rows === 0 ? mixed : rows * (data + mixed));
    if (sweep === 'value') return forward;
    return sweep === 'tangent' ? 2 * forward : forward + shared + Math.max(1, rows) * mixed;
  };
}

/** @throws BadOption unless it can be a limit */
export function checkMost(most: number): void {
  if (!(typeof most === 'number' && most >= 0)) fail('BadOption', `maxSteps: expected a number ≥ 0, got ${show(most)}`);
}

/** @throws StepLimit, BadOption */
export function checkSteps(steps: number, most: number, sweep: Sweep | 'Jacobian'): void {
  checkMost(most);
  if (steps <= most) return;
  const what = sweep === 'tangent' ? 'the directional derivative' : `the ${sweep}`;
  fail('StepLimit', `${what} takes ${steps} steps, more than maxSteps, ${most}`);
}
