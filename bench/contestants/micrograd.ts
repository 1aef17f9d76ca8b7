/**
 * The contestant everybody knows: one object per number, its backward rule a closure, the order found by a depth-first
 * walk at every backward(). The idea is A. Karpathy's micrograd (2020), written anew here; the graph is built at every
 * evaluation, as define-by-run libraries do. The walk is recursive, so a chain of some ten thousand overflows the stack.
 */
import type { Arithmetic, Problem, RowProblem } from '../problems/problem.ts';

export class Value {
  grad = 0;
  backwardStep: () => void = nothing;

  constructor(
    readonly data: number,
    readonly children: readonly Value[] = [],
  ) {}

  add(other: Value): Value {
    const out = new Value(this.data + other.data, [this, other]);
    out.backwardStep = () => {
      this.grad += out.grad;
      other.grad += out.grad;
    };
    return out;
  }

  sub(other: Value): Value {
    const out = new Value(this.data - other.data, [this, other]);
    out.backwardStep = () => {
      this.grad += out.grad;
      other.grad -= out.grad;
    };
    return out;
  }

  mul(other: Value): Value {
    const out = new Value(this.data * other.data, [this, other]);
    out.backwardStep = () => {
      this.grad += other.data * out.grad;
      other.grad += this.data * out.grad;
    };
    return out;
  }

  neg(): Value {
    return this.unary(-this.data, () => -1);
  }

  square(): Value {
    return this.unary(this.data * this.data, () => 2 * this.data);
  }

  relu(): Value {
    return this.unary(this.data > 0 ? this.data : 0, (y) => (y > 0 ? 1 : 0));
  }

  tanh(): Value {
    return this.unary(Math.tanh(this.data), (y) => 1 - y * y);
  }

  exp(): Value {
    return this.unary(Math.exp(this.data), (y) => y);
  }

  log(): Value {
    return this.unary(Math.log(this.data), () => 1 / this.data);
  }

  min(other: Value): Value {
    return pick(this, other, Math.min(this.data, other.data));
  }

  max(other: Value): Value {
    return pick(this, other, Math.max(this.data, other.data));
  }

  /** Adjoints of everything this value depends on, in its `grad`. */
  backward(): void {
    const order: Value[] = [];
    const visited = new Set<Value>();
    const visit = (value: Value): void => {
      if (visited.has(value)) return;
      visited.add(value);
      for (const child of value.children) visit(child);
      order.push(value);
    };
    visit(this);
    this.grad = 1;
    for (let i = order.length - 1; i >= 0; i--) order[i]!.backwardStep();
  }

  private unary(data: number, partial: (y: number) => number): Value {
    const out = new Value(data, [this]);
    out.backwardStep = () => {
      this.grad += partial(out.data) * out.grad;
    };
    return out;
  }
}

function nothing(): void {}

/** min and max: the one that was taken gets all, both half on a tie. */
function pick(a: Value, b: Value, data: number): Value {
  const out = new Value(data, [a, b]);
  out.backwardStep = () => {
    const share = a.data === b.data ? 0.5 : a.data === data ? 1 : 0;
    a.grad += share * out.grad;
    b.grad += (1 - share) * out.grad;
  };
  return out;
}

function dot(xs: readonly Value[], ys: readonly Value[]): Value {
  let data = 0;
  for (let i = 0; i < xs.length; i++) data += xs[i]!.data * ys[i]!.data;
  const out = new Value(data, [...xs, ...ys]);
  out.backwardStep = () => {
    for (let i = 0; i < xs.length; i++) {
      xs[i]!.grad += ys[i]!.data * out.grad;
      ys[i]!.grad += xs[i]!.data * out.grad;
    }
  };
  return out;
}

const values: Arithmetic<Value> = {
  constant: (x) => new Value(x),
  add: (x, y) => x.add(y),
  sub: (x, y) => x.sub(y),
  mul: (x, y) => x.mul(y),
  neg: (x) => x.neg(),
  square: (x) => x.square(),
  relu: (x) => x.relu(),
  tanh: (x) => x.tanh(),
  exp: (x) => x.exp(),
  log: (x) => x.log(),
  min: (x, y) => x.min(y),
  max: (x, y) => x.max(y),
  dot,
};

/** Value and gradient, built from nothing at every call. */
export function micrograd(problem: Problem): (x: Float64Array, gradient: Float64Array) => number {
  return (x, gradient) => {
    const inputs = Array.from(x, (value) => new Value(value));
    const out = problem.build(values, inputs);
    out.backward();
    inputs.forEach((input, i) => {
      gradient[i] = input.grad;
    });
    return out.data;
  };
}

/** The same summed over rows. */
export function microgradRows(problem: RowProblem): (x: Float64Array, gradient: Float64Array) => number {
  return (x, gradient) => {
    const inputs = Array.from(x, (value) => new Value(value));
    let total = 0;
    for (let r = 0; r < problem.rows; r++) {
      const row = Array.from(problem.data.subarray(r * problem.width, (r + 1) * problem.width), (value) => new Value(value));
      const out = problem.build(values, inputs, row);
      out.backward();
      total += out.data;
    }
    inputs.forEach((input, i) => {
      gradient[i] = input.grad;
    });
    return total;
  };
}
