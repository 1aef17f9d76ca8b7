/** `wengert gradbench`: a tool for GradBench (https://github.com/gradbench/gradbench), on standard input and output. */
import { type Command, Option } from 'commander';

export function gradbench(program: Command): void {
  program
    .command('gradbench')
    .description('speak the protocol of GradBench: messages on standard input, responses on standard output, one JSON a line')
    .addOption(
      new Option('--engine <name>', 'what runs the programs').choices(['auto', 'interpreter', 'reference']).default('auto'),
    )
    .action(async ({ engine }) => {
      const { serve } = await import('./serve.ts');
      await serve(process.stdin, process.stdout, { engine });
    });
}
