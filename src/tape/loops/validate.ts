/**
 * The gate every program with loops from outside passes: one pass in the order in which it would run, each body once.
 * What passes is well-formed: every index is in its table, everything is defined once and before it is used, and is used
 * only where it exists. What depends on the lengths (places in arrays, sizes below 0) is checked by src/link.
 */
import { fail } from '../../errors.ts';
import { FIRST_LIST_OP, OP, VOCABULARY } from '../../ops/vocabulary.ts';
import { ARITY, nameOf } from '../nodes.ts';
import { ARG_MAX, ARG_MIN, type Instruction, type LoopTape } from './layout.ts';
import { isIndex, Scope } from './scope.ts';
import { checkTables } from './tables.ts';

type Loop = Extract<Instruction, { kind: 'region' | 'scan' }>;

/**
 * Returns if the tape is sound. O(what was written)
 * @throws BadTape, naming the body, the instruction and the fault
 */
export function validateLoops(tape: LoopTape): void {
  checkTables(tape);
  const definitions = countDefinitions(tape);
  if (tape.values !== definitions) fail('BadTape', `the tape says it has ${tape.values} values, but defines ${definitions}`);
  const scope = new Scope(tape);
  scope.enter(0, -1);
  checkBody(tape, scope, 0);
  const left = scope.left();
  if (left >= 0) fail('BadTape', `body ${left} is run by no instruction`);
  for (const { name, from } of tape.outputs) {
    scope.at = `output ${name}`;
    if ('value' in from) scope.use(from.value);
    else scope.filled(from.array);
  }
  scope.at = 'a name';
  for (const [value] of tape.names) if (!isIndex(value, tape.values)) scope.refuse(`value ${value} of ${tape.values}`);
}

function countDefinitions({ bodies }: LoopTape): number {
  let count = 0;
  for (const { code } of bodies)
    for (const it of code) {
      if ('out' in it) count++;
      else if ('sums' in it) count += it.sums.length;
      if (it.kind === 'scan') for (const { kind } of it.carries) if (kind === 'number') count += 2;
    }
  return count;
}

function checkBody(tape: LoopTape, scope: Scope, body: number): void {
  tape.bodies[body]!.code.forEach((it, i) => {
    const at = `body ${body}, instruction ${i} (${it.kind})`;
    scope.at = at;
    if (it.kind !== 'region' && it.kind !== 'scan') return checkInstruction(scope, it, body);
    enterLoop(scope, it, body);
    checkBody(tape, scope, it.body);
    scope.at = `${at}, at the end of body ${it.body}`;
    leaveLoop(scope, it, body);
  });
}

function enterLoop(scope: Scope, it: Loop, around: number): void {
  const carries = it.kind === 'scan' ? it.carries : [];
  for (const carry of carries) {
    if (carry.kind === 'number') scope.use(carry.init);
    else {
      scope.size(carry.n);
      scope.view(carry.init);
    }
  }
  scope.enter(it.body, around);
  for (const carry of carries) {
    if (carry.kind === 'number') scope.define(carry.in, it.body);
    else scope.fill(carry.in, it.body, true);
  }
}

function leaveLoop(scope: Scope, it: Loop, around: number): void {
  const carries = it.kind === 'scan' ? it.carries : [];
  for (const { value } of it.sums) scope.use(value);
  for (const stack of it.stacks) {
    if ('view' in stack) {
      scope.size(stack.n);
      scope.view(stack.view);
    } else scope.use(stack.value);
  }
  for (const carry of carries) {
    if (carry.kind === 'number') scope.use(carry.next);
    else scope.view(carry.next);
  }
  scope.leave();
  for (const { out } of it.sums) scope.define(out, around);
  for (const { into } of it.stacks) scope.fill(into, around, true);
  for (const carry of carries) {
    if (carry.kind === 'number') scope.define(carry.out, around);
    else scope.fill(carry.out, around, true);
  }
}

function checkInstruction(scope: Scope, it: Exclude<Instruction, Loop>, body: number): void {
  switch (it.kind) {
    case 'constant':
    case 'size':
      if (body !== 0) scope.refuse('stands outside of body 0');
      if (it.kind === 'size') scope.size(it.size);
      break;
    case 'index':
      if (body === 0) scope.refuse('body 0 is no loop');
      break;
    case 'op': {
      const arity = isIndex(it.op, FIRST_LIST_OP) ? ARITY[it.op]! : 0;
      if (arity === 0) scope.refuse(`${nameOf(it.op)} is no op of numbers`);
      if (it.args.length !== arity) scope.refuse(`${nameOf(it.op)} takes ${arity} operands, not ${it.args.length}`);
      for (const value of it.args) scope.use(value);
      break;
    }
    case 'load':
      scope.read(it.from);
      break;
    case 'check':
      scope.use(it.a);
      scope.size(it.extent);
      break;
    case 'store':
      scope.use(it.a);
      scope.store(it.into, body);
      break;
    case 'copy':
      scope.size(it.n);
      scope.view(it.from);
      scope.size(it.into.by);
      scope.store(it.into.from, body);
      break;
    case 'reduce': {
      const isListOp = it.op >= FIRST_LIST_OP && isIndex(it.op, VOCABULARY.length);
      if (!isListOp && it.op !== ARG_MIN && it.op !== ARG_MAX) scope.refuse(`${nameOf(it.op)} is no op of lists`);
      if ((it.b !== undefined) !== (it.op === OP.dot)) scope.refuse(`${nameOf(it.op)} of ${it.b ? 'two lists' : 'one list'}`);
      scope.size(it.n);
      scope.view(it.a);
      if (it.b) scope.view(it.b);
      break;
    }
    case 'contract':
      for (const id of [it.m, it.n, it.k]) scope.size(id);
      scope.view2(it.a);
      scope.view2(it.b);
      scope.fill(it.array, body, true);
      break;
    case 'scatter':
      scope.size(it.n);
      scope.view(it.from);
      scope.view(it.at);
      scope.fill(it.array, body, true);
  }
  if ('out' in it) scope.define(it.out, body);
  if (it.kind === 'check') scope.checked(it.out);
}
