/** Steps: what is said before a sweep is what the engine counts, and more than maxSteps is refused. */
import { describe, expect, it } from 'vitest';
import { compile, data, Program, scalar, sum, vector } from '../../src/index.ts';
import { adamSync } from '../../src/optimize/index.ts';
import type { Runnable } from '../../src/program/runnable.ts';
import { STATE } from '../../src/program/state.ts';
import { code } from '../support/code.ts';
import { ENGINES } from '../support/engines.ts';

/** Steps of a value and of a gradient, as counted and as said before. */
function steps(program: Runnable<never>, flat: Float64Array): { counted: number[]; said: number[] } {
  const state = program[STATE];
  const counted = [undefined, new Float64Array(flat.length)].map((out) => {
    state.machine.countSteps(true);
    program.evaluate(flat, out);
    const count = state.machine.steps();
    state.machine.countSteps(false);
    return count;
  });
  return { counted, said: [state.steps('value'), state.steps('gradient')] };
}

describe.each(ENGINES)('%s', (engine) => {
  const model = () =>
    compile(
      { w: vector(3), b: scalar, x: data(vector(3)), y: data(scalar) },
      ({ w, b, x, y }) =>
        sum(3, (i) => w.at(i).mul(x.at(i).square()))
          .add(b.exp())
          .sub(y)
          .square(),
      { engine },
    );
  const flat = Float64Array.of(1, 2, 3, 4);

  it('are known before a sweep: of a point, and over rows', () => {
    const f = model().bind({ x: [1, 2, 3], y: 4 });
    const { counted, said } = steps(f as never, flat);
    expect(said).toEqual(counted);
    for (const rows of [1, 7, 200]) {
      const all = f.over().bind({ x: new Float64Array(3 * rows), y: new Float64Array(rows) });
      const over = steps(all as never, flat);
      expect(over.said).toEqual(over.counted);
      expect(all[STATE].steps('tangent')).toBe(2 * over.said[0]!);
    }
  });

  it('beyond the limit of a program are refused, in every call, and all goes on', () => {
    const at = { w: [1, 2, 3], b: 0, x: [1, 1, 1], y: 0 };
    const free = model();
    const [value, gradient] = [free.value(at), free.gradient(at)];
    const needed = free[STATE].steps('gradient');
    const half = Math.floor(needed / 2) + 2; // enough for a value
    const f = Program.fromBytes(free.toBytes(), { engine, maxSteps: half }) as typeof free;
    expect(f.value(at)).toBe(value);
    const refused = [() => f.gradient(at), () => f.evaluate(flat, new Float64Array(4)), () => f.jvp(at, { w: [1, 0, 0], b: 0 })];
    for (const call of refused) expect(code(call)).toBe('StepLimit');
    expect(() => f.gradient(at)).toThrow(`the gradient takes ${needed} steps, more than maxSteps, ${half}`);
    expect(f.evaluate(Float64Array.of(1, 2, 3, 0))).toBe(value);
    expect(f.gradient(at, { maxSteps: needed })).toEqual(gradient);
    expect(code(() => f.gradient(at, { maxSteps: needed - 1 }))).toBe('StepLimit');
    expect(code(() => f.value(at, { maxSteps: -1 }))).toBe('BadOption');

    const rows = { w: at.w, b: 0, x: Array.from({ length: 100 }, () => at.x), y: new Float64Array(100) };
    expect(code(() => f.over().value(rows))).toBe('StepLimit');
    expect(f.over().value(rows, { maxSteps: 1e4 })).toBeCloseTo(value, 12);
    expect(code(() => free.over().jvp(rows, { w: [1, 1, 1], b: 1 }, { maxSteps: 10 }))).toBe('StepLimit');
    expect(code(() => adamSync(f.bind({ x: at.x, y: 0 }), { start: flat }))).toBe('StepLimit');
    expect(f.value(at)).toBe(value);
  });
});
