import type { ByteSource } from '../../engine/base/byteSource.js';
import { StreamError } from './streamError.js';

/** The first read is small, for probes; each further one doubles. */
const FIRST_READ = 16 * 1024;
const LARGEST_READ = 512 * 1024;

/** A compressed file read from front to back. All offsets count from the start of the file. */
export class CompressedInput {
  #buffer: Uint8Array = new Uint8Array(0);
  /** Of the next byte in `#buffer`. */
  #at = 0;
  #position = 0;
  #next = FIRST_READ;
  #exhausted = false;

  constructor(private readonly source: ByteSource) {}

  /** Offset of the next byte. */
  get position(): number {
    return this.#position;
  }

  /** Whether no byte is left. */
  get atEnd(): boolean {
    return this.peek(1).length === 0;
  }

  /** Up to `count` next bytes without moving; fewer only at the end of the file. Valid until the next call. */
  peek(count: number): Uint8Array {
    while (this.#buffer.length - this.#at < count && !this.#exhausted) this.#fill(count);
    return this.#buffer.subarray(this.#at, this.#at + count);
  }

  /** What lies in memory already, at least one byte unless the file is at its end. Valid until the next call. */
  available(most: number): Uint8Array {
    if (this.#at === this.#buffer.length) this.peek(1);
    return this.#buffer.subarray(this.#at, this.#at + most);
  }

  /**
   * The next `count` bytes, valid until the next call.
   *
   * @throws StreamError when the file ends before
   */
  take(count: number, what: string): Uint8Array {
    const bytes = this.peek(count);
    if (bytes.length < count) throw this.cut(`inside ${what}`);
    this.#at += count;
    this.#position += count;
    return bytes;
  }

  /** @throws StreamError when the file ends before */
  skip(count: number, what: string): void {
    let left = count;
    while (left > 0) {
      const bytes = this.available(left);
      if (bytes.length === 0) throw this.cut(`inside ${what}`);
      this.#at += bytes.length;
      this.#position += bytes.length;
      left -= bytes.length;
    }
  }

  corrupt(detail: string, offset = this.#position): StreamError {
    return new StreamError('corrupt-stream', detail, offset);
  }

  /** The file ends too early: `where` says inside what. */
  cut(where: string): StreamError {
    return new StreamError('truncated-stream', where, this.#position + this.#buffer.length - this.#at);
  }

  #fill(wanted: number): void {
    const rest = this.#buffer.subarray(this.#at);
    // Whole steps, so that no page of the file is read twice.
    const length = Math.max(this.#next, Math.ceil((wanted - rest.length) / FIRST_READ) * FIRST_READ);
    this.#next = Math.min(2 * this.#next, LARGEST_READ);
    const { bytes, rest: why } = this.source.read(BigInt(this.#position + rest.length), length);
    if (why === 'notFetched') {
      if (bytes.length === 0) throw new StreamError('not-fetched', 'the file was not fetched further', this.#position);
    } else if (bytes.length < length) this.#exhausted = true;
    if (rest.length === 0) this.#buffer = bytes;
    else {
      const joined = new Uint8Array(rest.length + bytes.length);
      joined.set(rest);
      joined.set(bytes, rest.length);
      this.#buffer = joined;
    }
    this.#at = 0;
  }
}

/** A little-endian number of 32 bits without sign; missing bytes count as zero, so check the length before. */
export function u32(bytes: Uint8Array, at = 0): number {
  return (
    ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0
  );
}
