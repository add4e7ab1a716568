import { SpillFile } from './spillFile.js';

const CHUNK = 1 << 20;
const ZEROS = new Uint8Array(CHUNK);

/** Bytes that come from front to back and are read at will: the first of them in memory, what is beyond a budget in a temporary file. */
export class DecodedStore {
  /** Whole chunks in memory; those of zeros alone, of which cores have many, are one and the same. */
  readonly #chunks: Uint8Array[] = [];
  /** Chunks that lie in the file and are all zero, or nowhere else. */
  readonly #zeroChunks = new Set<number>();
  #spill: SpillFile | undefined;
  #filling = new Uint8Array(64 * 1024);
  #filled = 0;
  #length = 0;
  #used = 0;

  /** @param budget bytes kept in memory */
  constructor(
    private readonly budget: number,
    private readonly folder: string,
  ) {}

  get length(): number {
    return this.#length;
  }

  /** @returns `false` when there is no room for all of it: a part may have been kept */
  append(bytes: Uint8Array): boolean {
    let at = 0;
    while (at < bytes.length) {
      if (this.#filled === CHUNK && !this.#finishChunk()) return false;
      const part = bytes.subarray(at, at + CHUNK - this.#filled);
      this.#grow(this.#filled + part.length);
      this.#filling.set(part, this.#filled);
      this.#filled += part.length;
      this.#length += part.length;
      at += part.length;
    }
    return true;
  }

  /** The bytes from `offset`, which must lie below `length`, as many as there are. A view where possible, valid for good. */
  read(offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, this.#length);
    const first = this.#within(offset, end);
    if (first.length === end - offset) return first;
    const bytes = new Uint8Array(end - offset);
    let at = 0;
    while (at < bytes.length) {
      const part = at === 0 ? first : this.#within(offset + at, end);
      if (part.length === 0) return bytes.subarray(0, at);
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  close(): void {
    this.#spill?.close();
    this.#chunks.length = 0;
    this.#length = this.#filled = 0;
  }

  /** From `offset` to `end` or to the end of its chunk. */
  #within(offset: number, end: number): Uint8Array {
    const chunk = Math.floor(offset / CHUNK);
    const from = offset - chunk * CHUNK;
    const to = Math.min(end - chunk * CHUNK, CHUNK);
    const held = this.#chunks[chunk];
    if (held !== undefined) return held.subarray(from, to);
    if (chunk * CHUNK === this.#length - this.#filled) return this.#filling.subarray(from, to);
    if (this.#zeroChunks.has(chunk)) return ZEROS.subarray(from, to);
    return this.#spill?.read(offset, to - from) ?? ZEROS.subarray(0, 0);
  }

  #grow(needed: number): void {
    if (needed <= this.#filling.length) return;
    const larger = new Uint8Array(Math.min(CHUNK, Math.max(needed, 4 * this.#filling.length)));
    larger.set(this.#filling.subarray(0, this.#filled));
    this.#filling = larger;
  }

  /** Puts the full chunk where it stays; `false` when there is no room. */
  #finishChunk(): boolean {
    const index = this.#length / CHUNK - 1;
    const zero = Buffer.compare(this.#filling, ZEROS) === 0;
    if (zero) this.#zeroChunks.add(index);
    else if (this.#used + CHUNK <= this.budget) {
      this.#chunks[index] = this.#filling;
      this.#used += CHUNK;
      this.#filling = new Uint8Array(CHUNK);
    } else {
      this.#spill ??= SpillFile.create(this.folder);
      if (this.#spill?.write(index * CHUNK, this.#filling) !== true) return false;
      // Whoever was given a view of it keeps the old bytes.
      this.#filling = new Uint8Array(CHUNK);
    }
    this.#filled = 0;
    return true;
  }
}
