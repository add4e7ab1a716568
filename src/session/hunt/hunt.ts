import type { CoreRow } from '../../shared/report.js';
import type { OpenOptions } from '../coreSession.js';
import { Triage } from '../triage.js';
import { type CoreDestination, coreDestination, NoCoresError } from './coreDestination.js';
import { coresOf, type EndedRun, wouldBeOverwritten } from './foundCores.js';
import { diesWithCore, endOf, type HuntedFailure, isFailure } from './huntedFailure.js';
import { huntedRun, type RunEnd } from './huntedRun.js';
import { HuntFolder } from './huntFolder.js';

export interface HuntJob {
  readonly command: readonly string[];
  /** Where failures are kept. */
  readonly out: string;
  /** Failures after which it ends. */
  readonly until: number;
  /** Runs after which it ends; `undefined` for no bound. */
  readonly runs: number | undefined;
  /** Runs at once. */
  readonly jobs: number;
  /** Milliseconds that a run may take. */
  readonly timeout: number | undefined;
  /** Exit codes other than 0 are failures too. */
  readonly exitCodes: boolean;
  /** Each run gets an empty folder to run in. */
  readonly scratch: boolean;
  /** Failures of a group whose files are kept. */
  readonly keep: number;
  /** Go on where no core can be had. */
  readonly withoutCores: boolean;
  readonly options: OpenOptions;
  /** Where cores go, when it is known otherwise. */
  readonly destination?: CoreDestination;
}

export interface HuntResult {
  readonly runs: number;
  readonly failures: number;
  /** Runs with an exit code that does not count, by exit code. */
  readonly exitCodes: ReadonlyMap<number, number>;
  /** Failures that should have left a core and did not. */
  readonly coreless: number;
  /** Failures of each group, those of earlier hunts into the same folder too. */
  readonly groups: ReadonlyMap<string, number>;
}

export interface HuntEvents {
  readonly remark: (sentence: string) => void;
  readonly passed: () => void;
  readonly failed: (failure: HuntedFailure) => void;
}

/**
 * Runs a command again and again until it has failed often enough, and keeps what each failure left. Ends early, with everything ended
 * that it started, when the signal fires.
 *
 * @throws NoCoresError, HuntFolderError
 */
export async function hunt(job: HuntJob, events: HuntEvents, signal: AbortSignal): Promise<HuntResult> {
  const here = process.cwd();
  const destination = destinationOf(job, here, events);
  if (destination !== undefined) checkNames(job, here, destination);
  const folder = new HuntFolder(job.out);
  const triage = new Triage(job.options);
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const exitCodes = new Map<number, number>();
  const count = { begun: 0, runs: 0, failures: 0, coreless: 0 };

  const once = async (): Promise<void> => {
    const { output, scratch = here } = folder.begin(job.scratch);
    const { command, timeout } = job;
    const end = await huntedRun({ command, folder: scratch, outputFolder: output, timeout }, either);
    if (either.aborted) {
      folder.drop(output);
      return;
    }
    count.runs++;
    const run = { session: end.session, started: end.started, folder: scratch };
    const cores = destination === undefined ? [] : await found(run, end, destination);
    if (!isFailure(end, cores.length, job.exitCodes)) {
      const { exitCode = 0 } = end;
      if (exitCode !== 0) exitCodes.set(exitCode, (exitCodes.get(exitCode) ?? 0) + 1);
      folder.drop(output);
      events.passed();
      return;
    }
    if (cores.length === 0 && diesWithCore(end)) count.coreless++;
    const row = await verdictOn(cores, triage);
    count.failures++;
    events.failed(folder.keep(failureOf(job, end, row), output, cores, job.keep));
    if (count.failures >= job.until) stop.abort();
  };
  const lane = async (): Promise<void> => {
    try {
      while (!isOver(either) && (job.runs === undefined || count.begun < job.runs)) {
        count.begun++;
        await once();
      }
    } catch (error) {
      stop.abort();
      throw error;
    }
  };
  try {
    const lanes = await Promise.allSettled(Array.from({ length: job.jobs }, lane));
    const broken = lanes.find((one) => one.status === 'rejected');
    if (broken !== undefined) throw broken.reason;
  } finally {
    triage.dispose();
    folder.close();
  }
  const { runs, failures, coreless } = count;
  return { runs, failures, coreless, exitCodes, groups: folder.groups };
}

function destinationOf(job: HuntJob, here: string, events: HuntEvents): CoreDestination | undefined {
  try {
    const destination = job.destination ?? coreDestination(job.scratch ? undefined : here);
    if (destination.remark !== undefined) events.remark(destination.remark);
    return destination;
  } catch (error) {
    if (!(error instanceof NoCoresError) || !job.withoutCores) throw error;
    events.remark(error.message);
    return undefined;
  }
}

/** Cores that would be written over, by each other or of others, are no cores. */
function checkNames({ jobs, scratch }: HuntJob, here: string, destination: CoreDestination): void {
  const { files } = destination;
  if (files === undefined || files.distinct || (scratch && files.relative)) return;
  if (jobs > 1)
    throw new NoCoresError(
      'all cores get the same name here (kernel.core_pattern), so those of runs at the same time would write over each other: give --scratch, which runs each in a folder of its own, or leave out --jobs',
    );
  const [lost] = wouldBeOverwritten(here, destination);
  if (lost !== undefined)
    throw new NoCoresError(`${lost} is there already and the next core would write over it: move it away first`);
}

/** Milliseconds that programs which are handed cores are waited for: when there must be one, and when there may be one of a process below. */
const HANDED_OVER = 20_000;
const PERHAPS = 2000;
const EVERY = 100;

async function found(run: EndedRun, end: RunEnd, destination: CoreDestination): Promise<string[]> {
  const patience = destination.folder === undefined ? 0 : Date.now() + patienceFor(end);
  for (;;) {
    const cores = coresOf(run, destination);
    if (cores.length > 0 || Date.now() >= patience) return cores;
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
}

function patienceFor(end: RunEnd): number {
  if (diesWithCore(end)) return HANDED_OVER;
  return end.exitCode === 0 ? 0 : PERHAPS;
}

/** The first core that was written is the crash; others died of it. */
async function verdictOn([first]: readonly string[], triage: Triage): Promise<CoreRow | undefined> {
  return first === undefined ? undefined : (await triage.coreOf({ source: first }, {})).row;
}

function failureOf(
  { command }: HuntJob,
  end: RunEnd,
  row: CoreRow | undefined,
): Omit<HuntedFailure, 'number' | 'folder' | 'cores'> {
  const { started, seconds, exitCode, signal, timedOut } = end;
  const crash = row?.signature ?? (row === undefined ? endOf(end) : `unreadable core, ${endOf(end)}`);
  return {
    schema: 1,
    group: timedOut ? `timeout | ${crash}` : crash,
    started: new Date(started).toISOString(),
    seconds,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
    ...(timedOut ? { timedOut } : {}),
    command,
    ...(row === undefined ? {} : { row }),
  };
}

/** Asked anew each time: the signal fires while others run. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}
