import type { DatasetRow } from '../shared/dataset.js';
import type { CoreRow } from '../shared/report.js';
import { Breath } from './breath.js';
import type { OpenOptions } from './coreSession.js';
import type { CoreEntry, Listed } from './coreSource.js';
import { type CorePlace, coreSourceOf, holdsAddress } from './coreSources.js';
import type { Collector } from './dataset/collector.js';
import { inOrder } from './inOrder.js';
import type { FoundCrash } from './logs/crashSpool.js';
import { Triage, type TriagedCore, type WantedOfCore } from './triage.js';

/** What comes of one listed thing. */
export type Triaged =
  | {
      readonly kind: 'row';
      readonly row: CoreRow;
      /** The row as a data set has it, where one is collected. */
      readonly stored?: DatasetRow;
    }
  /** The data set has it already. */
  | { readonly kind: 'known' }
  | Exclude<Listed, { kind: 'core' }>;

export interface TriageJob {
  readonly listing: AsyncIterable<Listed> | Iterable<Listed>;
  readonly place: CorePlace;
  /** Whether cores are on servers, so that several are asked for at once; by the arguments alone when absent. */
  readonly waits?: boolean;
  readonly options: OpenOptions;
  readonly wanted: WantedOfCore;
  /** Threads that label cores, this one among them: 0 and 1 do all here. */
  readonly workers: number;
  /** A bundle that calls `serveTriage` when its argument is `TRIAGE_THREAD`, and `serveParts` when it is `PART_THREAD`. */
  readonly workerScript: string;
  readonly collector?: Collector;
  /** Crashes that logs tell of: rows behind those of the cores. */
  readonly logged?: Iterable<FoundCrash> & { readonly count: number };
  /** Whether a thread of its own may write the rows of logs, when there are many. */
  readonly writesApart?: boolean;
  /** Ends the job after the row that is being made. */
  readonly signal?: AbortSignal;
}

/**
 * Labels what is listed, in that order, and puts it into the data set.
 *
 * @throws DatasetError when a row cannot be written
 */
export async function* triageAll(job: TriageJob): AsyncGenerator<Triaged> {
  const { collector, logged, signal } = job;
  try {
    for await (const item of stepsOf(job)) {
      if (signal?.aborted === true) break;
      if (item.kind !== 'core') yield item;
      else if (collector === undefined) yield { kind: 'row', row: item.core.row };
      else {
        const stored = collector.add(item.entry, item.core);
        yield stored === undefined ? { kind: 'known' } : { kind: 'row', row: item.core.row, stored };
      }
    }
    if (logged === undefined) return;
    const { loggedIdentity, logRow } = await import('./logs/logRow.js');
    if (
      signal?.aborted !== true &&
      job.writesApart === true &&
      collector?.writes === true &&
      logged.count >= WORTH_A_THREAD
    ) {
      const { PartThread } = await import('./worker/parts/partThread.js');
      collector.writeThrough(() => new PartThread(job.workerScript));
    }
    const breath = new Breath();
    for (const { crash, path, line } of logged) {
      await breath.taken();
      const pause = collector?.pause;
      if (pause !== undefined) await pause;
      if (signal?.aborted === true) break;
      const row = logRow(crash, `${path}:${line}`);
      const stored = collector?.addLogged(row, loggedIdentity(crash));
      if (collector === undefined) yield { kind: 'row', row };
      else yield stored === undefined ? { kind: 'known' } : { kind: 'row', row, stored };
    }
  } finally {
    await collector?.close();
  }
}

/** Rows that take longer to write than a thread to start. */
const WORTH_A_THREAD = 20_000;

function stepsOf(job: TriageJob): AsyncGenerator<Step> {
  if (job.workers > 1) return inThreads(job);
  return (job.waits ?? holdsAddress(job.place.inputs)) ? inOneThread(job) : inTurn(job);
}

type Read = { readonly kind: 'core'; readonly entry: CoreEntry; readonly core: TriagedCore };
type Step = Read | Exclude<Triaged, { kind: 'row' }>;

async function* inTurn({ listing, options, wanted, collector, signal }: TriageJob): AsyncGenerator<Step> {
  const triage = new Triage(options);
  try {
    const breath = new Breath();
    for await (const item of listing) {
      await breath.taken();
      if (signal?.aborted === true) return;
      if (item.kind !== 'core') yield item;
      else if (collector?.has(item.entry) === true) yield { kind: 'known' };
      else yield { kind: 'core', entry: item.entry, core: await triage.coreOf(item.entry, wanted) };
    }
  } finally {
    triage.dispose();
  }
}

/** Cores of servers that are waited for at once. */
const AT_ONCE = 16;

/** As in turn, but servers are not waited for one core after the other. */
async function* inOneThread({ listing, place, options, wanted, collector, signal }: TriageJob): AsyncGenerator<Step> {
  const source = coreSourceOf(place.inputs, place);
  const triage = new Triage(options, undefined, source);
  const step = async (item: Listed): Promise<Step> => {
    if (item.kind !== 'core') return item;
    if (collector?.has(item.entry) === true) return { kind: 'known' };
    return { kind: 'core', entry: item.entry, core: await triage.coreOf(item.entry, wanted, signal) };
  };
  try {
    yield* inOrder(listing, AT_ONCE, step);
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  } finally {
    triage.dispose();
    await source.close?.();
  }
}

async function* inThreads(job: TriageJob): AsyncGenerator<Step> {
  const { listing, collector, signal } = job;
  const { TriagePool } = await import('./worker/pool/triagePool.js');
  const pool = new TriagePool(job.workerScript, job.workers, {
    options: job.options,
    wanted: job.wanted,
    place: job.place,
  });
  const ahead: (Step | Promise<Step>)[] = [];
  try {
    for await (const item of listing) {
      if (signal?.aborted === true) return;
      if (item.kind !== 'core') ahead.push(item);
      else if (collector?.has(item.entry) === true) ahead.push({ kind: 'known' });
      else ahead.push(pool.core(item.entry).then((core): Step => ({ kind: 'core', entry: item.entry, core })));
      while (ahead.length >= pool.capacity) yield await next(ahead);
    }
    while (ahead.length > 0) yield await next(ahead);
  } finally {
    await pool.dispose();
  }
}

function next(ahead: (Step | Promise<Step>)[]): Step | Promise<Step> {
  return ahead.shift() ?? { kind: 'known' };
}
