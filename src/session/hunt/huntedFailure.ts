import { constants } from 'node:os';
import type { CoreRow } from '../../shared/report.js';
import type { RunEnd } from './huntedRun.js';

/** A run that failed, as `failures.ndjson` has it. */
export interface HuntedFailure {
  readonly schema: 1;
  /** Of this failure, from 1, over all hunts into this folder. */
  readonly number: number;
  /** Equal for failures that are one: the signature of the core, or how it ended where there is none. */
  readonly group: string;
  /** Where it is kept, below the folder of the hunt; absent when enough of its group were kept. */
  readonly folder?: string;
  /** Its cores below that folder, the one of the row first. */
  readonly cores: readonly string[];
  /** ISO 8601. */
  readonly started: string;
  readonly seconds: number;
  readonly exitCode?: number;
  readonly signal?: string;
  readonly timedOut?: true;
  readonly command: readonly string[];
  /** The verdict on the core. */
  readonly row?: CoreRow;
}

/** Whether a run failed: it died of a signal, or a shell says so of what it ran, or it left a core, or took too long. */
export function isFailure(end: RunEnd, cores: number, exitCodes: boolean): boolean {
  const { exitCode = 0, signal, timedOut } = end;
  return timedOut || cores > 0 || signal !== undefined || deadly(exitCode) || (exitCodes && exitCode !== 0);
}

/** Whether a core was to be expected. */
export function diesWithCore({ exitCode = 0, signal, timedOut }: RunEnd): boolean {
  return timedOut || DUMPING.has(signal ?? (deadly(exitCode) ? nameOf(exitCode - SHELL) : ''));
}

/** What failures without a core are told apart by. */
export function endOf({ exitCode = 0, signal, timedOut }: RunEnd): string {
  if (timedOut) return 'timeout';
  if (signal !== undefined) return `killed by ${signal}`;
  return deadly(exitCode) ? `killed by ${nameOf(exitCode - SHELL)}` : `exit code ${exitCode}`;
}

/** What a shell adds to the signal that its child died of (POSIX, 2.8.2). */
const SHELL = 128;

/** A signal of which the default is a core (signal(7)); exit codes of others are often the program's own. */
function deadly(exitCode: number): boolean {
  return DUMPING.has(nameOf(exitCode - SHELL));
}

const DUMPING: ReadonlySet<string> = new Set([
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGSEGV',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGSYS',
]);

function nameOf(signal: number): string {
  // SIGIOT is SIGABRT by another name.
  return Object.entries(constants.signals).find(([name, number]) => number === signal && name !== 'SIGIOT')?.[0] ?? '';
}
