/** Decompressed bytes with as much of what came before as matches may reach; grows with what was written, never beyond its bound. */
export class SlidingWindow {
  #bytes: Uint8Array;
  /** Where the next byte goes in `bytes`. */
  position = 0;
  /** Bytes written since the last reset; wraps around, as only its lowest bits matter. */
  total = 0;
  /** How far back a match may reach. */
  reach = 0;
  readonly #most: number;

  /** @param room that is kept free for one chunk */
  constructor(
    private readonly size: number,
    private readonly room: number,
  ) {
    this.#most = size + Math.max(room, size >> 1);
    this.#bytes = new Uint8Array(Math.min(this.#most, 2 * room));
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Makes place for a chunk. Until the next call `bytes` stays the same array. */
  prepare(): void {
    if (this.position + this.room <= this.#bytes.length) return;
    const kept = Math.min(this.reach, this.size);
    if (kept + this.room > this.#bytes.length || (this.#bytes.length < this.#most && kept > this.#bytes.length >> 1)) {
      const larger = new Uint8Array(Math.min(this.#most, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(this.position - kept, this.position));
      this.#bytes = larger;
    } else this.#bytes.copyWithin(0, this.position - kept, this.position);
    this.position = kept;
  }

  advance(count: number): void {
    this.position += count;
    this.total = (this.total + count) | 0;
    this.reach = Math.min(this.size, this.reach + count);
  }

  /** Appends bytes as they are. */
  append(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.position);
    this.advance(bytes.length);
  }

  /** Forgets what came before. */
  reset(): void {
    this.reach = 0;
    this.total = 0;
  }
}
