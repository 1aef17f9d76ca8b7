/**
 * The derivative of a program along a direction as a program, its loops kept: every value and every array that depends on a
 * parameter has a tangent beside it, computed where the value is (forward accumulation; Wengert, "A simple automatic
 * derivative evaluation program", 1964).
 *
 *     x ──► loop ──► Σ ──► f           x  ──► loop ──► Σ ──► f
 *                                ─►    →x ──►   ″  ──► Σ ──► ḟ = ∇f · →x
 *
 * A reverse sweep over it leaves the Hessian times the direction at x, and the gradient at →x.
 */
import { fail } from '../../../errors.ts';
import type { Instruction, LoopTape, OutputFrom, Stack } from '../layout.ts';
import { activityOf } from './active.ts';
import { Code, Draft } from './draft.ts';
import { contractTangent, reduceTangent } from './lists.ts';
import { opTangent } from './ops.ts';

/**
 * The program of a derivative along a direction. Behind its inputs are the directions, named `→x`; its first output,
 * `tangent`, is the derivative, its second one the value.
 *
 * @param tape of one output, a single number
 * @throws SeveralOutputs. O(what was written), whatever the lengths
 * @example
 * const f = compile({ x: vector('n') }, ({ x }) => sum(x.length, (i) => x.at(i).square()));
 * const tape = fromBytes(f.toBytes());
 * if (isLoopTape(tape)) console.log(tangentLoops(tape).inputs.map(({ name }) => name)); // ['x', '→x']
 */
export function tangentLoops(tape: LoopTape): LoopTape {
  const [output] = tape.outputs;
  if (!output || tape.outputs.length > 1 || output.shape.length > 0)
    fail('SeveralOutputs', 'tangentLoops: the program has to have exactly one output, a number');
  const draft = new Draft(tape, activityOf(tape));
  const main = new Code(draft, 0);
  new Tangents(draft).write(main);
  const isValue = 'value' in output.from;
  const value = isValue ? output.from : { array: draft.array((output.from as { array: number }).array) };
  return draft.finish(main.list, [
    { name: 'tangent', shape: [], from: tangentOutput(main, output.from) },
    { name: 'value', shape: [], from: value },
  ]);
}

function tangentOutput({ draft }: Code, from: OutputFrom): OutputFrom {
  if ('value' in from) return { value: draft.tangent(from.value) };
  const array = draft.tangentOf(from.array);
  return array === undefined ? { value: draft.constant(0) } : { array };
}

type Loop = Extract<Instruction, { kind: 'region' | 'scan' }>;

class Tangents {
  readonly #draft: Draft;
  /** By value, what defines it. */
  readonly #definitions: (Instruction | undefined)[] = [];

  constructor(draft: Draft) {
    this.#draft = draft;
    for (const { code } of draft.tape.bodies) for (const it of code) if ('out' in it) this.#definitions[it.out] = it;
  }

  /** The code of a body, each instruction with its tangent. */
  write(code: Code): void {
    for (const it of this.#draft.tape.bodies[code.body]!.code) {
      if (it.kind === 'region' || it.kind === 'scan') this.#loop(code, it);
      else {
        code.keep(it);
        this.#instruction(code, it);
      }
    }
  }

  #instruction(code: Code, it: Exclude<Instruction, Loop>): void {
    const { tangents, activity } = this.#draft;
    switch (it.kind) {
      case 'op':
        if (activity.values[it.out]) tangents.set(it.out, opTangent(code, it, this.#definitions));
        break;
      case 'load': {
        const from = this.#draft.tangentPlace(it.from);
        if (from) tangents.set(it.out, code.load(from));
        break;
      }
      case 'store': {
        const into = this.#draft.tangentPlace(it.into);
        if (into) code.list.push({ kind: 'store', a: this.#draft.tangent(it.a), into });
        break;
      }
      case 'copy': {
        const into = this.#draft.tangentPlace(it.into.from);
        if (into) code.list.push({ ...it, from: this.#draft.tangentView(it.from), into: { ...it.into, from: into } });
        break;
      }
      case 'reduce':
        if (activity.values[it.out]) tangents.set(it.out, reduceTangent(code, it));
        break;
      case 'contract':
        if (activity.arrays[it.array]) contractTangent(code, it);
        break;
      case 'scatter': {
        const at = { ...it.at, from: this.#draft.place(it.at.from) };
        const array = this.#draft.tangentOf(it.array);
        if (array !== undefined) code.list.push({ ...it, array, from: this.#draft.tangentView(it.from), at });
      }
    }
  }

  #loop(code: Code, it: Loop): void {
    const draft = this.#draft;
    const { tangents, activity } = draft;
    for (const c of it.kind === 'scan' ? it.carries : [])
      if (c.kind === 'number' && activity.values[c.in]) tangents.set(c.in, draft.values++);
    const inner = new Code(draft, it.body);
    this.write(inner);
    draft.bodies[it.body] = { ...draft.bodies[it.body]!, code: inner.list };
    code.keep(it);
    const kept = code.list.pop() as Loop;
    const sums = it.sums.flatMap(({ value, out }) => {
      if (!activity.values[out]) return [];
      tangents.set(out, draft.values++);
      return [{ value: draft.tangent(value), out: tangents.get(out)! }];
    });
    const stacks = it.stacks.flatMap((stack): Stack[] => {
      const into = draft.tangentOf(stack.into);
      if (into === undefined) return [];
      return 'view' in stack
        ? [{ ...stack, view: draft.tangentView(stack.view), into }]
        : [{ value: draft.tangent(stack.value), into }];
    });
    const both = { ...kept, sums: [...kept.sums, ...sums], stacks: [...kept.stacks, ...stacks] };
    if (it.kind === 'region' || both.kind === 'region') code.list.push(both);
    else code.list.push({ ...both, carries: [...both.carries, ...it.carries.flatMap((c) => this.#carry(c))] });
  }

  #carry(c: Extract<Loop, { kind: 'scan' }>['carries'][number]): (typeof c)[] {
    const draft = this.#draft;
    const { tangents, activity } = draft;
    if (c.kind === 'number') {
      if (!activity.values[c.in]) return [];
      tangents.set(c.out, draft.values++);
      return [{ ...c, init: draft.tangent(c.init), in: tangents.get(c.in)!, next: draft.tangent(c.next), out: tangents.get(c.out)! }]; // biome-ignore format: one line
    }
    const [into, out] = [draft.tangentOf(c.in), draft.tangentOf(c.out)];
    if (into === undefined || out === undefined) return [];
    return [{ ...c, init: draft.tangentView(c.init), in: into, next: draft.tangentView(c.next), out }];
  }
}
