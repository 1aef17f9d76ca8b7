import { WengertError } from '../../src/errors.ts';

/** The code of the error that `f` throws; what else it does as text. */
export function code(f: () => unknown): string {
  try {
    return `returned ${String(f())}`;
  } catch (error) {
    return error instanceof WengertError ? error.code : String(error);
  }
}
