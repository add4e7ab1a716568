import { basename } from 'node:path';
import type { CoreRow } from '../shared/report.js';

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
  const systemd = SYSTEMD.exec(basename(path));
  const microseconds = systemd?.groups?.['time'];
  if (microseconds !== undefined) {
    const time = new Date(Number(microseconds.length > 13 ? BigInt(microseconds) / 1000n : BigInt(microseconds)));
    if (!Number.isNaN(time.getTime())) return { ...row, time: time.toISOString(), timeSource: 'core_pattern' };
  }
  const time = new Date(modified);
  return Number.isNaN(time.getTime()) ? row : { ...row, time: time.toISOString(), timeSource };
}

/** core.COMM.UID.BOOTID.PID.USEC with an optional compression suffix (systemd, coredump.c). */
const SYSTEMD =
  /^core\.(?<comm>.+)\.(?<uid>\d+)\.(?<boot>[0-9a-f]{32})\.(?<pid>\d+)\.(?<time>\d{10,17})(\.(lz4|xz|zst|gz))?$/;
