import { statSync } from 'node:fs';
import { ModuleImage } from '../engine/modules/moduleImage.js';
import { inflateSection } from '../io/decompress.js';
import { type FileSource, openFileSource } from '../io/fileSource.js';

/**
 * Binaries opened once for all cores of a run: their symbol tables and call-frame information stay decoded. The least recently used
 * are closed when there are too many.
 */
export class ImageCache {
  readonly #entries = new Map<string, Entry>();

  constructor(private readonly limit = 512) {}

  /** `undefined` when there is no such file, or it is no ELF file. */
  open(path: string): ModuleImage | undefined {
    const known = this.#entries.get(path);
    const now = Date.now();
    if (known !== undefined && now - known.checked < RECHECK) {
      this.#entries.delete(path);
      this.#entries.set(path, known);
      return known.image;
    }
    const identity = identityOf(path);
    if (known !== undefined && known.identity === identity) {
      known.checked = now;
      return known.image;
    }
    known?.source?.close();
    const entry = load(path, identity, now);
    this.#entries.set(path, entry);
    this.#evict();
    return entry.image;
  }

  dispose(): void {
    for (const entry of this.#entries.values()) entry.source?.close();
    this.#entries.clear();
  }

  #evict(): void {
    for (const [path, entry] of this.#entries) {
      if (this.#entries.size <= this.limit) return;
      entry.source?.close();
      this.#entries.delete(path);
    }
  }
}

/** Milliseconds for which a file is taken to be unchanged. */
const RECHECK = 2000;

interface Entry {
  readonly identity: string;
  checked: number;
  readonly source: FileSource | undefined;
  readonly image: ModuleImage | undefined;
}

function identityOf(path: string): string {
  try {
    const { size, mtimeMs, ino } = statSync(path);
    return `${size}:${mtimeMs}:${ino}`;
  } catch {
    return 'none';
  }
}

function load(path: string, identity: string, checked: number): Entry {
  const nothing: Entry = { identity, checked, source: undefined, image: undefined };
  if (identity === 'none') return nothing;
  try {
    const source = openFileSource(path, 8 << 20);
    const image = ModuleImage.open(path, source, inflateSection);
    if (image === undefined) {
      source.close();
      return nothing;
    }
    return { identity, checked, source, image };
  } catch {
    return nothing;
  }
}
