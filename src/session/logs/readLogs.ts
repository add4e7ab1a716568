import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { Rules } from '../rules/rules.js';
import { CrashReports } from './crashReports.js';
import { EventIndex } from './eventIndex.js';
import type { LoggedCrash } from './loggedCrash.js';
import { type LogLine, logLine } from './logLine.js';
import { isMachineEvent } from './machineEvents.js';

/** A log to read. */
export interface LogFile {
  readonly path: string;
  /** Whose it is, where its lines do not say. */
  readonly host?: string;
}

export interface FoundInLogs {
  readonly crashes: readonly { readonly crash: LoggedCrash; readonly path: string; readonly line: number }[];
  readonly machine: EventIndex;
  /** Crashes beyond what is kept. */
  readonly dropped: number;
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
}

const MOST_CRASHES = 1_000_000;
const LONGEST_LINE = 64 * 1024;
const PIECE = 1 << 20;

/** Reads logs once, for all that is wanted of them: crashes, machine events, and lines that rules look for. */
export async function readLogs(files: readonly LogFile[], rules: Rules, signal?: AbortSignal): Promise<FoundInLogs> {
  const crashes: { crash: LoggedCrash; path: string; line: number }[] = [];
  const unreadable: { path: string; reason: string }[] = [];
  const machine = new EventIndex();
  let dropped = 0;
  for (const { path, host } of files) {
    const reports = new CrashReports();
    let begun = 0;
    const keep = (found: readonly LoggedCrash[], line: number): void => {
      for (const crash of found) {
        if (crashes.length < MOST_CRASHES) crashes.push({ crash, path, line });
        else dropped++;
      }
    };
    const take = (line: LogLine, number: number): void => {
      const found = reports.take(line);
      if (found.length > 0) keep(found, number);
      if (isMachineEvent(line)) machine.add(line.host, line.time, line.text);
      rules.seeLine(line);
    };
    try {
      for await (const [text, number, modified] of linesOf(path, signal)) {
        begun = number;
        if (text === '') continue;
        take(logLine(text, { modified, ...(host === undefined ? {} : { host }) }), number);
      }
      keep(reports.end(), begun);
    } catch (error) {
      unreadable.push({ path, reason: (error as NodeJS.ErrnoException).code ?? String(error) });
    }
  }
  return { crashes, machine, dropped, unreadable };
}

/** Lines with their numbers; what is longer than any line of a log is cut. */
async function* linesOf(path: string, signal: AbortSignal | undefined): AsyncGenerator<[string, number, number]> {
  const descriptor = openSync(path, 'r');
  try {
    const { mtimeMs } = fstatSync(descriptor);
    const bytes = new Uint8Array(PIECE);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    let number = 0;
    for (;;) {
      const count = readSync(descriptor, bytes, 0, PIECE, null);
      if (count === 0 || signal?.aborted === true) break;
      rest += decoder.write(Buffer.from(bytes.buffer, 0, count));
      const lines = rest.split('\n');
      rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
      for (const line of lines) yield [line.replace(/\r$/, '').slice(0, LONGEST_LINE), ++number, mtimeMs];
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (rest !== '') yield [rest, ++number, mtimeMs];
  } finally {
    closeSync(descriptor);
  }
}
