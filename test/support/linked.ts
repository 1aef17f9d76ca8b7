/**
 * A little assembler of linked code, for tests of engines: it finds registers, frames, masks, strides and lanes for the bodies
 * of linked-bodies.ts. What src/link decides by itself (tiles, what is kept, snapshots, what is fused) is said there.
 */
import { BODY, DO, HEAD, type Linked, NARROW, ONCE } from '../../src/link/code.ts';
import { OP } from '../../src/ops/vocabulary.ts';
import { ARG_MIN, type LoopTape } from '../../src/tape/loops/layout.ts';
import type { Block, Body, Instruction, Place, Value } from './linked-bodies.ts';

export {
  type Block,
  Body,
  type Instruction,
  type LoopOptions,
  mainBody,
  type Place,
  place,
  type Value,
} from './linked-bodies.ts';

export interface Assembled {
  readonly main: Body;
  readonly outputs: readonly (Value | Block)[];
  readonly linked: Linked;
  /** Enough of a tape for a machine to be made of it. */
  readonly tape: LoopTape;
}

export interface AssembleOptions {
  readonly pre?: number;
  readonly fused?: number;
  /** Contributions that are the first are marked, and what they reach is not cleared. Default true. */
  readonly firsts?: boolean;
  /** What is the same in all lanes is computed once. Default true. */
  readonly once?: boolean;
}

/** @param main filled; its arrays of kind param and data are the inputs, in order */
export function assemble(main: Body, outputs: readonly (Value | Block)[], options: AssembleOptions = {}): Assembled {
  const bodies = [main];
  for (const body of bodies) for (const it of body.instructions) if (it.kind === 'region') bodies.push(it.body);
  while (bodies.some((body) => body.instructions.filter(spread).length > 0));
  if (options.once !== false) for (const body of bodies) markUniform(body);
  const firsts = options.firsts === false ? new Map<Instruction, number>() : firstContributions(bodies, outputs);
  const stored = new Set([...firsts].map(([it, j]) => operandsOf(it)[j]!));

  // memory
  const params = main.arrays.filter(({ kind }) => kind === 'param');
  const inputs = main.arrays.filter(({ kind }) => kind === 'data');
  let end = 0;
  const take = (n: number): number => (end += n) - n;
  for (const block of params) block.at = take(block.size);
  const p = end;
  for (const body of bodies.toReversed()) {
    if (body === main) continue;
    const w = body.width;
    const settle = (value: Value, at: number): number => {
      value.at = at;
      return value.uniform ? 1 : w;
    };
    let size = 0;
    for (const value of body.values) if (!stored.has(value)) size += settle(value, size);
    for (const block of body.arrays) if (block.kind === 'local') block.at = (size += block.size * w) - block.size * w;
    body.clear = size;
    for (const value of body.values) if (stored.has(value)) size += settle(value, size);
    body.own = size;
    for (const inner of bodies)
      if (inner.parent === body && inner.loop.kept) {
        inner.frame = size;
        size += inner.whole * Math.ceil(inner.loop.n / inner.tile);
      }
    body.whole = size;
  }
  for (const value of main.values) if (!stored.has(value)) value.at = take(1);
  for (const body of bodies)
    for (const block of body.arrays)
      if (block.kind === 'cells' || (body === main && block.kind === 'local')) block.at = take(block.size * body.width);
  const clear = end;
  for (const value of main.values) if (stored.has(value)) value.at = take(1);
  const mirrored = end;
  const sums = new Map<Instruction, number>();
  for (const body of bodies) for (const it of body.parts[2]) if (it.kind === 'sum') sums.set(it, take(18 * body.width));
  const kept = new Map<Body, { saved: number; marks: number }>();
  for (const body of bodies) {
    if (body === main) continue;
    if (!body.loop.kept) body.frame = take(body.whole);
    else if (body.parent === main) body.frame = take(body.whole * Math.ceil(body.loop.n / body.tile));
    const { snapshots = 0, cells } = body.loop;
    if (snapshots > 0) kept.set(body, { saved: take(snapshots * cells!.size * cells!.owner.width), marks: take(snapshots) });
  }
  const adjoints = end;
  end += mirrored;
  for (const body of bodies) if (body !== main) body.adjoint = take(body.own) - adjoints;
  const data = end;
  for (const block of inputs) block.at = take(block.size) - data;

  // words
  const code: number[] = Array.from({ length: HEAD.words }, () => 0);
  const checks: { what: string; extent: number }[] = [];
  const put = (...words: number[]): number => code.push(...words) - words.length;
  for (const body of bodies) body.words = put(...Array.from({ length: BODY.words }, () => 0));
  const operand = (value: Value): number => (((value.body.register + (value.uniform ? NARROW : 0)) << 24) | value.at) >>> 0;
  for (const body of bodies) {
    const access = ({ array, base, terms, picks }: Place): number => {
      const w = widthOf(array);
      const lane = terms.reduce((sum, [loop, by]) => sum + (loop === body.laned ? by * w : 0), w > 1 ? 1 : 0);
      return put(
        registerOf(array),
        array.at + base * w,
        lane,
        terms.length,
        picks.length,
        ...terms.flatMap(([loop, by]) => [loop.register, by * w]),
        ...picks.flatMap(([value, by]) => [operand(value), by * w]),
      );
    };
    const emit = (it: Instruction): number => {
      const active = maskedBy(it).reduce((mask, x, j) => mask | (x.active ? 1 << j : 0), 0);
      const first = firsts.get(it);
      const once = 'out' in it && it.out.uniform ? ONCE : 0;
      const head = (op: number): number =>
        once | DO[it.kind] | (op << 8) | ((active | (first === undefined ? 0 : 8 << first)) << 16);
      switch (it.kind) {
        case 'op': {
          const [a, b = a, c = b] = it.args.map(operand);
          return put(head(it.op), operand(it.out), a!, b!, c!);
        }
        case 'load': {
          const from = access(it.from);
          return put(head(0), operand(it.out), from);
        }
        case 'store': {
          const into = access(it.into);
          return put(head(0), operand(it.a), into, Number(it.move));
        }
        case 'check':
          checks.push({ what: it.what, extent: it.extent });
          return put(head(0), operand(it.out), operand(it.a), it.extent, checks.length - 1);
        case 'index':
          return put(head(0), operand(it.out));
        case 'copy': {
          const [from, into] = [access(it.from), access(it.into)];
          const [wa, wb] = [widthOf(it.from.array), widthOf(it.into.array)];
          return put(head(0), it.n, from, it.fromBy * wa, into, it.intoBy * wb, Number(it.move));
        }
        case 'reduce': {
          const [a, b] = [access(it.a), access(it.b)];
          return put(head(it.op), operand(it.out), it.n, a, it.aBy * widthOf(it.a.array), b, it.bBy * widthOf(it.b.array), 0);
        }
        case 'contract': {
          const [a, b, c] = [access(it.a), access(it.b), access(it.c)];
          const [wa, wb, wc] = [widthOf(it.a.array), widthOf(it.b.array), widthOf(it.c.array)];
          return put(head(0), it.m, it.n, it.k, a, it.am * wa, it.ak * wa, b, it.bk * wb, it.bn * wb, c, it.cm * wc, it.cn * wc);
        }
        case 'region':
          return put(head(0), it.body.words);
        case 'sum':
          return put(head(0), operand(it.a), operand(it.out), sums.get(it)!);
      }
    };
    const parts = body.parts.map((part) => part.map(emit));
    const list = put(...parts.flat());
    const { n, scan, cells, snapshots = 0 } = body.loop;
    const [computed, handed] = [parts[0]!.length, parts[0]!.length + parts[1]!.length];
    const words: [BODY, number][] = [
      [BODY.register, body.register],
      [BODY.n, n],
      [BODY.tile, body.tile],
      [BODY.width, body.width],
      [BODY.base, body.loop.kept ? body.parent!.register : 0],
      [BODY.frame, body.frame],
      [BODY.stride, body.loop.kept ? body.whole : 0],
      [BODY.adjoint, body.adjoint],
      [BODY.clear, body.clear],
      [BODY.list, list],
      [BODY.main, computed],
      [BODY.carried, handed],
      [BODY.all, handed + parts[2]!.length],
      [BODY.scan, Number(scan ?? false)],
      [BODY.cells, cells?.at ?? 0],
      [BODY.cellCount, cells ? cells.size * cells.owner.width : 0],
      [BODY.saved, kept.get(body)?.saved ?? 0],
      [BODY.snapshots, snapshots],
      [BODY.marks, kept.get(body)?.marks ?? 0],
      [BODY.own, body === main ? mirrored : body.own],
      [BODY.sums, body.parts[2].filter(({ kind }) => kind === 'sum').length],
    ];
    for (const [word, is] of words) code[body.words + word] = is;
  }
  const longest = bodies.flatMap((body) => body.instructions).reduce((most, it) => Math.max(most, ...numbersOf(it)), 1);
  const widest = bodies.reduce((most, body) => Math.max(most, body.width), 1);
  const scratch = 4 * longest * widest;
  const size = end + scratch;
  const all = main.instructions.length;
  const first = outputs[0];
  const head: [HEAD, number][] = [
    [HEAD.main, main.words],
    [HEAD.pre, options.pre ?? all],
    [HEAD.fused, options.fused ?? all],
    [HEAD.all, all],
    [HEAD.data, data],
    [HEAD.adjoints, adjoints],
    [HEAD.clear, clear],
    [HEAD.scratch, end],
    [HEAD.size, size],
    [HEAD.output, first ? first.at + (isData(first) ? data : 0) : 0],
    [HEAD.clears, code.push(1, 0, clear) - 3],
    [HEAD.settles, code.push(1, 0, p) - 3],
  ];
  for (const [word, is] of head) code[word] = is;
  const linked: Linked = {
    code: Int32Array.from(code, (word) => word | 0),
    p,
    q: inputs.reduce((sum, block) => sum + block.size, 0),
    data,
    adjoints,
    size,
    sizes: new Float64Array(0),
    constants: main.values.filter((value) => value.constant !== undefined).map((value) => [value.at, value.constant!] as const),
    outputs: outputs.map((output) => ({
      offset: output.at + (isData(output) ? data : 0),
      count: 'size' in output ? output.size : 1,
      data: isData(output),
    })),
    checks,
    steps: { forward: 10, gradient: 25 },
  };
  const tape: LoopTape = {
    inputs: [],
    outputs: [],
    single: true,
    lengths: [],
    sizes: [],
    blocks: [],
    bodies: [],
    values: 0,
    names: [],
  };
  return { main, outputs, linked, tape };
}

function isData(output: Value | Block): boolean {
  return 'size' in output && output.kind === 'data';
}

function widthOf({ owner, kind }: Block): number {
  return kind === 'local' || kind === 'cells' ? owner.width : 1;
}

function registerOf({ owner, kind }: Block): number {
  return kind === 'data' ? 1 : kind === 'local' ? owner.register : 0;
}

function numbersOf(it: Instruction): number[] {
  if (it.kind === 'reduce') return [it.n];
  return it.kind === 'contract' ? [it.m * it.k, it.k * it.n, it.m * it.n] : [];
}

/** What an adjoint is passed to, operand by operand. */
function operandsOf(it: Instruction): (Value | Block)[] {
  if (it.kind === 'op') return it.args;
  if (it.kind === 'store' || it.kind === 'sum') return [it.a];
  if (it.kind === 'load' || it.kind === 'copy') return [it.from.array];
  if (it.kind === 'contract') return [it.a.array, it.b.array];
  if (it.kind !== 'reduce' || it.op >= ARG_MIN) return [];
  return it.op === OP.dot ? [it.a.array, it.b.array] : [it.a.array];
}

/** What the bits of the mask stand for: of a store or copy also what is written to, of a region whether anything in it passes on adjoints. */
function maskedBy(it: Instruction): { readonly active: boolean }[] {
  if (it.kind === 'region')
    return [{ active: it.body.instructions.some((inner) => maskedBy(inner).some(({ active }) => active)) }];
  return it.kind === 'store' || it.kind === 'copy' ? [...operandsOf(it), it.into.array] : operandsOf(it);
}

/** Finds the values in lanes that are the same in all of them; bodies come after those around them. */
function markUniform(body: Body): void {
  if (body.width === 1) return;
  const isSame = (value: Value): boolean => value.uniform || value.body.width === 1;
  for (const it of body.instructions) {
    if (it.kind === 'op') it.out.uniform = it.args.every(isSame);
    else if (it.kind === 'check') it.out.uniform = isSame(it.a);
    else if (it.kind === 'index') it.out.uniform = body.tile === 1;
    else if (it.kind === 'load') {
      const { array, terms, picks } = it.from;
      const isOutside = widthOf(array) === 1 && terms.every(([loop]) => loop !== body.laned);
      it.out.uniform = isOutside && picks.every(([pick]) => isSame(pick));
    }
  }
}

/** Makes active what an active operand reaches; true if that is new. */
function spread(it: Instruction): boolean {
  if (!operandsOf(it).some(({ active }) => active)) return false;
  const to = 'out' in it ? it.out : it.kind === 'contract' ? it.c.array : 'into' in it ? it.into.array : undefined;
  if (!to || to.active) return false;
  to.active = true;
  return true;
}

/** The last use of a value, where it is an op of its own body and no output, is the first that a reverse sweep comes to. */
function firstContributions(bodies: readonly Body[], outputs: readonly (Value | Block)[]): Map<Instruction, number> {
  const last = new Map<Value | Block, [Instruction, number, Body]>();
  const visit = (body: Body): void => {
    for (const it of body.instructions) {
      operandsOf(it).forEach((x, j) => {
        if (!x.active || 'size' in x) return;
        if (last.get(x)?.[0] !== it) last.set(x, [it, j, body]);
      });
      if (it.kind === 'region') visit(it.body);
    }
  };
  visit(bodies[0]!);
  const firsts = new Map<Instruction, number>();
  for (const [x, [it, j, body]] of last)
    if (it.kind === 'op' && 'body' in x && x.body === body && x.constant === undefined && !outputs.includes(x) && !firsts.has(it))
      firsts.set(it, j);
  return firsts;
}
