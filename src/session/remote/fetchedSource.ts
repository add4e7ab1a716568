import type { ByteSource, SourceRead } from '../../engine/base/byteSource.js';

/** A part of a file: from `start`, `end` exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * What was fetched of a remote file. A read beyond that answers `notFetched` and is remembered as a miss; what could not be fetched
 * answers `unreadable`. Nothing here waits: whoever asks the engine fetches the misses and asks again.
 */
export class FetchedSource implements ByteSource {
  readonly size: bigint;
  readonly #pages = new Map<number, Uint8Array>();
  /** Pages of ranges that could not be fetched and never will be. */
  readonly #lost = new Set<number>();
  #misses: Range[] = [];

  constructor(size: number) {
    this.size = BigInt(size);
  }

  read(offset: bigint, length: number): SourceRead {
    if (length <= 0) return { bytes: NOTHING };
    if (offset >= this.size) return { bytes: NOTHING, rest: 'end' };
    const start = Number(offset);
    const end = Math.min(start + length, Number(this.size));
    const first = this.#pages.get(Math.floor(start / PAGE));
    const into = start % PAGE;
    if (first !== undefined && into + end - start <= first.length) {
      const bytes = first.subarray(into, into + end - start);
      return bytes.length < length ? { bytes, rest: 'end' } : { bytes };
    }
    return this.#joined(start, end, length);
  }

  /** Notes that a range will be wanted, unless it is here already. */
  want({ start, end }: Range): void {
    const from = Math.max(0, start);
    const to = Math.min(end, Number(this.size));
    for (let page = Math.floor(from / PAGE); page * PAGE < to; page++) {
      if (this.#pages.has(page) || this.#lost.has(page)) continue;
      this.#misses.push({ start: Math.max(from, page * PAGE), end: to });
      return;
    }
  }

  /** What reads asked for and did not get since this was last called. */
  takeMisses(): readonly Range[] {
    const misses = this.#misses;
    this.#misses = [];
    return misses;
  }

  hasMissing(): boolean {
    return this.#misses.length > 0;
  }

  /** Whether all of a range is here, or known to be lost. */
  holds({ start, end }: Range): boolean {
    for (let page = Math.floor(start / PAGE); page * PAGE < end; page++)
      if (!this.#pages.has(page) && !this.#lost.has(page)) return false;
    return true;
  }

  /** @param start a multiple of the page size; a page that is cut, other than the last of the file, is left out */
  add(start: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += PAGE) {
      const page = bytes.subarray(at, at + PAGE);
      if (page.length === PAGE || start + at + page.length === Number(this.size))
        this.#pages.set((start + at) / PAGE, page);
    }
  }

  /** From now on what is not here of a range is `unreadable`. */
  lose({ start, end }: Range): void {
    for (let page = Math.floor(start / PAGE); page * PAGE < end; page++)
      if (!this.#pages.has(page)) this.#lost.add(page);
  }

  #joined(start: number, end: number, length: number): SourceRead {
    const bytes = new Uint8Array(end - start);
    for (let at = start; at < end;) {
      const index = Math.floor(at / PAGE);
      const page = this.#pages.get(index);
      if (page === undefined) {
        if (this.#lost.has(index)) return { bytes: bytes.subarray(0, at - start), rest: 'unreadable' };
        this.#misses.push({ start: at, end });
        return { bytes: bytes.subarray(0, at - start), rest: 'notFetched' };
      }
      const part = page.subarray(at % PAGE, Math.min(page.length, (at % PAGE) + end - at));
      bytes.set(part, at - start);
      at += part.length;
    }
    return bytes.length < length ? { bytes, rest: 'end' } : { bytes };
  }
}

export const PAGE = 4096;
const NOTHING = new Uint8Array(0);
