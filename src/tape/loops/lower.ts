/**
 * From a graph with loops to a LoopTape.
 *
 * How a program is traced (src/program/trace.ts):
 *
 *     const graph = new Graph();
 *     const handles = ports.map((port) => inputArray(graph, port));          // src/graph/inputs.ts: Expr, Vector or Matrix; in the order of the signature
 *     const returned = tracing(graph, () => fn(handles by name));            // src/graph/loops.ts: regions find the graph by it
 *     const outputs = [{ name, value }, …];                                  // value: number, Expr, Vector or Matrix
 *     if (isLoopGraph(graph, ports, outputs)) tape = lowerLoops(graph, ports, outputs, single);   // before graph.seal(): it may add nodes
 *     else params = joined(handles of parameters, each flatIds(graph, handle)) …;   // src/graph/inputs.ts: node of each element, as ever
 *     graph.seal();
 *
 * On the flat path `flatIds(graph, output)` gives the nodes of an output as well (Expr, Vector, Matrix, number).
 */
import { isPlain, isSmall, steadyView, viewOf2 } from '../../graph/array.ts';
import { copied, flattened, isWhole, isWhole2 } from '../../graph/blocks.ts';
import { type Expr, foreign, idIn } from '../../graph/expression.ts';
import type { Graph } from '../../graph/graph.ts';
import { FIRST_LOOP_OP } from '../../graph/leaf.ts';
import { liveParts } from '../../graph/live.ts';
import { Matrix, unbroken } from '../../graph/matrix.ts';
import type { Block } from '../../graph/records.ts';
import type { Size } from '../../graph/size.ts';
import { type Length, Vector } from '../../graph/vector.ts';
import type { LoopPort, LoopTape, OutputFrom } from './layout.ts';
import { bodiesOf, Code } from './lower-code.ts';
import { Sizes } from './lower-sizes.ts';

/** What a function returned, by name. */
export interface NamedOutput {
  readonly name: string;
  readonly value: number | Expr | Vector<Length> | Matrix<Length, Length>;
}

/** Whether a program needs loops or arrays: if not, it is laid out flat. O(1), or O(n) if there are any. */
export function isLoopGraph(graph: Graph, inputs: readonly LoopPort[], outputs: readonly NamedOutput[]): boolean {
  if (inputs.some(({ shape }) => shape.some((extent) => typeof extent === 'string'))) return true;
  const arrays = outputs.map(({ value }) => value).filter((value) => typeof value === 'object');
  const isArray = (value: object): boolean => (value instanceof Vector || value instanceof Matrix) && !isFlat(graph, value);
  if (arrays.some(isArray)) return true;
  if (graph.loops.leaves === 0) return false;
  const ids = arrays.flatMap((value) => (value instanceof Vector || value instanceof Matrix ? [...value.ids] : [value.id]));
  return liveParts(graph, ids).nodes.some((live, node) => live === 1 && graph.op[node]! >= FIRST_LOOP_OP);
}

/** Whether an output is nodes: elements of inputs, whatever their number, or few enough to be written out. */
function isFlat(graph: Graph, { source }: Vector<Length> | Matrix<Length, Length>): boolean {
  return isSmall(graph, source) || ('block' in source && source.block.input >= 0 && isPlain(source));
}

/** The program that computes these outputs. @throws ForeignNode, OutsideLoop, WrongType */
export function lowerLoops(
  graph: Graph,
  inputs: readonly LoopPort[],
  outputs: readonly NamedOutput[],
  single: boolean,
): LoopTape {
  const wanted = outputs.map(({ name, value }) => ({ name, ...placeOf(graph, name, value) }));
  const live = liveParts(
    graph,
    wanted.map(({ from }) => from),
  );
  const sizes = new Sizes();
  for (const { shape } of inputs) for (const extent of shape) if (typeof extent === 'string') sizes.length(extent);
  const code = new Code(graph, live, sizes, inputs);
  const names: [number, string][] = [];
  for (const [node, all] of graph.names) {
    if (live.nodes[node] && code.valueOf(node) >= 0) for (const name of all) names.push([code.valueOf(node), name]);
  }
  const from = (x: number | Block): OutputFrom =>
    typeof x === 'number' ? { value: code.valueOf(x) } : { array: code.blockOf(x) };
  return {
    inputs,
    outputs: wanted.map((output) => ({
      name: output.name,
      shape: output.shape.map((size) => sizes.of(size)),
      from: from(output.from),
    })),
    single,
    lengths: sizes.lengths,
    sizes: sizes.table,
    blocks: code.blocks,
    bodies: bodiesOf(code),
    values: code.values,
    names: names.sort((x, y) => x[0] - y[0]),
  };
}

interface Placed {
  readonly shape: readonly Size[];
  readonly from: number | Block;
}

/** Where an output is: a node, or a block of which it is all; what is neither is copied to one. */
function placeOf(graph: Graph, name: string, value: NamedOutput['value']): Placed {
  if (value instanceof Vector || value instanceof Matrix) {
    if (value.graph !== graph) foreign(`output ${name}`, value);
    return value instanceof Vector ? placeOfVector(graph, value) : placeOfMatrix(graph, value);
  }
  const node = idIn(graph, value, `output ${name}`);
  graph.loops.require(graph.loops.setOf(node), `output ${name}`);
  return { shape: [], from: node };
}

function placeOfVector(graph: Graph, { source }: Vector<Length>): Placed {
  const view = steadyView(graph, source);
  return { shape: [view.n], from: (isWhole(view) ? view : copied(graph, view)).block };
}

function placeOfMatrix(graph: Graph, { source }: Matrix<Length, Length>): Placed {
  const view = unbroken(graph, viewOf2(graph, source));
  const { rows, cols } = view;
  return { shape: [rows, cols], from: (isWhole2(view) ? view : copied(graph, flattened(view))).block };
}
