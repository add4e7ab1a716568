import type { CoreEntry } from '../coreSource.js';
import { coreSourceOf } from '../coreSources.js';
import type { OpenOptions } from '../coreSession.js';
import { filtered, type ListingFilter } from '../listing/listingFilter.js';
import { isRemoteAddress } from '../remote/remoteAddress.js';
import type { RemoteOptions } from '../remote/remoteCores.js';
import { Triage } from '../triage.js';
import { learn, type WatchEvent } from './watchEvent.js';
import { emptyState, readState, type WatchState, writeState } from './watchState.js';

export interface WatchJob {
  readonly inputs: readonly string[];
  readonly options: OpenOptions & RemoteOptions;
  /** Which of what arrives is meant. */
  readonly filter: ListingFilter;
  readonly statePath: string;
  /** Milliseconds between two listings. */
  readonly interval: number;
  /** Milliseconds without a signature after which it is back. */
  readonly backAfter: number;
  /** Whether what lies there at the very first start is reported too; otherwise it is only learned. */
  readonly all: boolean;
  readonly signal: AbortSignal;
  readonly clock?: () => number;
}

export type Watched =
  | { readonly kind: 'event'; readonly event: WatchEvent }
  /** A first start has learned what was there. */
  | { readonly kind: 'learned'; readonly cores: number; readonly signatures: number }
  /** A listing failed; the next one may not. */
  | { readonly kind: 'unlisted'; readonly path: string; readonly reason: string }
  /** One listing was gone through. */
  | { readonly kind: 'round' };

/**
 * Triages what arrives, until the signal fires. The state is written after each crash that was handed on, so that a restart repeats at
 * most the last one and loses none.
 *
 * @throws WatchStateError
 */
export async function* watchCores(job: WatchJob): AsyncGenerator<Watched, void> {
  const { signal, statePath, clock = Date.now } = job;
  const found = readState(statePath);
  const state = found ?? emptyState();
  let quiet = found === undefined && !job.all;
  const triage = new Triage(job.options, undefined, coreSourceOf(job.inputs, job.options));
  const settling = new Map<string, string>();
  try {
    while (!isOver(signal)) {
      const source = coreSourceOf(job.inputs, job.options);
      const present = new Set<string>();
      let whole = true;
      let learned = 0;
      for await (const item of filtered(source.list(signal), job.filter, job.inputs, source, signal)) {
        if (isOver(signal)) return;
        if (item.kind === 'unreadable') {
          whole = false;
          yield { kind: 'unlisted', path: item.path, reason: item.reason };
        }
        if (item.kind !== 'core') continue;
        const { entry } = item;
        const revision = revisionOf(entry);
        present.add(entry.source);
        if (state.files[entry.source] === revision || isStillWritten(entry, revision, settling, clock())) continue;
        const { row } = await triage.coreOf(entry, {}, signal);
        const event = learn(row, state, job.backAfter, clock());
        if (quiet) learned++;
        else yield { kind: 'event', event };
        state.files[entry.source] = revision;
        settling.delete(entry.source);
        if (!quiet) writeState(statePath, state);
      }
      await source.close?.();
      if (whole) forgetAbsent(state, present);
      writeState(statePath, state);
      if (quiet && whole) {
        quiet = false;
        yield { kind: 'learned', cores: learned, signatures: Object.keys(state.signatures).length };
      }
      yield { kind: 'round' };
      await rest(job.interval, signal);
    }
  } catch (error) {
    if (!isOver(signal)) throw error;
  } finally {
    triage.dispose();
    writeState(statePath, state);
  }
}

/** A file that changed this lately may be half a core: it waits until two listings see the same. Objects come whole. */
const SETTLED = 5000;

function isStillWritten(entry: CoreEntry, revision: string, settling: Map<string, string>, now: number): boolean {
  if (isRemoteAddress(entry.source) || entry.modified === undefined) return false;
  if (now - entry.modified > SETTLED || settling.get(entry.source) === revision) return false;
  settling.set(entry.source, revision);
  return true;
}

function revisionOf({ revision = '', size = -1, modified = 0 }: CoreEntry): string {
  return `${revision || modified}:${size}`;
}

/** What was deleted need not be remembered; its signature stays. */
function forgetAbsent(state: WatchState, present: ReadonlySet<string>): void {
  for (const source of Object.keys(state.files)) if (!present.has(source)) Reflect.deleteProperty(state.files, source);
}

/** Asked anew each time: the signal fires while others run. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end, { once: true });
  });
}
