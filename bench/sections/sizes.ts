/** No cliff: the same shape from a thousand to ten million nodes. */
import { buildGraph, compiled, interpreter, layOut, loaded } from '../contestants/wengert.ts';
import { race } from '../harness.ts';
import type { Progress } from '../main.ts';
import { moons } from '../problems/network.ts';
import { nodesOf, type Problem } from '../problems/problem.ts';
import { chain } from '../problems/small.ts';
import { duration, figures, type Section } from '../report.ts';

const SIZES = [1e3, 1e4, 1e5, 1e6, 1e7];
const NODES_PER_POINT = 651;

const SHAPES: Readonly<Record<string, (nodes: number) => Problem>> = {
  network: (nodes) => moons(Math.max(1, Math.round(nodes / NODES_PER_POINT))),
  chain,
};

function measure(problem: Problem): { nodes: number; call: number; slow: number } {
  const tape = layOut(buildGraph(problem));
  const [machine, core] = [loaded(compiled, tape, problem), loaded(interpreter, tape, problem)];
  const { call, slow } = race({ call: () => machine.gradient(), slow: () => core.gradient() }, { rounds: 5, time: 200 });
  machine.dispose();
  core.dispose();
  return { nodes: nodesOf(problem), call: call!, slow: slow! };
}

export function sizes(progress: Progress): Section {
  const results = Object.entries(SHAPES).map(([shape, problem]) => {
    const measured = SIZES.map((size) => {
      progress(`${shape}, ${size.toLocaleString('en')} nodes`);
      return measure(problem(size));
    });
    return { shape, measured, perNode: measured.map(({ nodes, call }) => call / nodes) };
  });
  return {
    name: 'sizes',
    title: 'From 10³ to 10⁷ nodes',
    about: 'Value and gradient. The network is the moons network with more and more points.',
    columns: ['shape', 'nodes', 'interpreter', 'compiled', 'ns per node'],
    rows: results.flatMap(({ shape, measured, perNode }) =>
      measured.map(({ nodes, call, slow }, i) => [
        shape,
        nodes.toLocaleString('en'),
        duration(slow),
        duration(call),
        figures(perNode[i]),
      ]),
    ),
    targets: results.map(({ shape, perNode }) => ({
      what: `${shape}: dearest size over cheapest, per node`,
      measured: Math.max(...perNode) / Math.min(...perNode),
      atMost: 3,
      unit: '×',
    })),
  };
}
