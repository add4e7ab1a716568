import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compressionOf } from '../io/decompress.js';
import { compressedHoldsCore } from './compressedProbe.js';
import { isElfCore } from './elfCoreMagic.js';

/** The files to triage under the paths of a command line, and how many were passed over. */
export interface Listing {
  readonly paths: readonly string[];
  /** Files of folders that are neither named like a core nor begin like one. */
  readonly passedOver: number;
  /** Folders that could not be read, with the reason. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * A file that is named is always listed. Of a folder, searched with all below it, files whose name says core are listed, and others
 * whose first bytes are an ELF core or a compressed stream that holds one. Ascending by name.
 */
export function listCores(inputs: readonly string[]): Listing {
  const paths: string[] = [];
  const unreadable: { path: string; reason: string }[] = [];
  let passedOver = 0;
  for (const input of inputs) {
    if (!isDirectory(input)) paths.push(input);
    else walk(input);
  }
  return { paths, passedOver, unreadable };

  function walk(folder: string): void {
    let entries;
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      unreadable.push({ path: folder, reason: (error as NodeJS.ErrnoException).code ?? String(error) });
      return;
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      // Links to folders are not followed: they may lead in circles.
      else if (entry.isSymbolicLink() && isDirectory(path)) continue;
      // A pipe or a link to nowhere that is named like a core is told of by whoever reads it.
      else if (isNamedLikeCore(entry.name) || (isFile(path) && beginsLikeCore(path))) paths.push(path);
      else passedOver++;
    }
  }
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
