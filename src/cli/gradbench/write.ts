/** Values as JSON, in pieces: a response can be longer than the longest string. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { isNumbers, type Json, type Numbers } from './json.ts';

const MANY = 4096;

/** The text of a value, piece by piece. Numbers that are not finite are null, as JSON.stringify has it. */
export function* text(value: Json | undefined): Generator<string> {
  if (isNumbers(value)) yield* array(value, 0, 0, value.values.length);
  else if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      yield i === 0 ? '[' : ',';
      yield* text(value[i]);
    }
    yield value.length === 0 ? '[]' : ']';
  } else if (typeof value === 'object' && value !== null) {
    let before = '{';
    for (const [name, part] of Object.entries(value)) {
      if (part === undefined) continue;
      yield `${before}${JSON.stringify(name)}:`;
      before = ',';
      yield* text(part);
    }
    yield before === '{' ? '{}' : '}';
  } else yield JSON.stringify(value) ?? 'null';
}

function* array({ shape, values }: Numbers, level: number, from: number, to: number): Generator<string> {
  if (level === shape.length - 1) {
    yield '[';
    for (let at = from; at < to; at += MANY) {
      const part = JSON.stringify(Array.from(values.subarray(at, Math.min(to, at + MANY))));
      yield `${at === from ? '' : ','}${part.slice(1, -1)}`;
    }
    yield ']';
    return;
  }
  const rows = shape[level]!;
  const size = rows === 0 ? 0 : (to - from) / rows;
  for (let i = 0; i < rows; i++) {
    yield i === 0 ? '[' : ',';
    yield* array({ shape, values }, level + 1, from + i * size, from + (i + 1) * size);
  }
  yield rows === 0 ? '[]' : ']';
}

const PIECE = 2 ** 16;

/** Writes a value and ends the line, no faster than the stream takes it. */
export async function writeLine(stream: Writable, value: Json): Promise<void> {
  let piece = '';
  const flush = async (): Promise<void> => {
    if (!stream.write(piece)) await once(stream, 'drain');
    piece = '';
  };
  for (const part of text(value)) {
    piece += part;
    if (piece.length >= PIECE) await flush();
  }
  piece += '\n';
  await flush();
}
