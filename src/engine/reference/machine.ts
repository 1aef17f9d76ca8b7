/** A tape loaded into typed arrays: the sweeps of one point behind the interface `RowMachine`. */
import { fail } from '../../errors.ts';
import { SEGMENT, type Tape } from '../../tape/layout.ts';
import type { RowMachine, RowReduce } from '../engine.ts';
import { type Batch, batch } from './batch.ts';
import { columns, LANES } from './directions.ts';
import { eachRow } from '../colours.ts';
import { forward } from './forward.ts';
import { places } from './places.ts';
import { stepper } from './stepper.ts';
import { type Counter, directional, elementsBySegment, pullBack } from './sweeps.ts';

export function machine(tape: Tape): RowMachine {
  const { p, q, rowStart, outputs } = tape;
  const m = places(tape, 1);
  const elements = elementsBySegment(tape);
  const counter: Counter = { isOn: false, steps: 0 };
  const point = m.v.subarray(0, p);
  const data = m.v.subarray(rowStart, rowStart + q);
  const adjoint = m.g.subarray(0, p);
  let t: Float64Array | undefined; // tangents, when first asked for
  let rows: Batch | undefined;
  let isAlive = true;

  const check = (): void => {
    if (!isAlive) fail('Disposed', 'this program was disposed');
  };
  const count = (elements: number): void => {
    if (counter.isOn) counter.steps += elements;
  };
  const evaluate = (): number => {
    count(p + elements[SEGMENT.parameter]! + elements[SEGMENT.mixed]!);
    forward(m, SEGMENT.parameter);
    forward(m, SEGMENT.mixed);
    return outputs.length ? m.v[outputs[0]!]! : Number.NaN;
  };
  const adjoints = (seeds?: Float64Array): void => {
    count(p + elements[SEGMENT.parameter]! + elements[SEGMENT.mixed]!);
    pullBack(m, seeds);
  };
  const batches = (): Batch => {
    check();
    rows ??= batch(m, counter);
    return rows;
  };
  const gradient = (n: number, reduce: RowReduce): number => {
    if (n > 0) return batches().gradient(n, reduce);
    check();
    const value = evaluate();
    adjoints();
    return value;
  };

  forward(m, SEGMENT.constant);
  return {
    tape,
    get point() {
      check();
      return point;
    },
    get data() {
      check();
      return data;
    },
    get adjoint() {
      check();
      return adjoint;
    },
    bound() {
      check();
      count(elements[SEGMENT.data]!);
      forward(m, SEGMENT.data);
    },
    forward() {
      check();
      return evaluate();
    },
    output(i) {
      check();
      return m.v[outputs[i]!]!;
    },
    reverse(seeds) {
      check();
      adjoints(seeds);
    },
    gradient: () => gradient(0, 'sum'),
    tangent(direction) {
      check();
      evaluate();
      t ??= new Float64Array(m.g.length);
      return directional(m, t, direction);
    },
    directions: LANES,
    jacobianColumns(out, compression) {
      check();
      evaluate();
      t ??= new Float64Array(m.g.length);
      columns(m, t, compression?.count ?? p, out, compression);
    },
    jacobianRows(out, compression) {
      check();
      evaluate();
      eachRow(outputs.length, compression, (seeds, c) => {
        adjoints(seeds);
        out.set(adjoint, c * p);
      });
    },
    outputCount: () => outputs.length,
    readOutputs(out) {
      check();
      for (let i = 0; i < outputs.length; i++) out[i] = m.v[outputs[i]!]!;
    },
    reserve: (n) => batches().reserve(n),
    get rowOutputs() {
      return batches().outputs();
    },
    forwardRows: (n, reduce) => batches().forward(n, reduce),
    gradientRows: (n, reduce) => batches().gradient(n, reduce),
    tangentRows: (n, reduce, direction) => batches().tangent(n, reduce, direction),
    stepper(rule) {
      check();
      return stepper(
        rule,
        () => point,
        () => adjoint,
        gradient,
      );
    },
    values() {
      check();
      return m.v.slice(0, tape.slots);
    },
    countSteps(on) {
      check();
      counter.isOn = on;
      counter.steps = 0;
    },
    steps() {
      check();
      return counter.steps;
    },
    dispose() {
      isAlive = false;
    },
  };
}
