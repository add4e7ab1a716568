import { closeSync, opendirSync, openSync, readSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compressionOf } from '../io/decompress.js';
import { compressedHoldsCore } from './compressedProbe.js';
import type { CoreEntry, CoreSource, Listed } from './coreSource.js';
import { isElfCore } from './elfCoreMagic.js';
import { openFile } from './openedFile.js';

/**
 * A file or folder of this machine. A file that is named is always listed. Of a folder, searched with all below it, files whose name
 * says core are listed, and others whose first bytes are an ELF core or a compressed stream that holds one. Ascending by name.
 */
export function localCores(input: string): CoreSource {
  return {
    *list(signal) {
      if (isDirectory(input)) yield* walk(input, signal);
      else yield { kind: 'core', entry: localEntry(input) };
    },
    open: ({ source }) => openFile(source),
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
    else if (isNamedLikeCore(name) || (isFile(path) && beginsLikeCore(path)))
      yield { kind: 'core', entry: localEntry(path) };
    else yield { kind: 'passedOver' };
  }
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

/** Endings of files that are named `core.` but hold source, text or tools' output. */
const NOT_CORES =
  /\.(js|mjs|cjs|ts|tsx|jsx|py|md|txt|json|ya?ml|html?|css|c|cc|cpp|h|hpp|rs|go|java|rb|sh|so|a|o|log|xml|toml|zip|tar|tgz|map|lock|snap)$/i;

/** `core`, `core.1234`, `app.core`, `app.core.zst`, systemd's names. */
export function isNamedLikeCore(path: string): boolean {
  const name = basename(path);
  if (NOT_CORES.test(name)) return false;
  return /^core$|^core[.-]|\.core$|\.core\.(zst|gz|xz|lz4|\d+)$|^core\d+$/.test(name);
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
