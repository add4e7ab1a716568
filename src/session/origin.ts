import type { CoreRow } from '../shared/report.js';
import { systemdName } from './coreNames.js';

/**
 * Adds what is known of a core from where it lies: time, and host where the name tells. Names of systemd-coredump end in
 * microseconds since 1970 or, with the boot id before, say when the process died.
 */
export function withOrigin(
  row: CoreRow,
  path: string,
  modified: number,
  timeSource: 'mtime' | 'object' = 'mtime',
): CoreRow {
  const died = systemdName(path);
  if (died !== undefined) {
    const time = new Date(died.time);
    if (!Number.isNaN(time.getTime())) return { ...row, time: time.toISOString(), timeSource: 'core_pattern' };
  }
  const time = new Date(modified);
  return Number.isNaN(time.getTime()) ? row : { ...row, time: time.toISOString(), timeSource };
}
