/** npm run rules: prints what is read off the op table, for the core and for everything at run time that is not the core. */
import { writeFileSync } from 'node:fs';
import { printAssembly } from '../src/ops/print/assembly.ts';
import { printPartials } from '../src/ops/print/partials.ts';
import { printTypeScript } from '../src/ops/print/typescript.ts';

writeFileSync(new URL('../assembly/rules.ts', import.meta.url), printAssembly());
writeFileSync(new URL('../src/ops/kernels.ts', import.meta.url), printTypeScript());
writeFileSync(new URL('../src/ops/partials.ts', import.meta.url), printPartials());
