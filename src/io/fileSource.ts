import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSource, SourceRead } from '../engine/base/byteSource.js';

/** An open local file as a byte source that counts what it reads. */
export interface FileSource extends ByteSource {
  readonly bytesRead: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  close(): void;
}

/**
 * Opens a file for reading in pages, with those read kept up to a budget.
 *
 * @throws the error of node:fs when the file cannot be opened, and `NotAFileError` for a directory or a device
 */
export function openFileSource(path: string | Buffer, budget = DEFAULT_BUDGET): FileSource {
  // Without O_NONBLOCK the opening of a named pipe waits until somebody writes to it.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new NotAFileError(stat.isDirectory());
    return new PagedFile(descriptor, stat.size, stat.mtimeMs, budget);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

export class NotAFileError extends Error {
  constructor(readonly isDirectory: boolean) {
    super(isDirectory ? 'it is a directory' : 'it is not a regular file');
  }
}

const PAGE = 4096;
/** The first read takes header, program headers and the notes of a small core at once. */
const FIRST_PAGES = 4;
/** Longer reads are done once and not kept: sections of binaries, searches. */
const LONGEST_KEPT = 64 * PAGE;
const DEFAULT_BUDGET = 32 << 20;

class PagedFile implements FileSource {
  readonly size: bigint;
  readonly #pages = new Map<number, Uint8Array>();
  readonly #budget: number;
  #closed = false;
  bytesRead = 0;

  constructor(
    private readonly descriptor: number,
    size: number,
    readonly modified: number,
    budget: number,
  ) {
    this.size = BigInt(size);
    this.#budget = Math.max(1, Math.floor(budget / PAGE));
  }

  read(offset: bigint, length: number): SourceRead {
    if (offset >= this.size || length <= 0) return { bytes: EMPTY, ...(length > 0 ? { rest: 'end' as const } : {}) };
    const start = Number(offset);
    const wanted = Math.min(length, Number(this.size) - start);
    const cut = wanted < length;
    const bytes = wanted > LONGEST_KEPT ? this.#direct(start, wanted) : this.#paged(start, wanted);
    if (bytes === undefined) return { bytes: EMPTY, rest: 'unreadable' };
    return cut || bytes.length < wanted ? { bytes, rest: 'end' } : { bytes };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pages.clear();
    closeSync(this.descriptor);
  }

  #paged(start: number, length: number): Uint8Array | undefined {
    const first = Math.floor(start / PAGE);
    const last = Math.floor((start + length - 1) / PAGE);
    const into = start - first * PAGE;
    if (first === last) {
      const page = this.#pages.get(first) ?? this.#load(first, first);
      return page?.subarray(into, into + length);
    }
    const bytes = new Uint8Array(length);
    for (let page = first; page <= last; page++) {
      let contents = this.#pages.get(page);
      if (contents === undefined) {
        let end = page;
        while (end < last && !this.#pages.has(end + 1)) end++;
        contents = this.#load(page, end);
      }
      if (contents === undefined) return page === first ? undefined : bytes.subarray(0, page * PAGE - start);
      const from = page === first ? into : 0;
      const at = page * PAGE + from - start;
      bytes.set(contents.subarray(from, from + length - at), at);
    }
    return bytes;
  }

  /** Reads pages `first` .. `last` at once and gives the first of them. */
  #load(first: number, last: number): Uint8Array | undefined {
    const end = first === 0 ? Math.max(last, FIRST_PAGES - 1) : last;
    const run = this.#direct(first * PAGE, Math.min((end - first + 1) * PAGE, Number(this.size) - first * PAGE));
    if (run === undefined) return undefined;
    if (this.#pages.size > this.#budget) this.#pages.clear();
    for (let page = first; (page - first) * PAGE < run.length; page++) {
      this.#pages.set(page, run.subarray((page - first) * PAGE, (page - first + 1) * PAGE));
    }
    return this.#pages.get(first);
  }

  #direct(start: number, length: number): Uint8Array | undefined {
    if (this.#closed) return undefined;
    const bytes = new Uint8Array(length);
    let have = 0;
    try {
      while (have < length) {
        const count = readSync(this.descriptor, bytes, have, length - have, start + have);
        if (count === 0) break;
        have += count;
      }
    } catch {
      // An error of the disk in the middle: what was read counts.
      if (have === 0) return undefined;
    }
    this.bytesRead += have;
    return have < length ? bytes.subarray(0, have) : bytes;
  }
}

const EMPTY = new Uint8Array(0);
