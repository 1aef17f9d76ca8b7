/** One small program over many rows of data, the parameters shared: a minibatch in one call. */
import { microgradRows } from '../contestants/micrograd.ts';
import { buildRowGraph, compiled, interpreter, layOut, loadedRows, reference } from '../contestants/wengert.ts';
import { race } from '../harness.ts';
import type { Progress } from '../main.ts';
import { moonsRows } from '../problems/network.ts';
import { countNodes, type RowProblem } from '../problems/problem.ts';
import { duration, figures, type Section, times } from '../report.ts';

function measure(problem: RowProblem) {
  const { rows, data, point, width } = problem;
  const tape = layOut(buildRowGraph(problem));
  const core = loadedRows(interpreter, tape, problem);
  const generated = loadedRows(compiled, tape, problem);
  const plain = loadedRows(reference, tape, problem);
  const byObjects = microgradRows(problem);
  const gradient = new Float64Array(point.length);
  const measured = race({
    interpreter: () => core.gradientRows(rows, 'sum'),
    compiled: () => generated.gradientRows(rows, 'sum'),
    reference: () => plain.gradientRows(rows, 'sum'),
    micrograd: () => byObjects(point, gradient),
    hand: () => problem.hand(point, data, rows, gradient),
  });
  core.dispose();
  generated.dispose();
  plain.dispose();
  const leaves = (length: number) => new Array<null>(length).fill(null);
  const nodes = countNodes((k) => problem.build(k, leaves(point.length), leaves(width)));
  return {
    problem,
    nodes,
    ...measured,
    interpreter: measured.interpreter!,
    compiled: measured.compiled!,
    reference: measured.reference!,
  };
}

export function lanes(progress: Progress): Section {
  const problems = [moonsRows(32), moonsRows(100), moonsRows(1000), moonsRows(100, 'tanh')];
  const results = problems.map((problem) => {
    progress(problem.name);
    return measure(problem);
  });
  const [, hundred] = results;
  return {
    name: 'lanes',
    title: 'Lanes: one program, many rows',
    about: 'The loss of one point of the moons network, summed over rows, with its gradient, in one call.',
    columns: ['problem', 'nodes', 'interpreter', 'compiled', 'ns per node and row', '× reference', '× micrograd', '× by hand'],
    rows: results.map(({ problem, nodes, interpreter, compiled, reference, micrograd, hand }) => [
      problem.name,
      figures(nodes),
      duration(interpreter),
      duration(compiled),
      figures(compiled / nodes / problem.rows),
      times(compiled, reference),
      times(compiled, micrograd),
      times(compiled, hand),
    ]),
    targets: [
      {
        what: '100 rows, relu, per node and row',
        measured: hundred!.compiled / hundred!.nodes / 100,
        atMost: 0.8,
        unit: 'ns',
      },
      {
        what: '100 rows, relu, against the reference engine',
        measured: hundred!.reference / hundred!.compiled,
        atLeast: 4,
        unit: '×',
      },
    ],
  };
}
