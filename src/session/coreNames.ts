import { basename } from 'node:path';

/** Endings of files that are named `core.` but hold source, text or tools' output. */
const NOT_CORES =
  /\.(js|mjs|cjs|ts|tsx|jsx|py|md|txt|json|ya?ml|html?|css|c|cc|cpp|h|hpp|rs|go|java|rb|sh|so|a|o|log|xml|toml|zip|tar|tgz|map|lock|snap)$/i;

/** `core`, `core.1234`, `app.core`, `app.core.zst`, systemd's names. */
export function isNamedLikeCore(path: string): boolean {
  const name = basename(path);
  if (NOT_CORES.test(name)) return false;
  return /^core$|^core[.-]|\.core$|\.core\.(zst|gz|xz|lz4|\d+)$|^core\d+$/.test(name);
}

/** core.COMM.UID.BOOTID.PID.USEC with an optional compression suffix (systemd, coredump.c). */
const SYSTEMD =
  /^core\.(?<comm>.+)\.(?<uid>\d+)\.(?<boot>[0-9a-f]{32})\.(?<pid>\d+)\.(?<time>\d{10,17})(\.(lz4|xz|zst|gz))?$/;

/** What a name of systemd-coredump tells; `undefined` for another name. */
export interface SystemdName {
  readonly uid: string;
  /** Of the boot in which it happened: one machine from one start to the next. */
  readonly boot: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

export function systemdName(path: string): SystemdName | undefined {
  const groups = SYSTEMD.exec(basename(path))?.groups;
  if (groups === undefined) return undefined;
  const { uid = '', boot = '', time = '' } = groups;
  // Microseconds; seconds in the names of older versions.
  const milliseconds =
    time.length > 13 ? Number(BigInt(time) / 1000n) : time.length > 10 ? Number(time) : Number(time) * 1000;
  return { uid, boot, time: milliseconds };
}
