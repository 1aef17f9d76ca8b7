/** The printed table (partials.ts) as programs of a stack machine over numbers of any kind: nodes of a graph, or of generated code. */
import { ARITY } from './kernels.ts';

/** An opcode is applied; −1 … −4 push x, y, w, z; below that a literal, by its place in `literals`. */
export type Postfix = readonly number[];

const NAMES = 'xywz';
const FIRST_LITERAL = -5;
const literals: number[] = [];
const stack: number[] = [];
/** Below this the stack belongs to programs that are running. */
let floor = 0;

export function parsed(text: string): Postfix {
  return text.split(' ').map((token) => {
    if (token[0] === '@') return Number(token.slice(1));
    const name = NAMES.indexOf(token);
    return name >= 0 ? -1 - name : FIRST_LITERAL - (literals.push(Number(token)) - 1);
  });
}

/** What programs are read with: numbers are known by whole numbers. */
export interface Numbers {
  literal(x: number): number;
  apply(op: number, a: number, b: number, c: number): number;
}

/** Runs a program. */
export function run(program: Postfix, k: Numbers, x: number, y: number, w: number, z: number): number {
  const base = floor;
  let top = base;
  for (let i = 0; i < program.length; i++) {
    const code = program[i]!;
    if (code >= 0) {
      const arity = ARITY[code]!;
      top -= arity;
      floor = top; // operands are on their way: what `apply` runs may have their places
      stack[top] = k.apply(code, stack[top]!, arity > 1 ? stack[top + 1]! : 0, arity > 2 ? stack[top + 2]! : 0);
    } else
      stack[top] =
        code === -1 ? x : code === -2 ? y : code === -3 ? w : code === -4 ? z : k.literal(literals[FIRST_LITERAL - code]!);
    top++;
  }
  floor = base;
  return stack[base]!;
}
