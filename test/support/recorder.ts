import { expectation, mismatch, printedMismatch } from './expectation.ts';

/** Collects what an instrumented example meets. */
export class Recorder {
  checked = 0;
  readonly failures: string[] = [];

  private note(line: number, failure: string | undefined): void {
    this.checked++;
    if (failure) this.failures.push(`line ${line}: ${failure}`);
  }

  /** A value, and the comment beside it. */
  check<T>(line: number, comment: string, value: T): T {
    this.note(line, mismatch(value, expectation(comment)!));
    return value;
  }

  /** An expression that has to throw. */
  async throws(line: number, promised: string, run: () => unknown): Promise<void> {
    try {
      await run();
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      return this.note(line, code === promised || message.includes(promised) ? undefined : `threw "${message}", not ${promised}`);
    }
    this.note(line, `did not throw ${promised}`);
  }

  /** A console.log, and what it should print; `format` as the console does it. */
  log(line: number, comment: string, printed: string): void {
    this.note(line, printedMismatch(printed, comment));
  }
}
