/** What contestants/simplegrad.ts uses of a package that has no types. */
declare module 'simplegrad' {
  export class ValueStorage {
    /** Values, and gradients, of all variables in the order of their ids; there once a variable is compiled. */
    readonly v: Float64Array;
    readonly gv: Float64Array;
    forward(): void;
    backward(): void;
  }

  export class Variable {
    constructor(storage: ValueStorage);
    readonly id: number;
    compile(): void;
    add(other: Variable | number): Variable;
    sub(other: Variable | number): Variable;
    mul(other: Variable | number): Variable;
    exp(): Variable;
    log(): Variable;
    tanh(): Variable;
    ReLU(): Variable;
  }
}
