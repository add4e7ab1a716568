import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundles, copies } from '../../scripts/bundles.mjs';
import { exclusively } from './exclusively.js';

export const ROOT = resolve(import.meta.dirname, '../..');
export const CLI = join(ROOT, 'dist/cli.js');

/** Builds the bundles when one is missing or older than a source. */
export function ensureBuilt(): void {
  exclusively('build', () => {
    if (isUpToDate()) return;
    const { status, stderr } = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: ROOT, encoding: 'utf8' });
    if (status !== 0) throw new Error(`the build failed:\n${stderr}`);
  });
}

function isUpToDate(): boolean {
  if (copies.some(({ to }) => modified(to) === 0)) return false;
  const sources = [
    'src',
    'webview',
    'scripts/bundles.mjs',
    'scripts/build.mjs',
    'scripts/leanLibraries.mjs',
    'package.json',
  ];
  return Math.min(...bundles.map(({ outfile }) => modified(outfile))) >= Math.max(...sources.map(newest));
}

function newest(path: string): number {
  const full = join(ROOT, path);
  if (!statSync(full).isDirectory()) return modified(path);
  const files = readdirSync(full, { recursive: true, encoding: 'utf8' });
  return Math.max(...files.filter((file) => /\.(ts|css)$/.test(file)).map((file) => modified(join(path, file))));
}

/** Milliseconds since 1970; 0 for a file that is not there. */
function modified(path: string): number {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
