/** The examples wengert grew from, each with every node's value and derivative. Run: npx tsx examples/seeds.ts */
import { compile, data, scalar } from 'wengert';
import { dim, heading, indent } from './terminal.ts';

/** One neuron and half its squared error. */
export const neuron = compile({ w: scalar, b: scalar, x: data(scalar), y: data(scalar) }, ({ w, b, x, y }) => {
  const c = w.mul(x).named('c');
  const a = c.add(b).named('a');
  const d = a.sub(y).named('d');
  return d.square().mul(0.5).named('J');
});

/** A product with a sum in it. */
export const product = compile({ a: scalar, b: scalar, c: scalar }, ({ a, b, c }) => {
  const u = b.mul(c).named('u');
  const v = a.add(u).named('v');
  return v.mul(3).named('J');
});

/** Two layers with relu. */
export const layers = compile(
  { w1: scalar, b1: scalar, w2: scalar, b2: scalar, x: data(scalar), y: data(scalar) },
  ({ w1, b1, w2, b2, x, y }) => {
    const t1 = w1.mul(x).named('t1');
    const z1 = t1.add(b1).named('z1');
    const a1 = z1.relu().named('a1');
    const t2 = w2.mul(a1).named('t2');
    const z2 = t2.add(b2).named('z2');
    const a2 = z2.relu().named('a2');
    return a2.sub(y).square().mul(0.5).named('J');
  },
);

heading('1  J = ½(w·x + b − y)²');
const p1 = { w: 2, b: 8, x: -2, y: 2 };
console.log(indent(neuron.explain(p1)));
console.log(`
  Forward, from the top: c = −4, a = 4, d = 2, J = 2. Backward: ∂J/∂d = d = 2
  goes through the sums to a, c and b as it is, and times x to w: −4.
  The bump w = 2.001 gives J = ${neuron.value({ ...p1, w: 2.001 }).toFixed(6)}, about 2 − 4 · 0.001.`);

heading('2  J = 3(a + b·c)');
console.log(indent(product.explain({ a: 5, b: 3, c: 2 })));
console.log(`
  A sum passes its derivative on: 3. A product gives each factor that times the
  other's value: ∂J/∂b = 3 · c = 6, ∂J/∂c = 3 · b = 9.`);

heading('3  Two layers with relu, J = ½(a2 − y)²');
const p3 = { w1: 2, b1: 0, w2: 3, b2: 1, x: 1, y: 5 };
console.log(indent(layers.explain(p3)));
console.log(`
  Both relus are open: ∂J/∂a2 = a2 − y = 2 goes back to z2, t2 and b2 as it is,
  and times w2 and x to w1: 6. With w1 = 2.001, J = ${layers.value({ ...p3, w1: 2.001 }).toFixed(7)}.
  ${dim('J(+0.001) and ΔJ/0.001: the node bumped by 0.001; central: by a tiny ±h.')}`);

/* Prints:
── 1  J = ½(w·x + b − y)² ─────────────────────────────────────────────────────

  node  is         value  ∂J/∂node  J(+0.001)  ΔJ/0.001  central
  w     parameter      2        -4   1.996002    -3.998       -4
  b     parameter      8         2      2.002    2.0005        2
  x     data          -2         4   2.004002     4.002        4
  y     data           2        -2   1.998001   -1.9995       -2
  c     w · x         -4         2      2.002    2.0005        2
  a     c + b          4         2   2.002001    2.0005        2
  d     a − y          2         2      2.002    2.0005        2
  J     v7 · 0.5       2         1      2.001         1        1
  v7    d²             4       0.5     2.0005       0.5      0.5

  Forward, from the top: c = −4, a = 4, d = 2, J = 2. Backward: ∂J/∂d = d = 2
  goes through the sums to a, c and b as it is, and times x to w: −4.
  The bump w = 2.001 gives J = 1.996002, about 2 − 4 · 0.001.

── 2  J = 3(a + b·c) ──────────────────────────────────────────────────────────

  node  is         value  ∂J/∂node  J(+0.001)  ΔJ/0.001  central
  a     parameter      5         3     33.003         3        3
  b     parameter      3         6     33.006         6        6
  c     parameter      2         9     33.009         9        9
  u     b · c          6         3     33.003         3        3
  v     a + u         11         3     33.003         3        3
  J     v · 3         33         1     33.001         1        1

  A sum passes its derivative on: 3. A product gives each factor that times the
  other's value: ∂J/∂b = 3 · c = 6, ∂J/∂c = 3 · b = 9.

── 3  Two layers with relu, J = ½(a2 − y)² ────────────────────────────────────

  node  is         value  ∂J/∂node  J(+0.001)  ΔJ/0.001  central
  w1    parameter      2         6   2.006005    6.0045        6
  b1    parameter      0         6   2.006005    6.0045        6
  w2    parameter      3         4   2.004002     4.002        4
  b2    parameter      1         2      2.002    2.0005        2
  x     data           1        12   2.012018    12.018       12
  y     data           5        -2      1.998   -1.9995       -2
  t1    w1 · x         2         6   2.006005    6.0045        6
  z1    t1 + b1        2         6   2.006005    6.0045        6
  a1    relu(z1)       2         6   2.006005    6.0045        6
  t2    w2 · a1        6         2   2.002001    2.0005        2
  z2    t2 + b2        7         2   2.002001    2.0005        2
  a2    relu(z2)       7         2   2.002001    2.0005        2
  J     v13 · 0.5      2         1      2.001         1        1
  v12   a2 − y         2         2      2.002    2.0005        2
  v13   v12²           4       0.5     2.0005       0.5      0.5

  Both relus are open: ∂J/∂a2 = a2 − y = 2 goes back to z2, t2 and b2 as it is,
  and times w2 and x to w1: 6. With w1 = 2.001, J = 2.0060045.
  J(+0.001) and ΔJ/0.001: the node bumped by 0.001; central: by a tiny ±h.
*/
