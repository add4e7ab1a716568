import type { OpenOptions } from './coreSession.js';

/** Equal for cores that are opened alike, and so are one. */
export function coreKey(path: string, options: OpenOptions): string {
  return JSON.stringify([path, options.exe, options.sysroot, options.debugDirs, options.debuginfod]);
}
