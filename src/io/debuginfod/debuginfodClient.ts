import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import type { ArtifactKind, DebuginfodCache } from './debuginfodCache.js';
import { isBuildId } from './debuginfodCache.js';

/** How one file was fetched. */
export type FetchOutcome =
  | { readonly kind: 'fetched'; readonly path: string }
  /** Every server was asked, and none has it. */
  | { readonly kind: 'missing' }
  /** One sentence for each server that could not be asked. */
  | { readonly kind: 'failed'; readonly reasons: readonly string[] };

export interface FetchWork {
  readonly signal?: AbortSignal | undefined;
  /** Told how many bytes came, of how many, where the server says so. */
  readonly progress?: ((bytes: number, total: number | undefined) => void) | undefined;
}

/** Servers that give files by build id, and the folder in which they are kept. */
export interface ArtifactFetcher {
  readonly cache: DebuginfodCache;
  /** Rejects only when the signal fires. */
  fetch(buildId: string, kind: ArtifactKind, work?: FetchWork): Promise<FetchOutcome>;
}

/** Milliseconds without a byte after which a server is given up. */
const STALLED = 20_000;
/** Larger files than any debug file. */
const LARGEST = 8 * 2 ** 30;

/** Asks debuginfod servers over HTTP, one after the other (debuginfod(8), "WEBAPI"). */
export class DebuginfodClient implements ArtifactFetcher {
  /** Servers that could not be reached are not asked again. */
  readonly #down = new Map<string, string>();
  readonly #servers: readonly string[];

  /** @param servers addresses that `isServer` accepts */
  constructor(
    servers: readonly string[],
    readonly cache: DebuginfodCache,
    private readonly limits: { readonly stalled: number; readonly largest: number } = {
      stalled: STALLED,
      largest: LARGEST,
    },
  ) {
    this.#servers = servers.map((server) => server.replace(/\/+$/, ''));
  }

  async fetch(buildId: string, kind: ArtifactKind, work: FetchWork = {}): Promise<FetchOutcome> {
    if (!isBuildId(buildId) || this.cache.isKnownMissing(buildId, kind)) return { kind: 'missing' };
    const reasons: string[] = [];
    for (const server of this.#servers) {
      work.signal?.throwIfAborted();
      const known = this.#down.get(server);
      const outcome = known === undefined ? await this.#fetchFrom(server, buildId, kind, work) : { failed: known };
      if (outcome === 'missing') continue;
      if (typeof outcome === 'object' && 'path' in outcome) return { kind: 'fetched', path: outcome.path };
      reasons.push(outcome.failed);
    }
    if (reasons.length > 0) return { kind: 'failed', reasons };
    try {
      this.cache.rememberMissing(buildId, kind);
    } catch {
      // Asked again next time.
    }
    return { kind: 'missing' };
  }

  async #fetchFrom(
    server: string,
    buildId: string,
    kind: ArtifactKind,
    work: FetchWork,
  ): Promise<'missing' | { readonly path: string } | { readonly failed: string }> {
    const stall = new AbortController();
    const { stalled } = this.limits;
    const stopped = (): void => {
      stall.abort(new Error(`nothing came for ${stalled / 1000} seconds`));
    };
    let timer = setTimeout(stopped, stalled);
    try {
      const signal = AbortSignal.any([stall.signal, ...(work.signal === undefined ? [] : [work.signal])]);
      const response = await fetch(`${server}/buildid/${buildId}/${kind}`, { signal });
      if (response.status === 404) {
        await response.body?.cancel();
        return 'missing';
      }
      if (!response.ok || response.body === null) {
        await response.body?.cancel();
        return { failed: `${server} answered ${response.status} for ${kind} of ${buildId}` };
      }
      const length = Number(response.headers.get('content-length') ?? Number.NaN);
      const total = Number.isFinite(length) ? length : undefined;
      const path = await this.#store(response.body, buildId, kind, (bytes) => {
        clearTimeout(timer);
        timer = setTimeout(stopped, stalled);
        work.progress?.(bytes, total);
      });
      return { path };
    } catch (error) {
      work.signal?.throwIfAborted();
      const failed = `${server} cannot be asked: ${reasonOf(stall.signal.aborted ? stall.signal.reason : error)}`;
      if (!(error instanceof WrongContent)) this.#down.set(server, failed);
      return { failed };
    } finally {
      clearTimeout(timer);
    }
  }

  async #store(
    body: AsyncIterable<Uint8Array>,
    buildId: string,
    kind: ArtifactKind,
    came: (bytes: number) => void,
  ): Promise<string> {
    const temporary = this.cache.temporary(buildId, kind);
    const file = openSync(temporary, 'wx', 0o600);
    let bytes = 0;
    try {
      for await (const piece of body) {
        if (bytes === 0 && !startsElf(piece)) throw new WrongContent(`what it has for ${buildId} is no ELF file`);
        bytes += piece.length;
        if (bytes > this.limits.largest)
          throw new WrongContent(`what it has for ${buildId} is larger than any debug file`);
        for (let at = 0; at < piece.length;) at += writeSync(file, piece, at);
        came(bytes);
      }
      if (bytes === 0) throw new WrongContent(`what it has for ${buildId} is empty`);
      return this.cache.keep(temporary, buildId, kind);
    } finally {
      closeSync(file);
      rmSync(temporary, { force: true });
    }
  }
}

/** The server answers, but not with what was asked for. */
class WrongContent extends Error {}

/** Of a whole first piece; servers send more than four bytes at once. */
function startsElf(piece: Uint8Array): boolean {
  return piece[0] === 0x7f && piece[1] === 0x45 && piece[2] === 0x4c && piece[3] === 0x46;
}

/** `fetch` hides the cause of a failure. */
function reasonOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return code ?? (cause instanceof Error ? cause.message : String(cause));
}

/** Whether a text is the address of a server: http or https. */
export function isServer(text: string): boolean {
  try {
    return /^https?:$/.test(new URL(text).protocol);
  } catch {
    return false;
  }
}
