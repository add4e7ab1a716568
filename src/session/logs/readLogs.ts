import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { DatasetError } from '../dataset/datasetError.js';
import { HexSet } from '../dataset/hexSet.js';
import type { Rules } from '../rules/rules.js';
import { CrashReports } from './crashReports.js';
import { CrashSpool } from './crashSpool.js';
import { EventIndex } from './eventIndex.js';
import type { LoggedCrash } from './loggedCrash.js';
import { type LogLine, logLine } from './logLine.js';
import { loggedMoment } from './logRow.js';
import { isMachineEvent } from './machineEvents.js';
import { ownText } from './ownText.js';

/** A log to read. */
export interface LogFile {
  readonly path: string;
  /** Whose it is, where its lines do not say. */
  readonly host?: string;
}

export interface FoundInLogs {
  readonly crashes: CrashSpool;
  /** Their moments, to look for among cores. */
  readonly moments: HexSet;
  readonly machine: EventIndex;
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
}

const LONGEST_LINE = 64 * 1024;
const PIECE = 1 << 20;

/**
 * Reads logs once, for all that is wanted of them: crashes, machine events, and lines that rules look for.
 *
 * @throws DatasetError when there is no room for the crashes
 */
export async function readLogs(files: readonly LogFile[], rules: Rules, signal?: AbortSignal): Promise<FoundInLogs> {
  const crashes = new CrashSpool();
  const moments = new HexSet();
  const unreadable: { path: string; reason: string }[] = [];
  const machine = new EventIndex();
  for (const { path, host } of files) {
    const reports = new CrashReports();
    let begun = 0;
    const keep = (found: readonly LoggedCrash[], line: number): void => {
      for (const crash of found) {
        crashes.add({ crash, path, line });
        const moment = loggedMoment(crash);
        if (moment !== undefined) moments.add(moment);
      }
    };
    const take = (line: LogLine, number: number): void => {
      const found = reports.take(line);
      if (found.length > 0) keep(found, number);
      if (isMachineEvent(line)) machine.add(line.host, line.time, line.text);
      rules.seeLine(line);
    };
    try {
      for await (const { lines, modified } of linesOf(path, signal)) {
        const context = { modified, ...(host === undefined ? {} : { host }) };
        for (const text of lines) {
          begun++;
          if (text !== '') take(logLine(text, context), begun);
        }
      }
      keep(reports.end(), begun);
    } catch (error) {
      if (error instanceof DatasetError) throw error;
      unreadable.push({ path, reason: (error as NodeJS.ErrnoException).code ?? String(error) });
    }
  }
  return { crashes, moments, machine, unreadable };
}

/** Lines of a log as they are read; what is longer than any line of a log is cut. */
async function* linesOf(path: string, signal: AbortSignal | undefined): AsyncGenerator<ReadLines> {
  const descriptor = openSync(path, 'r');
  try {
    const { mtimeMs: modified } = fstatSync(descriptor);
    const bytes = Buffer.allocUnsafe(PIECE);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (;;) {
      const count = readSync(descriptor, bytes, 0, PIECE, null);
      if (count === 0 || signal?.aborted === true) break;
      const lines = (rest + decoder.write(bytes.subarray(0, count))).split('\n');
      rest = ownText((lines.pop() ?? '').slice(0, LONGEST_LINE));
      yield { lines: lines.map((line) => line.replace(/\r$/, '').slice(0, LONGEST_LINE)), modified };
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (rest !== '') yield { lines: [rest], modified };
  } finally {
    closeSync(descriptor);
  }
}

interface ReadLines {
  readonly lines: readonly string[];
  /** Milliseconds since 1970. */
  readonly modified: number;
}
