/** A tape as text, one line per node in register notation. */
import { KIND, RECORD_WORDS, STRIP_WORDS, type Signature, type Tape, W } from './layout.ts';
import { listSlots, operandSlot } from './lift.ts';
import { isLoopTape, type LoopTape } from './loops/layout.ts';
import { print as printLoops } from './loops/print.ts';
import { ARITY, LISTS, nameOf } from './nodes.ts';

/** Of more nodes than this a group shows the first three and the last. */
const SHOWN = 8;
const HEADINGS = [
  'constants only: once',
  'parameters: every call',
  'data: when bound',
  'parameters and data: every call',
] as const;

/**
 * A tape as text, to read and to compare: inputs, constants, then each record with its nodes. Long groups and tapes are
 * elided. Of a program with loops: a line an instruction, bodies indented under what runs them.
 *
 * @param tape a sound one
 * @param limit lines after which the rest is left out. Default 200
 * @returns text of O(limit) lines
 * @example
 * const t = tapeBuilder();
 * const [x, y] = [t.input('x'), t.input('y')];
 * console.log(print(t.build(t.op('mul', t.op('sin', x), y))));
 * // v0 = input x
 * // v1 = input y
 * // parameters: every call
 * //   strip of 2
 * //     v2 = sin v0
 * //     v3 = mul v2 v1
 * // output v3
 */
export function print(tape: Tape | LoopTape, limit = 200): string {
  return isLoopTape(tape) ? printLoops(tape, limit) : printFlat(tape, limit);
}

function printFlat(tape: Tape, limit: number): string {
  const { p, q, rowStart, constants, segments, outputs } = tape;
  const names = new Map<number, string[]>();
  for (const [slot, name] of tape.names) names.set(slot, [...(names.get(slot) ?? []), name]);
  const named = (slot: number): string => (names.has(slot) ? `  # ${names.get(slot)!.join(', ')}` : '');
  const lines = [
    ...elided(p, (i) => `v${i} = input ${inputName(tape.signature, false, i)}`),
    ...elided(constants.length, (i) => `v${p + i} = ${numberText(constants[i]!)}${named(p + i)}`),
  ];
  for (let segment = 0; segment < 4 && lines.length < limit; segment++) {
    if (segment === 2) lines.push(...elided(q, (i) => `v${rowStart + i} = data ${inputName(tape.signature, true, i)}`));
    if (segments[segment] === segments[segment + 1]) continue;
    lines.push(HEADINGS[segment]!);
    for (let r = segments[segment]!; r < segments[segment + 1]!; r++) {
      if (lines.length >= limit) {
        lines.push(`  … ${segments[4]! - r} more records`);
        break;
      }
      lines.push(...recordLines(tape, r * RECORD_WORDS, named));
    }
  }
  const results = elided(outputs.length, (i) => `v${outputs[i]}`);
  return [...lines, `output ${results.join(' ')}`].join('\n');
}

function recordLines(tape: Tape, at: number, named: (slot: number) => string): string[] {
  const { records } = tape;
  const n = records[at + W.count]!;
  const out = records[at + W.out]!;
  const op = records[at]! & 255;
  const kind = (records[at]! >> 8) & 255;
  const title =
    kind === KIND.strip ? `strip of ${n}` : `${nameOf(op)} × ${n}${kind === KIND.list ? `, lists of ${records[at + W.k]}` : ''}`;
  return [`  ${title}`, ...elided(n, (i) => `    v${out + i} = ${formula(tape, at, i)}${named(out + i)}`)];
}

/** `mul v2 v1`, `dot [v2 v3] [v0 v1]` */
function formula(tape: Tape, at: number, i: number): string {
  const { records, strips } = tape;
  const kind = (records[at]! >> 8) & 255;
  if (kind === KIND.strip) {
    const q = (records[at + W.a]! + i) * STRIP_WORDS;
    const op = strips[q]! & 255;
    return `${nameOf(op)} v${strips[q + 1]}${ARITY[op] === 2 ? ` v${strips[q + 2]}` : ''}`;
  }
  const op = records[at]! & 255;
  if (kind === KIND.run)
    return [nameOf(op), ...Array.from({ length: ARITY[op]! }, (_, j) => `v${operandSlot(tape, at, j, i)}`)].join(' ');
  const list = (_: unknown, j: number): string => {
    const slots = listSlots(tape, at, j, i);
    return `[${elided(slots.length, (e) => `v${slots[e]}`).join(' ')}]`;
  };
  return [nameOf(op), ...Array.from({ length: LISTS[op]! }, list)].join(' ');
}

/** The texts of n things, the middle left out if they are many. */
function elided(n: number, text: (i: number) => string): string[] {
  if (n <= SHOWN) return Array.from({ length: n }, (_, i) => text(i));
  const indent = /^ */.exec(text(0))![0];
  return [text(0), text(1), text(2), `${indent}… ${n - 4} more`, text(n - 1)];
}

/** `w`, `x[2]`, `W[0][1]`: the name of flat input i. */
function inputName({ inputs }: Signature, data: boolean, i: number): string {
  let first = 0;
  for (const { name, shape, data: isData } of inputs) {
    if (isData !== data) continue;
    const size = shape.reduce((n, extent) => n * extent, 1);
    if (i < first + size) {
      const at = i - first;
      if (shape.length === 0) return name;
      return shape.length === 1 ? `${name}[${at}]` : `${name}[${Math.floor(at / shape[1]!)}][${at % shape[1]!}]`;
    }
    first += size;
  }
  return '?';
}

function numberText(x: number): string {
  return Object.is(x, -0) ? '-0' : String(x);
}
