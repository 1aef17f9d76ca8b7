/** What a call costs when the function is tiny: the way from JavaScript into the core and back, by each door. */
import { compile, data, scalar } from '../../src/index.ts';
import { micrograd } from '../contestants/micrograd.ts';
import { buildGraph, compiled, interpreter, layOut, loaded } from '../contestants/wengert.ts';
import { type Contestants, race } from '../harness.ts';
import type { Progress } from '../main.ts';
import type { Problem } from '../problems/problem.ts';
import { rosenbrock, seed } from '../problems/small.ts';
import { duration, type Section, times } from '../report.ts';

/** The seed example as a user writes it. */
function seedProgram(engine: 'compiled' | 'interpreter' | 'reference') {
  const signature = { w: scalar, b: scalar, x: data(scalar), y: data(scalar) };
  const J = compile(signature, ({ w, b, x, y }) => w.mul(x).add(b).sub(y).square().mul(0.5), { engine });
  return J.bind({ x: -2, y: 2 });
}

function seedDoors(): Contestants<string> {
  const J = seedProgram('compiled');
  const slow = seedProgram('interpreter');
  const plain = seedProgram('reference');
  const [flat, gradient] = [new Float64Array([2, 8]), new Float64Array(2)];
  J.evaluate(flat, gradient);
  if (gradient[0] !== -4 || gradient[1] !== 2) throw new Error(`the gradient of the seed is ${gradient}`);
  return {
    '`.evaluate(x, g)`': () => J.evaluate(flat, gradient),
    '`.evaluate(J.point, J.adjoint)`': () => J.evaluate(J.point, J.adjoint),
    '`.evaluate(x)`, value alone': () => J.evaluate(flat),
    '`.gradient({ w, b })`, an object each way': () => J.gradient({ w: 2, b: 8 }),
    'interpreter, `.evaluate(x, g)`': () => slow.evaluate(flat, gradient),
    'reference engine, `.evaluate(x, g)`': () => plain.evaluate(flat, gradient),
    ...others(seed),
  };
}

function others(problem: Problem): Contestants<string> {
  const tape = layOut(buildGraph(problem));
  const [generated, core] = [loaded(compiled, tape, problem), loaded(interpreter, tape, problem)];
  const gradient = new Float64Array(problem.point.length);
  const [byObjects, { hand, point }] = [micrograd(problem), problem];
  return {
    'the engine alone, `machine.gradient()`': () => generated.gradient(),
    'the interpreter alone': () => core.gradient(),
    micrograd: () => byObjects(point, gradient),
    'by hand': () => hand!(point, gradient),
  };
}

export function boundary(progress: Progress): Section {
  const doors: readonly (readonly [string, Contestants<string>])[] = [
    [seed.name, seedDoors()],
    ['Rosenbrock 10', others(rosenbrock(10))],
  ];
  const results = doors.map(([name, contestants]) => {
    progress(name);
    return { name, measured: race(contestants, { rounds: 5 }) };
  });
  return {
    name: 'boundary',
    title: 'Crossing the boundary',
    about: 'Value and gradient of functions that are nearly nothing, by generated code unless said otherwise.',
    columns: ['problem', 'call', 'time', 'as long as by hand'],
    rows: results.flatMap(({ name, measured }) =>
      Object.entries(measured).map(([door, time]) => [name, door, duration(time), times(measured['by hand'], time)]),
    ),
    targets: [
      {
        what: 'the seed example through `.evaluate`',
        measured: results[0]!.measured['`.evaluate(x, g)`']!,
        atMost: 60,
        unit: 'ns',
      },
    ],
  };
}
