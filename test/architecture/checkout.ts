import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** Files of the checkout by patterns of git, tracked or new, from the root; those deleted but not yet committed are left out. */
export function repositoryFiles(...patterns: readonly string[]): string[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...patterns.map((glob) => `:(glob)${glob}`)],
    { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  return [...new Set(listed.split('\0'))].filter((file) => file !== '' && existsSync(join(ROOT, file))).sort();
}
