/** GradBench: what its evals time, through the functions of `wengert gradbench`. */
import { EVALS } from '../../src/cli/gradbench/evals.ts';
import { race } from '../harness.ts';
import type { Progress } from '../main.ts';
import { gradbench as problems } from '../problems/gradbench.ts';
import { figures, type Section, type Target } from '../report.ts';

const ms = (ns: number | undefined): string => (ns === undefined ? '–' : figuresOf(ns / 1e6));
/** Three figures, also of thousandths. */
const figuresOf = (x: number): string => (x < 1 ? String(Number(x.toPrecision(3))) : figures(x));

export async function gradbench(progress: Progress): Promise<Section> {
  const rows: string[][] = [];
  const targets: Target[] = [];
  let worst = { name: '', ratio: 0 };
  for (const { name, module, primal, gradient, literature, atMost, input } of problems) {
    const load = EVALS.get(module);
    if (!load) continue;
    progress(name);
    const { functions } = await load();
    const given = input();
    const measured = race({
      primal: primal && functions[primal]!(given),
      gradient: functions[gradient]!(given),
    } as { primal?: () => unknown; gradient: () => unknown });
    const ratio = measured.primal === undefined ? undefined : measured.gradient! / measured.primal;
    if (ratio !== undefined && ratio > worst.ratio) worst = { name, ratio };
    targets.push({ what: `gradient: ${name}`, measured: measured.gradient! / 1e6, atMost, unit: 'ms' });
    rows.push([
      name,
      ms(measured.gradient),
      ms(measured.primal),
      figures(ratio),
      figuresOf(literature.enzyme),
      literature.taping ? `${figuresOf(literature.taping[1])} (${literature.taping[0]})` : '–',
    ]);
  }
  targets.push({ what: `gradient over primal, at most (${worst.name})`, measured: worst.ratio, atMost: 5, unit: '×' });
  return {
    name: 'gradbench',
    title: 'GradBench',
    about:
      'The evals of [GradBench](https://github.com/gradbench/gradbench), as `npx wengert gradbench` computes them: models in the public API ' +
      '(examples/gradbench), what the protocol times, in milliseconds. "Gradient" is what an eval asks for: the gradient, for ba and ht the Jacobian, ' +
      'for kmeans the Newton step, for particle and saddle a whole nested optimisation. The two columns on the right are literature: native tools, ' +
      'one thread, `-O3 -march=native`, measured on **another machine** (a 2-core Xeon); compare orders of magnitude.',
    columns: ['eval', 'gradient, ms', 'primal, ms', 'gradient ÷ primal', 'Enzyme, ms', 'best taping tool, ms'],
    rows,
    targets,
  };
}
