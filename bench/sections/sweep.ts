/** Value and gradient of one call, per node: the sweeps alone. */
import { buildGraph, compiled, interpreter, layOut, loaded, reference } from '../contestants/wengert.ts';
import { micrograd } from '../contestants/micrograd.ts';
import type { RowMachine } from '../../src/engine/engine.ts';
import { race } from '../harness.ts';
import { deep } from '../problems/deep.ts';
import { irregular } from '../problems/irregular.ts';
import { moons } from '../problems/network.ts';
import { nodesOf, type Problem } from '../problems/problem.ts';
import { chain, logsumexp, rosenbrock } from '../problems/small.ts';
import { duration, figures, type Section, type Target, times } from '../report.ts';
import type { Progress } from '../main.ts';

interface Result {
  readonly nodes: number;
  readonly interpreter: number;
  readonly compiled: number;
  readonly reference: number;
  readonly micrograd?: number | undefined;
  readonly hand?: number | undefined;
}

function measure(problem: Problem): Result {
  const tape = layOut(buildGraph(problem));
  const [core, generated, plain] = [interpreter, compiled, reference].map((engine) => loaded(engine, tape, problem)) as [RowMachine, RowMachine, RowMachine]; // biome-ignore format: one line
  const [byObjects, { hand }] = [micrograd(problem), problem];
  const gradient = new Float64Array(problem.point.length);
  const measured = race({
    interpreter: () => core.gradient(),
    compiled: () => generated.gradient(),
    reference: () => plain.gradient(),
    micrograd: () => byObjects(problem.point, gradient),
    hand: hand && (() => hand(problem.point, gradient)),
  });
  core.dispose();
  generated.dispose();
  plain.dispose();
  const { interpreter: byCore, compiled: byCode, reference: byPlain } = measured;
  return { ...measured, nodes: nodesOf(problem), interpreter: byCore!, compiled: byCode!, reference: byPlain! };
}

export function sweep(progress: Progress): Section {
  const problems = {
    relu: moons(100),
    tanh: moons(100, 'tanh'),
    irregular: irregular(65_000),
    smooth: irregular(65_000, { smooth: true }),
    rosenbrock10: rosenbrock(10),
    rosenbrock: rosenbrock(1000),
    logsumexp: logsumexp(1000),
    chain: chain(1000),
    deep: deep(),
  };
  const results = {} as Record<keyof typeof problems, Result>;
  for (const [key, problem] of Object.entries(problems) as [keyof typeof problems, Problem][]) {
    progress(problem.name);
    results[key] = measure(problem);
  }
  const best = ({ interpreter, compiled }: Result) => Math.min(interpreter, compiled);
  const perNode = (result: Result) => best(result) / result.nodes;
  const overReference = (result: Result) => result.reference / best(result);
  const targets: Target[] = [
    { what: 'moons relu, per node', measured: perNode(results.relu), atMost: 1, unit: 'ns' },
    { what: 'irregular, per node', measured: perNode(results.irregular), atMost: 2.3, unit: 'ns' },
    { what: 'moons relu against the reference engine', measured: overReference(results.relu), atLeast: 2, unit: '×' },
    { what: 'moons tanh against the reference engine', measured: overReference(results.tanh), atLeast: 3, unit: '×' },
    {
      what: 'moons relu against micrograd',
      measured: results.relu.micrograd! / best(results.relu),
      atLeast: 400,
      unit: '×',
    },
  ];
  return {
    name: 'sweep',
    title: 'Forward and reverse sweep',
    about:
      'Every problem is written with scalars (the n + p network with dots) and laid out once; a call gives value and gradient. × is against compiled, which is what is run after some calls.',
    columns: [
      'problem',
      'nodes',
      'interpreter',
      'ns per node',
      'compiled',
      'ns per node',
      '× reference',
      '× micrograd',
      '× by hand',
    ],
    rows: (Object.keys(problems) as (keyof typeof problems)[]).map((key) => {
      const { nodes, interpreter, compiled, reference, micrograd, hand } = results[key];
      return [
        problems[key].name,
        figures(nodes),
        duration(interpreter),
        figures(interpreter / nodes),
        duration(compiled),
        figures(compiled / nodes),
        times(compiled, reference),
        times(compiled, micrograd),
        times(compiled, hand),
      ];
    }),
    targets,
  };
}
