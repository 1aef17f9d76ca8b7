/** npm run rules: prints what is read off the op table, for the core and for the reference engine. */
import { writeFileSync } from 'node:fs';
import { printAssembly } from '../src/ops/print/assembly.ts';
import { printTypeScript } from '../src/ops/print/typescript.ts';

writeFileSync(new URL('../assembly/rules.ts', import.meta.url), printAssembly());
writeFileSync(new URL('../src/engine/reference/kernels.ts', import.meta.url), printTypeScript());
