import { closeSync, openSync, readSync, statfsSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Kept free on the file system, so that one core does not fill the disk for everybody. */
const LEFT_FREE = 512 * 2 ** 20;
/** Free space is asked for again after so many bytes. */
const CHECK_EVERY = 32 * 2 ** 20;
const PAGE = 64 * 1024;
const MOST_PAGES = 64;

/**
 * A temporary file that only this process can see: unlinked as soon as it is open, so that it is gone with the process, however that
 * ends. Sparse where nothing was written.
 */
export class SpillFile {
  readonly #pages = new Map<number, Uint8Array>();
  #unchecked = CHECK_EVERY;
  #closed = false;

  private constructor(
    private readonly descriptor: number,
    private readonly folder: string,
    /** Still there because the system does not unlink open files. */
    private readonly left: string | undefined,
  ) {}

  /** `undefined` when the folder takes none. */
  static create(folder: string): SpillFile | undefined {
    const path = join(folder, `redzone-${crypto.randomUUID()}`);
    let descriptor;
    try {
      // A core holds what the process held: nobody else may read it.
      descriptor = openSync(path, 'wx+', 0o600);
    } catch {
      return undefined;
    }
    return new SpillFile(descriptor, folder, removed(path) ? undefined : path);
  }

  /** `false` when there is no room. */
  write(offset: number, bytes: Uint8Array): boolean {
    if (!this.#hasRoom(bytes.length)) return false;
    try {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.descriptor, bytes, done, bytes.length - done, offset + done);
      }
      return true;
    } catch {
      return false;
    }
  }

  /** Bytes of what was written, up to the end of a page at least; none when they cannot be read. */
  read(offset: number, length: number): Uint8Array {
    if (length > PAGE) return this.#direct(offset, length);
    const page = Math.floor(offset / PAGE);
    const from = offset - page * PAGE;
    let bytes = this.#pages.get(page);
    if (bytes === undefined) {
      bytes = this.#direct(page * PAGE, PAGE);
      if (this.#pages.size >= MOST_PAGES) this.#pages.clear();
      this.#pages.set(page, bytes);
    }
    return bytes.subarray(from, from + length);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pages.clear();
    closeSync(this.descriptor);
    if (this.left !== undefined) removed(this.left);
  }

  #direct(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    let have = 0;
    try {
      while (have < length) {
        const count = readSync(this.descriptor, bytes, have, length - have, offset + have);
        if (count === 0) break;
        have += count;
      }
    } catch {
      // What was read counts.
    }
    return bytes.subarray(0, have);
  }

  #hasRoom(length: number): boolean {
    this.#unchecked += length;
    if (this.#unchecked < CHECK_EVERY) return true;
    this.#unchecked = 0;
    try {
      const { bavail, bsize } = statfsSync(this.folder);
      return bavail * bsize > LEFT_FREE + CHECK_EVERY;
    } catch {
      return false;
    }
  }
}

function removed(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch {
    return false;
  }
}
