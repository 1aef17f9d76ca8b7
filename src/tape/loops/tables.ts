/** The tables of a program with loops by themselves: lengths, sizes, inputs, arrays, shapes of outputs. Part of validate.ts. */
import { fail } from '../../errors.ts';
import type { LoopTape, Size } from './layout.ts';
import { isIndex } from './scope.ts';

/** What a size may be written as: beyond this, sums and products of sizes would round soon. */
const LARGEST = 2 ** 52;
/** Characters of a name. */
const LONGEST = 2 ** 16;
/** Dimensions of an input: a matrix for each of many rows. */
const MOST_DIMENSIONS = 3;

/** @throws BadTape */
export function checkTables(tape: LoopTape): void {
  const { inputs, outputs, single, lengths, sizes, blocks, bodies, names } = tape;
  for (const name of [...lengths, ...[...inputs, ...outputs].map((port) => port.name), ...names.map(([, name]) => name)])
    if (name.length > LONGEST) fail('BadTape', `a name of ${name.length} characters; ${LONGEST} is the most`);
  distinct('lengths', lengths);
  distinct('inputs', inputs.map((port) => port.name)); // biome-ignore format: one line
  const carried = new Set(inputs.flatMap(({ shape }) => shape.filter((extent) => typeof extent === 'string')));
  for (const name of lengths) if (!carried.delete(name)) fail('BadTape', `no input has the length ${name}`);
  for (const name of carried) fail('BadTape', `an input has the length ${name}, which is not listed`);

  sizes.forEach((size, i) => checkSize(tape, size, i));
  blocks.forEach(({ kind, body, size }, i) => {
    if (!isIndex(size, sizes.length)) fail('BadTape', `array ${i} has size ${size} of ${sizes.length}`);
    if (!isIndex(body, bodies.length)) fail('BadTape', `array ${i} belongs to body ${body} of ${bodies.length}`);
    if ((kind !== 'local') !== i < inputs.length) fail('BadTape', `array ${i} is ${kind}, but there are ${inputs.length} inputs`);
  });
  if (blocks.length < inputs.length) fail('BadTape', `${blocks.length} arrays for ${inputs.length} inputs`);
  checkInputs(tape);
  if (bodies.length === 0) fail('BadTape', 'a tape without bodies');
  bodies.forEach(({ count }, i) => {
    if (!isIndex(count, sizes.length)) fail('BadTape', `body ${i} has the count size ${count} of ${sizes.length}`);
  });
  const once = sizes[bodies[0]!.count]!;
  if (once.op !== 'const' || once.value !== 1) fail('BadTape', 'body 0 runs once');
  if (single && outputs.length !== 1) fail('BadTape', `a single output, but ${outputs.length} are listed`);
  for (const { name, shape, from } of outputs) {
    if (shape.length > 2) fail('BadTape', `output ${name} has ${shape.length} dimensions`);
    if ('value' in from && shape.length > 0) fail('BadTape', `output ${name} is one value, but has a shape`);
    for (const size of shape)
      if (!isIndex(size, sizes.length)) fail('BadTape', `output ${name} has size ${size} of ${sizes.length}`);
  }
}

function distinct(what: string, names: readonly string[]): void {
  if (new Set(names).size !== names.length) fail('BadTape', `two ${what} have the same name`);
}

function checkSize({ lengths }: LoopTape, size: Size, i: number): void {
  if (size.op === 'const') {
    if (!Number.isInteger(size.value) || Math.abs(size.value) > LARGEST) fail('BadTape', `size ${i} is ${size.value}`);
  } else if (size.op === 'length') {
    if (!isIndex(size.length, lengths.length)) fail('BadTape', `size ${i} is length ${size.length} of ${lengths.length}`);
  } else if (!isIndex(size.a, i) || !isIndex(size.b, i)) {
    fail('BadTape', `size ${i} is made of ${size.a} and ${size.b}, which must come before it`);
  }
}

/** A product of a number and of lengths, or undefined for all other sizes. */
interface Product {
  readonly by: number;
  readonly lengths: readonly string[];
}

/** Input i is array i, of its kind, and as large as its shape says whatever the lengths are. */
function checkInputs({ inputs, blocks, sizes, lengths }: LoopTape): void {
  const products: (Product | undefined)[] = [];
  for (const size of sizes) {
    if (size.op === 'const') products.push({ by: size.value, lengths: [] });
    else if (size.op === 'length') products.push({ by: 1, lengths: [lengths[size.length]!] });
    else products.push(size.op === 'mul' ? times(products[size.a], products[size.b]) : undefined);
  }
  inputs.forEach(({ name, shape, data }, i) => {
    const { kind, body, size } = blocks[i]!;
    if (shape.length > MOST_DIMENSIONS) fail('BadTape', `input ${name} has ${shape.length} dimensions`);
    for (const extent of shape)
      if (typeof extent === 'number' && !isIndex(extent, 2 ** 31)) fail('BadTape', `input ${name} has an extent of ${extent}`);
    const parts = shape.map((extent): Product => (typeof extent === 'number' ? { by: extent, lengths: [] } : { by: 1, lengths: [extent] })); // biome-ignore format: one line
    const expected = parts.reduce<Product | undefined>(times, { by: 1, lengths: [] });
    if (kind !== (data ? 'data' : 'param') || body !== 0) fail('BadTape', `array ${i} is not that of input ${name}`);
    if (!isSame(products[size], expected)) fail('BadTape', `array ${i} has another size than input ${name}`);
  });
}

function times(a: Product | undefined, b: Product | undefined): Product | undefined {
  if (!a || !b || a.lengths.length + b.lengths.length > MOST_DIMENSIONS) return undefined;
  return { by: a.by * b.by, lengths: [...a.lengths, ...b.lengths].sort() };
}

function isSame(a: Product | undefined, b: Product | undefined): boolean {
  return a !== undefined && b !== undefined && a.by === b.by && (a.by === 0 || String(a.lengths) === String(b.lengths));
}
