/** `wengert build`: a program, ahead of time, as a WebAssembly module that needs nothing else. */
import { type Command, InvalidArgumentError } from 'commander';

export function build(program: Command): void {
  program
    .command('build')
    .argument('<model>', 'JavaScript or TypeScript module that exports a compiled program')
    .description('write a program as a WebAssembly module without imports, a loader beside it, and types')
    .option('-o, --out <file>', 'where the module goes (default: <model>.wasm, here)')
    .option('-e, --export <name>', 'which export is the program', 'default')
    .option('-l, --length <name=n>', 'fix a named length; may be repeated', lengths)
    .option('--no-data', 'leave out data that is bound')
    .option('-f, --force', 'overwrite files that this command did not write')
    .addHelpText('after', '\nExample:\n  wengert build model.ts -o out/model.wasm')
    .action(async (model: string, options) => {
      const { buildModule } = await import('./build.ts');
      try {
        for (const line of await buildModule(model, options)) console.log(line);
      } catch (error) {
        // what a user did wrong, in one sentence; anything else is a defect, with its stack
        if (!(error instanceof Error && error.name === 'WengertError')) throw error;
        program.error(`error: ${error.message}`);
      }
    });
}

/** `n=100` */
function lengths(text: string, before: Readonly<Record<string, number>> = {}): Record<string, number> {
  const found = /^(.+)=(\d+)$/.exec(text);
  if (!found) throw new InvalidArgumentError('Expected a name and a whole number, as in n=100.');
  return { ...before, [found[1]!]: Number(found[2]) };
}
