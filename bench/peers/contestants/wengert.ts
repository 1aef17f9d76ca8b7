/** wengert through its public functions, from dist/; the option is the engine. */
import type { EngineChoice } from '../../../src/index.ts';
import type { Prepare } from '../contestant.ts';

const prepare: Prepare = async (row, engine) => {
  const program = row.wengert(engine as EngineChoice);
  const point = row.point();
  const gradient = new Float64Array(point.length);
  return { run: () => program.evaluate(point, gradient), gradient: () => gradient };
};

export default prepare;
