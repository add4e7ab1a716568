import { homedir } from 'node:os';
import {
  type ArtifactKind,
  DebuginfodCache,
  debuginfodCacheFolder,
  isBuildId,
} from '../io/debuginfod/debuginfodCache.js';
import { type ArtifactFetcher, DebuginfodClient, isServer } from '../io/debuginfod/debuginfodClient.js';
import type { Inspection } from '../engine/inspection/openInspection.js';
import type { CoreRow } from '../shared/report.js';
import type { WorkOptions } from './slicedWork.js';

export { isServer };

/**
 * Files by build id that debuginfod servers have. The engine asks for them synchronously and gets what was fetched before; what it
 * did not get is remembered, and fetched between two passes.
 */
export class DebuginfodFiles {
  readonly #wanted = new Map<string, Wanted>();
  readonly #asked = new Set<string>();
  readonly #problems = new Set<string>();

  constructor(private readonly fetcher: ArtifactFetcher) {}

  /** How often something came: what depends on files that were not there before is looked up anew. */
  generation = 0;

  /**
   * The path of a file, if it is there.
   *
   * @param of the build for which it is asked; `any` for files that several share
   */
  find(buildId: string, kind: ArtifactKind, of: string = buildId): string | undefined {
    const path = this.fetcher.cache.find(buildId, kind);
    const key = `${buildId}/${kind}`;
    if (path === undefined && isBuildId(buildId) && !this.#asked.has(key) && this.#wanted.size < MOST_WANTED)
      this.#wanted.set(key, { key, buildId, kind, of });
    return path;
  }

  /** Why servers could not be asked, one sentence each. */
  get problems(): readonly string[] {
    return [...this.#problems];
  }

  /**
   * Fetches what was asked for in vain, of these builds only. Each file is fetched once in a run.
   *
   * @returns whether anything came, so that the pass is worth repeating; when the signal fires, whether anything had come by then
   */
  async fetchWanted(builds: ReadonlySet<string>, { signal, progress }: WorkOptions = {}): Promise<boolean> {
    const wanted = [...this.#wanted.values()].filter(({ of }) => of === 'any' || builds.has(of));
    let [came, done] = [false, 0];
    for (const { key, buildId, kind } of wanted) {
      if (signal?.aborted === true) break;
      this.#wanted.delete(key);
      this.#asked.add(key);
      const outcome = await this.fetcher
        .fetch(buildId, kind, {
          signal,
          progress: (bytes, total) => progress?.((done + (total === undefined ? 0 : bytes / total)) / wanted.length),
        })
        .catch(() => undefined);
      if (outcome?.kind === 'fetched') {
        came = true;
        this.generation++;
      }
      if (outcome?.kind === 'failed') for (const reason of outcome.reasons) this.#problems.add(reason);
      progress?.(++done / wanted.length);
    }
    return came;
  }
}

interface Wanted {
  readonly key: string;
  readonly buildId: string;
  readonly kind: ArtifactKind;
  readonly of: string;
}

/** A process may map thousands of files. */
const MOST_WANTED = 10_000;

/** What the user wrote for `--debuginfod` or the setting: addresses, or `env` for those in DEBUGINFOD_URLS. */
export function debuginfodServers(given: readonly string[], environment: NodeJS.ProcessEnv): readonly string[] {
  const named = (environment['DEBUGINFOD_URLS'] ?? '').split(/\s+/);
  return [...new Set(given.flatMap((text) => (text === 'env' ? named : [text])))].filter(isServer);
}

/** @returns `undefined` when no server was named: then nothing is ever asked over the network */
export function debuginfodFiles(servers: readonly string[] | undefined): DebuginfodFiles | undefined {
  const asked = debuginfodServers(servers ?? [], process.env);
  if (asked.length === 0) return undefined;
  const cache = new DebuginfodCache(debuginfodCacheFolder(process.env, homedir()));
  return new DebuginfodFiles(new DebuginfodClient(asked, cache));
}

/** Builds whose files are worth fetching: the program, and what the crashed thread's stack runs through. */
export function buildsOnStack({ modules, executable }: Inspection, { frames }: CoreRow): ReadonlySet<string> {
  const found = [executable, ...(frames ?? []).map(({ pc }) => modules.find(BigInt(pc)))];
  return new Set(found.flatMap((module) => module?.buildId ?? module?.image?.buildId ?? []));
}

/** So many times a core is read again after something came: a binary first, its debug file, a file that shares with it, and the next frames. */
export const MOST_FETCH_ROUNDS = 16;
