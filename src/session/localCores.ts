import { closeSync, opendirSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { coredumpAttributes } from '../io/coredumpAttributes.js';
import { compressionOf } from '../io/decompress.js';
import { ARCHIVE_NAME, archiveCores, openMember, splitMember } from './archive/archiveCores.js';
import { compressedHoldsCore } from './compressedProbe.js';
import { isNamedLikeCore, systemdName } from './coreNames.js';
import type { CoreEntry, CoreSource, Listed } from './coreSource.js';
import { isElfCore } from './elfCoreMagic.js';
import { openFile } from './openedFile.js';

/**
 * A file or folder of this machine. A file that is named is always listed. Of a folder, searched with all below it, files whose name
 * says core are listed, and others whose first bytes are an ELF core or a compressed stream that holds one. Ascending by name. Cores in
 * zip and tar files are listed one by one.
 */
export function localCores(input: string): CoreSource {
  return {
    *list(signal) {
      if (isDirectory(input)) yield* withAttributes(walk(input, signal));
      else if (ARCHIVE_NAME.test(input) && isFile(input)) yield* archiveCores(input).list(signal);
      else yield* withAttributes([{ kind: 'core', entry: localEntry(input) }]);
    },
    open: (entry) =>
      splitMember(entry.source) === undefined || isFile(entry.source) ? openFile(entry.source) : openMember(entry),
  };
}

/** A file as an entry, with size and revision where it can be asked for them. */
export function localEntry(source: string): CoreEntry {
  try {
    const { size, mtimeMs } = statSync(source);
    return { source, size, revision: String(mtimeMs), modified: mtimeMs };
  } catch {
    return { source };
  }
}

function* walk(folder: string, signal: AbortSignal | undefined): Iterable<Listed> {
  let found;
  try {
    found = filesIn(folder);
  } catch (error) {
    yield {
      kind: 'unreadable',
      path: folder,
      reason: `the folder cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
    };
    return;
  }
  const { names, folders, links } = found;
  for (const name of names) {
    if (signal?.aborted === true) return;
    const path = join(folder, name);
    if (folders.has(name)) yield* walk(path, signal);
    // Links to folders are not followed: they may lead in circles.
    else if (links.has(name) && isDirectory(path)) continue;
    // A pipe or a link to nowhere that is named like a core is told of by whoever reads it.
    else if (ARCHIVE_NAME.test(name) && isFile(path)) yield* archiveCores(path).list(signal);
    else if (isNamedLikeCore(name) || (isFile(path) && beginsLikeCore(path)))
      yield { kind: 'core', entry: localEntry(path) };
    else yield { kind: 'passedOver' };
  }
}

/** Entries that are asked for their attributes at once. */
const AT_ONCE = 200;

/** Adds what systemd-coredump wrote beside its files: boot and user in the name, host and more in extended attributes. */
function* withAttributes(listing: Iterable<Listed>): Iterable<Listed> {
  let waiting: Listed[] = [];
  for (const item of listing) {
    waiting.push(item);
    const asked = item.kind === 'core' && systemdName(item.entry.source) !== undefined;
    if ((!asked && waiting.length === 1) || waiting.length >= AT_ONCE) {
      yield* described(waiting);
      waiting = [];
    }
  }
  yield* described(waiting);
}

function described(listed: readonly Listed[]): Listed[] {
  const paths = listed.flatMap((item) =>
    item.kind === 'core' && systemdName(item.entry.source) !== undefined ? [item.entry.source] : [],
  );
  const attributes = coredumpAttributes(paths);
  return listed.map((item) => {
    const name = item.kind === 'core' ? systemdName(item.entry.source) : undefined;
    if (item.kind !== 'core' || name === undefined) return item;
    const { hostname, timestamp, ...rest } = attributes.get(item.entry.source) ?? {};
    const time = timestamp === undefined ? undefined : new Date(Math.floor(Number(timestamp) / 1000));
    const told = Object.entries(rest).map(([key, value]) => [`coredump_${key}`, value] as const);
    return {
      kind: 'core',
      entry: {
        ...item.entry,
        origin: {
          ...(hostname === undefined ? {} : { host: hostname }),
          ...(time === undefined || Number.isNaN(time.getTime())
            ? {}
            : { time: time.toISOString(), timeSource: 'xattr' as const }),
        },
        facts: { boot_id: name.boot, uid: name.uid, ...Object.fromEntries(told) },
      },
    };
  });
}

/** Sorted names. Of a hundred thousand files no more than the names is held. */
function filesIn(folder: string): { names: string[]; folders: Set<string>; links: Set<string> } {
  const names: string[] = [];
  const folders = new Set<string>();
  const links = new Set<string>();
  const directory = opendirSync(folder, { bufferSize: 256 });
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      names.push(entry.name);
      if (entry.isDirectory()) folders.add(entry.name);
      else if (entry.isSymbolicLink()) links.add(entry.name);
    }
  } finally {
    directory.closeSync();
  }
  return { names: names.sort((a, b) => (a < b ? -1 : 1)), folders, links };
}

function beginsLikeCore(path: string): boolean {
  let descriptor;
  try {
    descriptor = openSync(path, 'r');
    const bytes = new Uint8Array(64);
    const count = readSync(descriptor, bytes, 0, bytes.length, 0);
    const start = bytes.subarray(0, count);
    if (isElfCore(start)) return true;
    const compression = compressionOf(start);
    return compression !== undefined && compressedHoldsCore(path, compression);
  } catch {
    return false;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
