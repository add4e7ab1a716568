import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What a watch remembers over restarts. Times are milliseconds since 1970. */
export interface WatchState {
  readonly schema: 1;
  /** Sources that were triaged, each with its revision. */
  readonly files: Record<string, string>;
  readonly signatures: Record<string, Sightings>;
  readonly hosts: Record<string, Sightings>;
}

export interface Sightings {
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

export function emptyState(): WatchState {
  // Without a prototype: signatures come from cores, and one may be called "constructor".
  return { schema: 1, files: bare(), signatures: bare(), hosts: bare() };
}

/**
 * @returns `undefined` when there is no such file
 * @throws WatchStateError when there is one and it is no state
 */
export function readState(path: string): WatchState | undefined {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new WatchStateError(`${path}: the state cannot be read (${codeOf(error)})`);
  }
  try {
    const found = JSON.parse(text) as Partial<WatchState> | null;
    if (found?.schema !== 1) throw new WatchStateError('');
    return {
      schema: 1,
      files: Object.assign(bare<string>(), found.files),
      signatures: Object.assign(bare<Sightings>(), found.signatures),
      hosts: Object.assign(bare<Sightings>(), found.hosts),
    };
  } catch {
    throw new WatchStateError(`${path}: it is not the state of a watch; remove it or name another with --state`);
  }
}

/**
 * Written whole or not at all.
 *
 * @throws WatchStateError
 */
export function writeState(path: string, state: WatchState): void {
  const making = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(making, JSON.stringify(state));
    renameSync(making, path);
  } catch (error) {
    throw new WatchStateError(`${path}: the state cannot be written (${codeOf(error)})`);
  }
}

/** One sentence that names the file. */
export class WatchStateError extends Error {}

export function sighted(seen: Sightings | undefined, time: number): Sightings {
  return seen === undefined
    ? { first: time, last: time, count: 1 }
    : { first: seen.first, last: Math.max(seen.last, time), count: seen.count + 1 };
}

function bare<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
