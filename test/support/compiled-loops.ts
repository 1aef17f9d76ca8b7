/** An engine all of whose programs with loops are compiled at once, for every length. */
import { loopsNow } from '../../src/engine/compiled/loops/index.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { core } from '../../src/engine/interpreter/core.ts';
import { interpreter } from '../../src/engine/interpreter/index.ts';
import { InterpreterLoopMachine } from '../../src/engine/interpreter/loops.ts';
import { link } from '../../src/link/index.ts';
import { validateLoops } from '../../src/tape/loops/validate.ts';

export class CompiledLoopMachine extends InterpreterLoopMachine {
  override resize(lengths: readonly number[]): void {
    super.resize(lengths);
    if (!this.isCompiled) this.adopt(loopsNow(this.linked!, core()));
  }
}

export const compiledLoops: Engine = {
  name: 'interpreter',
  load: interpreter.load,
  loadLoops(tape) {
    validateLoops(tape);
    return new CompiledLoopMachine(core(), tape, (lengths) => link(tape, lengths));
  },
};
