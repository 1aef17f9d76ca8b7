/** `check: 'nan'`: where a value or a derivative stopped being finite. */
import { fail } from '../errors.ts';
import { formulaOf, labelOf, type Names } from '../explain/label.ts';
import { liveNodes, type Model, operandsOf, partialsOf, primal, reverse } from '../explain/model.ts';
import { namesOf } from '../explain/names.ts';
import type { State } from './state.ts';

/** Returns the value if it and, where asked, the gradient are finite. @throws NonFinite, naming the first node that is not */
export function checkFinite(state: State, value: number, gradient: boolean): number {
  if (!Number.isFinite(value)) blame(state, `the value is ${value}`);
  if (gradient && !state.machine.adjoint.every(Number.isFinite)) blame(state, 'the value is finite, its gradient is not');
  return value;
}

/** Evaluates the graph once more, in plain numbers, and names the culprit. @param output the flat output whose derivatives are meant */
export function blame(state: State, what: string, output = 0): never {
  let isKnown = false;
  for (const { model, signature, point, data, where } of state.instances()) {
    isKnown = true;
    const inquiry = new Inquiry(model, namesOf(model, signature), point, data);
    const culprit = inquiry.value() ?? inquiry.derivative(output);
    if (culprit) fail('NonFinite', `${what}: ${culprit}${where}`);
  }
  if (!isKnown) fail('NonFinite', `${what}; the program is too large to say where that begins`);
  return fail('NonFinite', `${what}, though every node is finite: a sum went beyond the largest number`);
}

/** The outputs of the last sweep, which have to be finite where that is asked for. @throws NonFinite */
export function finiteOutputs(state: State): (number | Float64Array)[] {
  const values = state.values();
  if (state.checked)
    values.forEach((value, k) => {
      const odd = typeof value === 'number' ? value : value.find((x) => !Number.isFinite(x));
      if (odd === undefined || Number.isFinite(odd)) return;
      const at = typeof value === 'number' ? '' : `[${value.indexOf(odd)}]`;
      blame(state, state.single && at === '' ? `the value is ${odd}` : `the output ${state.outputs[k]!.name}${at} is ${odd}`);
    });
  return values;
}

/** Derivatives of several outputs, row by row, which have to be finite where that is asked for. @throws NonFinite */
export function checkRows(state: State, rows: Float64Array, cols: number, of: (row: number) => number = (row) => row): void {
  if (!state.checked) return;
  const odd = rows.findIndex((x) => !Number.isFinite(x));
  if (odd < 0) return;
  const output = of(Math.floor(odd / cols));
  const name = state.single && state.machine.outputCount() === 1 ? 'the value' : `output ${output}`;
  blame(state, `all values are finite, the derivatives of ${name} are not`, output);
}

const SHOWN = 8; // operands

class Inquiry {
  readonly #model: Model;
  readonly #names: Names;
  readonly #live: Uint8Array;
  readonly #values: Float64Array;

  constructor(model: Model, names: Names, point: Float64Array, data: Float64Array) {
    this.#model = model;
    this.#names = names;
    this.#live = liveNodes(model);
    this.#values = primal(model, this.#live, point, data);
  }

  /** The first node that is not finite although its operands are. */
  value(): string | undefined {
    const { graph, params, data } = this.#model;
    const inputs = new Set([...params, ...data]);
    for (let id = 0; id < graph.size; id++) {
      if (!this.#live[id] || Number.isFinite(this.#values[id])) continue;
      if (inputs.has(id)) return `the input ${this.#equation(id)}`;
      const finite = operandsOf(graph, id).every((operand) => Number.isFinite(this.#values[operand]));
      if (finite) return `${this.#formula(id)} became ${this.#values[id]}${this.#where(id)}`;
    }
    return undefined;
  }

  /** The last node whose derivative is not finite, the first that the reverse sweep meets, and the consumer it comes from. */
  derivative(flat: number): string | undefined {
    const { graph, outputs } = this.#model;
    const output = outputs[flat]!;
    const { adjoint, reached } = reverse(graph, this.#values, output);
    let id = output;
    while (id >= 0 && (Number.isFinite(adjoint[id]) || graph.isConstant(id))) id--;
    if (id < 0) return undefined;
    const became = `the derivative with respect to ${this.#equation(id)} became ${adjoint[id]}`;
    for (let consumer = output; consumer > id; consumer--) {
      if (!reached[consumer] || !operandsOf(graph, consumer).includes(id)) continue;
      const passes = (p: number, i: number): boolean =>
        graph.operand(consumer, i) === id && !Number.isFinite(adjoint[consumer]! * p);
      const through = partialsOf(graph, consumer, this.#values).some(passes);
      if (through) return `${became} behind ${this.#formula(consumer)}${this.#where(consumer)}`;
    }
    return became; // the sum of finite contributions
  }

  /** `x = 0` */
  #equation(id: number): string {
    return `${labelOf(this.#model.graph, this.#names, id)} = ${this.#values[id]}`;
  }

  /** `l = log(x)`, or `log(x)` if it has no name. */
  #formula(id: number): string {
    const { graph } = this.#model;
    const formula = formulaOf(graph, this.#names, id, undefined);
    return this.#names.has(id) ? `${labelOf(graph, this.#names, id)} = ${formula}` : formula;
  }

  /** ` where x = 0, y = 1`; constants are in the formula already. */
  #where(id: number): string {
    const { graph } = this.#model;
    const variable = [...new Set(operandsOf(graph, id))].filter((operand) => !graph.isConstant(operand));
    if (variable.length === 0) return '';
    const equations = variable.slice(0, SHOWN).map((operand) => this.#equation(operand));
    return ` where ${equations.join(', ')}${variable.length > SHOWN ? ', …' : ''}`;
  }
}
