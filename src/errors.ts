/**
 * Every wrong use of wengert is one of these, with a stable `code` to branch on and a sentence that names the
 * argument and says what was expected. Nothing already computed is lost: the engine and all other programs go on.
 */
export type ErrorCode =
  | 'UnknownName' // a point or signature names something that does not exist
  | 'MissingName' // a point leaves out an input
  | 'DataMissing' // evaluate() before bind(), or a point without its data
  | 'WrongLength' // an array of another length or shape than declared
  | 'WrongShape' // arrays whose shapes do not fit together, or a carry that changes its shape
  | 'LengthConflict' // one length, taken from several arrays, with two values
  | 'OutOfRange' // an index outside an array
  | 'OutsideLoop' // a loop index, or what depends on it, used outside its loop
  | 'WrongType' // not a number, array, expression … where one was expected
  | 'DetachedBuffer' // a typed array whose buffer was transferred or is gone
  | 'ForeignNode' // an expression of another graph
  | 'NoOutput' // the function returned nothing to differentiate
  | 'SeveralOutputs' // one output is needed, several are there
  | 'NotConstant' // an argument that has to be a plain number
  | 'BadSignature' // a signature that cannot be compiled
  | 'BadTape' // bytes that are no tape: cut short, wrong version, opcode, arity, operand, count
  | 'BadModule' // WebAssembly that cannot be linked: cut short, or with what is not supported
  | 'ToolMissing' // the command line needs a package that is not installed
  | 'Disposed' // a program after dispose()
  | 'Reentrant' // a program called from its own callback
  | 'OutOfMemory' // the arena is full and growth was refused
  | 'EnginePoisoned' // the core trapped; the next compile gets a fresh one
  | 'EngineUnavailable' // the engine asked for cannot run here
  | 'StepLimit' // a sweep would take more steps than maxSteps allows
  | 'NonFinite' // check: 'nan' found where a value became NaN or infinite
  | 'BadOption'; // an option outside its range

/**
 * The one error class.
 *
 * @example
 * import { WengertError } from 'wengert';
 * try { throw new WengertError('WrongLength', 'x: expected 3 numbers, got 2'); }
 * catch (e) { (e as WengertError).code; } // 'WrongLength'
 */
export class WengertError extends Error {
  /** @internal What consoles show, where names are short. */
  static override readonly name = 'WengertError';
  override readonly name = 'WengertError';
  constructor(
    readonly code: ErrorCode,
    message: string,
  ) {
    super(`${message} [${code}]`);
  }
}

/** Throws a {@link WengertError}; an expression, so it can stand where a value is expected. */
export function fail(code: ErrorCode, message: string): never {
  throw new WengertError(code, message);
}
