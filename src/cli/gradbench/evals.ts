/** The evals there are; a module is loaded when it is asked for. */
import type { Eval } from '../../../examples/gradbench/eval.ts';

type Module = () => Promise<{ readonly functions: Eval }>;

export const EVALS: ReadonlyMap<string, Module> = new Map<string, Module>([
  ['hello', () => import('../../../examples/gradbench/hello.ts')],
  ['gmm', () => import('../../../examples/gradbench/gmm.ts')],
  ['ba', () => import('../../../examples/gradbench/ba.ts')],
  ['ht', () => import('../../../examples/gradbench/ht.ts')],
  ['lstm', () => import('../../../examples/gradbench/lstm.ts')],
  ['lse', () => import('../../../examples/gradbench/lse.ts')],
  ['det', () => import('../../../examples/gradbench/det.ts')],
  ['llsq', () => import('../../../examples/gradbench/llsq.ts')],
  ['ode', () => import('../../../examples/gradbench/ode.ts')],
  ['kmeans', () => import('../../../examples/gradbench/kmeans.ts')],
  ['particle', () => import('../../../examples/gradbench/particle.ts')],
  ['saddle', () => import('../../../examples/gradbench/saddle.ts')],
]);
