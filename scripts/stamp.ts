/** Whether what was built is still what its sources say: their digest is kept beside it. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

export interface Stamp {
  readonly fresh: boolean;
  /** Call after building. */
  write(): void;
}

/**
 * @param name of the stamp, kept in build/
 * @param sources files, and folders of which every .ts file counts
 * @param outputs files that have to be there
 */
export function stamp(name: string, sources: readonly string[], outputs: readonly string[]): Stamp {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(expand).sort()) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  const digest = hash.digest('hex');
  const kept = join(root, 'build', name);
  return {
    fresh: [kept, ...outputs.map((file) => join(root, file))].every(existsSync) && readFileSync(kept, 'utf8') === digest,
    write() {
      mkdirSync(dirname(kept), { recursive: true });
      writeFileSync(kept, digest);
    },
  };
}

function expand(source: string): string[] {
  if (/\.\w+$/.test(source)) return [source];
  const names = readdirSync(join(root, source), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(source, name));
}
