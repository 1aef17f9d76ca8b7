/** What a recorded function returned, as a flat list of slots with a structure; and numbers in that structure. */
import { fail } from '../errors.ts';
import { show } from '../graph/show.ts';
import { SHEET } from '../ops/sheet.ts';
import { sizeOf } from '../program/signature.ts';
import { CONSTANT } from './layout.ts';
import { Recorded, RecordedMatrix, RecordedVector, type RecordSheet } from './recorded.ts';
import type { RecordedOutput, RecordedOutputs, RecordedValue } from './types.ts';

export interface FlatOutputs {
  readonly outputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly single: boolean;
  readonly slots: readonly number[];
}

/** @throws NoOutput, WrongType, ForeignNode */
export function outputsOf(sheet: RecordSheet, returned: unknown): FlatOutputs {
  const single = isOutput(returned);
  const named = single ? [['value', returned] as const] : entriesOf(returned as RecordedOutputs);
  const slots = named.flatMap(([, output]) => slotsOf(sheet, output));
  if (slots.length === 0) fail('NoOutput', 'record: the function returned nothing to compute');
  return { outputs: named.map(([name, output]) => ({ name, shape: shapeOf(output) })), single, slots };
}

/** What is known of each slot in the structure the function returned: one, an array (names 0, 1, …), or a record. */
export function structured<R>({ outputs, single, slots }: FlatOutputs, number: (slot: number) => number): RecordedValue<R> {
  let next = 0;
  const values = outputs.map(({ shape }) => {
    const numbers = Float64Array.from(slots.slice(next, (next += sizeOf(shape))), number);
    return shape.length === 0 ? numbers[0]! : numbers;
  });
  if (single) return values[0] as RecordedValue<R>;
  const isArray = outputs.every(({ name }, i) => name === String(i));
  return (isArray ? values : Object.fromEntries(outputs.map(({ name }, i) => [name, values[i]]))) as RecordedValue<R>;
}

function isOutput(x: unknown): x is RecordedOutput {
  return typeof x === 'number' || x instanceof Recorded || x instanceof RecordedVector || x instanceof RecordedMatrix;
}

function entriesOf(returned: unknown): [string, RecordedOutput][] {
  const what = 'a recorded value, an array of such, or a record of them';
  if (returned === undefined || returned === null)
    fail('NoOutput', `record: the function returned ${returned}; expected ${what}`);
  if (typeof returned !== 'object' || 'then' in returned)
    fail('WrongType', `record: the function returned ${show(returned)}; expected ${what}`);
  const entries = Object.entries(returned);
  for (const [name, output] of entries)
    if (!isOutput(output))
      fail('WrongType', `record: the output '${name}' is ${show(output)}; expected a recorded value or a number`);
  return entries;
}

function slotsOf(sheet: RecordSheet, output: RecordedOutput): readonly number[] {
  if (typeof output === 'number') return [sheet.constant(output)];
  if (output[SHEET] !== sheet) sheet.foreign(output, CONSTANT);
  return output instanceof Recorded ? [output.slot] : Array.from(output.slots);
}

function shapeOf(output: RecordedOutput): number[] {
  if (output instanceof RecordedVector) return [output.length];
  return output instanceof RecordedMatrix ? [output.rows, output.cols] : [];
}
