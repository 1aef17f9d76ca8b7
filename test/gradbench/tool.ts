/** The tool as GradBench runs it: a process that is sent lines and answers each with a line. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../support/examples.ts';

// biome-ignore lint/suspicious/noExplicitAny: what a process answers; the comparisons fail where it is something else
export type Answer = any;

export class Tool {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  #stderr = '';

  constructor(...options: readonly string[]) {
    this.#child = spawn(process.execPath, [join(root, 'dist/cli/index.js'), 'gradbench', ...options]);
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Sends text as it is. */
  async write(text: string | Buffer): Promise<void> {
    if (!this.#child.stdin.write(text)) await once(this.#child.stdin, 'drain');
  }

  /** The next line of output, as JSON. */
  async answer(): Promise<Answer> {
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`the tool has ended: ${this.#stderr}`);
    return JSON.parse(value);
  }

  async send(message: string | object): Promise<Answer> {
    await this.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`);
    return this.answer();
  }

  /** Ends the input. Returns the status of the process, and what it had to complain about. */
  async end(): Promise<{ status: number | null; stderr: string }> {
    const closed = once(this.#child, 'close');
    this.#child.stdin.end();
    const [status] = (await closed) as [number | null];
    return { status, stderr: this.#stderr };
  }

  kill(): void {
    this.#child.kill();
  }
}
