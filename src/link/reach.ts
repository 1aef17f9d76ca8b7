/**
 * Every place in every array is looked at once, before anything runs: the smallest and the largest index it can have over
 * all iterations. So a sweep needs no checks but for indices that it computes itself.
 */
import { fail } from '../errors.ts';
import type { Access, Affine, Instruction, View } from '../tape/loops/layout.ts';
import type { Nest } from './nest.ts';

/** @throws OutOfRange for an index that leaves its array */
export function checkReach(nest: Nest): void {
  const { tape, count } = nest;
  const walk = (body: number): void => {
    if (count[body] === 0) return; // nothing in it ever runs
    for (const it of tape.bodies[body]!.code) {
      checkInstruction(nest, it);
      if (it.kind !== 'region' && it.kind !== 'scan') continue;
      if (count[it.body]! > 0)
        for (const stack of it.stacks) {
          const { into } = stack;
          const n = 'view' in stack ? nest.sizes[stack.n]! : 1;
          if ('view' in stack) checkView(nest, stack.view, n);
          if (count[it.body]! * n > nest.sizes[tape.blocks[into]!.size]!) tooSmall(nest);
        }
      if (it.kind === 'scan')
        for (const carry of it.carries) {
          if (carry.kind === 'number') continue;
          const n = nest.sizes[carry.n]!;
          checkView(nest, carry.init, n);
          if (count[it.body]! > 0) checkView(nest, carry.next, n);
          if (n > nest.sizes[tape.blocks[carry.in]!.size]! || n > nest.sizes[tape.blocks[carry.out]!.size]!) tooSmall(nest);
        }
      walk(it.body);
    }
  };
  walk(0);
  for (const { from, shape } of tape.outputs) {
    const size = shape.reduce((product, id) => product * nest.sizes[id]!, 1);
    const held = 'value' in from ? 1 : nest.sizes[tape.blocks[from.array]!.size]!;
    if (size !== held) fail('BadTape', `an output of ${size} numbers is to be read from ${held}`);
  }
}

function checkInstruction(nest: Nest, it: Instruction): void {
  const { sizes, tape } = nest;
  const size = (id: number): number => sizes[id]!;
  switch (it.kind) {
    case 'check':
      if (size(it.extent) <= 0) fail('OutOfRange', `${it.what}: no number is an index into 0 elements`);
      return;
    case 'load':
      return checkAccess(nest, it.from, 0, 0);
    case 'store':
      return checkAccess(nest, it.into, 0, 0);
    case 'copy':
      checkView(nest, it.from, size(it.n));
      return checkView(nest, it.into, size(it.n));
    case 'reduce':
      checkView(nest, it.a, size(it.n));
      if (it.b) checkView(nest, it.b, size(it.n));
      return;
    case 'contract': {
      const [m, n, k] = [size(it.m), size(it.n), size(it.k)];
      for (const extent of [m, n, k]) if (!(extent >= 0)) tooSmall(nest);
      if (m * n > size(tape.blocks[it.array]!.size)) tooSmall(nest);
      grid(nest, it.a.from, m, size(it.a.rowBy), k, size(it.a.colBy));
      return grid(nest, it.b.from, k, size(it.b.rowBy), n, size(it.b.colBy));
    }
    case 'scatter':
      checkView(nest, it.from, size(it.n));
      return checkView(nest, it.at, size(it.n));
  }
}

function checkView(nest: Nest, { from, by }: View, n: number): void {
  grid(nest, from, n, nest.sizes[by]!, 1, 0);
}

/** Elements (i, j) for i < rows, j < cols. */
function grid(nest: Nest, from: Access, rows: number, rowBy: number, cols: number, colBy: number): void {
  if (rows < 0 || cols < 0) tooSmall(nest);
  if (rows === 0 || cols === 0) return;
  const r = (rows - 1) * rowBy;
  const c = (cols - 1) * colBy;
  checkAccess(nest, from, Math.min(0, r) + Math.min(0, c), Math.max(0, r) + Math.max(0, c));
}

function checkAccess(nest: Nest, access: Access, below: number, above: number): void {
  for (const { at, extent, what } of access.checks) {
    const [least, most] = range(nest, at);
    const n = nest.sizes[extent]!;
    if (least < 0 || most >= n) {
      const bad = least < 0 ? least : most;
      const wanted = n === 0 ? 'but there are no elements' : `which is not a whole number from 0 to ${n - 1}`;
      fail('OutOfRange', `${what}: the index reaches ${bad}, ${wanted}, with ${nest.given}`);
    }
  }
  const [least, most] = range(nest, access.at);
  if (least + below < 0 || most + above >= nest.sizes[nest.tape.blocks[access.array]!.size]!) tooSmall(nest);
}

/** The smallest and the largest value of an affine expression. */
function range({ sizes, count, extent }: Nest, at: Affine): [number, number] {
  let least = sizes[at.base]!;
  let most = least;
  const add = (n: number, by: number): void => {
    const far = Math.max(n - 1, 0) * by;
    if (far < 0) least += far;
    else most += far;
  };
  for (const { body, by } of at.terms) add(count[body]!, sizes[by]!);
  for (const { value, by } of at.picks) add(extent[value]!, sizes[by]!);
  return [least, most];
}

function tooSmall({ given }: Nest): never {
  fail('OutOfRange', `with ${given} a slice, a row or a loop reaches beyond the end of its array`);
}
