import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundles, copies } from '../../scripts/bundles.mjs';

export const ROOT = resolve(import.meta.dirname, '../..');
export const CLI = join(ROOT, 'dist/cli.js');

/** Builds the bundles when one is missing or older than a source. One process builds; others wait for it. */
export function ensureBuilt(): void {
  if (isUpToDate()) return;
  const lock = join(ROOT, '.cache/build.lock');
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const end = Date.now() + 60_000;
  while (!taken(lock)) {
    if (Date.now() > end) throw new Error(`another build has not ended; remove ${lock} if there is none`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
  try {
    if (isUpToDate()) return;
    const { status, stderr } = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: ROOT, encoding: 'utf8' });
    if (status !== 0) throw new Error(`the build failed:\n${stderr}`);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function taken(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    return false;
  }
}

function isUpToDate(): boolean {
  const outputs = [...bundles.map(({ outfile }) => outfile), ...copies.map(({ to }) => to)];
  // Copies keep the time at which they were made; what they copy is as old as its package.
  const made = bundles
    .map(({ outfile }) => modified(outfile))
    .concat(outputs.map((file) => (modified(file) > 0 ? Infinity : 0)));
  const sources = ['src', 'webview', 'scripts/bundles.mjs', 'scripts/build.mjs', 'package.json'].map(newest);
  return Math.min(...made) >= Math.max(...sources);
}

function newest(path: string): number {
  const full = join(ROOT, path);
  if (!statSync(full).isDirectory()) return modified(path);
  return Math.max(
    ...readdirSync(full, { recursive: true, encoding: 'utf8' }).map((file) => modified(join(path, file))),
  );
}

/** Milliseconds since 1970; 0 for a file that is not there. */
function modified(path: string): number {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
