/** What is written beside a module: a loader in JavaScript, and its types. */
import type { Description, PlacedPort } from '../../engine/standalone/description.ts';

/** How a file begins that this command wrote, and may overwrite. */
export const MARK = '// Written by `wengert build`';

const lengthOf = ({ shape }: PlacedPort): number => shape.reduce((n, extent) => n * extent, 1);
const isSeveral = ({ outputs }: Description): boolean => outputs.reduce((sum, port) => sum + lengthOf(port), 0) !== 1;

/** Of a module over rows all data lies row by row, so no input has a place of its own. */
const dataPorts = ({ data, rows }: Description): readonly PlacedPort[] => (rows === undefined ? data : []);

/** JavaScript that instantiates the module and finds its buffers; it needs nothing else. */
export function loaderText(wasm: string, description: Description): string {
  const { inputs, outputs, checks } = description;
  const places = (ports: readonly PlacedPort[]): string =>
    `{ ${ports.map((port) => `${JSON.stringify(port.name)}: [${port.offset}, ${lengthOf(port)}]`).join(', ')} }`;
  const results = isSeveral(description)
    ? ["    output: view('output', 0, exports.outputLength.value),", `    outputs: views('output', ${places(outputs)}),`]
    : [
        "    gradient: view('gradient', 0, exports.pointLength.value),",
        "    derivatives: views('gradient', inputs),",
        '    valueAndGradient: checked(exports.valueAndGradient),',
      ];
  return `${MARK}. Loads ${wasm}; its types are in ${wasm}.d.ts.
const inputs = ${places(inputs)};
const data = ${places(dataPorts(description))};
const checks = ${JSON.stringify(checks.map(({ what, extent }) => [what, extent]))};

export async function load(source) {
  const module = source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source);
  const { exports } = await WebAssembly.instantiate(module);
  const view = (name, first, length) => new Float64Array(exports.memory.buffer, exports[name].value + 8 * first, length);
  const views = (name, places) => Object.fromEntries(Object.entries(places).map(([key, place]) => [key, view(name, ...place)]));
  const checked = (sweep) => () => {
    const value = sweep();
    const fault = exports.fault?.() ?? 0;
    if (fault === 0) return value;
    if (fault < 0) throw new RangeError('argMin or argMax: there is no element in an empty list');
    throw new RangeError(\`\${checks[fault - 1][0]}: \${exports.faultIndex()} is no index into \${checks[fault - 1][1]} elements\`);
  };
  return {
    exports,
    point: view('point', 0, exports.pointLength.value),
    data: view('data', 0, exports.dataLength.value),
    inputs: { ...views('point', inputs), ...views('data', data) },
${results.join('\n')}
    value: checked(exports.value),
  };
}
`;
}

/** The types of that loader. */
export function typesText(wasm: string, description: Description): string {
  const { inputs, data, outputs, lengths, rows } = description;
  const total = (ports: readonly PlacedPort[]): number => ports.reduce((sum, port) => sum + lengthOf(port), 0);
  const shape = ({ shape: extents }: PlacedPort): string => (extents.length === 0 ? 'one number' : extents.join(' × '));
  const named = (name: string, comment: string, ports: readonly PlacedPort[]): string[] => [
    `  /** ${comment} */`,
    `  readonly ${name}: {`,
    ...ports.map((port) => `    readonly ${JSON.stringify(port.name)}: Numbers<${lengthOf(port)}>; // ${shape(port)}`),
    '  };',
  ];
  const flat = (name: string, comment: string, length: number): string[] => [
    `  /** ${comment} */`,
    `  readonly ${name}: Numbers<${length}>;`,
  ];
  const oneRow = data.map((port) => `${port.name} (${shape(port)})`).join(', ');
  const rowsText = rows === undefined ? '' : `: ${rows} rows, each ${oneRow}`;
  const several = isSeveral(description);
  const results = several
    ? [...flat('output', 'What value() leaves, flat.', total(outputs)), ...named('outputs', 'The same by name.', outputs)]
    : [
        ...flat('gradient', 'What valueAndGradient() leaves, flat like the point.', total(inputs)),
        ...named('derivatives', 'The same by name.', inputs),
        '  /** The value, and its gradient. @throws RangeError if a computed index leaves its array */',
        '  valueAndGradient(): number;',
      ];
  const buffers = ['point', 'pointLength', 'data', 'dataLength', ...(several ? ['output', 'outputLength'] : ['gradient'])];
  const fixed = Object.entries(lengths).map(([name, n]) => `${name} = ${n}`);
  const lines = [
    `${MARK}. Types of ${wasm}.js, which loads ${wasm}${fixed.length > 0 ? ` (${fixed.join(', ')})` : ''}.`,
    '',
    '/** A view of the memory of the module; it stays valid, for that memory never grows. Matrices lie row by row. */',
    'export type Numbers<N extends number> = Float64Array & { readonly length: N };',
    '',
    'export interface Model {',
    ...flat('point', 'The inputs that are differentiated, flat. What nobody has written is NaN.', total(inputs)),
    ...flat('data', `The inputs that are not, flat${rowsText}.`, total(data) * (rows ?? 1)),
    ...named('inputs', 'All inputs by name.', [...inputs, ...dataPorts(description)]),
    ...results,
    `  /** The value${several ? ': the first of the outputs' : ''}. @throws RangeError if a computed index leaves its array */`,
    '  value(): number;',
    '  /** The module as hosts in other languages see it: addresses in bytes, lengths in doubles. */',
    '  readonly exports: {',
    '    readonly memory: { readonly buffer: ArrayBuffer };',
    ...buffers.map((name) => `    readonly ${name}: { readonly value: number };`),
    '    value(): number;',
    ...(several ? [] : ['    valueAndGradient(): number;']),
    '    /** Of a program with loops: not 0 after a sweep in which a computed index left its array. */',
    '    fault?(): number;',
    '    faultIndex?(): number;',
    '  };',
    '}',
    '',
    `/** @param source the bytes of ${wasm}, or a WebAssembly.Module of them */`,
    'export function load(source: object): Promise<Model>;',
    '',
  ];
  return lines.join('\n');
}
