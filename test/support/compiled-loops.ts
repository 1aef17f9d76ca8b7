/** An engine all of whose programs with loops are compiled at once, for every length. */
import { loopsNow } from '../../src/engine/compiled/loops/index.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { core } from '../../src/engine/interpreter/core.ts';
import { interpreter } from '../../src/engine/interpreter/index.ts';
import { InterpreterLoopMachine } from '../../src/engine/interpreter/loops.ts';
import { link } from '../../src/link/index.ts';
import { validateLoops } from '../../src/tape/loops/validate.ts';

export class CompiledLoopMachine extends InterpreterLoopMachine {
  /** Calls that generated code left to the interpreter. */
  static left = 0;

  override resize(lengths: readonly number[]): void {
    super.resize(lengths);
    if (this.isCompiled) return;
    const { room, forward, gradient, run } = loopsNow(this.linked!, core());
    const counted =
      (sweep: typeof forward): typeof forward =>
      (...addresses) => {
        const fault = sweep(...addresses);
        if (fault) CompiledLoopMachine.left++;
        return fault;
      };
    this.adopt({ room, forward: counted(forward), gradient: counted(gradient), run });
    spoil(this);
  }
}

/** Fills with NaN what the code has to write before it reads it. */
function spoil({ linked, point }: InterpreterLoopMachine): void {
  const { p, adjoints, data, constants } = linked!;
  const memory = new Float64Array(point.buffer, point.byteOffset, data);
  memory.fill(Number.NaN, adjoints);
  const written = new Set(constants.map(([offset]) => offset));
  for (let i = p; i < adjoints; i++) if (!written.has(i)) memory[i] = Number.NaN;
}

export const compiledLoops: Engine = {
  name: 'interpreter',
  load: interpreter.load,
  loadLoops(tape) {
    validateLoops(tape);
    return new CompiledLoopMachine(core(), tape, (lengths) => link(tape, lengths));
  },
};
