/** Define-by-run: the graph is written down, node by node, at every evaluation. What that costs, and the sweep back. */
import { data, scalar } from '../../src/program/signature.ts';
import { record } from '../../src/record/record.ts';
import { micrograd } from '../contestants/micrograd.ts';
import { bare, recorded, values } from '../contestants/recorded.ts';
import { buildGraph, interpreter, layOut, loaded } from '../contestants/wengert.ts';
import { race, type Times } from '../harness.ts';
import type { Progress } from '../main.ts';
import { irregular } from '../problems/irregular.ts';
import { moons } from '../problems/network.ts';
import { nodesOf, type Problem } from '../problems/problem.ts';
import { figures, type Section, times } from '../report.ts';

/** Nanoseconds of one evaluation. */
interface Row extends Times<'bare' | 'value' | 'gradient' | 'values' | 'micrograd' | 'compiled'> {
  readonly name: string;
  readonly nodes: number;
}

/** A loop whose length and path depend on values: z ← z·x + y, halved whenever it grew beyond 1. */
function loop(nodes: number, engine: 'interpreter' | 'reference' = 'interpreter'): Row {
  const f = record(
    { x: scalar, y: scalar, until: data(scalar) },
    ({ x, y, until }) => {
      let z = x;
      for (let left = until.value; left > 0; left -= 2) {
        z = z.mul(x).add(y);
        if (z.value > 1) {
          z = z.mul(y);
          left--;
        }
      }
      return z;
    },
    { engine },
  );
  const point = { x: 0.9, y: 0.3, until: nodes };
  const times = race({ value: () => f.value(point), gradient: () => f.gradient(point) });
  f.dispose();
  return { name: `loop on values${engine === 'reference' ? ', reference engine' : ''}`, nodes, ...times };
}

function problem(what: Problem, engine: 'interpreter' | 'reference' = 'interpreter'): Row {
  const f = recorded(what, engine);
  const gradient = new Float64Array(what.point.length);
  const machine = loaded(interpreter, layOut(buildGraph(what)), what);
  const [byValues, byObjects] = [values(what), micrograd(what)];
  const times = race({
    bare: bare(what),
    value: () => f.evaluate(what.point),
    gradient: () => f.evaluate(what.point, gradient),
    values: () => byValues(what.point, gradient),
    micrograd: () => byObjects(what.point, gradient),
    compiled: () => machine.gradient(),
  });
  f.dispose();
  machine.dispose();
  return { name: `${what.name}${engine === 'reference' ? ', reference engine' : ''}`, nodes: nodesOf(what), ...times };
}

export function recording(progress: Progress): Section {
  const rows: Row[] = [];
  for (const nodes of [10_000, 100_000, 1_000_000]) {
    progress(`loop of ${nodes}`);
    rows.push(loop(nodes));
  }
  rows.push(loop(100_000, 'reference'));
  for (const what of [moons(100), irregular(65_000)]) {
    progress(what.name);
    rows.push(problem(what));
  }
  rows.push(problem(moons(100), 'reference'));
  const perNode = (time: number | undefined, nodes: number) => (time === undefined ? '–' : `${figures(time / nodes)} ns`);
  const loops = rows.filter(({ name }) => name === 'loop on values');
  const slowest = Math.max(...loops.map(({ value, nodes }) => value! / nodes));
  const network = rows[4]!;
  return {
    name: 'record',
    title: 'Recording',
    about:
      'Functions recorded at every evaluation (`record`), in ns per node: what the function itself takes with one idle object ' +
      'per node, recording with the values, the sweep back, and both beside `wengert/micrograd`, the contestant micrograd, and ' +
      'the same function compiled once.',
    columns: [
      'function',
      'nodes',
      'objects alone',
      'record + value',
      'sweep',
      'both',
      'wengert/micrograd',
      'micrograd',
      'compiled',
    ],
    rows: rows.map(({ name, nodes, bare, value, gradient, values, micrograd, compiled }) => [
      name,
      figures(nodes),
      perNode(bare, nodes),
      perNode(value, nodes),
      perNode(Math.max(0, gradient! - value!), nodes),
      perNode(gradient, nodes),
      perNode(values, nodes),
      micrograd === undefined ? '–' : `${perNode(micrograd, nodes)}, ${times(gradient, micrograd)}`,
      perNode(compiled, nodes),
    ]),
    targets: [
      { what: 'recording and value, per node, the slowest of the three loops', measured: slowest, atMost: 40, unit: 'ns' },
      {
        what: 'micrograd ÷ wengert/micrograd, the moons network',
        measured: network.micrograd! / network.values!,
        atLeast: 1,
        unit: '×',
      },
    ],
  };
}
