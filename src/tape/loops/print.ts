/** A program with loops as text: a line an instruction, bodies indented under what runs them. */
import { nameOf } from '../nodes.ts';
import { ARG_MAX, ARG_MIN, type Carry, type Instruction, type LoopTape } from './layout.ts';
import { type Notation, notation, plain } from './notation.ts';

/**
 * A program with loops as text, to read and to compare. `v3` is a value, `a3` an array, inputs have their names, and
 * `X[3·i …]` are the elements of X from 3·i on. What a loop hands out stands before `=`, where it comes from at the
 * body's end:
 *
 *     w = input [3]
 *     X = data [n × 3]
 *     v2 = map i < n
 *       v0 = dot X[3·i …] w[0 …] × 3
 *       v1 = square v0
 *       sum v1 → v2
 *     output v2
 *
 * @param tape a sound one
 * @param limit lines after which the rest is left out. Default 200
 * @returns text of O(limit) lines
 */
export function print(tape: LoopTape, limit = 200): string {
  const words = notation(tape);
  const names = new Map<number, string[]>();
  for (const [value, name] of tape.names) names.set(value, [...(names.get(value) ?? []), plain(name)]);
  const lines = tape.inputs.map(({ name, shape, data }, i) => {
    const [title, extents] = [words.array(i), shape.length ? ` [${shape.map((n) => plain(String(n))).join(' × ')}]` : ''];
    return `${title} = ${data ? 'data' : 'input'}${extents}${title === name ? '' : `  # ${plain(name)}`}`;
  });

  const say = (indent: string, text: string, ...values: number[]): void => {
    const known = values.flatMap((value) => names.get(value) ?? []);
    if (lines.length < limit) lines.push(`${indent}${text}${known.length ? `  # ${known.join(', ')}` : ''}`);
  };
  const body = (at: number, indent: string): void => {
    for (const [array, size] of stored(tape, at)) say(indent, `a${array} = array [${words.size(size)}]`);
    const { code } = tape.bodies[at]!;
    for (const [i, it] of code.entries()) {
      if (lines.length >= limit) {
        lines.push(`${indent}… ${code.length - i} more instructions`);
        return;
      }
      if (it.kind === 'region' || it.kind === 'scan') loop(it, indent);
      else if ('out' in it) say(indent, `v${it.out} = ${text(words, it)}`, it.out);
      else say(indent, text(words, it));
    }
  };
  const loop = (it: Instruction & { kind: 'region' | 'scan' }, indent: string): void => {
    const inner = `${indent}  `;
    const carries = it.kind === 'scan' ? it.carries : [];
    const outs = [...it.sums.map(({ out }) => `v${out}`), ...it.stacks.map(({ into }) => `a${into}`), ...carries.map(outOf)];
    const title = `${it.kind === 'scan' ? 'scan' : 'map'} ${words.index(it.body)} < ${words.size(tape.bodies[it.body]!.count)}`;
    const named = [...it.sums, ...carries.filter((c) => c.kind === 'number')].map(({ out }) => out);
    say(indent, outs.length ? `${outs.join(' ')} = ${title}` : title, ...named);
    for (const c of carries) {
      if (c.kind === 'number') say(inner, `v${c.in} = carried, first v${c.init}`, c.in);
      else say(inner, `a${c.in} = carried, first ${words.view(c.init)} × ${words.size(c.n)}`);
    }
    body(it.body, inner);
    for (const { value, out } of it.sums) say(inner, `sum v${value} → v${out}`);
    for (const stack of it.stacks) {
      const from = 'view' in stack ? `${words.view(stack.view)} × ${words.size(stack.n)}` : `v${stack.value}`;
      say(inner, `stack ${from} → a${stack.into}`);
    }
    for (const c of carries) {
      const [next, into] = c.kind === 'number' ? [`v${c.next}`, `v${c.in}`] : [words.view(c.next), `a${c.in}`];
      say(inner, `carry ${next} → ${into}, last → ${outOf(c)}`);
    }
  };

  body(0, '');
  for (const { name, shape, from } of tape.outputs) {
    const [value, extents] = ['value' in from ? `v${from.value}` : words.array(from.array), shape.map(words.size).join(' × ')];
    lines.push(`output ${tape.single ? '' : `${plain(name)} = `}${value}${extents && ` [${extents}]`}`);
  }
  return lines.join('\n');
}

function outOf({ kind, out }: Carry): string {
  return `${kind === 'number' ? 'v' : 'a'}${out}`;
}

/** Arrays of a body that are filled by stores, and their sizes. */
function stored({ bodies, blocks }: LoopTape, body: number): Map<number, number> {
  const arrays = new Map<number, number>();
  for (const it of bodies[body]!.code) {
    const into = it.kind === 'store' ? it.into.array : it.kind === 'copy' ? it.into.from.array : -1;
    if (into >= 0) arrays.set(into, blocks[into]!.size);
  }
  return arrays;
}

/** What an instruction does, after `v3 = ` if it has a result. */
function text(words: Notation, it: Exclude<Instruction, { kind: 'region' | 'scan' }>): string {
  switch (it.kind) {
    case 'constant':
      return Object.is(it.value, -0) ? '-0' : String(it.value);
    case 'size':
      return words.size(it.size);
    case 'index':
      return 'index';
    case 'op':
      return [nameOf(it.op), ...it.args.map((value) => `v${value}`)].join(' ');
    case 'load':
      return words.place(it.from);
    case 'check':
      return `check v${it.a} < ${words.size(it.extent)}, ${plain(it.what)}`;
    case 'store':
      return `${words.place(it.into)} = v${it.a}`;
    case 'copy':
      return `${words.view(it.into)} = ${words.view(it.from)} × ${words.size(it.n)}`;
    case 'reduce': {
      const op = it.op === ARG_MIN ? 'argMin' : it.op === ARG_MAX ? 'argMax' : nameOf(it.op);
      return `${op} ${words.view(it.a)}${it.b ? ` ${words.view(it.b)}` : ''} × ${words.size(it.n)}`;
    }
    case 'contract': {
      const [m, k, n] = [words.size(it.m), words.size(it.k), words.size(it.n)];
      return `a${it.array} = contract ${words.view2(it.a)} ${words.view2(it.b)} ${m} × ${k} × ${n}`;
    }
    case 'scatter':
      return `a${it.array} = scatter ${words.view(it.from)} at ${words.view(it.at)} × ${words.size(it.n)}`;
  }
}
