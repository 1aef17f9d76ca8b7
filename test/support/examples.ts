/**
 * The examples of the README and of the docstrings, as programs that check themselves.
 *
 *     expression;          // value        the expression's result is compared (expectation.ts)
 *     const x = …;         // value        the constant's value is compared
 *     expression;          // throws Code  it has to throw an error whose code or message has this in it
 *     console.log(…);      // text         what was printed is compared; several lines go below the statement
 *
 * Other comments are prose. A README block that imports starts anew; one that does not goes on from the block before.
 * A docstring's example may use what wengert exports without importing it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Example {
  /** Where it stands: `README.md:12`. */
  readonly place: string;
  readonly source: string;
}

const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length;

/** Every ```ts block. */
export function readmeExamples(file = 'README.md'): Example[] {
  const text = readFileSync(join(root, file), 'utf8');
  const examples: Example[] = [];
  let before = '';
  for (const block of text.matchAll(/^```ts\n([\s\S]*?)^```/gm)) {
    before = /^import .*'wengert/m.test(block[1]!) ? block[1]! : before + block[1]!;
    examples.push({ place: `${file}:${lineOf(text, block.index) + 1}`, source: before });
  }
  return examples;
}

/** Every @example of src/. */
export function docstringExamples(): Example[] {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .flatMap((name) => examplesOf(join('src', name)));
}

function examplesOf(file: string): Example[] {
  const text = readFileSync(join(root, file), 'utf8');
  const examples: Example[] = [];
  for (const comment of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const lines = comment[0].slice(3, -2).replace(/^[ \t]*\* ?/gm, '');
    for (const example of lines.matchAll(/@example[^\n]*\n([\s\S]*?)(?=^@\w|(?![\s\S]))/gm)) {
      const source = /```\w*\n([\s\S]*?)```/.exec(example[1]!)?.[1] ?? example[1]!;
      examples.push({
        place: `${file}:${lineOf(text, comment.index) + lineOf(lines, example.index)}`,
        source: withImports(source),
      });
    }
  }
  return examples;
}

/** What each entry point exports, read from its source. */
const exported: readonly (readonly [module: string, names: readonly string[]])[] = (() => {
  const entries = {
    wengert: 'src/index.ts',
    'wengert/tape': 'src/tape/index.ts',
    'wengert/optimize': 'src/optimize/index.ts',
    'wengert/micrograd': 'src/micrograd/index.ts',
  };
  const program = ts.createProgram(Object.values(entries), { module: ts.ModuleKind.NodeNext, allowImportingTsExtensions: true });
  const checker = program.getTypeChecker();
  return Object.entries(entries).map(([module, file]) => {
    const symbol = checker.getSymbolAtLocation(program.getSourceFile(file)!);
    return [module, symbol ? checker.getExportsOfModule(symbol).map((one) => one.name) : []];
  });
})();

/** Adds imports for the names of wengert that the example uses but neither imports nor declares. */
function withImports(source: string): string {
  const known = new Set<string>();
  const used = new Set<string>();
  const visit = (node: ts.Node): void => {
    const declares =
      ts.isVariableDeclaration(node) || ts.isImportSpecifier(node) || ts.isFunctionDeclaration(node) || ts.isParameter(node);
    if (declares && node.name && ts.isIdentifier(node.name)) known.add(node.name.text);
    if (ts.isBindingElement(node) && ts.isIdentifier(node.name)) known.add(node.name.text);
    const member =
      ts.isPropertyAccessExpression(node.parent ?? node) && (node.parent as ts.PropertyAccessExpression).name === node;
    if (ts.isIdentifier(node) && !member) used.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('example.ts', source, ts.ScriptTarget.ES2022, true));
  const imports = exported.map(([module, names]) => {
    const needed = names.filter((name) => used.has(name) && !known.has(name) && known.add(name));
    return needed.length > 0 ? `import { ${needed.join(', ')} } from '${module}'; ` : '';
  });
  return imports.join('') + source;
}
