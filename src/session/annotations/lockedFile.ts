import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A lock that is held longer belongs to somebody who died: no holder needs more than a few milliseconds. */
const STALE_MS = 10_000;
const PATIENCE_MS = 15_000;
const POLL_MS = 20;

/**
 * Reads a file, lets `change` say what it shall hold, and puts that in its place, all while nobody else does the same. Readers see the
 * file before or after, never in between.
 *
 * @param change gets the text, or `undefined` where there is no file; what it throws passes through and the file stays
 * @throws the error of the file system where folder or file cannot be written
 */
export async function replaceLocked(path: string, change: (text: string | undefined) => string): Promise<void> {
  // Where this fails, so does what follows, with the better reason.
  await mkdir(dirname(path)).catch(() => undefined);
  // A link stays a link: what it points to is replaced.
  const target = await realpath(path).catch(() => path);
  const lock = await acquire(`${target}.lock`);
  try {
    const before = await textOf(target);
    const after = change(before?.text);
    if (after === before?.text) return;
    await replace(target, after, before?.mode, () => lock.isOurs());
  } finally {
    await lock.release();
  }
}

async function replace(
  path: string,
  text: string,
  mode: number | undefined,
  mayWrite: () => Promise<boolean>,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, 'wx', mode ?? 0o666);
    try {
      if (mode !== undefined) await file.chmod(mode);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    if (!(await mayWrite())) throw new Error(`${path} was changed by somebody else meanwhile: try again`);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function textOf(path: string): Promise<{ readonly text: string; readonly mode: number } | undefined> {
  try {
    const { mode } = await stat(path);
    return { text: await readFile(path, 'utf8'), mode: mode & 0o777 };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

interface Lock {
  /** False when it was held so long that somebody took it for abandoned. */
  isOurs(): Promise<boolean>;
  release(): Promise<void>;
}

async function acquire(path: string): Promise<Lock> {
  const token = `${hostname()} ${process.pid} ${randomUUID()}\n`;
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const file = await createNew(path);
    if (file !== undefined) {
      await file.writeFile(token);
      await file.close();
      const isOurs = async (): Promise<boolean> => (await readFile(path, 'utf8').catch(() => '')) === token;
      return {
        isOurs,
        release: async () => {
          if (await isOurs()) await rm(path, { force: true });
        },
      };
    }
    if (!(await breakStale(path))) {
      if (Date.now() > end) throw new Error(`${path} is held by somebody else: try again, or remove it`);
      await pause(POLL_MS + Math.random() * POLL_MS);
    }
  }
}

async function createNew(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'wx');
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined;
    throw error;
  }
}

/** @returns whether the lock may be free now */
async function breakStale(path: string): Promise<boolean> {
  const seen = await stat(path).catch(() => undefined);
  if (seen === undefined) return true;
  if (Date.now() - seen.mtimeMs < STALE_MS) return false;
  // Moved away first: of two who find it stale, only one moves the file they both saw.
  const aside = `${path}.${randomUUID()}.stale`;
  try {
    await rename(path, aside);
    const moved = await stat(aside);
    if (moved.ino === seen.ino) await rm(aside, { force: true });
    else await rename(aside, path);
    return true;
  } catch {
    return true;
  }
}

/** The code of an error of the file system. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
