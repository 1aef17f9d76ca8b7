/** Turns the comments of an example into checks: the example as it stands, with a call around every value that a comment speaks of. */
import ts from 'typescript';
import { expectation } from './expectation.ts';

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The example with calls of `globalThis.recorder` (recorder.ts) and `globalThis.format` (util.format) in it. */
export function instrument(source: string): string {
  const file = ts.createSourceFile('example.ts', source, ts.ScriptTarget.ES2022, true);
  const beside = new Map<number, ts.ExpressionStatement | ts.VariableStatement>(); // by line: the outermost statement ending there
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit);
    if (ts.isExpressionStatement(node) || ts.isVariableStatement(node)) beside.set(lineOf(file, node.end), node);
  };
  visit(file);
  const edits = [...beside.values()].flatMap((statement) => edit(file, statement) ?? []);
  edits.sort((x, y) => y.start - x.start);
  let text = source;
  for (const { start, end, text: replacement } of edits) text = text.slice(0, start) + replacement + text.slice(end);
  return text;
}

function edit(file: ts.SourceFile, statement: ts.ExpressionStatement | ts.VariableStatement): Edit | undefined {
  const comment = commentBeside(file, statement);
  const line = lineOf(file, statement.end);
  const start = statement.getStart(file);
  if (ts.isVariableStatement(statement)) {
    const [only, ...others] = statement.declarationList.declarations;
    if (!only || others.length > 0 || !ts.isIdentifier(only.name) || !expectation(comment)) return undefined;
    return { start: statement.end, end: statement.end, text: ` recorder.check(${line}, ${quote(comment)}, ${only.name.text});` };
  }
  const { expression } = statement;
  const code = expression.getText(file);
  if (ts.isCallExpression(expression) && expression.expression.getText(file) === 'console.log') {
    const printed = comment || commentsBelow(file, statement);
    const args = expression.arguments.map((argument) => argument.getText(file)).join(', ');
    return printed
      ? { start, end: statement.end, text: `recorder.log(${line}, ${quote(printed)}, format(${args}));` }
      : undefined;
  }
  const thrown = /^throws (.+)/.exec(comment);
  if (thrown) {
    return { start, end: statement.end, text: `await recorder.throws(${line}, ${quote(thrown[1]!)}, async () => (${code}));` };
  }
  if (!expectation(comment)) return undefined;
  return { start, end: statement.end, text: `recorder.check(${line}, ${quote(comment)}, (${code}));` };
}

const lineOf = (file: ts.SourceFile, position: number): number => file.getLineAndCharacterOfPosition(position).line + 1;
const quote = (text: string): string => JSON.stringify(text);

/** The comment on the line where the statement ends, with its continuation on lines that are nothing but comment and indented as far. */
function commentBeside(file: ts.SourceFile, statement: ts.Node): string {
  const [here = '', ...next] = file.text.slice(statement.end).split('\n');
  const found = /^[\s)\]};]*\/\/ ?(.*)$/.exec(here);
  if (!found) return '';
  const lines = [found[1]!];
  for (const line of next) {
    const more = /^\s{8,}\/\/ ?(.*)$/.exec(line);
    if (!more) break;
    lines.push(more[1]!);
  }
  return lines.join('\n').trim();
}

/** The block of comment lines directly below a statement. */
function commentsBelow(file: ts.SourceFile, statement: ts.Node): string {
  const lines: string[] = [];
  for (const line of file.text.slice(statement.end).split('\n').slice(1)) {
    const found = /^\s*\/\/ ?(.*)$/.exec(line);
    if (!found) break;
    lines.push(found[1]!);
  }
  return lines.join('\n');
}
