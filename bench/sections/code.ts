/** Generated code: how long it takes to make it, which happens once for each program that is called often. */
import { core } from '../../src/engine/interpreter/core.ts';
import { InterpreterMachine } from '../../src/engine/interpreter/machine.ts';
import { flatModule } from '../../src/engine/compiled/flat.ts';
import { buildGraph, layOut } from '../contestants/wengert.ts';
import { median } from '../harness.ts';
import type { Progress } from '../main.ts';
import { irregular } from '../problems/irregular.ts';
import { moons } from '../problems/network.ts';
import { nodesOf, type Problem } from '../problems/problem.ts';
import { chain, rosenbrock } from '../problems/small.ts';
import { duration, figures, type Section } from '../report.ts';

const RUNS = 60;
const MOST = 10_500; // nodes, for the target

/** Where the program lies, for its code. */
class Loaded extends InterpreterMachine {
  readonly at = this.offsets;
  readonly address = this.P;
}

function measure(problem: Problem) {
  const machine = new Loaded(core(), layOut(buildGraph(problem)));
  const { tape, at: offsets, address } = machine;
  const generating = timed(() => flatModule(tape, offsets));
  const bytes = flatModule(tape, offsets);
  // a byte more in a section of its own each time: the runtime keeps what it compiled
  let run = 0;
  const compiling = timed(() => {
    const module = new WebAssembly.Module(joined(bytes, run++));
    const { gradient } = new WebAssembly.Instance(module, { core: core().imports }).exports;
    (gradient as (P: number) => number)(address);
  });
  machine.dispose();
  return { name: problem.name, nodes: nodesOf(problem), bytes: bytes.length, generating, compiling };
}

/** The median of the second half of some runs. No garbage is collected in between on purpose: that throws optimised code away, too. */
function timed(run: () => void): number {
  const times = Array.from({ length: RUNS }, () => {
    const began = performance.now();
    run();
    return (performance.now() - began) * 1e6;
  });
  return median(times.slice(RUNS / 2));
}

export function code(progress: Progress): Section {
  const problems = [rosenbrock(10), rosenbrock(125), rosenbrock(1250), moons(1), moons(15), irregular(1000), irregular(5000), chain(1000), chain(10_000)]; // biome-ignore format: one line
  const results = problems.map((problem) => {
    progress(problem.name);
    return measure(problem);
  });
  const perNode = results
    .filter(({ nodes }) => nodes >= 900 && nodes <= MOST)
    .map(({ name, nodes, generating, compiling }) => ({ name, time: (generating + compiling) / nodes }));
  const worst = perNode.reduce((a, b) => (a.time > b.time ? a : b));
  return {
    name: 'code',
    title: 'Generating code',
    about:
      'What happens once for a program that is called often: generating WebAssembly for it (the code that does so warm), and compiling, ' +
      "instantiating and calling it for the first time, with the runtime's quick compiler; its better one works beside the program.",
    columns: ['problem', 'nodes', 'module, KB', 'generating', 'compiling', 'both, µs per node'],
    rows: results.map(({ name, nodes, bytes, generating, compiling }) => [
      name,
      nodes.toLocaleString('en'),
      figures(bytes / 1024),
      duration(generating),
      duration(compiling),
      figures((generating + compiling) / nodes / 1e3),
    ]),
    targets: [
      {
        what: `per node, at most, from 1,000 to 10,000 nodes (${worst.name})`,
        measured: worst.time / 1e3,
        atMost: 1,
        unit: 'µs',
      },
    ],
  };
}

function joined(bytes: Uint8Array, run: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(bytes.length + 5);
  all.set(bytes);
  all.set([0, 3, 1, 97, run & 127], bytes.length); // a custom section named a
  return all;
}
