/** Examples run as a user runs them: in a process of their own, against the built package. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param watch is told what stderr holds so far, and may stop the process */
export function run(
  file: string,
  args: readonly string[] = [],
  watch?: (stderr: string, interrupt: () => void) => void,
): Promise<Run> {
  const command = ['--import', 'tsx', join('examples', file), ...args];
  // with the build's settings `wengert` is the package in dist/, not the sources
  const env = { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.build.json'), NO_COLOR: '1' };
  const child = spawn(process.execPath, command, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    watch?.(stderr, () => child.kill('SIGINT'));
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}
