/**
 * A foreign tool on wengert: formulas typed as text, parsed by Pratt's method straight onto a tape, run by the core.
 * Nothing here knows calculus, and the formula's gradient is exact. Run: npx tsx examples/backend.ts
 */
import { interpreter, type Node, type OpName, tapeBuilder } from 'wengert/tape';

const INFIX: Record<string, [binding: number, op: OpName]> = { '+': [1, 'add'], '-': [1, 'sub'], '*': [2, 'mul'], '/': [2, 'div'], '^': [4, 'pow'] }; // biome-ignore format: a table

function parse(formula: string) {
  const tape = tapeBuilder();
  const variables = new Map<string, Node>();
  const tokens = formula.match(/\d+\.?\d*|\w+|\S/g) ?? [];
  const group = (): Node => {
    const inside = expression(0);
    if (tokens.shift() !== ')') throw new SyntaxError('a bracket is not closed');
    return inside;
  };
  const operand = (token = 'nothing'): Node => {
    if (token === '(') return group();
    if (token === '-') return tape.op('neg', expression(3));
    if (/^\d/.test(token)) return tape.constant(Number(token));
    if (tokens[0] === '(' && tokens.shift()) return tape.op(token as OpName, group()); // sin(…)
    return variables.get(token) ?? variables.set(token, tape.input(token)).get(token)!;
  };
  const expression = (binding: number): Node => {
    let left = operand(tokens.shift());
    for (let next = INFIX[tokens[0]!]; next && next[0] > binding; next = INFIX[tokens[0]!]) {
      const right = tokens.shift() === '^' ? next[0] - 1 : next[0]; // a^b^c is a^(b^c)
      left = tape.op(next[1], left, expression(right));
    }
    return left;
  };
  return { tape: tape.build(expression(0)), names: [...variables.keys()] };
}

const { tape, names } = parse('exp(-x^2 / 2) * sin(3 * y) + x / y');
const machine = interpreter.load(tape);
machine.point.set([0.5, 2]);
console.log(`f(0.5, 2) = ${machine.gradient().toFixed(6)}, computed in ${tape.nodes} nodes`);
for (const [i, name] of names.entries()) console.log(`∂f/∂${name} = ${machine.adjoint[i]!.toFixed(6)}`);

/* Prints:
f(0.5, 2) = 0.003417, computed in 9 nodes
∂f/∂x = 0.623292
∂f/∂y = 2.417042
*/
