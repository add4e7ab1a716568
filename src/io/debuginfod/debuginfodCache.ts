import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a debuginfod server has of a build: the file that was run, or its debug file. */
export type ArtifactKind = 'executable' | 'debuginfo';

/**
 * The folder in which all debuginfod clients of a machine keep what they fetched: `<build id>/executable` and `<build id>/debuginfo`. An
 * empty file says that no server had it when it was last asked (debuginfod_find_debuginfo(3), "CACHE").
 */
export class DebuginfodCache {
  constructor(readonly folder: string) {}

  /** Path of a fetched file; `undefined` when there is none. */
  find(buildId: string, kind: ArtifactKind): string | undefined {
    const path = this.#path(buildId, kind);
    const known = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
    return known !== undefined && known.isFile() && known.size > 0 ? path : undefined;
  }

  /** Whether the servers were asked in vain a short time ago. */
  isKnownMissing(buildId: string, kind: ArtifactKind, now = Date.now()): boolean {
    const path = this.#path(buildId, kind);
    const known = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
    return known !== undefined && known.size === 0 && now - known.mtimeMs < this.#missSeconds() * 1000;
  }

  /** A path beside the place of a file, for writing it. */
  temporary(buildId: string, kind: ArtifactKind): string {
    mkdirSync(join(this.folder, buildId), { recursive: true, mode: 0o700 });
    return join(this.folder, buildId, `${kind}.${process.pid}.${Math.random().toString(36).slice(2)}`);
  }

  /** Moves what was written to its place, at once and whole. */
  keep(temporary: string, buildId: string, kind: ArtifactKind): string {
    const path = join(this.folder, buildId, kind);
    renameSync(temporary, path);
    return path;
  }

  rememberMissing(buildId: string, kind: ArtifactKind): void {
    const path = join(this.folder, buildId, kind);
    mkdirSync(join(this.folder, buildId), { recursive: true, mode: 0o700 });
    rmSync(path, { force: true });
    writeFileSync(path, '');
  }

  #path(buildId: string, kind: ArtifactKind): string | undefined {
    return isBuildId(buildId) ? join(this.folder, buildId, kind) : undefined;
  }

  /** The file `cache_miss_s` holds how long a miss is believed. */
  #missSeconds(): number {
    try {
      const seconds = Number.parseInt(readFileSync(join(this.folder, 'cache_miss_s'), 'utf8'), 10);
      return Number.isFinite(seconds) && seconds >= 0 ? seconds : MISS_SECONDS;
    } catch {
      return MISS_SECONDS;
    }
  }
}

const MISS_SECONDS = 600;

/** Build ids name folders and stand in addresses: hexadecimal digits only. */
export function isBuildId(text: string): boolean {
  return /^(?:[0-9a-f]{2}){4,64}$/.test(text);
}

/** Where the cache is on this machine, by the environment (debuginfod_find_debuginfo(3), "ENVIRONMENT VARIABLES"). */
export function debuginfodCacheFolder(environment: NodeJS.ProcessEnv, home: string): string {
  const named = environment['DEBUGINFOD_CACHE_PATH'];
  if (named !== undefined && named !== '') return named;
  const old = join(home, '.debuginfod_client_cache');
  if (existsSync(old)) return old;
  const cache = environment['XDG_CACHE_HOME'];
  return join(cache !== undefined && cache !== '' ? cache : join(home, '.cache'), 'debuginfod_client');
}
