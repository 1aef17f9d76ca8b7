/** From a function to a program: recording the graph, laying it out as a tape, loading it; what happens once. */
import { micrograd } from '../contestants/micrograd.ts';
import { buildGraph, interpreter, layOut } from '../contestants/wengert.ts';
import { once } from '../harness.ts';
import type { Progress } from '../main.ts';
import { irregular } from '../problems/irregular.ts';
import { moons } from '../problems/network.ts';
import { nodesOf, type Problem } from '../problems/problem.ts';
import { chain } from '../problems/small.ts';
import { duration, figures, type Section, times } from '../report.ts';

const RUNS = 7;
const MICROGRAD_UP_TO = 100_000; // nodes; beyond, its objects and its recursion are what one would measure

function measure(problem: Problem) {
  const nothing = () => null;
  const { first, warm: graph } = once(RUNS, nothing, () => buildGraph(problem));
  const layout = once(RUNS, () => buildGraph(problem), layOut);
  const load = once(
    RUNS,
    () => layOut(buildGraph(problem)),
    (tape) => interpreter.load(tape).dispose(),
  );
  const nodes = nodesOf(problem);
  const gradient = new Float64Array(problem.point.length);
  const objects = micrograd(problem);
  const evaluation = nodes <= MICROGRAD_UP_TO ? once(RUNS, nothing, () => objects(problem.point, gradient)).warm : undefined;
  const cold = first + layout.first + load.first;
  return { name: problem.name, nodes, graph, layout: layout.warm, load: load.warm, cold, evaluation };
}

export function build(progress: Progress): Section {
  const results = [moons(100), moons(1540), irregular(65_000), chain(1_000_000)].map((problem) => {
    progress(problem.name);
    return measure(problem);
  });
  const [small, large, odd] = results;
  const perNode = (time: number, nodes: number) => `${figures(time / nodes)} ns`;
  const cold = duration(small!.cold);
  return {
    name: 'build',
    title: 'Building, laying out, loading',
    about:
      'What happens once per program, in ns per node, the code warm. Beside it one evaluation of micrograd, which builds every time. ' +
      `The very first program of a process, when nothing is optimised yet, took ${cold} (the first row).`,
    columns: ['problem', 'nodes', 'graph', 'layout', 'load', 'all three', 'micrograd, one evaluation'],
    rows: results.map(({ name, nodes, graph, layout, load, evaluation }) => [
      name,
      figures(nodes),
      perNode(graph, nodes),
      perNode(layout, nodes),
      perNode(load, nodes),
      duration(graph + layout + load),
      evaluation === undefined ? '–' : `${duration(evaluation)}, ${times(graph + layout + load, evaluation)}`,
    ]),
    targets: [
      { what: 'laying out the moons network, per node', measured: small!.layout / small!.nodes / 1e3, atMost: 0.5, unit: 'µs' },
      { what: 'laying out an irregular graph, per node', measured: odd!.layout / odd!.nodes / 1e3, atMost: 0.5, unit: 'µs' },
      { what: 'recording a graph of 1,000,000 nodes', measured: (large!.graph / large!.nodes) * 1e-3, atMost: 1, unit: 's' },
    ],
  };
}
