/**
 * The protocol of GradBench: a response for every message, one JSON a line. What is asked wrongly is answered with success
 * false and a sentence, and the next message is read.
 */
import type { Readable, Writable } from 'node:stream';
import type { ProgramOptions } from 'wengert';
import { EVALS } from './evals.ts';
import { BadInput, described, isRecord, JsonInput } from './input.ts';
import { type Json, type JsonObject, parse } from './json.ts';
import { type Line, lines } from './lines.ts';
import { type Runs, timed } from './timed.ts';
import { writeLine } from './write.ts';

/** Answers messages until there are no more. */
export async function serve(from: Readable, to: Writable, options: ProgramOptions = {}): Promise<void> {
  to.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(); // nobody listens any more
    throw error;
  });
  for await (const line of lines(from)) await writeLine(to, await answer(line, options));
}

async function answer(line: Line, options: ProgramOptions): Promise<Json> {
  let message: Json;
  try {
    if (line.tooLong) throw new SyntaxError(`${line.tooLong} bytes are more than one buffer holds`);
    message = parse(line.bytes);
  } catch (error) {
    const what = line.cut ? 'the input ended in the middle of a message' : 'this line is no JSON';
    return { id: idIn(line.bytes), ...failure(`${what}: ${(error as Error).message}`) };
  }
  if (!isRecord(message))
    return { id: null, ...failure(`expected a message, a record with id and kind, got ${described(message)}`) };
  const { id, kind } = message;
  if (!Number.isSafeInteger(id)) return { id: null, ...failure(`id: expected a whole number, got ${described(id)}`) };
  try {
    if (typeof kind !== 'string')
      throw new BadInput(`kind: expected start, define, evaluate or analysis, got ${described(kind)}`);
    if (kind === 'start') return { id: id!, tool: 'wengert' };
    if (kind === 'define') await functionsOf(message);
    return { id: id!, ...(kind === 'define' ? { success: true } : kind === 'evaluate' ? await evaluate(message, options) : {}) };
  } catch (error) {
    return { id: id!, ...failure((error as Error).message) };
  }
}

const failure = (error: string): JsonObject => ({ success: false, error });

async function functionsOf({ module }: JsonObject) {
  const load = typeof module === 'string' ? EVALS.get(module) : undefined;
  if (!load) throw new BadInput(`module: there is no ${described(module)} here, only ${[...EVALS.keys()].join(', ')}`);
  return (await load()).functions;
}

async function evaluate(message: JsonObject, options: ProgramOptions): Promise<JsonObject> {
  const functions = await functionsOf(message);
  const { module, function: name, input } = message;
  if (typeof name !== 'string' || !Object.hasOwn(functions, name))
    throw new BadInput(`function: ${module} has no ${described(name)}, only ${Object.keys(functions).join(', ')}`);
  if (input === undefined) throw new BadInput('input: is missing');
  return timed(() => functions[name]!(new JsonInput(input), options), runs(input));
}

/** How often to run: once, if the input does not say. */
function runs(input: Json): Runs {
  if (!isRecord(input)) return { least: 1, seconds: 0 };
  const given = new JsonInput(input);
  const seconds = given.has('min_seconds') ? given.number('min_seconds') : 0;
  if (seconds < 0) throw new BadInput(`input.min_seconds: expected a number ≥ 0, got ${seconds}`);
  return { least: given.has('min_runs') ? given.whole('min_runs') : 1, seconds };
}

/** The id of a message that cannot be read, if its beginning has one. */
function idIn(bytes: Buffer): number | null {
  const found = /^\s*\{[^{[]*?"id"\s*:\s*(\d{1,15})\s*[,}]/.exec(bytes.toString('latin1', 0, 1024));
  return found ? Number(found[1]) : null;
}
