import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Larger files are no sources that people read. */
const LARGEST = 64 << 20;

/** Whether there is a file at a path. */
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** MD5 of a file's text, two lower-case digits a byte; `undefined` when it cannot be read. */
export async function fileMd5(path: string): Promise<string | undefined> {
  try {
    if ((await stat(path)).size > LARGEST) return undefined;
    return createHash('md5')
      .update(await readFile(path))
      .digest('hex');
  } catch {
    return undefined;
  }
}

/** Folders that hold no sources of one's own, and many files. */
const PASSED_OVER: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', 'node_modules', '.cache']);
/** Entries looked at below one folder. */
const MOST_ENTRIES = 200_000;

/** Files below a folder by name. The folder is walked once, when the first name is asked for; symbolic links are not followed. */
export function filesBelow(folder: string): (name: string) => Promise<readonly string[]> {
  let walked: Promise<ReadonlyMap<string, readonly string[]>> | undefined;
  return async (name) => (await (walked ??= walk(folder))).get(name) ?? [];
}

async function walk(root: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  const folders = [root];
  let left = MOST_ENTRIES;
  for (let folder = folders.shift(); folder !== undefined && left > 0; folder = folders.shift()) {
    for (const entry of await entriesOf(folder)) {
      if (--left < 0) break;
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !PASSED_OVER.has(entry.name)) folders.push(path);
      if (!entry.isFile()) continue;
      const name = basename(path);
      const paths = found.get(name);
      if (paths === undefined) found.set(name, [path]);
      else paths.push(path);
    }
  }
  return found;
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
