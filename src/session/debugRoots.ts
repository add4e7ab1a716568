import { join } from 'node:path';
import type { OpenOptions } from './coreSession.js';

/** Where distributions install debug files. */
export const SYSTEM_DEBUG = '/usr/lib/debug';

/** Folders with debug files, best first. With a sysroot the core is from another machine, so the debug files of this one are not. */
export function debugRoots(options: OpenOptions): string[] {
  return [
    ...(options.debugDirs ?? []),
    options.sysroot === undefined ? SYSTEM_DEBUG : join(options.sysroot, SYSTEM_DEBUG),
  ];
}

/** A file by its build id, as `.build-id` folders have it and as debuginfod-like stores do. */
export function* buildIdPaths(root: string, buildId: string, suffix: string): Iterable<string> {
  if (buildId.length < 4) return;
  const tail = join(buildId.slice(0, 2), `${buildId.slice(2)}${suffix}`);
  yield join(root, '.build-id', tail);
  yield join(root, tail);
}
