/** One suite, every engine. */
import { describe } from 'vitest';
import { compiled } from '../../src/engine/compiled/index.ts';
import { interpreter } from '../../src/engine/interpreter/index.ts';
import { reference } from '../../src/engine/reference/index.ts';
import { functions } from './functions.ts';
import { loops } from './loops.ts';
import { nestedDerivatives } from './loops-nested.ts';
import { loopSemantics } from './loops-semantics.ts';
import { randomLoopPrograms } from './loops-random.ts';
import { loopFaults } from './loops-faults.ts';
import { ops } from './ops.ts';
import { randomGraphs } from './random.ts';
import { semantics } from './semantics.ts';

describe.each([compiled, interpreter, reference])('$name', (engine) => {
  ops(engine);
  semantics(engine);
  functions(engine);
  randomGraphs(engine);
  loops(engine);
  loopSemantics(engine);
  nestedDerivatives(engine);
  randomLoopPrograms(engine);
  loopFaults(engine);
});
