import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readCore } from '../../engine/core/coreImage.js';
import { openFile } from '../openedFile.js';
import type { CoreDestination } from './coreDestination.js';

/** A run whose cores are looked for. */
export interface EndedRun {
  /** Each run is a session of its own, whose id every core of it holds. */
  readonly session: number;
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly folder: string;
}

/** The cores that a run left, the first written first. */
export function coresOf(run: EndedRun, destination: CoreDestination): string[] {
  const { files, folder } = destination;
  const places =
    files === undefined
      ? namesIn(folder ?? '').map((name) => join(folder ?? '', name))
      : matching(files.relative ? run.folder : '/', files.parts);
  return places
    .map((path) => ({ path, written: writtenAt(path) }))
    .filter(({ path, written }) => written >= run.started - CLOCKS && sessionOf(path) === run.session)
    .sort((a, b) => a.written - b.written)
    .map(({ path }) => path);
}

/** Files whose names a relative pattern would write over in a folder. */
export function wouldBeOverwritten(folder: string, { files }: CoreDestination): string[] {
  return files === undefined || files.distinct ? [] : matching(files.relative ? folder : '/', files.parts);
}

/** Milliseconds by which the clock of a file system may be behind. */
const CLOCKS = 2000;

function matching(folder: string, [part, ...rest]: readonly RegExp[]): string[] {
  if (part === undefined) return [];
  const found = namesIn(folder)
    .filter((name) => part.test(name))
    .map((name) => join(folder, name));
  return rest.length === 0 ? found : found.flatMap((below) => matching(below, rest));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function writtenAt(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true ? stat.mtimeMs : Number.NEGATIVE_INFINITY;
}

function sessionOf(path: string): number | undefined {
  try {
    const file = openFile(path);
    try {
      return readCore(file.source)?.process?.session;
    } finally {
      file.close();
    }
  } catch {
    return undefined;
  }
}
